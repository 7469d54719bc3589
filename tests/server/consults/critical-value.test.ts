import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createAccount } from '../../../server/accounts/create-account.ts';
import { auditRecord } from '../../../server/audit/audit-record.ts';
import { criticalValueRecord } from '../../../server/consults/critical-value/critical-value-record.ts';
import { ecgRecord } from '../../../server/ecg/ecg-record.ts';
import type { CriticalValueView } from '../../../shared/contracts/critical-values.ts';
import type { EcgReadingView, ReadingView } from '../../../shared/contracts/readings.ts';
import type { ReportView } from '../../../shared/contracts/reports.ts';
import { isOverdue } from '../../../shared/rules/reading-queue.ts';
import { acceptedCase } from '../../support/accepted-case.ts';
import { askedReading } from '../../support/asked-reading.ts';
import { startTestHub, type TestClient, type TestHub, type TestWindow } from '../../support/hub.ts';

const PASSWORD = 'einmal-und-nie-wieder';
const MINUTE_MS = 60_000;
const finding = '宽QRS波心动过速，室性心动过速可能';

let aheadMs = 0;
let hub: TestHub;
let clinicPerson: TestClient;
let clinic: TestWindow;
let nurse: TestWindow;
let foreign: TestWindow;
let reader: TestWindow;
let reviewer: TestWindow;

beforeAll(async () => {
  hub = await startTestHub({ clock: { now: () => new Date(Date.now() + aheadMs) } });
  const organisationId = (await hub.signIn('clinic1')).account.organisation.id;
  await createAccount(
    { username: 'clinic1b', name: '何小芳', organisationId, roles: ['township-doctor'], password: PASSWORD },
    hub.running.hub,
  );
  await connect();
}, 180_000);
afterAll(() => hub.close());

async function connect() {
  clinicPerson = await hub.signIn('clinic1');
  clinic = await clinicPerson.connect();
  nurse = await (await hub.signIn('clinic1b', PASSWORD)).connect();
  foreign = await (await hub.signIn('clinic2')).connect();
  reader = await (await hub.signIn('oncall1')).connect();
  reviewer = await (await hub.signIn('oncall2')).connect();
}

const refused = (code: string, details?: object) => expect.objectContaining({ code, ...(details && { details }) });
const asked = (name: string) => askedReading(clinicPerson, clinic, name);
const told = async (consultId: string, words = finding) =>
  (await reader.request('critical-value:report', { consultId, finding: words })).value;
const on = ({ id }: CriticalValueView) => ({ criticalValueId: id });
const listed = async (window: TestWindow) => (await window.request('critical-value:list', {})).values;
const readingOf = async ({ id }: ReadingView) => (await clinic.request('reading:read', { readingId: id })).reading;
const nodeKinds = async (consultId: string) =>
  (await clinic.request('timeline:read', { consultId })).nodes.map(({ kind }) => kind);

/** Both signatures on the reading's report. */
async function sign(reading: EcgReadingView): Promise<ReportView> {
  const content = { findings: '宽QRS波心动过速', impression: '室性心动过速', advice: '' };
  const target = { consultId: reading.id, kind: 'ecg', ecgId: reading.ecgId } as const;
  const { report } = await reader.request('report:draft', { ...target, content });
  const once = (await reader.request('report:sign', { reportId: report.id, version: report.version })).report;
  return (await reviewer.request('report:review', { reportId: once.id, version: once.version })).report;
}

test('[CV1] a critical value reaches the clinic at once, and its six fields and the read-back stand in the end', async () => {
  const reading = await asked('六项');
  const value = await told(reading.id);
  expect(value).toMatchObject({
    consultId: reading.id,
    consultKind: 'ecg-reading',
    patientName: '六项',
    fromOrganisationName: '梅岭镇卫生院',
    toOrganisationName: '示范县人民医院',
    finding,
    state: 'open',
    means: 'system',
    reportedByName: '周明远',
    receivedByName: null,
    readBack: null,
    repeats: 0,
    repeatMinutes: 2,
  });
  expect(value.toTelephone).not.toBeNull();
  const mine = ({ id }: CriticalValueView) => id === value.id;
  for (const window of [clinic, nurse, reviewer])
    expect(await window.next('critical-value:changed', mine)).toEqual(value);
  // A doctor has found it: the reading is critical now.
  expect((await readingOf(reading)).grade).toBe(1);

  const { value: received } = await clinic.request('critical-value:receive', on(value));
  expect(received).toMatchObject({ state: 'received', receivedByName: '林晓梅' });
  await reader.next('critical-value:changed', ({ id, state }) => id === value.id && state === 'received');
  const { value: closed } = await clinic.request('critical-value:read-back', on(value));
  expect(closed).toMatchObject({
    finding,
    foundAt: value.foundAt,
    reportedByName: '周明远',
    receivedByName: '林晓梅',
    receivedAt: received.receivedAt,
    means: 'system',
    state: 'read-back',
    nextRepeatAt: null,
    readBack: { text: finding, way: 'one-press', same: true, byName: '林晓梅', recordedByName: '林晓梅' },
  });
  expect(
    await reader.next('critical-value:changed', ({ id, state }) => id === value.id && state === 'read-back'),
  ).toEqual(closed);
  expect((await reader.request('critical-value:list-of-consult', { consultId: reading.id })).values).toEqual([closed]);
});

