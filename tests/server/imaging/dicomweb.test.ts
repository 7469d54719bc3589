import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { constants, deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { auditRecord } from '../../../server/audit/audit-record.ts';
import { DEFLATED_LITTLE_ENDIAN, writeDicomFile } from '../../../server/imaging/dicom-writer.ts';
import { synthesizeCt, type SyntheticSeries } from '../../../server/imaging/synthesize/synthesize-studies.ts';
import { synthesizeEcg } from '../../../shared/ecg/synthesize.ts';
import { writeDicomEcg } from '../../../server/ecg/encode/dicom-ecg.ts';
import { acceptedCase } from '../../support/accepted-case.ts';
import { tokenFor } from '../../support/gateway.ts';
import { startTestHub, type TestClient, type TestHub, type TestWindow } from '../../support/hub.ts';

const BOUNDARY = 'teil-0815';
const zhao = { name: 'Zhao^Er=赵^二', id: '000123', sex: 'M' } as const;
const series = (seed: number, slices = 1, patient: Parameters<typeof synthesizeCt>[0]['patient'] = zhao) =>
  synthesizeCt({ patient, seed, slices, rows: 32, columns: 32 });

let hub: TestHub;
let clinicPerson: TestClient;
let clinic: TestWindow;
let desk: TestWindow;

beforeAll(async () => {
  hub = await startTestHub();
  clinicPerson = await hub.signIn('clinic1');
  clinic = await clinicPerson.connect();
  desk = await (await hub.signIn('oncall1')).connect();
}, 180_000);
afterAll(() => hub.close());

const newPatient = async (name = '赵二') =>
  (await clinic.request('patient:register', { name, sex: 'male' })).patient.id;

const partOf = (bytes: Uint8Array) =>
  Buffer.concat([Buffer.from(`--${BOUNDARY}\r\nContent-Type: application/dicom\r\n\r\n`), bytes, Buffer.from('\r\n')]);
const bodyOf = (files: readonly Uint8Array[]) =>
  Buffer.concat([...files.map(partOf), Buffer.from(`--${BOUNDARY}--\r\n`)]);
const related = `multipart/related; type="application/dicom"; boundary=${BOUNDARY}`;

const post = (query: string, body: Uint8Array, contentType = related, person = clinicPerson) =>
  person.http(`/dicom-web/studies${query}`, {
    method: 'POST',
    headers: { 'content-type': contentType },
    body: new Uint8Array(body),
  });
const store = (patientId: string, files: readonly Uint8Array[], person = clinicPerson) =>
  post(`?patientId=${patientId}`, bodyOf(files), related, person);

const refusal = async (response: Response) => ({
  status: response.status,
  code: ((await response.json()) as { code: string }).code,
});
const staged = () => readdir(join(hub.dataFolder, 'blobs', 'staging'));
const studiesOf = async (patientId: string) => (await clinic.request('imaging:list', { patientId })).studies;
const addressOf = ({ studyInstanceUid, seriesInstanceUid, sopInstanceUids }: SyntheticSeries, index = 0) =>
  `/dicom-web/studies/${studyInstanceUid}/series/${seriesInstanceUid}/instances/${sopInstanceUids[index]}`;
const instance = async (address: string, person = clinicPerson) =>
  Buffer.from(await (await person.http(address, { headers: { accept: 'application/dicom' } })).arrayBuffer());

/** The bodies of a multipart answer, which states its boundary in its type. */
async function partsOf(response: Response): Promise<Buffer[]> {
  const boundary = /boundary=([^;]+)/.exec(response.headers.get('content-type')!)![1]!;
  const whole = Buffer.from(await response.arrayBuffer()).toString('latin1');
  const parts = whole.split(`--${boundary}`);
  expect(parts.at(-1)).toBe('--\r\n');
  return parts.slice(1, -1).map((part) => Buffer.from(part.slice(part.indexOf('\r\n\r\n') + 4, -2), 'latin1'));
}

describe('a CT series', () => {
  test('[IM1] sent in one request is listed in reading order and comes back unchanged', async () => {
    const { consultId, patientId } = await acceptedCase(clinic, desk, '赵二');
    const ct = series(1, 3);
    const stored = await post(`?consultId=${consultId}`, bodyOf([...ct.files].reverse()));
    expect(stored.status).toBe(200);
    const answer = (await stored.json()) as Record<string, { Value: Record<string, { Value: string[] }>[] }>;
    expect(answer['00081199']!.Value.map((reference) => reference['00081155']!.Value[0])).toEqual(
      [...ct.sopInstanceUids].reverse(),
    );
    const notice = { studyInstanceUid: ct.studyInstanceUid, patientId, consultId };
    expect(await clinic.next('imaging:added')).toEqual(notice);
    expect(await desk.next('imaging:added')).toEqual(notice);

    const { studies } = await desk.request('imaging:list', { patientId });
    expect(studies).toMatchObject([{ studyInstanceUid: ct.studyInstanceUid, consultId, modalities: ['CT'] }]);
    expect(studies[0]!.series[0]!.instances.map(({ sopInstanceUid }) => sopInstanceUid)).toEqual(ct.sopInstanceUids);

    for (const [index, file] of ct.files.entries())
      expect((await instance(addressOf(ct, index))).equals(file)).toBe(true);
    const together = await clinicPerson.http(`/dicom-web/studies/${ct.studyInstanceUid}`);
    expect(together.headers.get('content-type')).toMatch(/^multipart\/related; type="application\/dicom"/);
    const parts = await partsOf(together);
    expect(parts.map((part, index) => part.equals(ct.files[index]!))).toEqual([true, true, true]);

    const metadata = await clinicPerson.http(`/dicom-web/studies/${ct.studyInstanceUid}/metadata`);
    expect(metadata.headers.get('content-type')).toMatch(/^application\/dicom\+json/);
    const sets = (await metadata.json()) as Record<string, { vr: string; Value: unknown[] }>[];
    expect(sets.map((set) => set['00080018'])).toEqual(ct.sopInstanceUids.map((uid) => ({ vr: 'UI', Value: [uid] })));
    expect(sets[0]).toMatchObject({
      '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Zhao^Er', Ideographic: '赵^二' }] },
      '00280010': { vr: 'US', Value: [32] },
    });
    expect(sets[0]!['7FE00010']).toEqual({
      vr: 'OW',
      BulkDataURI: `${hub.url}${addressOf(ct)}/bulkdata/7FE00010`,
    });
    const { nodes } = await clinic.request('timeline:read', { consultId });
    expect(nodes.filter(({ kind }) => kind === 'images-uploaded')).toHaveLength(1);
  });

  test('[IM2] sent again, also in the same moment, is a success without a copy', async () => {
    const patientId = await newPatient();
    const ct = series(2, 2);
    const answers = await Promise.all([store(patientId, ct.files), store(patientId, ct.files)]);
    answers.push(await store(patientId, ct.files));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const studies = await studiesOf(patientId);
    expect(studies).toHaveLength(1);
    expect(studies[0]!.series[0]!.instances).toHaveLength(2);
    expect(await staged()).toEqual([]);
  });

  test('[IM2] with other bytes under a known UID is refused, and the first stays untouched', async () => {
    const patientId = await newPatient();
    const ct = series(3);
    expect((await store(patientId, ct.files)).status).toBe(200);
    const other = Uint8Array.from(ct.files[0]!);
    other[other.length - 1]! ^= 1;
    expect((await store(patientId, [other])).status).toBe(409);
    expect((await instance(addressOf(ct))).equals(ct.files[0]!)).toBe(true);
    expect(await staged()).toEqual([]);
  });

  test('[IM3] of another patient is refused with the comparison, and joins once confirmed', async () => {
    const patientId = await newPatient('王建国');
    const ct = series(4, 2);
    const refused = await store(patientId, ct.files);
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({
      code: 'patient-mismatch',
      mismatch: { fields: ['name'], file: { name: 'Zhao^Er=赵^二' }, patient: { name: '王建国' } },
    });
    expect(await studiesOf(patientId)).toEqual([]);
    expect((await post(`?patientId=${patientId}&confirmMismatch=true`, bodyOf(ct.files.slice(0, 1)))).status).toBe(200);
    expect((await store(patientId, ct.files.slice(1))).status).toBe(200);
    const studies = await studiesOf(patientId);
    expect(studies).toMatchObject([{ mismatch: { fields: ['name'], confirmedBy: '林晓梅' } }]);
    expect(studies[0]!.series[0]!.instances).toHaveLength(2);
    const entries = await hub.running.hub.store
      .model(auditRecord)
      .find({ patientId, action: 'imaging:confirm-mismatch' })
      .lean();
    expect(entries).toMatchObject([{ username: 'clinic1', outcome: 'done' }]);
  });
});

