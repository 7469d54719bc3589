import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ecgDisplayDefaults, type ViewState } from '../../../shared/contracts/viewing.ts';
import { acceptedCase } from '../../support/accepted-case.ts';
import { startTestHub, type TestClient, type TestHub, type TestWindow } from '../../support/hub.ts';

let hub: TestHub;
let villagePerson: TestClient;
let clinic: TestWindow;
let desk: TestWindow;
let village: TestWindow;

beforeAll(async () => {
  hub = await startTestHub();
  villagePerson = await hub.signIn('village1');
  village = await villagePerson.connect();
  clinic = await (await hub.signIn('clinic1')).connect();
  desk = await (await hub.signIn('oncall1')).connect();
}, 180_000);
afterAll(() => hub.close());

const looking = (startSeconds: number): ViewState => ({
  kind: 'ecg',
  ecgId: '0123456789abcdef01234567',
  layout: '12x1',
  speedMmPerSecond: 25,
  gainMmPerMillivolt: 10,
  startSeconds,
  calipers: [],
  ...ecgDisplayDefaults,
  beatMarks: {},
});
const pointer = { kind: 'ecg', ecgId: '0123456789abcdef01234567', lead: 'V2', seconds: 1.5, microvolts: 200 } as const;

test('[VW1] one leads, visible to all; what the leader shows reaches the others, in order, and nobody else shows', async () => {
  const { consultId } = await acceptedCase(clinic, desk, '冯一');
  expect(await clinic.request('viewing:open', { consultId })).toEqual({ lead: null, state: null });
  await desk.request('viewing:open', { consultId });
  await expect(clinic.request('viewing:show', { consultId, state: looking(0) })).rejects.toMatchObject({
    code: 'conflict',
  });
  const { lead } = await desk.request('viewing:take-lead', { consultId });
  expect(lead).toMatchObject({ name: '周明远' });
  expect(await clinic.next('viewing:lead-changed')).toEqual({ consultId, lead });
  for (let second = 0; second < 30; second += 1) {
    await desk.request('viewing:show', { consultId, state: looking(second) });
  }
  for (let second = 0; second < 30; second += 1) {
    expect(await clinic.next('viewing:shown')).toEqual({
      consultId,
      byAccountId: lead!.accountId,
      state: looking(second),
    });
  }
  // Taken over with one click.
  const { lead: taken } = await clinic.request('viewing:take-lead', { consultId });
  expect(await desk.next('viewing:lead-changed')).toEqual({ consultId, lead: taken });
  const late = desk.request('viewing:show', { consultId, state: looking(99) });
  await expect(late).rejects.toMatchObject({ code: 'conflict', details: { name: '林晓梅' } });
});

test('[VW2] whoever comes later gets who leads and what was shown last', async () => {
  const { consultId } = await acceptedCase(clinic, desk, '冯二');
  await desk.request('viewing:open', { consultId });
  const { lead } = await desk.request('viewing:take-lead', { consultId });
  await desk.request('viewing:show', { consultId, state: looking(3) });
  expect(await clinic.request('viewing:open', { consultId })).toEqual({ lead, state: looking(3) });
});

test('[VW3] pointers reach everybody else who looks, with the name', async () => {
  const { consultId } = await acceptedCase(clinic, desk, '冯三');
  await desk.request('viewing:open', { consultId });
  await clinic.request('viewing:open', { consultId });
  await clinic.request('viewing:point', { consultId, pointer });
  expect(await desk.next('viewing:pointed')).toMatchObject({
    consultId,
    name: '林晓梅',
    windowId: clinic.windowId,
    pointer,
  });
  expect(clinic.pending('viewing:pointed')).toEqual([]);
  await clinic.request('viewing:leave', { consultId });
  const gone = clinic.request('viewing:point', { consultId, pointer });
  await expect(gone).rejects.toMatchObject({ code: 'conflict' });
});

test('[VW4] a leader who leaves leads no more; one who is cut off keeps the lead for a short return, and no longer', async () => {
  const { consultId } = await acceptedCase(clinic, desk, '冯四');
  const accountId = villagePerson.account.accountId;
  const leadIs = (name: string | undefined) =>
    clinic.next('viewing:lead-changed', (notice) => notice.consultId === consultId && notice.lead?.name === name);
  await clinic.request('consult:invite', { consultId, accountId });
  await clinic.request('viewing:open', { consultId });
  const cut = await villagePerson.connect();
  await cut.request('viewing:open', { consultId });
  await cut.request('viewing:take-lead', { consultId });
  await cut.request('viewing:show', { consultId, state: looking(4) });
  await leadIs('田小禾');
  cut.close();
  const back = await villagePerson.connect();
  expect(await back.request('viewing:open', { consultId })).toMatchObject({
    lead: { name: '田小禾' },
    state: looking(4),
  });
  expect(clinic.pending('viewing:lead-changed')).toEqual([]);
  await back.request('viewing:leave', { consultId });
  await leadIs(undefined);
  await back.request('viewing:open', { consultId });
  await back.request('viewing:take-lead', { consultId });
  await leadIs('田小禾');
  back.close();
  await leadIs(undefined);
});

test('[VW5] only who takes part in the case looks and points; an invited person can at once', async () => {
  const { consultId } = await acceptedCase(clinic, desk, '冯五');
  const requests = () => [
    village.request('viewing:open', { consultId }),
    village.request('viewing:take-lead', { consultId }),
    village.request('viewing:show', { consultId, state: looking(0) }),
    village.request('viewing:point', { consultId, pointer }),
  ];
  for (const refused of requests()) await expect(refused).rejects.toMatchObject({ code: 'not-found' });
  await clinic.request('viewing:open', { consultId });
  await clinic.request('consult:invite', { consultId, accountId: villagePerson.account.accountId });
  await village.request('viewing:open', { consultId });
  await village.request('viewing:point', { consultId, pointer });
  // The window of the one who invited goes on as before.
  await clinic.request('viewing:take-lead', { consultId });
  await village.next('viewing:lead-changed', ({ lead }) => lead?.name === '林晓梅');
});
