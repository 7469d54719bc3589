import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestHub, type TestClient, type TestHub, type TestWindow } from '../../support/hub.ts';

let hub: TestHub;
let first: TestClient;
let second: TestClient;
let clinic: TestWindow;
let otherClinic: TestWindow;

beforeAll(async () => {
  hub = await startTestHub();
  [first, second] = [await hub.signIn('oncall1'), await hub.signIn('oncall2')];
  clinic = await (await hub.signIn('clinic1')).connect();
  otherClinic = await (await hub.signIn('clinic2')).connect();
}, 180_000);
/** Closed after each test, whatever became of it. */
const opened: TestWindow[] = [];
const open = async (person: TestClient) => {
  const window = await person.connect();
  opened.push(window);
  return window;
};
const windowsOf = (person: TestClient) => hub.running.hub.presence.ofAccount(person.account.accountId).length;
const allGone = () =>
  new Promise<void>((resolve) => {
    const look = () => void (windowsOf(first) + windowsOf(second) === 0 && resolve());
    hub.running.hub.presence.onChange(look);
    look();
  });

afterEach(async () => {
  // Every test begins with nobody on duty and nothing ringing.
  for (const person of [first, second]) {
    const window = await open(person);
    await window.request('duty:end', {});
    for (const { id: alarmId, fromOrganisationName } of (await window.request('alarm:list-ringing', {})).alarms) {
      const from = fromOrganisationName === '柳河镇卫生院' ? otherClinic : clinic;
      await from.request('alarm:withdraw', { alarmId, reason: '结束' });
    }
  }
  for (const window of opened.splice(0)) window.close();
  await allGone();
});
afterAll(() => hub.close());

const raise = async () => (await clinic.request('alarm:raise', {})).alarm;

describe('receipts', () => {
  test('[AL10] both sides see to whom an alarm was delivered and who has seen it; the first time counts', async () => {
    const desk = await open(first);
    const alarm = await raise();
    await desk.request('alarm:confirm-delivery', { alarmId: alarm.id, canSound: false });
    const delivered = await clinic.next(
      'alarm:changed',
      ({ id, receipts }) => id === alarm.id && receipts.length === 1,
    );
    expect(delivered.receipts[0]).toMatchObject({ name: '周明远', canSound: false, seenAt: null });
    expect(Date.parse(delivered.receipts[0]!.deliveredAt)).toBeGreaterThanOrEqual(Date.parse(alarm.raisedAt));
    await desk.request('alarm:confirm-seen', { alarmId: alarm.id });
    const seen = await clinic.next(
      'alarm:changed',
      ({ id, receipts }) => id === alarm.id && receipts[0]?.seenAt != null,
    );
    // A second window of the same person, with sound, and everything said once more.
    const again = await open(first);
    await again.request('alarm:confirm-delivery', { alarmId: alarm.id, canSound: true });
    await again.request('alarm:confirm-delivery', { alarmId: alarm.id, canSound: false });
    await again.request('alarm:confirm-seen', { alarmId: alarm.id });
    const { alarm: now } = await clinic.request('alarm:read', { consultId: alarm.consultId });
    expect(now.receipts).toEqual([{ ...seen.receipts[0]!, canSound: true }]);
    const { nodes } = await clinic.request('timeline:read', { consultId: alarm.consultId });
    expect(nodes.filter(({ kind }) => kind === 'alarm-delivered' || kind === 'alarm-seen')).toHaveLength(2);
  });

  test('[AL10] two people confirm in the same moment and both are kept', async () => {
    const [one, two] = [await open(first), await open(second)];
    const alarm = await raise();
    await Promise.all(
      [one, two].flatMap((desk) => [
        desk.request('alarm:confirm-delivery', { alarmId: alarm.id, canSound: true }),
        desk.request('alarm:confirm-seen', { alarmId: alarm.id }),
      ]),
    );
    const { alarm: now } = await clinic.request('alarm:read', { consultId: alarm.consultId });
    expect(now.receipts.map(({ name }) => name).sort()).toEqual(['周明远', '沈怀安'].sort());
    expect(now.receipts.every(({ seenAt }) => seenAt !== null)).toBe(true);
  });
});