test('[IM4] for strangers there is no study; the lead hospital and who is invited read it', async () => {
  const { consultId, patientId } = await acceptedCase(clinic, desk, '赵二');
  const ct = series(5);
  expect((await store(patientId, ct.files)).status).toBe(200);
  const [foreign, village, radiologist] = await Promise.all(
    ['clinic2', 'village1', 'radiologist1'].map((username) => hub.signIn(username)),
  );
  const missing = { status: 404, code: 'not-found' };
  expect(await refusal(await store(patientId, ct.files, foreign))).toEqual(missing);
  for (const address of [addressOf(ct), `${addressOf(ct)}/metadata`, `/dicom-web/studies/${ct.studyInstanceUid}`])
    expect(await refusal(await foreign!.http(address))).toEqual(missing);
  expect((await fetch(`${hub.url}${addressOf(ct)}`)).status).toBe(401);

  expect((await instance(addressOf(ct), radiologist)).equals(ct.files[0]!)).toBe(true);
  expect(await refusal(await village!.http(addressOf(ct)))).toEqual(missing);
  await clinic.request('consult:invite', { consultId, accountId: village!.account.accountId });
  expect((await instance(addressOf(ct), village)).equals(ct.files[0]!)).toBe(true);
});

/** Some hundred kilobytes that inflate beyond half a gigabyte (PS3.5 A.5). */
function deflateBomb(): Uint8Array {
  const head = writeDicomFile({
    sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
    sopInstanceUid: '2.25.99',
    transferSyntaxUid: DEFLATED_LITTLE_ENDIAN,
    elements: [],
  });
  const meta = head.subarray(0, head.length - deflateRawSync(new Uint8Array(0)).length);
  // A full flush makes each block independent of the one before: one block can stand many times.
  const block = deflateRawSync(new Uint8Array(1024 * 1024), { finishFlush: constants.Z_FULL_FLUSH });
  return Buffer.concat([meta, ...Array.from({ length: 520 }, () => block)]);
}