test('[CV2] of two who receive at once one is named, the other is told who, and the first may ask again', async () => {
  const value = await told((await asked('两人收到')).id);
  const answers = await Promise.allSettled(
    [clinic, nurse].map((window) => window.request('critical-value:receive', on(value))),
  );
  const won = answers.findIndex(({ status }) => status === 'fulfilled');
  const name = ['林晓梅', '何小芳'][won]!;
  expect(answers[1 - won]).toEqual({ status: 'rejected', reason: refused('critical-value-received', { name }) });
  const again = await [clinic, nurse][won]!.request('critical-value:receive', on(value));
  expect(again.value).toMatchObject({ state: 'received', receivedByName: name, version: 1 });
  // Whoever is there may read back.
  const { value: closed } = await [nurse, clinic][won]!.request('critical-value:read-back', on(value));
  expect(closed.receivedByName).toBe(name);
  expect(closed.readBack!.byName).not.toBe(name);
});

test('[CV2] of two who read back at once one closes the loop', async () => {
  const reading = await asked('两人复述');
  const value = await told(reading.id);
  const answers = await Promise.allSettled(
    [clinic, nurse].map((window, at) =>
      window.request('critical-value:read-back', { ...on(value), text: `复述${at}` }),
    ),
  );
  const won = answers.findIndex(({ status }) => status === 'fulfilled');
  expect(answers[1 - won]).toEqual({ status: 'rejected', reason: refused('conflict', { state: 'read-back' }) });
  const [closed] = (await reader.request('critical-value:list-of-consult', { consultId: reading.id })).values;
  expect(closed).toMatchObject({ state: 'read-back', readBack: { text: `复述${won}` } });
});

test('[CV3] own words and one press are told apart, and words that differ are marked', async () => {
  const reading = await asked('复述');
  const ways: [string | undefined, string, boolean][] = [
    [undefined, 'one-press', true],
    [finding, 'typed', true],
    [` 宽 qrs波心动过速，室性心动过速可能 `, 'typed', true],
    ['窦性心动过速', 'typed', false],
  ];
  for (const [text, way, same] of ways) {
    const value = await told(reading.id);
    const reply = await clinic.request('critical-value:read-back', {
      ...on(value),
      ...(text !== undefined && { text }),
    });
    expect(reply.value.readBack).toMatchObject({ text: (text ?? finding).trim(), way, same });
    // Whoever reads back has received it.
    expect(reply.value).toMatchObject({ receivedByName: '林晓梅', receivedAt: reply.value.readBack!.at });
  }
});

test('[CV4] it is told again at its stored times, also when it was received, until it is read back', async () => {
  const value = await told((await asked('重复')).id);
  expect(Date.parse(value.nextRepeatAt!) - Date.parse(value.foundAt)).toBe(2 * MINUTE_MS);
  const repeated = (times: number) => (one: CriticalValueView) => one.id === value.id && one.repeats === times;
  aheadMs += 2 * MINUTE_MS;
  hub.running.hub.dueTimes.wake();
  const once = await clinic.next('critical-value:changed', repeated(1));
  expect(Date.parse(once.nextRepeatAt!)).toBeGreaterThan(Date.parse(value.nextRepeatAt!));
  await nurse.next('critical-value:changed', repeated(1));
  await clinic.request('critical-value:receive', on(value));
  aheadMs += 2 * MINUTE_MS;
  hub.running.hub.dueTimes.wake();
  await clinic.next('critical-value:changed', repeated(2));
  // Nothing is due: waking changes nothing.
  hub.running.hub.dueTimes.wake();
  const { value: closed } = await clinic.request('critical-value:read-back', on(value));
  expect(closed).toMatchObject({ repeats: 2, nextRepeatAt: null });
  aheadMs += 10 * MINUTE_MS;
  // The next one's coming wakes the hub: what is closed is told no more.
  const other = await told((await asked('后一个')).id);
  aheadMs += 2 * MINUTE_MS;
  hub.running.hub.dueTimes.wake();
  await clinic.next('critical-value:changed', ({ id, repeats }) => id === other.id && repeats === 1);
  expect(clinic.pending('critical-value:changed').filter(repeated(3))).toEqual([]);
  await clinic.request('critical-value:read-back', on(other));
});