describe('acceptance and withdrawal', () => {
  test('[AL11] of two people accepting in the same moment one wins, and the other is told who', async () => {
    const [one, two] = [await open(first), await open(second)];
    for (let round = 0; round < 5; round += 1) {
      const alarm = await raise();
      const answers = await Promise.allSettled(
        [one, two].map((desk) => desk.request('alarm:accept', { alarmId: alarm.id })),
      );
      const won = answers.filter((answer) => answer.status === 'fulfilled');
      const lost = answers.filter((answer) => answer.status === 'rejected');
      expect([won.length, lost.length]).toEqual([1, 1]);
      const { acceptedByName } = won[0]!.value.alarm;
      expect(lost[0]!.reason).toMatchObject({ code: 'alarm-already-accepted', details: { name: acceptedByName } });
      const { alarm: now } = await clinic.request('alarm:read', { consultId: alarm.consultId });
      expect(now).toMatchObject({ state: 'accepted', acceptedByName });
    }
  });

  test('[AL11] whoever accepted takes part in the consult, which is active from then on', async () => {
    const desk = await open(first);
    const alarm = await raise();
    const { alarm: accepted } = await desk.request('alarm:accept', { alarmId: alarm.id });
    expect(accepted.acceptedByAccountId).toBe(first.account.accountId);
    expect(await clinic.next('alarm:changed', ({ id, state }) => id === alarm.id && state === 'accepted')).toEqual(
      accepted,
    );
    const { consult } = await clinic.request('consult:read', { consultId: alarm.consultId });
    expect(consult.state).toBe('active');
    expect(consult.participants.map(({ name, side }) => [name, side])).toEqual([
      ['林晓梅', 'clinic'],
      ['周明远', 'lead'],
    ]);
    // The same person's other window presses too.
    expect((await desk.request('alarm:accept', { alarmId: alarm.id })).alarm).toEqual(accepted);
  });

  test('[AL12] the clinic withdraws with a reason while it rings: consult withdrawn, referral not needed', async () => {
    const desk = await open(first);
    const alarm = await raise();
    await clinic.request('alarm:withdraw', { alarmId: alarm.id, reason: '按错了' });
    const told = await desk.next('alarm:changed', ({ id, state }) => id === alarm.id && state === 'withdrawn');
    expect(told).toMatchObject({ withdrawnByName: '林晓梅', withdrawReason: '按错了' });
    const { consult } = await desk.request('consult:read', { consultId: alarm.consultId });
    expect(consult).toMatchObject({ state: 'withdrawn', closedByName: '林晓梅' });
    const { referral } = await desk.request('referral:read', { consultId: alarm.consultId });
    expect(referral.steps.at(-1)).toMatchObject({ state: 'not-needed', note: '按错了', byName: '林晓梅' });
    await expect(desk.request('alarm:accept', { alarmId: alarm.id })).rejects.toMatchObject({
      code: 'alarm-withdrawn',
    });
    await expect(clinic.request('alarm:withdraw', { alarmId: alarm.id, reason: '又' })).rejects.toMatchObject({
      code: 'alarm-withdrawn',
    });
  });

  test('[AL12] once it is accepted, or without a reason, an alarm is not withdrawn', async () => {
    const desk = await open(first);
    const alarm = await raise();
    await expect(clinic.request('alarm:withdraw', { alarmId: alarm.id, reason: ' ' })).rejects.toMatchObject({
      code: 'invalid',
    });
    await desk.request('alarm:accept', { alarmId: alarm.id });
    await expect(clinic.request('alarm:withdraw', { alarmId: alarm.id, reason: '按错了' })).rejects.toMatchObject({
      code: 'alarm-already-accepted',
      details: { name: '周明远' },
    });
  });
});

describe('duty', () => {
  test('[AL13] where nobody is on duty the clinic is told at once, with the telephone number of the desk', async () => {
    // Signed in, but not on duty.
    await open(first);
    expect(await raise()).toMatchObject({ nobodyOnDuty: true, deskTelephone: '0577-55500120' });
  });

  test('[AL13] on duty without a window that is connected counts as nobody', async () => {
    const desk = await open(first);
    await desk.request('duty:start', {});
    desk.close();
    await clinic.next('duty:changed', ({ onDuty }) => onDuty[0]?.windows === 0);
    expect((await raise()).nobodyOnDuty).toBe(true);
  });

  test('[AL13] with somebody on duty and connected, somebody is there', async () => {
    const desk = await open(first);
    await desk.request('duty:start', {});
    expect((await raise()).nobodyOnDuty).toBe(false);
  });

  test('[AL14] an alarm that found nobody rings for whoever comes on duty next', async () => {
    const alarm = await raise();
    const desk = await open(second);
    await desk.request('duty:start', {});
    expect(await desk.next('alarm:raised')).toMatchObject({ id: alarm.id, nobodyOnDuty: false });
    await clinic.next('alarm:changed', ({ id, nobodyOnDuty }) => id === alarm.id && !nobodyOnDuty);
  });

  test('[AL14] and for somebody on duty whose window comes back', async () => {
    const desk = await open(first);
    await desk.request('duty:start', {});
    desk.close();
    await clinic.next('duty:changed', ({ onDuty }) => onDuty[0]?.windows === 0);
    const alarm = await raise();
    const back = await open(first);
    expect(await back.next('alarm:raised')).toMatchObject({ id: alarm.id, nobodyOnDuty: false });
    await clinic.next('alarm:changed', ({ id, nobodyOnDuty }) => id === alarm.id && !nobodyOnDuty);
  });

  test('[AL14] a press and a start of duty in the same moment never miss each other', async () => {
    const desk = await open(first);
    for (let round = 0; round < 8; round += 1) {
      const [alarm] = await Promise.all([raise(), desk.request('duty:start', {})]);
      const { alarm: now } = await clinic.request('alarm:read', { consultId: alarm.consultId });
      expect(now.nobodyOnDuty).toBe(false);
      await clinic.request('alarm:withdraw', { alarmId: alarm.id, reason: '下一轮' });
      await desk.request('duty:end', {});
    }
  });

  test('[AL15] the desk and its clinics see who is on duty, with how many windows, and how many of them can ring', async () => {
    const desk = await open(first);
    const { desk: started } = await desk.request('duty:start', {});
    expect(started.onDuty).toMatchObject([{ name: '周明远', windows: 1, soundingWindows: 0 }]);
    await desk.request('duty:report-window', { canSound: true });
    const sounding = await otherClinic.next('duty:changed', ({ onDuty }) => onDuty[0]?.soundingWindows === 1);
    expect(sounding).toMatchObject({ organisationName: '示范县人民医院', telephone: '0577-55500120' });
    expect(await otherClinic.request('duty:read', {})).toEqual({ desk: sounding, onDuty: false });
    expect(await desk.request('duty:read', {})).toEqual({ desk: sounding, onDuty: true });
    await desk.request('duty:report-window', { canSound: false });
    await otherClinic.next('duty:changed', ({ onDuty }) => onDuty[0]?.soundingWindows === 0);
    await desk.request('duty:end', {});
    await otherClinic.next('duty:changed', ({ onDuty }) => onDuty.length === 0);
    await expect(clinic.request('duty:start', {})).rejects.toMatchObject({ code: 'forbidden' });
  });
});
