import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestHub, type TestHub } from '../../support/hub.ts';

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub();
}, 180_000);
afterAll(() => hub.close());

test('[AL16] duty and a ringing alarm outlive a restart of the hub, and the alarm rings once for each window that asks', async () => {
  const clinic = await (await hub.signIn('clinic1')).connect();
  const desk = await (await hub.signIn('oncall1')).connect();
  await desk.request('duty:start', {});
  const { alarm } = await clinic.request('alarm:raise', {});
  await hub.restart();

  const back = await (await hub.signIn('oncall1')).connect();
  expect((await back.request('alarm:list-ringing', {})).alarms).toEqual([alarm]);
  expect(await back.request('duty:read', {})).toMatchObject({ onDuty: true });
  const clinicBack = await (await hub.signIn('clinic1')).connect();
  expect(await clinicBack.request('alarm:raise', {})).toEqual({ alarm, existing: true, unnamed: true });
  await back.request('alarm:accept', { alarmId: alarm.id });
  await clinicBack.next('alarm:changed', ({ state }) => state === 'accepted');
});
