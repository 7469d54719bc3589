import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createAccount } from '../../../server/accounts/create-account.ts';
import type { EcgReadingView, ReadingView } from '../../../shared/contracts/readings.ts';
import type { ReportView } from '../../../shared/contracts/reports.ts';
import { askedReading, patientWithEcg } from '../../support/asked-reading.ts';
import { startTestHub, type TestClient, type TestHub, type TestWindow } from '../../support/hub.ts';

const PASSWORD = 'einmal-und-nie-wieder';
const content = { findings: '窦性心律，心率72次/分。', impression: '正常心电图。', advice: '' };

let aheadMs = 0;
let hub: TestHub;
let clinicPerson: TestClient;
let clinic: TestWindow;
let foreign: TestWindow;
let reader: TestWindow;
let colleague: TestWindow;
let reviewer: TestWindow;

beforeAll(async () => {
  hub = await startTestHub({ clock: { now: () => new Date(Date.now() + aheadMs) } });
  clinicPerson = await hub.signIn('clinic1');
  clinic = await clinicPerson.connect();
  foreign = await (await hub.signIn('clinic2')).connect();
  const readerPerson = await hub.signIn('oncall1');
  reader = await readerPerson.connect();
  reviewer = await (await hub.signIn('oncall2')).connect();
  const organisationId = readerPerson.account.organisation.id;
  const licence = {
    qualificationNumber: '2015T1',
    practiceCertificateNumber: '110T1',
    title: '主治医师',
    specialty: '心血管内科',
    practiceSiteIds: [organisationId],
    independentSince: new Date('2015-01-01'),
    validFrom: new Date('2015-01-01'),
    validUntil: new Date('2099-01-01'),
  };
  await createAccount(
    {
      username: 'reader2',
      name: '陆心仪',
      organisationId,
      roles: ['ecg-reporter'],
      password: PASSWORD,
      licences: [licence],
    },
    hub.running.hub,
  );
  colleague = await (await hub.signIn('reader2', PASSWORD)).connect();
}, 180_000);
afterAll(() => hub.close());

const asked = (name: string) => askedReading(clinicPerson, clinic, name);
const refused = (code: string) => expect.objectContaining({ code });
const on = ({ id, version }: ReportView) => ({ reportId: id, version });
const draft = async (reading: EcgReadingView, by = reader, text = content) =>
  (await by.request('report:draft', { consultId: reading.id, kind: 'ecg', ecgId: reading.ecgId, content: text }))
    .report;
const stateOf = async (reading: ReadingView) =>
  (await clinic.request('reading:read', { readingId: reading.id })).reading;

test('[RQ14] the reading follows its report: signed it waits for review, returned it is to be written, final it is closed', async () => {
  const reading = await asked('跟随');
  await reader.request('reading:claim', { readingId: reading.id });
  const first = await draft(reading);
  expect(await stateOf(reading)).toMatchObject({ stage: 'unread', reportId: null, claim: { name: '周明远' } });
  const { report: once } = await reader.request('report:sign', on(first));
  expect(await stateOf(reading)).toMatchObject({
    stage: 'awaiting-review',
    claim: null,
    reportId: first.id,
    reporterName: '周明远',
  });
  const { counts } = await reviewer.request('reading:list', { state: 'open' });
  expect(counts.awaitingReview).toBe(1);
  await expect(reader.request('reading:claim', { readingId: reading.id })).rejects.toEqual(refused('conflict'));
  await expect(clinic.request('reading:withdraw', { readingId: reading.id, reason: '晚了' })).rejects.toEqual(
    refused('conflict'),
  );

  const { report: returned } = await reviewer.request('report:return', { ...on(once), reason: '请补充PR间期' });
  expect(await stateOf(reading)).toMatchObject({ stage: 'returned', claim: null });
  await reader.request('reading:claim', { readingId: reading.id });
  const { report: again } = await reader.request('report:sign', on(returned));
  const { report: done } = await reviewer.request('report:review', on(again));
  const closed = await stateOf(reading);
  expect(closed).toMatchObject({
    stage: 'read',
    reportId: done.id,
    reporterName: '周明远',
    reviewerName: '沈怀安',
    closedAt: expect.any(String),
  });
  const isFinal = ({ id, stage }: ReadingView) => id === reading.id && stage === 'read';
  for (const window of [clinic, reader, colleague])
    expect(await window.next('reading:changed', isFinal)).toEqual(closed);
  expect(foreign.pending('reading:changed')).toEqual([]);
  expect((await reader.request('reading:list', { state: 'done' })).readings[0]).toEqual(closed);
  expect((await reader.request('reading:list', { state: 'open' })).readings).toEqual([]);
  const pdf = await clinicPerson.http(`/api/reports/${done.id}/pdf`);
  expect([pdf.status, pdf.headers.get('content-type')]).toEqual([200, 'application/pdf']);
  const attempts = [
    reader.request('reading:claim', { readingId: reading.id }),
    clinic.request('reading:withdraw', { readingId: reading.id, reason: '晚了' }),
    reader.request('reading:escalate', { readingId: reading.id }),
  ];
  for (const attempt of await Promise.allSettled(attempts))
    expect(attempt).toMatchObject({ status: 'rejected', reason: { code: 'consult-closed' } });
});

