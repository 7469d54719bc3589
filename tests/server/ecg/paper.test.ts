import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { EcgView } from '../../../shared/contracts/ecg.ts';
import { drawReport, type PrintedReport } from '../../../server/reports/pdf/draw-report-job.ts';
import { openThreadPool } from '../../../server/platform/threads/thread-pool.ts';
import { acceptedCase } from '../../support/accepted-case.ts';
import { hostilePictures } from '../../support/hostile-pictures.ts';
import { startTestHub, type TestClient, type TestHub, type TestWindow } from '../../support/hub.ts';
import { photographFileJob } from '../../support/paper-job.ts';

let hub: TestHub;
let clinicPerson: TestClient;
let foreignPerson: TestClient;
let clinic: TestWindow;
let photo: Uint8Array;

beforeAll(async () => {
  const pool = openThreadPool({ threads: 1, maxHeapMb: 768 });
  photo = await pool.run(photographFileJob, { takenAt: '2026:11:02 07:31:09', offset: '+08:00', orientation: 6 });
  await pool.close();
  hub = await startTestHub();
  clinicPerson = await hub.signIn('clinic1');
  foreignPerson = await hub.signIn('clinic2');
  clinic = await clinicPerson.connect();
}, 180_000);
afterAll(() => hub.close(), 60_000);

const newPatient = async (name: string) => (await clinic.request('patient:register', { name, sex: 'male' })).patient.id;

function send(fields: Record<string, string>, bytes: Uint8Array, person = clinicPerson) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  body.append('file', new Blob([new Uint8Array(bytes)]), 'photo.jpg');
  return person.http('/api/ecgs', { method: 'POST', body });
}
const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code;
const blobs = async () => (await readdir(join(hub.dataFolder, 'blobs'), { recursive: true })).sort();

/** The width and height that a JPEG's frame header states (ITU-T T.81, B.2.2). */
function frameOf(jpeg: Buffer): [number, number] {
  for (let at = 2; at < jpeg.length; at += 2 + jpeg.readUInt16BE(at + 2))
    if (jpeg[at + 1] === 0xc0) return [jpeg.readUInt16BE(at + 7), jpeg.readUInt16BE(at + 5)];
  throw new Error('no baseline frame');
}

describe('a photograph of ECG paper', () => {
  test('[PI3] [PI4] becomes an ECG without samples, straightened, with the time of its camera', async () => {
    const patientId = await newPatient('纸一');
    const response = await send({ patientId }, photo);
    expect(response.status).toBe(201);
    const ecg = (await response.json()) as EcgView;
    expect(ecg).toMatchObject({
      ...{ format: 'paper-image', patientId, byteLength: photo.length, acquiredAt: '2026-11-02T07:31:09+08:00' },
      ...{ leadNames: [], durationSeconds: 0, detectedHeartRatePerMinute: null, preRead: null, mismatch: null },
    });
    expect(ecg.image?.pages).toHaveLength(1);
    const page = ecg.image!.pages[0]!;
    // 160 mm of grid across, whatever way the camera was held, and at most 25 mm beside it, begun on a strong line.
    expect(page.widthPx / page.pxPerMm).toBeGreaterThan(160);
    expect(page.widthPx / page.pxPerMm).toBeLessThan(160 + 2 * 25 + 8);
    expect(page.widthPx).toBeGreaterThan(page.heightPx);
    expect(page.residualMm).toBeLessThan(0.5);
    const image = await clinicPerson.http(`/api/ecgs/${ecg.id}/image`);
    expect(image.headers.get('content-type')).toBe('image/jpeg');
    expect(frameOf(Buffer.from(await image.arrayBuffer()))).toEqual([page.widthPx, page.heightPx]);
    expect((await clinicPerson.http(`/api/ecgs/${ecg.id}/image?page=2`)).status).toBe(404);
    expect((await clinicPerson.http(`/api/ecgs/${ecg.id}/waveform`)).status).toBe(404);
    expect((await foreignPerson.http(`/api/ecgs/${ecg.id}/image`)).status).toBe(404);
    const stored = await blobs();
    expect(stored.filter((path) => path.endsWith(ecg.sha256))).toHaveLength(1);

    const again = await send({ patientId }, photo);
    expect(again.status).toBe(200);
    expect(((await again.json()) as EcgView).id).toBe(ecg.id);
    expect(await blobs()).toEqual(stored);
  });

  test('[PI4] stands in the case and its timeline at once', async () => {
    const alarm = await acceptedCase(clinic, await (await hub.signIn('oncall1')).connect(), '纸四');
    const { consultId, patientId } = alarm;
    const ecg = (await (await send({ patientId, consultId }, photo)).json()) as EcgView;
    expect((await clinic.next('ecg:added', ({ ecgId }) => ecgId === ecg.id)).patientId).toBe(patientId);
    const { ecgs } = await clinic.request('ecg:list', { patientId });
    expect(ecgs.map(({ id, format }) => [id, format])).toEqual([[ecg.id, 'paper-image']]);
  });
});

describe('hostile pictures', () => {
  // The others stand in the long suite: each takes a thread of its own.
  test('[PI2] [PI5] are refused with their reason, keep nothing, and alarms go through', async () => {
    const patientId = await newPatient('纸二');
    const before = await blobs();
    const telling = ['too-large', 'ecg-damaged', 'pdf-locked'];
    const pictures = await hostilePictures(photo);
    const hostile = telling.map((code) => pictures.find(([, wanted]) => wanted === code)!);
    for (const [bytes, code] of hostile) {
      const response = await send({ patientId }, bytes);
      expect([response.status >= 400, await codeOf(response)]).toEqual([true, code]);
    }
    expect(await blobs()).toEqual(before);
    expect((await clinic.request('ecg:list', { patientId })).ecgs).toEqual([]);
  }, 240_000);
});

test('[PI6] the report of an ECG on paper shows its picture at true scale', async () => {
  const ecg = (await (await send({ patientId: await newPatient('纸三') }, photo)).json()) as EcgView;
  const stored = (await blobs()).filter((path) => /[0-9a-f]{64}$/.test(path) && !path.endsWith(ecg.sha256));
  const page = ecg.image!.pages[0]!;
  const report: PrintedReport = {
    ...{
      title: '心电图会诊报告',
      organisation: '县医院',
      patient: [['姓名', '纸三']],
      findings: '',
      impression: '窦性心律',
    },
    ...{
      advice: '',
      signatures: [],
      verificationCode: 'ABCD',
      verifyUrl: '/verify/ABCD',
      finalAt: '2026-11-02T08:00:00Z',
    },
    ecg: {
      ...{ path: '', caption: '', unconfirmed: '', warnings: [] },
      paper: stored.slice(0, 1).map((path) => ({
        path: join(hub.dataFolder, 'blobs', path),
        widthMm: page.widthPx / page.pxPerMm,
        heightMm: page.heightPx / page.pxPerMm,
      })),
    },
  };
  const bytes = Buffer.from(await drawReport(report)).toString('latin1');
  expect(bytes).toContain(`/Width ${page.widthPx}`);
  expect(bytes).toContain(`/Height ${page.heightPx}`);
}, 120_000);