/** The file with the bytes behind the first `find` replaced. */
function altered(file: Uint8Array, find: number[], replacement: number[]): Uint8Array {
  const copy = Buffer.from(file);
  const at = copy.indexOf(Buffer.from(find));
  expect(at).toBeGreaterThan(0);
  copy.set(replacement, at + find.length);
  return copy;
}

const [good] = series(6).files as [Uint8Array];
const unusable: [string, Uint8Array, number, string][] = [
  ['a text', Buffer.from('不是影像'.repeat(200)), 422, 'not-dicom'],
  ['an empty part', new Uint8Array(0), 422, 'file-empty'],
  ['a file cut inside its pixels', good.subarray(0, good.length - 500), 422, 'dicom-damaged'],
  ['a file cut inside its header', good.subarray(0, 300), 422, 'dicom-damaged'],
  [
    'Pixel Data that states four gigabytes',
    altered(good, [0xe0, 0x7f, 0x10, 0x00, 0x4f, 0x57, 0, 0], [0xf0, 0xff, 0xff, 0xff]),
    422,
    'dicom-damaged',
  ],
  [
    'rows that no pixels stand behind',
    altered(good, [0x28, 0x00, 0x10, 0x00, 0x55, 0x53, 0x02, 0x00], [0xff, 0xff]),
    422,
    'dicom-damaged',
  ],
];

describe('what cannot be used', () => {
  test.each(unusable)(
    '[IM5] %s is refused with its reason, and nothing is kept',
    async (_title, bytes, status, code) => {
      const patientId = await newPatient();
      expect(await refusal(await store(patientId, [bytes]))).toEqual({ status, code });
      expect(await staged()).toEqual([]);
      expect(await studiesOf(patientId)).toEqual([]);
    },
  );

  test('[IM5] a deflated data set that inflates without end is refused, and the hub lives on', async () => {
    const patientId = await newPatient();
    const bomb = deflateBomb();
    expect(bomb.length).toBeLessThan(2 * 1024 * 1024);
    const { code } = await refusal(await store(patientId, [bomb]));
    expect(['too-large', 'parse-timeout']).toContain(code);
    expect(await staged()).toEqual([]);
    expect((await store(patientId, [good])).status).toBe(200);
  });

  test('[IM6] a body without boundary, of another type, without parts or without a patient is refused', async () => {
    const patientId = await newPatient();
    const at = `?patientId=${patientId}`;
    const answer = async (...sent: Parameters<typeof post>) => refusal(await post(...sent));
    const media = { status: 415, code: 'unsupported-media' };
    const malformed = { status: 400, code: 'malformed' };
    expect(await answer(at, bodyOf([good]), 'multipart/related; type="application/dicom"')).toEqual(media);
    expect(await answer(at, good, 'application/dicom')).toEqual(media);
    expect(await answer(at, bodyOf([good]), related.replace('dicom', 'dicom+json'))).toEqual(media);
    expect(await answer(at, bodyOf([good]), related.replace(BOUNDARY, 'anders'))).toEqual(malformed);
    expect(await answer(at, bodyOf([]))).toEqual(malformed);
    expect(await answer('?patientId=x', bodyOf([good]))).toEqual({ status: 422, code: 'invalid' });
    expect(await answer(`/1.2.3${at}`, bodyOf([good]))).toEqual({ status: 422, code: 'invalid' });
    expect(await studiesOf(patientId)).toEqual([]);
    expect(await staged()).toEqual([]);
  });

  test('[IM6] of a body that ends in the middle of a part, the parts before stay', async () => {
    const patientId = await newPatient();
    const ct = series(7, 2);
    const body = Buffer.concat([partOf(ct.files[0]!), partOf(ct.files[1]!).subarray(0, 900)]);
    expect(await refusal(await post(`?patientId=${patientId}`, body))).toEqual({ status: 400, code: 'malformed' });
    const studies = await studiesOf(patientId);
    expect(studies[0]!.series[0]!.instances.map(({ sopInstanceUid }) => sopInstanceUid)).toEqual([
      ct.sopInstanceUids[0],
    ]);
    expect(await staged()).toEqual([]);
  });

  test('[IM7] of good and bad parts the good ones are stored and the bad ones named with a reason', async () => {
    const patientId = await newPatient();
    const ct = series(8, 2);
    const response = await store(patientId, [ct.files[0]!, Buffer.from('Text'), ct.files[1]!]);
    expect(response.status).toBe(202);
    const answer = (await response.json()) as Record<string, { Value: unknown[] }>;
    expect(answer['00081199']!.Value).toHaveLength(2);
    const unread = { vr: 'SQ', Value: [{ '00081197': { vr: 'US', Value: [0xc000] } }] };
    expect(answer).toMatchObject({ '00081198': unread, '0008119A': unread });
    expect((await studiesOf(patientId))[0]!.series[0]!.instances).toHaveLength(2);
  });
});

