import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { acceptedCase } from '../../support/accepted-case.ts';
import { startTestHub, type TestHub, type TestWindow } from '../../support/hub.ts';

let hub: TestHub;
let clinic: TestWindow;
let otherClinic: TestWindow;
let desk: TestWindow;

beforeAll(async () => {
  hub = await startTestHub();
  clinic = await (await hub.signIn('clinic1')).connect();
  otherClinic = await (await hub.signIn('clinic2')).connect();
  desk = await (await hub.signIn('oncall1')).connect();
}, 180_000);
afterAll(() => hub.close());

test("[TL1] the nodes of a case stand in the order of the server's clock, each with its source and person", async () => {
  const { consultId } = await acceptedCase(clinic, desk, '褚一');
  await desk.request('call:join', { consultId });
  await desk.request('call:leave', { consultId });
  await desk.request('consult:close', { consultId, outcome: 'treat-locally' });
  const { nodes } = await clinic.request('timeline:read', { consultId });
  expect(nodes.map(({ kind, source, byName }) => [kind, source, byName])).toEqual([
    ['patient-registered', 'system', null],
    ['alarm-raised', 'person', '林晓梅'],
    ['referral-opened', 'system', '林晓梅'],
    ['alarm-accepted', 'person', '周明远'],
    ['room-joined', 'system', '周明远'],
    ['consult-closed', 'person', '周明远'],
  ]);
  const times = nodes.map(({ at }) => at);
  expect(times).toEqual([...times].sort());
});

test('[TL2] windows that have the case open are told of each new node; strangers read nothing', async () => {
  const { alarm } = await clinic.request('alarm:raise', {});
  const { consultId } = alarm;
  await clinic.request('viewing:open', { consultId });
  await desk.request('alarm:confirm-delivery', { alarmId: alarm.id, canSound: true });
  const node = await clinic.next('timeline:node-recorded');
  expect(node).toMatchObject({ consultId, kind: 'alarm-delivered', byName: '周明远' });
  expect((await clinic.request('timeline:read', { consultId })).nodes).toContainEqual(node);
  const foreign = otherClinic.request('timeline:read', { consultId });
  await expect(foreign).rejects.toMatchObject({ code: 'not-found' });
  await clinic.request('alarm:withdraw', { alarmId: alarm.id, reason: '完' });
});
