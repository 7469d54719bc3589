import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openThreadPool } from '../../../server/platform/threads/thread-pool.ts';
import { hostilePictures } from '../../support/hostile-pictures.ts';
import { startTestHub } from '../../support/hub.ts';
import { photographFileJob } from '../../support/paper-job.ts';

test('[PI2] [PI5] every hostile picture is refused with its reason, keeps nothing, and requests go through', async () => {
  const pool = openThreadPool({ threads: 1, maxHeapMb: 768 });
  const photo = await pool.run(photographFileJob, { takenAt: '2026:11:02 07:31:09', offset: '+08:00', orientation: 6 });
  await pool.close();
  const hub = await startTestHub();
  try {
    const person = await hub.signIn('clinic1');
    const clinic = await person.connect();
    const patientId = (await clinic.request('patient:register', { name: '纸二', sex: 'male' })).patient.id;
    const blobs = async () => (await readdir(join(hub.dataFolder, 'blobs'), { recursive: true })).sort();
    const before = await blobs();
    for (const [at, [bytes, code]] of (await hostilePictures(photo)).entries()) {
      const body = new FormData();
      body.append('patientId', patientId);
      body.append('file', new Blob([new Uint8Array(bytes)]), 'photo.jpg');
      const response = await person.http('/api/ecgs', { method: 'POST', body });
      const problem = (await response.json()) as { code: string };
      expect([at, response.status >= 400, problem.code]).toEqual([at, true, code]);
      const started = performance.now();
      await clinic.request('ecg:list', { patientId });
      expect(performance.now() - started).toBeLessThan(5000);
    }
    expect(await blobs()).toEqual(before);
    expect((await clinic.request('ecg:list', { patientId })).ecgs).toEqual([]);
  } finally {
    await hub.close();
  }
}, 300_000);
