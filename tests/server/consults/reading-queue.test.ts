import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createAccount } from '../../../server/accounts/create-account.ts';
import { ecgRecord } from '../../../server/ecg/ecg-record.ts';
import type { Role } from '../../../shared/rules/roles.ts';
import { askedReading, patientWithEcg } from '../../support/asked-reading.ts';
import { startTestHub, type TestClient, type TestHub, type TestWindow } from '../../support/hub.ts';

const PASSWORD = 'einmal-und-nie-wieder';
const MINUTE_MS = 60_000;

let aheadMs = 0;
let hub: TestHub;
let clinicPerson: TestClient;
let clinic: TestWindow;
let villagePerson: TestClient;
let village: TestWindow;
let foreign: TestWindow;
let readerPerson: TestClient;
let reader: TestWindow;
let colleague: TestWindow;
let reviewer: TestWindow;

beforeAll(async () => {
  hub = await startTestHub({ clock: { now: () => new Date(Date.now() + aheadMs) } });
  clinicPerson = await hub.signIn('clinic1');
  clinic = await clinicPerson.connect();
  villagePerson = await hub.signIn('village1');
  village = await villagePerson.connect();
  foreign = await (await hub.signIn('clinic2')).connect();
  readerPerson = await hub.signIn('oncall1');
  reader = await readerPerson.connect();
  reviewer = await (await hub.signIn('oncall2')).connect();
  colleague = await person('reader2', readerPerson.account.organisation.id, ['ecg-reporter']);
}, 180_000);
afterAll(() => hub.close());

async function person(username: string, organisationId: string, roles: Role[]): Promise<TestWindow> {
  await createAccount(
    { username, name: `医师${username}`, organisationId, roles, password: PASSWORD, licences: [] },
    hub.running.hub,
  );
  return (await hub.signIn(username, PASSWORD)).connect();
}

const asked = (name: string, wish: { note?: string; urgent?: boolean } = {}) =>
  askedReading(clinicPerson, clinic, name, wish);
const refused = (code: string) => expect.objectContaining({ code });
const open = async (window: TestWindow) => window.request('reading:list', { state: 'open' });

test('[RQ1] a request stands in the lead hospital’s queue and in the clinic’s list, without room and alarm', async () => {
  const { patientId, ecgId } = await patientWithEcg(clinicPerson, clinic, '王秀兰');
  const { reading, existing } = await clinic.request('reading:request', { ecgId, note: '反复头晕三天' });
  expect(existing).toBe(false);
  expect(reading).toMatchObject({
    ecgId,
    patientId,
    patientName: '王秀兰',
    fromOrganisationName: '梅岭镇卫生院',
    toOrganisationName: '示范县人民医院',
    stage: 'unread',
    grade: 4,
    note: '反复头晕三天',
    requestedByName: '林晓梅',
    claim: null,
  });
  expect(Date.parse(reading.dueAt) - Date.parse(reading.requestedAt)).toBe(30 * MINUTE_MS);
  for (const window of [reader, reviewer, clinic]) expect((await open(window)).readings).toContainEqual(reading);
  expect(await clinic.request('reading:list-of-patient', { patientId })).toEqual({ readings: [reading] });
  // The reader sees what is to be read.
  expect((await reader.request('reading:read', { readingId: reading.id })).patient.name).toBe('王秀兰');
  expect((await reader.request('ecg:read', { ecgId })).ecg.id).toBe(ecgId);
  expect((await readerPerson.http(`/api/ecgs/${ecgId}/waveform`)).status).toBe(200);
  expect((await reader.request('alarm:list-ringing', {})).alarms).toEqual([]);
  // It is no case: no room, no place among the cases, and the emergency key opens a case of its own.
  for (const name of ['consult:read', 'viewing:open', 'call:join', 'consult:list-messages'] as const)
    await expect(reader.request(name, { consultId: reading.id })).rejects.toEqual(refused('not-found'));
  const { consults } = await clinic.request('consult:list', { state: 'all' });
  expect(consults.map(({ id }) => id)).not.toContain(reading.id);
  expect((await clinic.request('patient:list', { search: '王秀兰' })).patients[0]!.openConsultId).toBeNull();
  const { alarm, existing: pressed } = await clinic.request('alarm:raise', { patientId });
  expect(pressed).toBe(false);
  await clinic.request('alarm:withdraw', { alarmId: alarm.id, reason: '误按' });
});

