import { expect, test } from '@jest/globals';
import {
  countReadings,
  gradeOnRequest,
  orderReadings,
  runningClaim,
  type QueuedReading,
  isListedFor,
} from '../../../shared/rules/reading-queue.ts';

const now = Date.parse('2026-11-22T08:00:00.000Z');
const at = (minutes: number) => new Date(now + minutes * 60_000).toISOString();
const reading = (
  id: string,
  grade: number,
  dueInMinutes: number,
  fields: Partial<QueuedReading> = {},
): QueuedReading => ({
  id,
  grade,
  stage: 'unread',
  requestedAt: at(-10),
  dueAt: at(dueInMinutes),
  claim: null,
  ...fields,
});

test('grade before time left before the time of asking', () => {
  const list = [
    reading('d', 3, -5),
    reading('b', 1, 9),
    reading('f', 4, 1),
    reading('c', 2, 8),
    reading('a', 1, -2),
    reading('e', 3, -5, { requestedAt: at(-9) }),
  ];
  expect(orderReadings(list).map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
});

test('counts are of open readings; a claim whose lease is over is none', () => {
  const claim = { accountId: 'x', expiresAt: at(1) };
  const over = { accountId: 'x', expiresAt: at(0) };
  const counts = countReadings(
    [
      reading('a', 1, -1),
      reading('b', 2, 5, { claim }),
      reading('c', 2, 5, { claim: over }),
      reading('d', 4, 0, { stage: 'awaiting-review' }),
      reading('e', 3, 1, { stage: 'returned' }),
      reading('f', 1, -9, { stage: 'read' }),
      reading('g', 1, -9, { stage: 'withdrawn' }),
    ],
    now,
  );
  expect(counts).toEqual({
    open: 5,
    byGrade: { critical: 1, urgent: 2, abnormal: 1, unremarkable: 1 },
    overdue: 2,
    unclaimed: 3,
    awaitingReview: 1,
  });
  expect([runningClaim(claim, now), runningClaim(over, now), runningClaim(null, now)]).toEqual([claim, null, null]);
});

test('hurry never makes a dangerous one wait, and an unknown grade is in the middle', () => {
  expect([null, 0, 1, 2, 3, 4, 9].map((grade) => gradeOnRequest(grade, false))).toEqual([3, 3, 1, 2, 3, 4, 3]);
  expect([null, 1, 2, 3, 4].map((grade) => gradeOnRequest(grade, true))).toEqual([2, 1, 2, 2, 2]);
});

test('a reading is in the lists of those who read its kind where it goes, and of the clinic that asked', () => {
  const images = { kind: 'imaging', fromOrganisationId: 'clinic', toOrganisationId: 'lead' } as const;
  const listed = (organisationId: string, ...roles: Parameters<typeof isListedFor>[1]['roles']) =>
    isListedFor(images, { organisationId, roles });
  expect(listed('lead', 'imaging-reporter')).toBe(true);
  expect(listed('lead', 'imaging-reviewer')).toBe(true);
  expect(listed('lead', 'ecg-reporter', 'ecg-reviewer', 'chest-pain-on-call')).toBe(false);
  expect(listed('elsewhere', 'imaging-reporter')).toBe(false);
  expect(listed('clinic', 'township-doctor')).toBe(true);
  expect(listed('clinic', 'imaging-reporter')).toBe(false);
  expect(isListedFor({ ...images, kind: 'ecg' }, { organisationId: 'lead', roles: ['imaging-reporter'] })).toBe(false);
});
