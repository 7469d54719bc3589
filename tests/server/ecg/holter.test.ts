import { openAsBlob } from 'node:fs';
import { mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { EcgView, OverviewView } from '../../../shared/contracts/ecg.ts';
import type { EcgDocument, EcgGroup } from '../../../shared/ecg/waveform.ts';
import { drawReport, type PrintedReport } from '../../../server/reports/pdf/draw-report-job.ts';
import { calmRate, fastRate, writeHolter, type HolterFile } from '../../support/ecg-files/holter-file.ts';
import { startTestHub, type TestClient, type TestHub, type TestWindow } from '../../support/hub.ts';

let hub: TestHub;
let files: string;
let clinicPerson: TestClient;
let clinic: TestWindow;

beforeAll(async () => {
  files = await mkdtemp(join(tmpdir(), 'lianzhen-holter-'));
  hub = await startTestHub();
  clinicPerson = await hub.signIn('clinic1');
  clinic = await clinicPerson.connect();
}, 180_000);
afterAll(async () => {
  await hub?.close();
  await rm(files, { recursive: true, force: true });
}, 60_000);

const newPatient = async (name: string) => (await clinic.request('patient:register', { name, sex: 'male' })).patient.id;

async function send(path: string, name: string): Promise<Response> {
  const body = new FormData();
  body.append('patientId', await newPatient(name));
  body.append('file', await openAsBlob(path), '动态心电.bin');
  return clinicPerson.http('/api/ecgs', { method: 'POST', body });
}

/** Written, sent and answered. */
async function sent(options: HolterFile, name: string): Promise<{ ecg: EcgView; document: EcgDocument; path: string }> {
  const path = join(files, `${name}.${options.format}`);
  const document = await writeHolter(path, options);
  const response = await send(path, name);
  expect(response.status).toBe(201);
  return { ecg: (await response.json()) as EcgView, document, path };
}

const report: PrintedReport = {
  ...{
    title: '心电图会诊报告',
    organisation: '县医院',
    patient: [['姓名', '一整天']],
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
  ecg: null,
};

const refusal = async (response: Response) => {
  const { code, details } = (await response.json()) as { code: string; details?: Record<string, unknown> };
  return { status: response.status, code, ...(details && { details }) };
};

const waveform = (ecg: EcgView, query = '', person = clinicPerson) =>
  person.http(`/api/ecgs/${ecg.id}/waveform${query}`);

async function span(ecg: EcgView, fromSeconds: number, seconds: number): Promise<EcgGroup[]> {
  const response = await waveform(ecg, `?fromSeconds=${fromSeconds}&seconds=${seconds}`);
  expect(response.status).toBe(200);
  return ((await response.json()) as { groups: EcgGroup[] }).groups;
}

const overviewOf = async (ecg: EcgView) =>
  (await (await clinicPerson.http(`/api/ecgs/${ecg.id}/overview`)).json()) as OverviewView;

describe.each([
  ['edf', 200],
  ['ishne', 250],
] as const)('an hour of %s', (format, sampleRateHz) => {
  let ecg: EcgView;
  let document: EcgDocument;

  beforeAll(async () => {
    ({ ecg, document } = await sent({ format, minutes: 60, fastFromMinute: 50, sampleRateHz }, `动态${format}`));
  }, 120_000);

  test('[HO1] comes in, and its reading and rate are those of its first two minutes and say so', () => {
    expect(ecg).toMatchObject({
      format,
      durationSeconds: 3600,
      leadNames: ['I', 'II', 'V5'],
      acquiredAt: '2026-03-02T08:00:00',
    });
    // Unremarkable minutes make no unremarkable hour.
    expect(ecg.preRead).toMatchObject({ shortened: true, danger: null, results: [] });
    expect(Math.abs(ecg.detectedHeartRatePerMinute! - calmRate)).toBeLessThanOrEqual(2);
  });

  test('[HO2] is answered span by span, sample for sample', async () => {
    const [lead] = document.groups[0]!.leads;
    const [calm] = await span(ecg, 65.5, 90);
    expect(calm).toMatchObject({ label: 'rhythm', startMs: 65_500 });
    const minute = lead!.samples.slice(0, 60 * sampleRateHz);
    const expected = [...minute, ...minute, ...minute].slice(5.5 * sampleRateHz, 95.5 * sampleRateHz);
    expect(calm!.leads[0]).toEqual({ name: 'I', sampleRateHz, unit: 'uV', samples: expected });
    // The last page ends with the recording.
    const [last] = await span(ecg, 3590, 120);
    expect(last!.leads.map(({ samples }) => samples)).toEqual(
      document.groups[0]!.leads.map(({ samples }) => samples.slice(-10 * sampleRateHz)),
    );
  });

  test('[HO2] is refused whole, and a span that cannot be says which part of it', async () => {
    expect(await refusal(await waveform(ecg))).toEqual({
      status: 413,
      code: 'too-large',
      details: { askFor: '?fromSeconds=0&seconds=60', mostSeconds: 120 },
    });
    const invalid = (field: string) =>
      expect.objectContaining({ status: 422, code: 'invalid', details: expect.objectContaining({ field }) });
    for (const [query, field] of [
      ['?fromSeconds=0', 'seconds'],
      ['?seconds=10', 'fromSeconds'],
      ['?fromSeconds=0&seconds=121', 'seconds'],
      ['?fromSeconds=0&seconds=0', 'seconds'],
      ['?fromSeconds=-1&seconds=10', 'fromSeconds'],
      ['?fromSeconds=1e3&seconds=10', 'fromSeconds'],
      ['?fromSeconds=NaN&seconds=10', 'fromSeconds'],
      ['?fromSeconds=3600&seconds=10', 'fromSeconds'],
      ['?fromSeconds=0&seconds=10&seconds=11', 'seconds'],
      ['?fromSeconds[$gt]=0&seconds=10', 'fromSeconds'],
    ] as const)
      expect(await refusal(await waveform(ecg, query))).toEqual(invalid(field));
  });

  test('[HO3] has an overview of the extremes of every lead and the heart rate of each minute', async () => {
    const overview = await overviewOf(ecg);
    expect(overview).toMatchObject({ durationSeconds: 3600, rateLeads: ['II', 'V5'] });
    expect(overview.leads.map(({ name }) => name)).toEqual(['I', 'II', 'V5']);
    for (const [index, { lows, highs }] of overview.leads.entries()) {
      const known = document.groups[0]!.leads[index]!.samples as number[];
      const pick = (values: (number | null)[], by: (...all: number[]) => number) =>
        by(...values.map((value) => value!));
      expect(lows).toHaveLength(2000);
      expect(pick(lows, Math.min)).toBe(Math.round(known.reduce((a, b) => Math.min(a, b))));
      expect(pick(highs, Math.max)).toBe(Math.round(known.reduce((a, b) => Math.max(a, b))));
    }
    expect(overview.rates).toHaveLength(60);
    // Where the minutes are joined one interval is nobody's.
    overview.rates.forEach((rate, minute) =>
      expect(Math.abs(rate! - (minute < 50 ? calmRate : fastRate))).toBeLessThanOrEqual(4),
    );
  });
});

test('[HO3] a recording that is answered whole has no overview', async () => {
  const { ecg } = await sent({ format: 'ishne', minutes: 5, fastFromMinute: 5 }, '五分钟');
  expect((await waveform(ecg)).status).toBe(200);
  expect(await refusal(await clinicPerson.http(`/api/ecgs/${ecg.id}/overview`))).toEqual({
    status: 404,
    code: 'not-found',
  });
  // Spans of it may be asked for all the same.
  expect((await span(ecg, 299, 10))[0]!.leads[0]!.samples).toHaveLength(200);
});

test('[HO4] who may not read the ECG gets neither a span nor the overview', async () => {
  const { ecg } = await sent({ format: 'ishne', minutes: 6, fastFromMinute: 6 }, '他人');
  const foreign = await hub.signIn('clinic2');
  const missing = { status: 404, code: 'not-found' };
  expect(await refusal(await waveform(ecg, '?fromSeconds=0&seconds=10', foreign))).toEqual(missing);
  expect(await refusal(await foreign.http(`/api/ecgs/${ecg.id}/overview`))).toEqual(missing);
  expect((await fetch(`${hub.url}/api/ecgs/${ecg.id}/overview`)).status).toBe(401);
});

test('[HO5] a file that was cut off in the middle is read as far as it goes, with a warning', async () => {
  const path = join(files, 'cut.edf');
  await writeHolter(path, { format: 'edf', minutes: 20, fastFromMinute: 20 });
  const recordBytes = 2 * 200 * 3;
  await truncate(path, 1280 + 600 * (recordBytes + 40) + 7);
  const response = await send(path, '断电');
  expect(response.status).toBe(201);
  const ecg = (await response.json()) as EcgView;
  expect(ecg.warnings.join('\n')).toMatch(/the header states 1200 data records, the file holds \d+ whole ones/);
  expect(ecg.durationSeconds).toBeGreaterThan(400);
  const [last] = await span(ecg, ecg.durationSeconds - 1, 10);
  expect(last!.leads[0]!.samples).toHaveLength(200);
  expect((await overviewOf(ecg)).rates).toHaveLength(Math.ceil(ecg.durationSeconds / 60));
});

describe('a day of three leads at 200 Hz', () => {
  test('[HO1] comes in as one file; each of its pages is there at once, and a report draws the first', async () => {
    const begun = Date.now();
    const { ecg, path } = await sent({ format: 'edf', minutes: 1440, fastFromMinute: 1380 }, '一整天');
    expect(ecg).toMatchObject({ durationSeconds: 86_400 });
    expect(ecg.byteLength).toBeGreaterThan(100e6);
    const { rates } = await overviewOf(ecg);
    expect(rates.filter((rate) => rate! > 110)).toHaveLength(60);
    const seconds = (Date.now() - begun) / 1000;
    expect(seconds).toBeLessThan(90);
    const [page] = await span(ecg, 86_000, 90);
    expect(page).toMatchObject({ startMs: 86_000_000 });
    expect(page!.leads.map(({ samples }) => samples.length)).toEqual([18_000, 18_000, 18_000]);

    // The paper of a report draws its beginning, without the rest being read.
    const drawn = await drawReport({
      ...report,
      ecg: { path, caption: '', unconfirmed: '', warnings: [], paper: null },
    });
    const short = join(files, 'short.edf');
    await writeHolter(short, { format: 'edf', minutes: 2, fastFromMinute: 2 });
    const short60 = await drawReport({
      ...report,
      ecg: { path: short, caption: '', unconfirmed: '', warnings: [], paper: null },
    });
    expect(drawn.length).toBeGreaterThan(0.9 * short60.length);
    expect(drawn.length).toBeLessThan(1.1 * short60.length);
  }, 180_000);
});
