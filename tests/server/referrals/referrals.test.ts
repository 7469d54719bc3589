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

const openFile = async (name: string) => {
  const { consultId } = await acceptedCase(clinic, desk, name);
  return (await clinic.request('referral:read', { consultId })).referral;
};

test('[RF1] both sides see each step of the file with who and when: opened, accepted, arrived', async () => {
  const opened = await openFile('蒋一');
  expect(opened).toMatchObject({ kind: 'green-channel', direction: 'up', state: 'opened', openedByName: '林晓梅' });
  const { id: referralId, consultId } = opened;
  const command = { referralId, version: opened.version, note: '绿色通道已开' };
  const { referral: accepted } = await desk.request('referral:accept', command);
  expect(await clinic.next('referral:changed')).toEqual(accepted);
  // The patient may arrive long after the consult is over.
  await desk.request('consult:close', { consultId, outcome: 'transfer-pci' });
  const arrival = { referralId, version: accepted.version };
  const { referral: arrived } = await desk.request('referral:confirm-arrival', arrival);
  expect(
    arrived.steps.map(({ state, byName, organisationName, note }) => [state, byName, organisationName, note]),
  ).toEqual([
    ['opened', '林晓梅', '梅岭镇卫生院', ''],
    ['accepted', '周明远', '示范县人民医院', '绿色通道已开'],
    ['arrived', '周明远', '示范县人民医院', ''],
  ]);
  expect((await clinic.request('referral:read', { consultId })).referral).toEqual(arrived);
  const { nodes } = await clinic.request('timeline:read', { consultId });
  const kinds = nodes.map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind.startsWith('referral') || kind === 'patient-arrived')).toEqual([
    'referral-opened',
    'referral-accepted',
    'patient-arrived',
  ]);
});

test('[RF2] a step out of order is refused with the state', async () => {
  const opened = await openFile('蒋二');
  const { id: referralId } = opened;
  const early = desk.request('referral:confirm-arrival', { referralId, version: opened.version });
  await expect(early).rejects.toMatchObject({ code: 'conflict', details: { state: 'opened' } });
  const command = { referralId, version: opened.version, reason: '就地观察' };
  const { referral: closed } = await desk.request('referral:close-not-needed', command);
  expect(closed.steps.at(-1)).toMatchObject({ state: 'not-needed', note: '就地观察' });
  const late = desk.request('referral:accept', { referralId, version: closed.version });
  await expect(late).rejects.toMatchObject({ code: 'conflict', details: { state: 'not-needed' } });
});

test('[RF3] a step on top of an older version is refused, and of two at once one wins', async () => {
  const opened = await openFile('蒋三');
  const command = { referralId: opened.id, version: opened.version };
  const answers = await Promise.allSettled([
    desk.request('referral:accept', command),
    desk.request('referral:close-not-needed', { ...command, reason: '不需要' }),
  ]);
  expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(answers.find((answer) => answer.status === 'rejected')!.reason).toMatchObject({ code: 'version-conflict' });
});

test('[RF4] only the desk of the lead hospital decides; for strangers there is no file', async () => {
  const opened = await openFile('蒋四');
  const command = { referralId: opened.id, version: opened.version };
  await expect(clinic.request('referral:accept', command)).rejects.toMatchObject({ code: 'forbidden' });
  await expect(otherClinic.request('referral:accept', command)).rejects.toMatchObject({ code: 'not-found' });
  const read = otherClinic.request('referral:read', { consultId: opened.consultId });
  await expect(read).rejects.toMatchObject({ code: 'not-found' });
});
