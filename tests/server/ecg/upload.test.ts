import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { synthesizeEcg } from '../../../shared/ecg/synthesize.ts';
import type { EcgGroup } from '../../../shared/ecg/waveform.ts';
import type { EcgView } from '../../../shared/contracts/ecg.ts';
import { auditRecord } from '../../../server/audit/audit-record.ts';
import { writeDicomEcg } from '../../../server/ecg/encode/dicom-ecg.ts';
import { writeHl7Aecg } from '../../../server/ecg/encode/hl7-aecg.ts';
import { writeScpEcg } from '../../../server/ecg/encode/scp-ecg.ts';
import { acceptedCase } from '../../support/accepted-case.ts';
import { startTestHub, type TestClient, type TestHub, type TestWindow } from '../../support/hub.ts';

const MAX_ECG_BYTES = 64 * 1024 * 1024;
const { document } = synthesizeEcg({ rhythm: 'inferior-stemi', seed: 5, noiseMicrovolts: 4 });
const dicom = writeDicomEcg(document);
const li = { name: '李秀英', sex: 'female', birthDate: '1962-08-25' } as const;

let hub: TestHub;
let clinicPerson: TestClient;
let foreignPerson: TestClient;
let clinic: TestWindow;
let desk: TestWindow;
let deskPerson: TestClient;

beforeAll(async () => {
  hub = await startTestHub();
  clinicPerson = await hub.signIn('clinic1');
  foreignPerson = await hub.signIn('clinic2');
  deskPerson = await hub.signIn('oncall1');
  clinic = await clinicPerson.connect();
  desk = await deskPerson.connect();
}, 180_000);
afterAll(() => hub.close(), 60_000);

const newPatient = async (name: string) => (await clinic.request('patient:register', { name, sex: 'male' })).patient.id;

function form(fields: Record<string, string>, bytes?: Uint8Array, field = 'file') {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  if (bytes !== undefined) body.append(field, new Blob([new Uint8Array(bytes)]), '心电.bin');
  return body;
}

const send = (fields: Record<string, string>, bytes: Uint8Array, person = clinicPerson) =>
  person.http('/api/ecgs', { method: 'POST', body: form(fields, bytes) });

const refusal = async (response: Response) => ({
  status: response.status,
  code: ((await response.json()) as { code: string }).code,
});

const staged = () => readdir(join(hub.dataFolder, 'blobs', 'staging'));

describe('an ECG file', () => {
  test.each([
    ['dicom', dicom],
    ['scp-ecg', writeScpEcg(document)],
    ['hl7-aecg', writeHl7Aecg(document)],
  ])('[EC1] of format %s comes back as exactly the samples that were written', async (format, bytes) => {
    const patientId = await newPatient('郑一');
    const response = await send({ patientId }, bytes);
    expect(response.status).toBe(201);
    const ecg = (await response.json()) as EcgView;
    expect(ecg).toMatchObject({ format, patientId, byteLength: bytes.length, sentBy: '林晓梅', mismatch: null });
    const waveform = await clinicPerson.http(`/api/ecgs/${ecg.id}/waveform`);
    const { groups } = (await waveform.json()) as { groups: EcgGroup[] };
    const rhythm = groups.find(({ label }) => label === 'rhythm')!;
    const samplesOf = ({ leads }: EcgGroup) =>
      Object.fromEntries(leads.map((lead) => [lead.name, [lead.sampleRateHz, lead.unit, lead.samples]]));
    expect(samplesOf(rhythm)).toEqual(samplesOf(document.groups[0]!));
    expect(await (await clinicPerson.http(`/api/ecgs/${ecg.id}`)).json()).toEqual(ecg);
  });

  test('[EC2] sent again, also twice in the same moment, is one and the same ECG', async () => {
    const patientId = await newPatient('郑二');
    const atOnce = await Promise.all([send({ patientId }, dicom), send({ patientId }, dicom)]);
    const later = await send({ patientId }, dicom);
    expect(later.status).toBe(200);
    const views = (await Promise.all([...atOnce, later].map((response) => response.json()))) as EcgView[];
    expect(new Set(views.map(({ id }) => id)).size).toBe(1);
    expect((await clinic.request('ecg:list', { patientId })).ecgs).toHaveLength(1);
    expect(await staged()).toEqual([]);
  });

  test('[EC3] of another patient is refused with the comparison, joins once confirmed, and that is audited', async () => {
    const patientId = await newPatient('王建国');
    const bytes = writeDicomEcg(document, { patient: li });
    const refused = await send({ patientId }, bytes);
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({
      code: 'patient-mismatch',
      mismatch: {
        fields: ['name', 'sex'],
        file: { name: '李秀英', sex: 'female' },
        patient: { name: '王建国', sex: 'male' },
        confirmedBy: null,
      },
    });
    expect((await clinic.request('ecg:list', { patientId })).ecgs).toEqual([]);
    expect(await staged()).toEqual([]);
    const confirmed = await send({ patientId, confirmMismatch: 'true' }, bytes);
    expect(confirmed.status).toBe(201);
    const ecg = (await confirmed.json()) as EcgView;
    expect(ecg.mismatch).toMatchObject({ fields: ['name', 'sex'], confirmedBy: '林晓梅' });
    const entries = await hub.running.hub.store
      .model(auditRecord)
      .find({ patientId, action: 'ecg:confirm-mismatch' })
      .lean();
    expect(entries).toMatchObject([{ username: 'clinic1', outcome: 'done', subjectType: 'ecg', subjectId: ecg.id }]);
  });

  test('[EC8] is announced to both sides of the case and stands in the timeline', async () => {
    const { consultId, patientId } = await acceptedCase(clinic, desk, '郑三');
    const ecg = (await (await send({ consultId }, dicom)).json()) as EcgView;
    const notice = { ecgId: ecg.id, patientId, consultId };
    const isIt = ({ ecgId }: { ecgId: string }) => ecgId === ecg.id;
    expect(await clinic.next('ecg:added', isIt)).toEqual(notice);
    expect(await desk.next('ecg:added', isIt)).toEqual(notice);
    expect((await desk.request('ecg:read', { ecgId: ecg.id })).ecg).toEqual(ecg);
    const { nodes } = await desk.request('timeline:read', { consultId });
    expect(nodes.map(({ kind }) => kind)).toContain('ecg-uploaded');
  });
});

