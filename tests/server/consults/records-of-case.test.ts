import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { EcgView } from '../../../shared/contracts/ecg.ts';
import { synthesizeEcg } from '../../../shared/ecg/synthesize.ts';
import { writeScpEcg } from '../../../server/ecg/encode/scp-ecg.ts';
import { startTestHub, type TestClient, type TestHub, type TestWindow } from '../../support/hub.ts';

let hub: TestHub;
let clinicPerson: TestClient;
let clinic: TestWindow;
let desk: TestWindow;
let village: TestWindow;
let villageAccountId: string;

beforeAll(async () => {
  hub = await startTestHub();
  clinicPerson = await hub.signIn('clinic1');
  clinic = await clinicPerson.connect();
  desk = await (await hub.signIn('oncall1')).connect();
  const villagePerson = await hub.signIn('village1');
  villageAccountId = villagePerson.account.accountId;
  village = await villagePerson.connect();
}, 180_000);
afterAll(() => hub.close());

async function upload(patientId: string, seed: number): Promise<EcgView> {
  const { document } = synthesizeEcg({
    rhythm: 'sinus',
    seed,
    heartRatePerMinute: 70,
    noiseMicrovolts: 5,
    wanderMicrovolts: 0,
  });
  const form = new FormData();
  form.set('patientId', patientId);
  form.set('file', new Blob([writeScpEcg(document, { patient: {} }) as Uint8Array<ArrayBuffer>]), `${seed}.scp`);
  const response = await clinicPerson.http('/api/ecgs', { method: 'POST', body: form });
  expect(response.status).toBe(201);
  return (await response.json()) as EcgView;
}

test('[CO8, TL3] what was recorded before the press is seen by the lead hospital and stands in the timeline', async () => {
  const { patient } = await clinic.request('patient:register', { name: '卫一' });
  const ecg = await upload(patient.id, 1);
  await expect(desk.request('ecg:read', { ecgId: ecg.id })).rejects.toMatchObject({ code: 'not-found' });
  const { alarm } = await clinic.request('alarm:raise', { patientId: patient.id });
  const { consultId } = alarm;
  expect((await desk.request('ecg:read', { ecgId: ecg.id })).ecg.id).toBe(ecg.id);
  const { nodes } = await desk.request('timeline:read', { consultId });
  expect(nodes.map(({ kind, source }) => [kind, source]).slice(0, 3)).toEqual([
    ['patient-registered', 'system'],
    ['first-ecg', 'device'],
    ['ecg-uploaded', 'system'],
  ]);
  expect(nodes[1]).toMatchObject({ at: ecg.receivedAt, deviceTime: ecg.acquiredAt, byName: '林晓梅' });

  const second = await upload(patient.id, 2);
  await clinic.request('consult:invite', { consultId, accountId: villageAccountId });
  expect((await village.request('ecg:list', { patientId: patient.id })).ecgs.map(({ id }) => id)).toEqual([
    second.id,
    ecg.id,
  ]);
  await clinic.request('alarm:withdraw', { alarmId: alarm.id, reason: '完' });
  await upload(patient.id, 3);
  const kinds = (await desk.request('timeline:read', { consultId })).nodes.map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind === 'first-ecg')).toHaveLength(1);
  // The third came after the end.
  expect(kinds.filter((kind) => kind === 'ecg-uploaded')).toHaveLength(2);
});

test('[CO8] an ECG and a press in the same moment never miss each other', async () => {
  for (let round = 0; round < 6; round += 1) {
    const { patient } = await clinic.request('patient:register', { name: `同时${round}` });
    const [ecg, { alarm }] = await Promise.all([
      upload(patient.id, 10 + round),
      clinic.request('alarm:raise', { patientId: patient.id }),
    ]);
    expect((await desk.request('ecg:read', { ecgId: ecg.id })).ecg.patientId).toBe(patient.id);
    await clinic.request('alarm:withdraw', { alarmId: alarm.id, reason: '下一轮' });
  }
});