describe('an ECG among images', () => {
  const { document } = synthesizeEcg({ rhythm: 'sinus', seed: 81 });
  const ecg = writeDicomEcg(document, { patient: { name: 'Zhao^Er=赵^二' } });
  const machine = async (...scopes: string[]) => {
    const token = await tokenFor(clinicPerson, ...scopes);
    const headers = { authorization: `Bearer ${token}`, 'content-type': related };
    return (body: Uint8Array) =>
      fetch(`${hub.url}/dicom-web/studies`, { method: 'POST', headers, body: new Uint8Array(body) });
  };
  type Answer = Record<string, { Value: Record<string, { Value?: unknown[] }>[] }>;

  test('[IM12] goes to the patient’s ECGs, once, and into no study', async () => {
    const patientId = await newPatient();
    const ct = series(21, 1);
    for (const round of [1, 2]) {
      const response = await store(patientId, [ct.files[0]!, ecg]);
      expect([round, response.status]).toEqual([round, 200]);
      const [image, trace] = ((await response.json()) as Answer)['00081199']!.Value;
      expect(image!['00081190']!.Value).toHaveLength(1);
      expect(trace).toMatchObject({
        '00081150': { Value: ['1.2.840.10008.5.1.4.1.1.9.1.1'] },
        '00081190': { vr: 'UR' },
      });
      expect(trace!['00081190']!.Value).toBeUndefined();
    }
    const { ecgs } = await clinic.request('ecg:list', { patientId });
    expect(ecgs.map(({ format, byteLength }) => [format, byteLength])).toEqual([['dicom', ecg.length]]);
    expect((await studiesOf(patientId)).map(({ studyInstanceUid }) => studyInstanceUid)).toEqual([ct.studyInstanceUid]);
    expect(await staged()).toEqual([]);
  });

  test('[IM12] of another patient is a question, and of a machine takes the scope of ECGs too', async () => {
    const other = await newPatient('钱三');
    expect(await refusal(await store(other, [ecg]))).toEqual({ status: 409, code: 'patient-mismatch' });
    expect((await clinic.request('ecg:list', { patientId: other })).ecgs).toEqual([]);
    const refused = await (await machine('dicom:write'))(bodyOf([ecg, series(22).files[0]!]));
    expect(refused.status).toBe(202);
    expect(((await refused.json()) as Answer)['00081198']!.Value).toMatchObject([{ '00081197': { Value: [0x0124] } }]);
    expect((await (await machine('dicom:write', 'ecg:write'))(bodyOf([ecg]))).status).toBe(200);
    expect(await staged()).toEqual([]);
  });

  test('[IM12] other waveforms are refused by their class', async () => {
    const sound = writeDicomFile({
      sopClassUid: '1.2.840.10008.5.1.4.1.1.9.4.1',
      sopInstanceUid: '2.25.81.1',
      elements: [
        { tag: 0x00080016, vr: 'UI', value: '1.2.840.10008.5.1.4.1.1.9.4.1' },
        { tag: 0x00080018, vr: 'UI', value: '2.25.81.1' },
        { tag: 0x0020000d, vr: 'UI', value: '2.25.81' },
        { tag: 0x0020000e, vr: 'UI', value: '2.25.81.2' },
      ],
    });
    expect(await refusal(await store(await newPatient(), [sound]))).toEqual({ status: 415, code: 'unsupported-media' });
  });
});