test('[CV4] the hub wakes by itself when a time comes', async () => {
  const value = await told((await asked('自己醒来')).id);
  const { hub: parts } = hub.running;
  const soon = new Date(parts.clock.now().getTime() + 300);
  await parts.store.model(criticalValueRecord).updateOne({ _id: value.id }, { $set: { nextRepeatAt: soon } });
  parts.dueTimes.wake();
  const once = await clinic.next('critical-value:changed', ({ id, repeats }) => id === value.id && repeats === 1);
  expect(Date.parse(once.nextRepeatAt!)).toBeGreaterThanOrEqual(soon.getTime() + 2 * MINUTE_MS);
  await clinic.request('critical-value:read-back', on(value));
});

test('[CV4] what fell due while the hub was away is told at the next start, once', async () => {
  const reading = await asked('重启');
  const value = await told(reading.id);
  await clinic.request('critical-value:receive', on(value));
  await hub.running.close();
  aheadMs += 60 * MINUTE_MS;
  await hub.restart();
  await connect();
  const model = hub.running.hub.store.model(criticalValueRecord);
  const repeats = async () => (await model.findById(value.id).lean())!.repeats;
  await clinic.request('critical-value:list', {});
  hub.running.hub.dueTimes.wake();
  while ((await repeats()) === 0) await clinic.request('critical-value:list', {});
  const [open] = await listed(clinic);
  expect(open).toMatchObject({ id: value.id, state: 'received', receivedByName: '林晓梅', repeats: 1 });
  expect(Date.parse(open!.nextRepeatAt!)).toBeGreaterThan(Date.now() + aheadMs);
  await clinic.request('critical-value:read-back', on(value));
  expect(await listed(clinic)).toEqual([]);
}, 60_000);

test('[CV5] a case cannot be closed, nor its alarm withdrawn, before the read-back', async () => {
  const alarm = await acceptedCase(clinic, reader, '不能关');
  const end = { consultId: alarm.consultId, outcome: 'treat-locally' } as const;
  const first = await told(alarm.consultId);
  const second = await told(alarm.consultId, 'V1-V4 ST段抬高');
  await expect(reader.request('consult:close', end)).rejects.toEqual(refused('critical-value-open', { count: 2 }));
  await clinic.request('critical-value:read-back', on(first));
  await expect(reader.request('consult:close', end)).rejects.toEqual(refused('critical-value-open', { count: 1 }));
  await clinic.request('critical-value:read-back', on(second));
  expect((await reader.request('consult:close', end)).consult.state).toBe('closed');
  await expect(reader.request('critical-value:report', { consultId: alarm.consultId, finding })).rejects.toEqual(
    refused('consult-closed'),
  );

  const { patient } = await clinic.request('patient:register', { name: '还在响', sex: 'male' });
  const { alarm: ringing } = await clinic.request('alarm:raise', { patientId: patient.id });
  const value = await told(ringing.consultId);
  const back = { alarmId: ringing.id, reason: '误按' };
  await expect(clinic.request('alarm:withdraw', back)).rejects.toEqual(refused('critical-value-open', { count: 1 }));
  expect((await clinic.request('alarm:read', { consultId: ringing.consultId })).alarm.state).toBe('ringing');
  await clinic.request('critical-value:read-back', on(value));
  expect((await clinic.request('alarm:withdraw', back)).alarm.state).toBe('withdrawn');
});

test('[CV5] when the end and a critical value come at once, never both stand open', async () => {
  for (let round = 0; round < 5; round += 1) {
    const { consultId } = await acceptedCase(clinic, reader, `同时${round}`);
    const [report, close] = await Promise.allSettled([
      reader.request('critical-value:report', { consultId, finding }),
      reviewer.request('consult:close', { consultId, outcome: 'other' }),
    ]);
    expect([report.status, close.status].sort()).toEqual(['fulfilled', 'rejected']);
    if (report.status === 'fulfilled') await clinic.request('critical-value:read-back', on(report.value.value));
  }
});