describe('who may', () => {
  test('[EC4] for another organisation neither the patient nor the ECG exists', async () => {
    const patientId = await newPatient('郑四');
    const { id } = (await (await send({ patientId }, dicom)).json()) as EcgView;
    const missing = { status: 404, code: 'not-found' };
    expect(await refusal(await send({ patientId }, dicom, foreignPerson))).toEqual(missing);
    expect(await refusal(await foreignPerson.http(`/api/ecgs/${id}`))).toEqual(missing);
    expect(await refusal(await foreignPerson.http(`/api/ecgs/${id}/waveform`))).toEqual(missing);
    const { consultId } = await acceptedCase(clinic, desk, '郑五');
    expect(await refusal(await send({ patientId, consultId }, dicom))).toEqual(missing);
    const nobody = await fetch(`${hub.url}/api/ecgs`, { method: 'POST', body: form({ patientId }, dicom) });
    expect(await refusal(nobody)).toEqual({ status: 401, code: 'unauthenticated' });
    expect(await staged()).toEqual([]);
  });

  test('[EC4] a machine sends with the scope ecg:write, and cannot read with it', async () => {
    const patientId = await newPatient('郑六');
    const tokenOf = async (scope: string) => {
      const response = await clinicPerson.http('/api/tokens', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name: '心电图机', scopes: [scope] }),
      });
      const { token } = (await response.json()) as { token: string };
      return { authorization: `Bearer ${token}` };
    };
    const [writing, reading] = [await tokenOf('ecg:write'), await tokenOf('ecg:read')];
    const upload = (headers: Record<string, string>) =>
      fetch(`${hub.url}/api/ecgs`, { method: 'POST', headers, body: form({ patientId }, dicom) });
    expect((await upload(reading)).status).toBe(403);
    const sent = await upload(writing);
    expect(sent.status).toBe(201);
    const { id } = (await sent.json()) as EcgView;
    expect((await fetch(`${hub.url}/api/ecgs/${id}`, { headers: writing })).status).toBe(403);
    expect((await fetch(`${hub.url}/api/ecgs/${id}`, { headers: reading })).status).toBe(200);
  });
});

describe('an ECG from a device that names no patient of the hub', () => {
  const patients = async () => (await clinic.request('patient:list', {})).patients;

  test('[EC11] opens the patient of its identity number, and one of its own without it, never merged', async () => {
    const number = '110101199003070134';
    const known = (await clinic.request('patient:register', { name: '钱三', identityNumber: number })).patient.id;
    const ofNumber = writeDicomEcg(document, { patient: { id: number, name: 'Qian^San=钱^三', sex: 'male' } });
    const nameless = [1, 2].map((seed) =>
      writeScpEcg(synthesizeEcg({ rhythm: 'sinus', seed }).document, { patient: { id: '0007', name: '孙四' } }),
    );
    const views = [];
    for (const bytes of [ofNumber, ...nameless, ...nameless]) {
      const response = await send({}, bytes);
      views.push([response.status, ((await response.json()) as EcgView).patientId]);
    }
    expect(views[0]).toEqual([201, known]);
    const made = (await patients()).filter(({ name }) => name === '孙四').map(({ id }) => id);
    expect(views.slice(1).map(([status]) => status)).toEqual([201, 201, 200, 200]);
    expect(new Set(views.slice(1).map(([, id]) => id))).toEqual(new Set(made));
    expect(made).toHaveLength(2);
    expect(await staged()).toEqual([]);
  });

  test('[EC11] with a known number and another name, and a picture, are refused, and nobody is registered', async () => {
    const number = '110101199003070476';
    await clinic.request('patient:register', { name: '李五', identityNumber: number });
    const before = (await patients()).length;
    const other = writeDicomEcg(document, { patient: { id: number, name: '周六' } });
    expect(await refusal(await send({}, other))).toEqual({ status: 409, code: 'patient-mismatch' });
    const jpeg = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(40)]);
    expect(await refusal(await send({}, jpeg))).toEqual({ status: 422, code: 'invalid' });
    expect(await refusal(await send({}, dicom, await hub.signIn('office1')))).toEqual({
      status: 403,
      code: 'forbidden',
    });
    expect(await patients()).toHaveLength(before);
    expect(await staged()).toEqual([]);
  });
});