test('[RQ15] while somebody’s claim runs nobody else drafts, changes or signs first', async () => {
  const reading = await asked('占着');
  const early = await draft(reading, colleague);
  await reader.request('reading:claim', { readingId: reading.id });
  const attempts = [
    draft(reading, colleague),
    colleague.request('report:edit', { ...on(early), content }),
    colleague.request('report:sign', on(early)),
  ];
  for (const attempt of await Promise.allSettled(attempts))
    expect(attempt).toMatchObject({
      status: 'rejected',
      reason: { code: 'reading-claimed', details: { name: '周明远' } },
    });
  // With nobody's claim the author goes on.
  await reader.request('reading:release', { readingId: reading.id });
  expect((await colleague.request('report:sign', on(early))).report.state).toBe('awaiting-review');
});

test('[RQ15] whoever claims next goes on with the draft that was left unsigned, as its author', async () => {
  const reading = await asked('接手');
  await reader.request('reading:claim', { readingId: reading.id });
  const left = await draft(reading);
  try {
    aheadMs += 11 * 60_000;
    await expect(draft(reading, colleague)).rejects.toEqual(refused('conflict'));
    await colleague.request('reading:claim', { readingId: reading.id });
    const taken = await draft(reading, colleague, { ...content, advice: '复查' });
    expect(taken).toMatchObject({ id: left.id, authorName: '陆心仪', state: 'draft', content: { advice: '复查' } });
    await colleague.request('reading:release', { readingId: reading.id });
    await expect(reader.request('report:sign', on(taken))).rejects.toEqual(refused('forbidden'));
    const { report } = await colleague.request('report:sign', on(taken));
    expect(report.reporterSignature!.name).toBe('陆心仪');
    // Signed is signed: nobody takes that over.
    await expect(draft(reading, reader)).rejects.toEqual(refused('conflict'));
    expect((await reviewer.request('report:review', on(report))).report.state).toBe('final');
  } finally {
    aheadMs = 0;
  }
});

test('[RQ15] the report of a reading is about its ECG and nothing else', async () => {
  const reading = await asked('别的图');
  const other = await patientWithEcg(clinicPerson, clinic, '别人');
  await askedReading(clinicPerson, clinic, '使可见');
  await clinic.request('reading:request', { ecgId: other.ecgId });
  const wrong = reader.request('report:draft', { consultId: reading.id, kind: 'ecg', ecgId: other.ecgId, content });
  await expect(wrong).rejects.toEqual(refused('not-found'));
  const imaging = reader.request('report:draft', { consultId: reading.id, kind: 'imaging', content });
  await expect(imaging).rejects.toEqual(refused('invalid'));
});

test('[RQ16] one click makes an urgent consult: the desk rings, the clinic is called, and the reading stays, critical', async () => {
  const reading = await asked('转急');
  await reader.request('reading:claim', { readingId: reading.id });
  const answer = await reader.request('reading:escalate', { readingId: reading.id });
  expect(answer).toMatchObject({ existing: false, reading: { grade: 1, stage: 'unread' } });
  const consultId = answer.escalatedToConsultId;
  expect(answer.reading.escalatedConsultId).toBe(consultId);
  const given = Date.parse(answer.reading.dueAt) - Date.parse(answer.reading.requestedAt);
  expect(given).toBe(10 * 60_000);
  const rung = await reviewer.next('alarm:raised', (alarm) => alarm.consultId === consultId);
  expect(rung).toMatchObject({ patientName: '转急', fromOrganisationName: '梅岭镇卫生院', state: 'ringing' });
  const called = await clinic.next('consult:invited', (invitation) => invitation.consultId === consultId);
  expect(called).toMatchObject({ byName: '周明远', patientName: '转急' });
  const { consult } = await clinic.request('consult:read', { consultId });
  expect(consult).toMatchObject({ kind: 'urgent', state: 'waiting', fromOrganisationName: '梅岭镇卫生院' });
  expect(consult.participants.map(({ name, side }) => [name, side])).toEqual([
    ['周明远', 'lead'],
    ['林晓梅', 'clinic'],
  ]);
  const { patients } = await clinic.request('patient:list', { search: '转急' });
  expect(patients[0]!.openConsultId).toBe(consultId);
  // The emergency key of the clinic opens the same case now.
  const pressed = await clinic.request('alarm:raise', { patientId: reading.patientId });
  expect(pressed).toMatchObject({ existing: true, alarm: { consultId } });
  await reviewer.request('alarm:accept', { alarmId: rung.id });
  const again = await reader.request('reading:escalate', { readingId: reading.id });
  expect(again).toMatchObject({ existing: true, escalatedToConsultId: consultId });
  // The reading goes on beside the case.
  expect((await reader.request('report:sign', on(await draft(reading)))).report.state).toBe('awaiting-review');
  expect(foreign.pending('alarm:raised')).toEqual([]);
  expect(foreign.pending('consult:invited')).toEqual([]);
});

test('[RQ16] where the patient has an open case that one is answered, and nobody is rung', async () => {
  const reading = await asked('已有急会诊');
  const { alarm } = await clinic.request('alarm:raise', { patientId: reading.patientId });
  await reviewer.next('alarm:raised', ({ id }) => id === alarm.id);
  const answer = await reader.request('reading:escalate', { readingId: reading.id });
  expect(answer).toMatchObject({ existing: true, escalatedToConsultId: alarm.consultId });
  expect(reviewer.pending('alarm:raised').filter(({ patientName }) => patientName === '已有急会诊')).toEqual([]);
});
