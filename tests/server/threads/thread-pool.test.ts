import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { openThreadPool } from '../../../server/platform/threads/thread-pool.ts';
import { longJob, shortJob } from '../../support/thread-jobs.ts';

const pool = openThreadPool({ threads: 2, maxHeapMb: 256 });
afterAll(() => pool.close());

test('[HO5] while long recordings wait for their overviews, a thread stays free for the ECG at the bedside', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lianzhen-threads-'));
  const path = join(folder, 'go');
  try {
    const long = [1, 2, 3].map(() => pool.run(longJob, { path }));
    expect(await Promise.all(['a', 'b', 'c'].map((text) => pool.run(shortJob, text)))).toEqual(['a', 'b', 'c']);
    // There at once with what it says: a thread that looks meanwhile must not find it empty.
    await writeFile(`${path}.part`, 'done');
    await rename(`${path}.part`, path);
    expect(await Promise.all(long)).toEqual(['done', 'done', 'done']);
    expect(await pool.run(shortJob, 'afterwards')).toBe('afterwards');
  } finally {
    await rm(folder, { recursive: true });
  }
});