const aecg = new TextDecoder().decode(writeHl7Aecg(document));
const bomb = aecg.replace(
  /^<\?xml[^>]*\?>/,
  '$&<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;">]>',
);
const unusable: [string, Uint8Array, number, string][] = [
  ['an empty file', new Uint8Array(0), 422, 'file-empty'],
  ['a text', Buffer.from('血压 130/80，心率 74，患者无不适。\n'.repeat(50)), 422, 'not-an-ecg'],
  ['a DICOM file cut in half', dicom.subarray(0, dicom.length / 2), 422, 'ecg-damaged'],
  ['an SCP-ECG file cut in half', writeScpEcg(document).subarray(0, 5000), 422, 'ecg-damaged'],
  ['an annotated ECG cut in half', Buffer.from(aecg.slice(0, aecg.length / 2)), 422, 'ecg-damaged'],
  ['XML with a document type and entities', Buffer.from(bomb), 422, 'ecg-damaged'],
  ['one byte more than allowed', new Uint8Array(MAX_ECG_BYTES + 1), 413, 'too-large'],
];

describe('what cannot be used', () => {
  test.each(unusable)(
    '[EC5] %s is refused with its reason, and nothing is kept',
    async (_title, bytes, status, code) => {
      const patientId = await newPatient('郑七');
      expect(await refusal(await send({ patientId }, bytes))).toEqual({ status, code });
      expect(await staged()).toEqual([]);
      expect((await clinic.request('ecg:list', { patientId })).ecgs).toEqual([]);
    },
  );

  test('[EC6] two files, a wrong field, no file and a patient that cannot be are refused', async () => {
    const patientId = await newPatient('郑八');
    const two = form({ patientId }, dicom);
    two.append('file', new Blob([new Uint8Array(dicom)]), 'b.dcm');
    const post = async (body: FormData) => refusal(await clinicPerson.http('/api/ecgs', { method: 'POST', body }));
    const malformed = { status: 400, code: 'malformed' };
    expect(await post(two)).toEqual(malformed);
    expect(await post(form({ patientId }, dicom, 'ecg'))).toEqual(malformed);
    expect(await post(form({ patientId }))).toEqual(malformed);
    expect(await post(form({ patientId: '不是编号' }, dicom))).toEqual({ status: 422, code: 'invalid' });
    const json = await clinicPerson.http('/api/ecgs', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(await refusal(json)).toEqual({ status: 415, code: 'unsupported-media' });
    expect(await staged()).toEqual([]);
    expect((await clinic.request('ecg:list', { patientId })).ecgs).toEqual([]);
  });

  test('[EC7] an alarm goes through while one upload hangs in the middle and hostile files arrive', async () => {
    const [patientId, alarmed] = [await newPatient('郑九'), await newPatient('郑十')];
    const encoded = new Response(form({ patientId }, dicom));
    const bytes = new Uint8Array(await encoded.arrayBuffer());
    let finish = (): void => undefined;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(bytes.subarray(0, bytes.length / 2));
        finish = () => {
          controller.enqueue(bytes.subarray(bytes.length / 2));
          controller.close();
        };
      },
    });
    const hanging = clinicPerson.http('/api/ecgs', {
      method: 'POST',
      headers: { 'content-type': encoded.headers.get('content-type')! },
      body,
      duplex: 'half',
    } as RequestInit);
    const hostile = Promise.all(
      unusable.filter(([, , status]) => status === 422).map(([, file]) => send({ patientId }, file)),
    );
    const { alarm } = await clinic.request('alarm:raise', { patientId: alarmed });
    expect((await desk.request('alarm:accept', { alarmId: alarm.id })).alarm.state).toBe('accepted');
    expect((await hostile).every(({ status }) => status === 422)).toBe(true);
    finish();
    expect((await hanging).status).toBe(201);
  });
});