test('[RQ2] one ECG has one open reading, also when it is asked for twice in the same moment', async () => {
  const { ecgId } = await patientWithEcg(clinicPerson, clinic, '一次');
  const other = await clinicPerson.connect();
  const answers = await Promise.all([clinic, other].map((window) => window.request('reading:request', { ecgId })));
  expect(answers.map(({ existing }) => existing).sort()).toEqual([false, true]);
  expect(answers[0]!.reading.id).toBe(answers[1]!.reading.id);
  const readingId = answers[0]!.reading.id;
  await clinic.request('reading:withdraw', { readingId, reason: '重做' });
  const again = await clinic.request('reading:request', { ecgId });
  expect([again.existing, again.reading.id === readingId]).toEqual([false, false]);
});

test('[RQ3] a village’s request takes the way of whoever manages it; without an agreement it is told so', async () => {
  const reading = await askedReading(villagePerson, village, '村里');
  expect(reading).toMatchObject({ fromOrganisationName: '斑竹村卫生室', toOrganisationName: '示范县人民医院' });
  const lonelyPlace = (await hub.signIn('specialist1')).account.organisation.id;
  await createAccount(
    { username: 'lonely', name: '孤', organisationId: lonelyPlace, roles: ['township-doctor'], password: PASSWORD },
    hub.running.hub,
  );
  const lonely = await hub.signIn('lonely', PASSWORD);
  await expect(askedReading(lonely, await lonely.connect(), '无协议')).rejects.toEqual(refused('no-agreement'));
});

test('[RQ4] the grade comes from the pre-read, hurry makes it at least urgent, and the time from the hospital’s rules', async () => {
  const grades: [number | null, boolean, number, number][] = [
    [null, false, 3, 30],
    [null, true, 2, 10],
    [4, false, 4, 30],
    [4, true, 2, 10],
    [1, true, 1, 10],
    [2, false, 2, 10],
  ];
  for (const [preReadGrade, urgent, grade, minutes] of grades) {
    const { ecgId } = await patientWithEcg(clinicPerson, clinic, `分级${preReadGrade}${urgent}`);
    await hub.running.hub.store.model(ecgRecord).updateOne({ _id: ecgId }, { preReadGrade });
    const { reading } = await clinic.request('reading:request', { ecgId, urgent });
    const given = (Date.parse(reading.dueAt) - Date.parse(reading.requestedAt)) / MINUTE_MS;
    expect([preReadGrade, urgent, reading.grade, given]).toEqual([preReadGrade, urgent, grade, minutes]);
  }
});

test('[RQ5] the queue is ordered by grade, then by the time that is left; overdue ones lead and are counted', async () => {
  const calm = await asked('不急一');
  const hurried = await asked('急一', { urgent: true });
  aheadMs += 11 * MINUTE_MS;
  try {
    const later = await asked('急二', { urgent: true });
    const calmer = await asked('不急二');
    const { readings, counts } = await open(reader);
    const place = (id: string) => readings.findIndex((reading) => reading.id === id);
    expect(place(hurried.id)).toBeLessThan(place(later.id));
    expect(place(later.id)).toBeLessThan(place(calm.id));
    expect(place(calm.id)).toBeLessThan(place(calmer.id));
    expect(readings.map(({ grade }) => grade)).toEqual(readings.map(({ grade }) => grade).sort());
    const now = Date.now() + aheadMs;
    expect(counts.overdue).toBe(readings.filter(({ dueAt }) => Date.parse(dueAt) <= now).length);
    expect(counts.overdue).toBeGreaterThan(0);
    expect(counts.open).toBe(readings.length);
    expect(Object.values(counts.byGrade).reduce((sum, one) => sum + one)).toBe(counts.open);
    expect(counts.byGrade.urgent).toBe(readings.filter(({ grade }) => grade === 2).length);
    await reader.request('reading:claim', { readingId: later.id });
    expect((await open(reader)).counts.unclaimed).toBe(counts.unclaimed - 1);
    await reader.request('reading:release', { readingId: later.id });
  } finally {
    aheadMs -= 11 * MINUTE_MS;
  }
});