test('[CV5] a reading with a final report stays in the queue until the read-back, and then closes by itself', async () => {
  const reading = await asked('待复述');
  const first = await told(reading.id);
  const second = await told(reading.id, '长间歇5.2秒');
  const report = await sign(reading);
  expect(report.state).toBe('final');
  expect(await readingOf(reading)).toMatchObject({
    stage: 'critical-value-open',
    closedAt: null,
    reviewerName: '沈怀安',
  });
  const { readings } = await reader.request('reading:list', { state: 'open' });
  const waiting = readings.find(({ id }) => id === reading.id)!;
  // Its report is signed: no time to sign runs out any more.
  expect(isOverdue(waiting, Date.parse(waiting.dueAt) + MINUTE_MS)).toBe(false);
  // The report is there for the clinic all the same.
  expect((await clinic.request('report:read', { reportId: report.id })).report.state).toBe('final');
  // The ECG is still being read: asked again, this one is answered.
  expect((await clinic.request('reading:request', { ecgId: reading.ecgId })).existing).toBe(true);

  await clinic.request('critical-value:read-back', on(first));
  expect((await readingOf(reading)).stage).toBe('critical-value-open');
  await clinic.request('critical-value:read-back', on(second));
  expect(await readingOf(reading)).toMatchObject({ stage: 'read' });
  await reader.next('reading:changed', ({ id, stage }) => id === reading.id && stage === 'read');
  const done = (await clinic.request('reading:list', { state: 'done' })).readings;
  expect(done.map(({ id }) => id)).toContain(reading.id);
  expect((await clinic.request('reading:request', { ecgId: reading.ecgId })).existing).toBe(false);
});

test('[CV5] the clinic does not withdraw a request in which a critical value was found', async () => {
  const reading = await asked('不能撤');
  const value = await told(reading.id);
  const withdrawal = { readingId: reading.id, reason: '不用了' };
  await expect(clinic.request('reading:withdraw', withdrawal)).rejects.toEqual(
    refused('critical-value-open', { count: 1 }),
  );
  await reader.request('critical-value:withdraw', { ...on(value), reason: '看错患者' });
  expect((await clinic.request('reading:withdraw', withdrawal)).reading.stage).toBe('withdrawn');
});

test('[CV6] by telephone the reporter’s side records who took it and the words that came back', async () => {
  const reading = await asked('电话');
  const value = await told(reading.id);
  const call = { ...on(value), receiverName: '赵护士', readBackText: '室速，准备除颤' };
  await expect(clinic.request('critical-value:record-by-telephone', call)).rejects.toEqual(refused('forbidden'));
  const { value: closed } = await reviewer.request('critical-value:record-by-telephone', call);
  expect(closed).toMatchObject({
    state: 'read-back',
    means: 'telephone',
    receivedByName: '赵护士',
    readBack: { text: '室速，准备除颤', way: 'telephone', same: false, byName: '赵护士', recordedByName: '沈怀安' },
  });
  expect(closed.receivedAt).toBe(closed.readBack!.at);

  const seen = await told(reading.id, '室颤');
  await nurse.request('critical-value:receive', on(seen));
  const again = await reader.request('critical-value:record-by-telephone', { ...call, ...on(seen) });
  expect(again.value).toMatchObject({ means: 'telephone', receivedByName: '何小芳', readBack: { byName: '赵护士' } });
});

test('[CV7] the reporter’s side withdraws with a reason before the read-back, and not later', async () => {
  const reading = await asked('撤回');
  const value = await told(reading.id);
  const command = { ...on(value), reason: '导联接反' };
  await expect(clinic.request('critical-value:withdraw', command)).rejects.toEqual(refused('forbidden'));
  const { value: gone } = await reader.request('critical-value:withdraw', command);
  expect(gone).toMatchObject({
    state: 'withdrawn',
    nextRepeatAt: null,
    withdrawn: { byName: '周明远', reason: '导联接反' },
  });
  await clinic.next('critical-value:changed', ({ id, state }) => id === value.id && state === 'withdrawn');
  for (const name of ['critical-value:receive', 'critical-value:read-back'] as const)
    await expect(clinic.request(name, on(value))).rejects.toEqual(refused('conflict', { state: 'withdrawn' }));
  const next = await told(reading.id);
  await clinic.request('critical-value:read-back', on(next));
  await expect(reader.request('critical-value:withdraw', { ...on(next), reason: '晚了' })).rejects.toEqual(
    refused('conflict', { state: 'read-back' }),
  );
  expect((await reader.request('critical-value:list-of-consult', { consultId: reading.id })).values).toHaveLength(2);
});

