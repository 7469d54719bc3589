import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createAccount } from '../../../server/accounts/create-account.ts';
import { createOrganisation } from '../../../server/organisations/create-organisation.ts';
import { startTestHub, type TestHub, type TestWindow } from '../../support/hub.ts';

let hub: TestHub;
let clinic: TestWindow;
let clinicAgain: TestWindow;
let otherClinic: TestWindow;
let village: TestWindow;
let desk: TestWindow;

beforeAll(async () => {
  hub = await startTestHub();
  const clinicPerson = await hub.signIn('clinic1');
  clinic = await clinicPerson.connect();
  clinicAgain = await clinicPerson.connect();
  otherClinic = await (await hub.signIn('clinic2')).connect();
  village = await (await hub.signIn('village1')).connect();
  desk = await (await hub.signIn('oncall1')).connect();
}, 180_000);
afterAll(() => hub.close());

const newPatient = async (window: TestWindow, name: string) =>
  (await window.request('patient:register', { name, sex: 'male' })).patient;
const withdraw = (window: TestWindow, alarmId: string) => window.request('alarm:withdraw', { alarmId, reason: '误报' });
const rung = (alarmId: string) => desk.next('alarm:raised', (alarm) => alarm.id === alarmId);
/** Notices come in order: once this has come, an earlier ring would have come too. */
const ringsAfter = async (alarmId: string) => {
  await rung(alarmId);
  return desk.pending('alarm:raised').filter((alarm) => alarm.id === alarmId).length;
};

