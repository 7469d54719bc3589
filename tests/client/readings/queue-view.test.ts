import { describe, expect, test } from '@jest/globals';
import {
  filterReadings,
  firstFilter,
  isWorkFor,
  kindsReadBy,
  neighbour,
} from '../../../client/features/readings/queue-view.ts';
import type { EcgReadingView } from '../../../shared/contracts/readings.ts';

const now = Date.parse('2026-11-22T08:00:00.000Z');
const minutes = (count: number) => new Date(now + count * 60_000).toISOString();
const claimOf = (accountId: string, expiresAt: string) => ({
  accountId,
  name: accountId,
  claimedAt: minutes(-5),
  expiresAt,
});

const reading = (id: string, fields: Partial<EcgReadingView> = {}): EcgReadingView => ({
  id,
  kind: 'ecg',
  ecgId: 'e',
  patientId: 'p',
  patientName: id,
  patientSex: 'female',
  patientAgeYears: 60,
  fromOrganisationId: 'f',
  fromOrganisationName: '乡镇',
  toOrganisationId: 't',
  toOrganisationName: '总院',
  grade: 3,
  urgent: false,
  note: null,
  stage: 'unread',
  requestedAt: minutes(-10),
  requestedByName: '林',
  dueAt: minutes(20),
  claim: null,
  reportId: null,
  reporterAccountId: null,
  reporterName: null,
  reviewerName: null,
  escalatedConsultId: null,
  withdrawnReason: null,
  closedAt: null,
  version: 0,
  ...fields,
});

const reporter = { accountId: 'zhou', roles: ['ecg-reporter'] } as const;
const reviewer = { accountId: 'shen', roles: ['ecg-reviewer'] } as const;
const both = { accountId: 'lu', roles: ['ecg-reporter', 'ecg-reviewer'] } as const;

const free = reading('free');
const late = reading('late', { dueAt: minutes(-1) });
const mine = reading('mine', { claim: claimOf('zhou', minutes(5)) });
const theirs = reading('theirs', { claim: claimOf('lu', minutes(5)) });
const left = reading('left', { claim: claimOf('lu', minutes(-1)) });
const signed = reading('signed', { stage: 'awaiting-review', reporterAccountId: 'zhou' });
const back = reading('back', { stage: 'returned', reporterAccountId: 'zhou' });
const all = [free, late, mine, theirs, left, signed, back];
const names = (readings: readonly { id: string }[]) => readings.map(({ id }) => id);

describe('whose work a reading is', () => {
  test('a reporter writes what nobody else holds, a reviewer signs what another has signed', () => {
    const work = (me: Parameters<typeof isWorkFor>[1]) => names(all.filter((one) => isWorkFor(one, me, now)));
    expect(work(reporter)).toEqual(['free', 'late', 'mine', 'left', 'back']);
    expect(work(reviewer)).toEqual(['signed']);
    expect(work(both)).toEqual(['free', 'late', 'theirs', 'left', 'signed', 'back']);
    expect(isWorkFor(signed, { ...both, accountId: 'zhou' }, now)).toBe(false);
  });

  test('images are work of imaging doctors, ECGs of those who read ECGs', () => {
    const radiologist = { accountId: 'xu', roles: ['imaging-reporter'] } as const;
    const chief = { accountId: 'fang', roles: ['imaging-reviewer', 'ecg-reviewer'] } as const;
    const study = {
      ...{ studyInstanceUid: '2.25.1', examination: 'ct' as const, modalities: ['CT'], description: null },
      ...{ studyDate: null, imageCount: 60 },
    };
    const images = { ...free, id: 'images', kind: 'imaging' as const, study };
    const signedImages = { ...images, stage: 'awaiting-review' as const, reporterAccountId: 'xu' };
    const works = (me: Parameters<typeof isWorkFor>[1]) =>
      [free, images, signed, signedImages].map((one) => isWorkFor(one, me, now));
    expect(works(radiologist)).toEqual([false, true, false, false]);
    expect(works(reporter)).toEqual([true, false, false, false]);
    expect(works(chief)).toEqual([false, false, true, true]);
    expect([radiologist, reviewer, chief].map(kindsReadBy)).toEqual([['imaging'], ['ecg'], ['ecg', 'imaging']]);
    const choice = { filter: 'all', grade: null } as const;
    expect(names(filterReadings([free, images], { ...choice, kind: 'imaging' }, chief, now))).toEqual(['images']);
  });

  test('a reviewer who does not write starts with what waits for review', () => {
    expect([firstFilter(reporter), firstFilter(reviewer), firstFilter(both)]).toEqual(['all', 'review', 'all']);
  });
});

test('filters show what they say, together with a grade', () => {
  const shown = (filter: Parameters<typeof filterReadings>[1]['filter'], grade: number | null = null) =>
    names(filterReadings(all, { filter, grade, kind: null }, reporter, now));
  expect(shown('all')).toEqual(names(all));
  expect(shown('mine')).toEqual(['mine', 'back']);
  expect(shown('unclaimed')).toEqual(['free', 'late', 'left', 'back']);
  expect(shown('review')).toEqual(['signed']);
  expect(shown('overdue')).toEqual(['late']);
  expect(shown('all', 1)).toEqual([]);
});

test('next and previous go round the work of the person and leave out the rest', () => {
  const step = (from: string | null, by: 1 | -1) => neighbour(all, from, by, reporter, now)?.id;
  expect([step('free', 1), step('late', 1), step('mine', 1), step('left', 1), step('back', 1)]).toEqual([
    'late',
    'mine',
    'left',
    'back',
    'free',
  ]);
  expect([step('free', -1), step('left', -1), step(null, 1), step(null, -1)]).toEqual(['back', 'mine', 'free', 'back']);
  // From one that is not in the list any more: the first.
  expect(step('gone', 1)).toBe('free');
  expect(neighbour([free], 'free', 1, reporter, now)).toBeNull();
  expect(neighbour([], null, 1, reporter, now)).toBeNull();
});