test('[CV8] each side does only its own part, and strangers find nothing', async () => {
  const reading = await asked('各管各');
  await expect(clinic.request('critical-value:report', { consultId: reading.id, finding })).rejects.toEqual(
    refused('forbidden'),
  );
  const value = await told(reading.id);
  for (const name of ['critical-value:receive', 'critical-value:read-back'] as const) {
    await expect(reader.request(name, on(value))).rejects.toEqual(refused('forbidden'));
    await expect(foreign.request(name, on(value))).rejects.toEqual(refused('not-found'));
  }
  await expect(foreign.request('critical-value:report', { consultId: reading.id, finding })).rejects.toEqual(
    refused('not-found'),
  );
  await expect(foreign.request('critical-value:list-of-consult', { consultId: reading.id })).rejects.toEqual(
    refused('not-found'),
  );
  expect(await listed(foreign)).toEqual([]);
  expect(foreign.pending('critical-value:changed')).toEqual([]);
  await clinic.request('critical-value:read-back', on(value));
});

test('[CV9] the same words twice are one critical value, also at once, and a retry is answered alike', async () => {
  const reading = await asked('同一条');
  const command = { consultId: reading.id, finding };
  const answers = await Promise.allSettled(
    [reader, reviewer].map((window) => window.request('critical-value:report', command)),
  );
  const values = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  expect(values.map(({ existing }) => existing).sort()).toEqual([false, true]);
  expect(values[0]!.value.id).toBe(values[1]!.value.id);
  const meta = { idempotencyKey: '3f8e1f0a-5a0c-4c57-9a53-0d8c6a1b2c3e' };
  const back = { criticalValueId: values[0]!.value.id, text: '收到，室速' };
  const first = await clinic.request('critical-value:read-back', back, meta);
  expect(await clinic.request('critical-value:read-back', back, meta)).toEqual(first);
  // Closed, the same words are a new one.
  const later = await reader.request('critical-value:report', command);
  expect([later.existing, later.value.id === first.value.id]).toEqual([false, false]);
  await clinic.request('critical-value:read-back', on(later.value));
});

test('[CV10] who comes later finds what is open, and a case’s timeline keeps each step', async () => {
  const alarm = await acceptedCase(clinic, reader, '时间轴');
  const value = await told(alarm.consultId);
  const later = await (await hub.signIn('clinic1')).connect();
  expect(await listed(later)).toEqual([value]);
  expect(await listed(reviewer)).toEqual([value]);
  await nurse.request('critical-value:receive', on(value));
  await clinic.request('critical-value:read-back', on(value));
  const gone = await told(alarm.consultId, '误报');
  await reader.request('critical-value:withdraw', { ...on(gone), reason: '误报' });
  expect(await listed(later)).toEqual([]);
  expect((await nodeKinds(alarm.consultId)).filter((kind) => kind.startsWith('critical-value'))).toEqual([
    'critical-value-reported',
    'critical-value-received',
    'critical-value-read-back',
    'critical-value-reported',
    'critical-value-withdrawn',
  ]);
  const { nodes } = await clinic.request('timeline:read', { consultId: alarm.consultId });
  const steps = nodes.filter(({ kind }) => kind.startsWith('critical-value')).map(({ byName }) => byName);
  expect(steps).toEqual(['周明远', '何小芳', '林晓梅', '周明远', '周明远']);
});

test('[CV11] each step stands in the audit trail with its person and record', async () => {
  const value = await told((await asked('留痕')).id);
  await clinic.request('critical-value:receive', on(value));
  aheadMs += 2 * MINUTE_MS;
  hub.running.hub.dueTimes.wake();
  await clinic.next('critical-value:changed', ({ id, repeats }) => id === value.id && repeats === 1);
  await clinic.request('critical-value:read-back', on(value));
  await expect(foreign.request('critical-value:receive', on(value))).rejects.toEqual(refused('not-found'));
  const entries = await hub.running.hub.store
    .model(auditRecord)
    .find({ subjectId: value.id })
    .sort({ at: 1, _id: 1 })
    .lean();
  expect(entries.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
    'critical-value:receive done',
    'critical-value:repeat done',
    'critical-value:read-back done',
    'critical-value:receive refused',
  ]);
});