describe('the emergency press', () => {
  test('[AL1] one press makes the alarm, the consult, the referral file and their timeline, and rings the desk', async () => {
    const patient = await newPatient(clinic, '王大山');
    const { alarm, existing, unnamed } = await clinic.request('alarm:raise', { patientId: patient.id });
    expect({ existing, unnamed }).toEqual({ existing: false, unnamed: false });
    expect(alarm).toMatchObject({
      patientName: '王大山',
      state: 'ringing',
      fromOrganisationName: '梅岭镇卫生院',
      deskOrganisationName: '示范县人民医院',
      raisedByName: '林晓梅',
    });
    expect(await rung(alarm.id)).toEqual(alarm);
    const { consult } = await desk.request('consult:read', { consultId: alarm.consultId });
    expect(consult).toMatchObject({ state: 'waiting', alarmId: alarm.id, referralId: alarm.referralId });
    expect(consult.patient.id).toBe(patient.id);
    const { referral } = await desk.request('referral:read', { consultId: consult.id });
    expect(referral).toMatchObject({ id: alarm.referralId, state: 'opened', openedByName: '林晓梅' });
    const { nodes } = await clinic.request('timeline:read', { consultId: consult.id });
    expect(nodes.map((node) => node.kind)).toEqual(['patient-registered', 'alarm-raised', 'referral-opened']);
    await withdraw(clinic, alarm.id);
  });

  test('[AL2] a press asks nothing: without a patient an unknown one is made', async () => {
    const { alarm, existing, unnamed } = await clinic.request('alarm:raise', {});
    expect({ existing, unnamed }).toEqual({ existing: false, unnamed: true });
    expect(alarm.patientName).toContain('未知患者 梅岭镇卫生院');
    await withdraw(clinic, alarm.id);
  });

  test("[AL3] while the patient's case is open another press opens it and rings nobody again", async () => {
    const patient = await newPatient(clinic, '李秀英');
    const first = await clinic.request('alarm:raise', { patientId: patient.id });
    const second = await clinicAgain.request('alarm:raise', { patientId: patient.id });
    expect(second).toEqual({ ...first, existing: true });
    await desk.request('alarm:accept', { alarmId: first.alarm.id });
    const third = await clinic.request('alarm:raise', { patientId: patient.id });
    expect(third).toMatchObject({ existing: true, alarm: { id: first.alarm.id, state: 'accepted' } });
    expect(await ringsAfter(first.alarm.id)).toBe(0);
    await desk.request('consult:close', { consultId: first.alarm.consultId, outcome: 'other' });
    const fourth = await clinic.request('alarm:raise', { patientId: patient.id });
    expect(fourth.existing).toBe(false);
    await withdraw(clinic, fourth.alarm.id);
  });

  test('[AL3] of two presses from two windows in the same moment one rings and the other opens the case', async () => {
    for (const press of [{ patientId: (await newPatient(clinic, '赵国强')).id }, {}]) {
      const answers = await Promise.all(
        [clinic, clinicAgain, clinic, clinicAgain].map((window) => window.request('alarm:raise', press)),
      );
      expect(new Set(answers.map((answer) => answer.alarm.id)).size).toBe(1);
      expect(answers.filter((answer) => !answer.existing)).toHaveLength(1);
      expect(await ringsAfter(answers[0]!.alarm.id)).toBe(0);
      await withdraw(clinic, answers[0]!.alarm.id);
    }
  });

  test('[AL4] a press without a patient opens the unnamed case that rings, and "another patient" opens a new one', async () => {
    const first = await clinic.request('alarm:raise', {});
    const again = await clinicAgain.request('alarm:raise', {});
    expect(again).toMatchObject({ existing: true, unnamed: true, alarm: { id: first.alarm.id } });
    const press = { anotherPatient: true, besideConsultId: first.alarm.consultId };
    const doubled = await Promise.all([clinic, clinicAgain].map((window) => window.request('alarm:raise', press)));
    const [another, twin] = doubled.sort((a, b) => Number(a.existing) - Number(b.existing));
    expect(another).toMatchObject({ existing: false, unnamed: true });
    expect(another!.alarm.id).not.toBe(first.alarm.id);
    expect(twin).toMatchObject({ existing: true, alarm: { id: another!.alarm.id } });
    // The unnamed case is the newer one from now on.
    expect((await clinic.request('alarm:raise', {})).alarm.id).toBe(another!.alarm.id);
    await withdraw(clinic, first.alarm.id);
    await withdraw(clinic, another!.alarm.id);
  });

  test('[AL4] an unnamed case that was answered or named is not opened by the next press without a patient', async () => {
    const accepted = await clinic.request('alarm:raise', {});
    await desk.request('alarm:accept', { alarmId: accepted.alarm.id });
    const ringing = await clinic.request('alarm:raise', {});
    expect(ringing.existing).toBe(false);
    const { patient } = await clinic.request('patient:read', { patientId: ringing.alarm.patientId });
    await clinic.request('patient:identify', { patientId: patient.id, version: patient.version, name: '孙巧云' });
    const next = await clinic.request('alarm:raise', {});
    expect(next.existing).toBe(false);
    await desk.request('consult:close', { consultId: accepted.alarm.consultId, outcome: 'other' });
    await withdraw(clinic, ringing.alarm.id);
    await withdraw(clinic, next.alarm.id);
  });

  test('[AL5] a retry with the same key gets the same answer and raises no second alarm', async () => {
    const patient = await newPatient(clinic, '周桂兰');
    const meta = { idempotencyKey: randomUUID() };
    const first = await clinic.request('alarm:raise', { patientId: patient.id }, meta);
    await withdraw(clinic, first.alarm.id);
    expect(await clinicAgain.request('alarm:raise', { patientId: patient.id }, meta)).toEqual(first);
    expect(await ringsAfter(first.alarm.id)).toBe(0);
    expect((await desk.request('alarm:list-ringing', {})).alarms).toEqual([]);
    await expect(clinic.request('alarm:raise', {}, meta)).rejects.toMatchObject({ code: 'key-reused' });
  });

  test('[AL6] a village station reaches the lead hospital through the agreement of its township', async () => {
    const { alarm } = await village.request('alarm:raise', {});
    expect(alarm).toMatchObject({ fromOrganisationName: '斑竹村卫生室', deskOrganisationName: '示范县人民医院' });
    expect(alarm.fromTelephone).toBe('0577-55510009');
    await rung(alarm.id);
    await withdraw(village, alarm.id);
  });

  test('[AL7] an organisation that no lead hospital serves is told so', async () => {
    const parts = hub.running.hub;
    const name = '孤山卫生院';
    const organisationId = await createOrganisation(
      { name, kind: 'township-hospital', parentId: null, telephone: null },
      parts,
    );
    await createAccount(
      { username: 'lonely', name: '独行', organisationId, roles: ['township-doctor'], password: 'long-enough-1' },
      parts,
    );
    const lonely = await (await hub.signIn('lonely', 'long-enough-1')).connect();
    await expect(lonely.request('alarm:raise', {})).rejects.toMatchObject({ code: 'no-agreement' });
    expect((await lonely.request('patient:list', {})).patients).toEqual([]);
    expect((await lonely.request('duty:read', {})).desk).toBeNull();
  });

  test("[AL8] the device's own time is kept beside the server's with its difference", async () => {
    const deviceTime = new Date(Date.now() - 120_000).toISOString().replace('Z', '+00:00');
    const { alarm } = await clinic.request('alarm:raise', { deviceTime });
    const { nodes } = await clinic.request('timeline:read', { consultId: alarm.consultId });
    const node = nodes.find((one) => one.kind === 'alarm-raised')!;
    expect(node.deviceTime).toBe(deviceTime);
    expect(node.at).toBe(alarm.raisedAt);
    expect(node.deviceOffsetMs).toBe(Date.parse(deviceTime) - Date.parse(alarm.raisedAt));
    await withdraw(clinic, alarm.id);
  });

  test("[AL9] another organisation's patient and alarm do not exist for it, and only clinics press", async () => {
    const patient = await newPatient(clinic, '吴小满');
    await expect(otherClinic.request('alarm:raise', { patientId: patient.id })).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(desk.request('alarm:raise', {})).rejects.toMatchObject({ code: 'forbidden' });
    const { alarm } = await clinic.request('alarm:raise', { patientId: patient.id });
    const { id: alarmId, consultId } = alarm;
    await expect(otherClinic.request('alarm:read', { consultId })).rejects.toMatchObject({ code: 'not-found' });
    await expect(otherClinic.request('alarm:withdraw', { alarmId, reason: '不' })).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(otherClinic.request('alarm:accept', { alarmId })).rejects.toMatchObject({ code: 'not-found' });
    await expect(clinic.request('alarm:accept', { alarmId })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(desk.request('alarm:withdraw', { alarmId, reason: '不' })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(clinic.request('alarm:list-ringing', {})).rejects.toMatchObject({ code: 'forbidden' });
    await withdraw(clinic, alarmId);
  });
});