test('[RQ6] of two who claim in the same moment one wins, and the other is told who', async () => {
  for (let round = 0; round < 4; round += 1) {
    const { id: readingId } = await asked(`争${round}`);
    const answers = await Promise.allSettled(
      [reader, colleague].map((window) => window.request('reading:claim', { readingId })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const winner = answers.find((answer) => answer.status === 'fulfilled')!.value.reading.claim!;
    const { reason } = answers.find((answer) => answer.status === 'rejected')!;
    expect(reason).toMatchObject({ code: 'reading-claimed', details: { name: winner.name } });
    for (const window of [reader, colleague, clinic])
      expect((await window.request('reading:read', { readingId })).reading.claim).toEqual(winner);
  }
});

test('[RQ7] a claim ends by itself unless it is renewed; then the next one may take it, and the first one may not go on', async () => {
  const { id: readingId } = await asked('过时');
  const { claim } = (await reader.request('reading:claim', { readingId })).reading;
  expect(Date.parse(claim!.expiresAt) - Date.parse(claim!.claimedAt)).toBe(10 * MINUTE_MS);
  try {
    aheadMs += 6 * MINUTE_MS;
    const renewed = (await reader.request('reading:renew', { readingId })).reading.claim!;
    expect(renewed.claimedAt).toBe(claim!.claimedAt);
    aheadMs += 6 * MINUTE_MS;
    await expect(colleague.request('reading:claim', { readingId })).rejects.toEqual(refused('reading-claimed'));
    aheadMs += 5 * MINUTE_MS;
    expect((await reader.request('reading:read', { readingId })).reading.claim).toBeNull();
    await expect(reader.request('reading:renew', { readingId })).rejects.toEqual(refused('conflict'));
    const taken = (await colleague.request('reading:claim', { readingId })).reading.claim!;
    expect(taken.name).toBe('医师reader2');
    await expect(reader.request('reading:renew', { readingId })).rejects.toEqual(refused('reading-claimed'));
    // Not theirs to give back any more.
    expect((await reader.request('reading:release', { readingId })).reading.claim).toEqual(taken);
  } finally {
    aheadMs = 0;
  }
});

test('[RQ7] claims outlive a restart of the hub', async () => {
  const { id: readingId } = await asked('重启');
  const { reading } = await reader.request('reading:claim', { readingId });
  await hub.restart();
  villagePerson = await hub.signIn('village1');
  village = await villagePerson.connect();
  clinicPerson = await hub.signIn('clinic1');
  clinic = await clinicPerson.connect();
  foreign = await (await hub.signIn('clinic2')).connect();
  readerPerson = await hub.signIn('oncall1');
  reader = await readerPerson.connect();
  reviewer = await (await hub.signIn('oncall2')).connect();
  colleague = await (await hub.signIn('reader2', PASSWORD)).connect();
  expect((await reader.request('reading:read', { readingId })).reading).toEqual(reading);
  await expect(colleague.request('reading:claim', { readingId })).rejects.toEqual(refused('reading-claimed'));
});

test('[RQ8] a released reading is anybody’s again', async () => {
  const { id: readingId } = await asked('放回');
  await reader.request('reading:claim', { readingId });
  expect((await reader.request('reading:release', { readingId })).reading.claim).toBeNull();
  expect((await colleague.request('reading:claim', { readingId })).reading.claim!.name).toBe('医师reader2');
});

test('[RQ9] each side does its own part, and for strangers a reading does not exist', async () => {
  const reading = await asked('权限');
  const readingId = reading.id;
  const { ecgId, patientId } = reading;
  for (const name of ['reading:read', 'reading:claim', 'reading:renew', 'reading:release', 'reading:escalate'] as const)
    await expect(foreign.request(name, { readingId })).rejects.toEqual(refused('not-found'));
  await expect(foreign.request('reading:withdraw', { readingId, reason: '别人的' })).rejects.toEqual(
    refused('not-found'),
  );
  await expect(foreign.request('reading:request', { ecgId })).rejects.toEqual(refused('not-found'));
  await expect(foreign.request('reading:list-of-patient', { patientId })).rejects.toEqual(refused('not-found'));
  expect((await open(foreign)).readings).toEqual([]);
  for (const name of ['reading:claim', 'reading:release', 'reading:escalate'] as const)
    await expect(clinic.request(name, { readingId })).rejects.toEqual(refused('forbidden'));
  await expect(reviewer.request('reading:claim', { readingId })).rejects.toEqual(refused('forbidden'));
  await expect(reader.request('reading:request', { ecgId })).rejects.toEqual(refused('forbidden'));
  await expect(reader.request('reading:withdraw', { readingId, reason: '不是我的' })).rejects.toEqual(
    refused('forbidden'),
  );
  // Who reads nothing has no queue.
  const obstetrician = await (await hub.signIn('obstetrician1')).connect();
  await expect(open(obstetrician)).rejects.toEqual(refused('forbidden'));
  // A village sees its own, not its township's.
  const mine = (await open(village)).readings.map(({ fromOrganisationName }) => fromOrganisationName);
  expect([...new Set(mine)]).toEqual(['斑竹村卫生室']);
});

test('[RQ10] both sides hear of each step, and nobody else does', async () => {
  const reading = await asked('听见');
  const isIt = ({ id }: { id: string }) => id === reading.id;
  for (const window of [clinic, reader, reviewer, colleague])
    expect(await window.next('reading:changed', isIt)).toEqual(reading);
  const { reading: claimed } = await reader.request('reading:claim', { readingId: reading.id });
  for (const window of [clinic, reviewer, colleague])
    expect(await window.next('reading:changed', isIt)).toEqual(claimed);
  await reader.request('reading:release', { readingId: reading.id });
  const withdrawn = await clinic.request('reading:withdraw', { readingId: reading.id, reason: '听够了' });
  expect(await reader.next('reading:changed', (one) => isIt(one) && one.stage === 'withdrawn')).toEqual(
    withdrawn.reading,
  );
  // A name that is corrected is heard of too.
  const named = await asked('王小丽');
  const { patient } = await clinic.request('patient:read', { patientId: named.patientId });
  await clinic.request('patient:identify', { patientId: patient.id, version: patient.version, name: '王晓丽' });
  const heard = await reader.next('reading:changed', ({ patientName }) => patientName === '王晓丽');
  expect(heard.id).toBe(named.id);
  expect(foreign.pending('reading:changed')).toEqual([]);
  expect(village.pending('reading:changed')).toEqual([]);
});

test('[RQ11] the clinic withdraws with a reason while nobody has signed; then nothing is written any more', async () => {
  const reading = await asked('撤回');
  const readingId = reading.id;
  await reader.request('reading:claim', { readingId });
  const content = { findings: '窦性心律', impression: '正常心电图', advice: '' };
  const target = { consultId: readingId, kind: 'ecg', ecgId: reading.ecgId, content } as const;
  const { report } = await reader.request('report:draft', target);
  const { reading: gone } = await clinic.request('reading:withdraw', { readingId, reason: '导联接错，重做' });
  expect(gone).toMatchObject({ stage: 'withdrawn', withdrawnReason: '导联接错，重做', claim: null });
  expect((await open(reader)).readings.map(({ id }) => id)).not.toContain(readingId);
  const { readings: done } = await reader.request('reading:list', { state: 'done' });
  expect(done[0]).toEqual(gone);
  const on = { reportId: report.id, version: report.version };
  const attempts = [
    reader.request('report:edit', { ...on, content }),
    reader.request('report:sign', on),
    reader.request('reading:claim', { readingId }),
    reader.request('reading:escalate', { readingId }),
    clinic.request('reading:withdraw', { readingId, reason: '再撤' }),
  ];
  for (const attempt of await Promise.allSettled(attempts))
    expect(attempt).toMatchObject({ status: 'rejected', reason: { code: 'consult-closed' } });
});

test('[RQ12] a reviewer sets the hospital’s times; they hold for later requests; an older version is refused, as is more time for a graver grade', async () => {
  const { rules } = await reader.request('reading:read-rules', {});
  expect(rules).toMatchObject({
    minutesByGrade: { critical: 10, urgent: 10, abnormal: 30, unremarkable: 30 },
    leaseMinutes: 10,
    setByName: null,
    version: 0,
  });
  const wanted = {
    minutesByGrade: { critical: 5, urgent: 8, abnormal: 20, unremarkable: 60 },
    leaseMinutes: 3,
    edition: '本院心电诊断中心2026年第1版',
    version: 0,
  };
  const early = await asked('旧规定');
  await expect(reader.request('reading:set-rules', wanted)).rejects.toEqual(refused('forbidden'));
  await expect(clinic.request('reading:set-rules', wanted)).rejects.toEqual(refused('forbidden'));
  const set = (await reviewer.request('reading:set-rules', wanted)).rules;
  expect(set).toMatchObject({ ...wanted, setByName: '沈怀安', version: 1 });
  await expect(reviewer.request('reading:set-rules', wanted)).rejects.toEqual(refused('version-conflict'));
  const later = await asked('新规定', { urgent: true });
  expect(Date.parse(later.dueAt) - Date.parse(later.requestedAt)).toBe(8 * MINUTE_MS);
  const { claim } = (await reader.request('reading:claim', { readingId: later.id })).reading;
  expect(Date.parse(claim!.expiresAt) - Date.parse(claim!.claimedAt)).toBe(3 * MINUTE_MS);
  expect((await reader.request('reading:read', { readingId: early.id })).reading.dueAt).toBe(early.dueAt);
  const graverLater = { ...wanted, minutesByGrade: { ...wanted.minutesByGrade, urgent: 30 }, version: 1 };
  await expect(reviewer.request('reading:set-rules', graverLater)).rejects.toEqual(refused('invalid'));
  const back = { ...wanted, leaseMinutes: 10, version: 1 };
  expect((await reviewer.request('reading:set-rules', back)).rules.version).toBe(2);
});

test('[RQ13] requests that cannot be are refused, and the queue goes on', async () => {
  const { ecgId } = await patientWithEcg(clinicPerson, clinic, '乱来');
  const nobody = 'f'.repeat(24);
  const hostile: [string, unknown, string][] = [
    ['reading:request', { ecgId: nobody }, 'not-found'],
    ['reading:request', { ecgId: { $ne: null } }, 'invalid'],
    ['reading:request', { ecgId, note: '长'.repeat(501) }, 'invalid'],
    ['reading:request', { ecgId, urgent: 'yes' }, 'invalid'],
    ['reading:list', { state: 'all' }, 'invalid'],
    ['reading:list', null, 'invalid'],
    ['reading:read', { readingId: nobody }, 'not-found'],
    ['reading:claim', { readingId: ecgId }, 'not-found'],
    ['reading:claim', { readingId: ['a'] }, 'invalid'],
    ['reading:withdraw', { readingId: nobody, reason: ' ' }, 'invalid'],
    ['reading:set-rules', { minutesByGrade: { critical: 0 }, leaseMinutes: -1, edition: '', version: 0 }, 'invalid'],
    ['reading:set-rules', { minutesByGrade: null }, 'invalid'],
  ];
  for (const [name, payload, code] of hostile) {
    const answer = await clinic.raw(name, payload, {});
    expect([name, payload, answer.ok ? 'ok' : answer.error.code]).toEqual([name, payload, code]);
  }
  // A case with a room is no reading.
  const { alarm } = await clinic.request('alarm:raise', { patientId: (await asked('有会诊室')).patientId });
  await expect(reader.request('reading:claim', { readingId: alarm.consultId })).rejects.toEqual(refused('not-found'));
  await clinic.request('alarm:withdraw', { alarmId: alarm.id, reason: '试' });
  const { reading } = await clinic.request('reading:request', { ecgId });
  expect((await reader.request('reading:claim', { readingId: reading.id })).reading.claim!.name).toBe('周明远');
});