test('[CV12] a reviewer sets how often it is repeated; it holds for later ones', async () => {
  const { rules } = await reviewer.request('reading:read-rules', {});
  expect(rules).toMatchObject({ criticalValueRepeatMinutes: 2 });
  const { minutesByGrade, leaseMinutes, version } = rules;
  const wanted = { minutesByGrade, leaseMinutes, edition: '本院危急值制度2026', version };
  const reading = await asked('五分钟');
  const before = await told(reading.id);
  const set = await reviewer.request('reading:set-rules', { ...wanted, criticalValueRepeatMinutes: 5 });
  expect(set.rules.criticalValueRepeatMinutes).toBe(5);
  const later = await told(reading.id, '另一条');
  expect([before.repeatMinutes, later.repeatMinutes]).toEqual([2, 5]);
  expect(Date.parse(later.nextRepeatAt!) - Date.parse(later.foundAt)).toBe(5 * MINUTE_MS);
  // Left out it stays.
  const kept = await reviewer.request('reading:set-rules', { ...wanted, version: version + 1 });
  expect(kept.rules.criticalValueRepeatMinutes).toBe(5);
  for (const value of [before, later]) await clinic.request('critical-value:read-back', on(value));
});

test('[CV13] what cannot be is refused, and the rest goes on', async () => {
  const reading = await asked('乱来');
  const consultId = reading.id;
  const nobody = 'f'.repeat(24);
  const report = 'critical-value:report';
  const attempts: [TestWindow, string, unknown, string][] = [
    [reader, report, { consultId, finding: '   ' }, 'invalid'],
    [reader, report, { consultId, finding: 'x'.repeat(501) }, 'invalid'],
    [reader, report, { consultId, finding: { $gt: '' } }, 'invalid'],
    [reader, report, { consultId: { $ne: null }, finding }, 'invalid'],
    [reader, report, { consultId: nobody, finding }, 'not-found'],
    [reader, report, { consultId, finding, ruleId: '../../etc' }, 'invalid'],
    [reader, report, { consultId, finding, ruleId: 'ventricular-fibrillation' }, 'invalid'],
    [reader, report, null, 'invalid'],
    [clinic, 'critical-value:receive', { criticalValueId: nobody }, 'not-found'],
    [clinic, 'critical-value:receive', { criticalValueId: 'x' }, 'invalid'],
    [clinic, 'critical-value:read-back', { criticalValueId: nobody, text: '好' }, 'not-found'],
    [reader, 'critical-value:withdraw', { criticalValueId: nobody, reason: '无' }, 'not-found'],
    [reader, 'critical-value:list-of-consult', { consultId: nobody }, 'not-found'],
  ];
  for (const [window, name, payload, code] of attempts) {
    const answer = await window.raw(name, payload, {});
    expect([name, payload, answer.ok ? 'ok' : answer.error.code]).toEqual([name, payload, code]);
  }
  const value = await told(consultId);
  for (const text of ['', '   ', 7, null, ['x'], 'x'.repeat(501)]) {
    const answer = await clinic.raw('critical-value:read-back', { ...on(value), text }, {});
    expect([text, answer.ok ? 'ok' : answer.error.code]).toEqual([text, 'invalid']);
  }
  for (const fields of [{ reason: ' ' }, { reason: 'x'.repeat(501) }])
    await expect(reader.request('critical-value:withdraw', { ...on(value), ...fields })).rejects.toEqual(
      refused('invalid', { field: 'reason' }),
    );
  // What the computer found may be named with it.
  const known = 'ventricular-tachycardia-fast';
  const ecgs = hub.running.hub.store.model(ecgRecord);
  const { preRead } = (await ecgs.findById(reading.ecgId).lean())!;
  const result = {
    ruleId: known,
    edition: '1',
    citation: '',
    danger: 1,
    leads: [],
    territories: [],
    values: [],
    assumed: [],
  };
  await ecgs.updateOne({ _id: reading.ecgId }, { $set: { preRead: { ...preRead!, results: [result] } } });
  const named = await reader.request(report, { consultId, finding: '室速', ruleId: known });
  expect(named.value.ruleId).toBe(known);
  for (const one of [value, named.value]) await clinic.request('critical-value:read-back', on(one));
});
