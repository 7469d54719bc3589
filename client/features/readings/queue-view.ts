import type { ReadingView } from '../../../shared/contracts/readings.ts';
import { reportKinds } from '../../../shared/contracts/reports.ts';
import { isOpenReading, isOverdue, runningClaim, waitsForReporter } from '../../../shared/rules/reading-queue.ts';
import type { Role } from '../../../shared/rules/roles.ts';
import type { ReportKind } from '../../../shared/rules/signing.ts';

export const readingFilters = ['all', 'mine', 'unclaimed', 'review', 'overdue'] as const;
export type ReadingFilter = (typeof readingFilters)[number];

export interface Reader {
  accountId: string;
  roles: readonly Role[];
}

type Person = Pick<Reader, 'roles'>;

export const isReporter = ({ roles }: Person, kind: ReportKind) => roles.includes(`${kind}-reporter`);
export const isReviewer = ({ roles }: Person, kind: ReportKind) => roles.includes(`${kind}-reviewer`);

/** What the person reads, in the order of the queue's choices. */
export const kindsReadBy = (person: Person): ReportKind[] =>
  reportKinds.filter((kind) => isReporter(person, kind) || isReviewer(person, kind));

/** The name of what somebody reads, or asks for: of one kind where it is one. */
export const titleOfKinds = (kinds: readonly ReportKind[]): `reading.title.${ReportKind | 'both'}` =>
  `reading.title.${kinds.length === 1 ? kinds[0]! : 'both'}`;

/** A reviewer who doesn't write comes to see what waits for the second signature. */
export const firstFilter = (me: Reader): ReadingFilter =>
  reportKinds.some((kind) => isReporter(me, kind)) ? 'all' : 'review';

/** What the person can do something about now: write it, as nobody else does; or sign it second. */
export function isWorkFor(reading: ReadingView, me: Reader, nowMs: number): boolean {
  if (waitsForReporter(reading)) {
    const claim = runningClaim(reading.claim, nowMs);
    return isReporter(me, reading.kind) && (claim === null || claim.accountId === me.accountId);
  }
  return (
    reading.stage === 'awaiting-review' && isReviewer(me, reading.kind) && reading.reporterAccountId !== me.accountId
  );
}

export function filterReadings(
  readings: readonly ReadingView[],
  { filter, grade, kind }: { filter: ReadingFilter; grade: number | null; kind: ReportKind | null },
  me: Reader,
  nowMs: number,
): ReadingView[] {
  return readings.filter((reading) => {
    if (grade !== null && reading.grade !== grade) return false;
    if (kind !== null && reading.kind !== kind) return false;
    switch (filter) {
      case 'all':
        return isOpenReading(reading);
      case 'mine':
        return (
          runningClaim(reading.claim, nowMs)?.accountId === me.accountId ||
          (reading.stage === 'returned' && reading.reporterAccountId === me.accountId)
        );
      case 'unclaimed':
        return waitsForReporter(reading) && runningClaim(reading.claim, nowMs) === null;
      case 'review':
        return reading.stage === 'awaiting-review';
      case 'overdue':
        return isOverdue(reading, nowMs);
    }
  });
}

/**
 * The person's next (1) or previous (-1) piece of work from where they are, round at the ends; without a place to
 * start from the first. Null where nothing else is left.
 */
export function neighbour(
  readings: readonly ReadingView[],
  fromId: string | null,
  step: 1 | -1,
  me: Reader,
  nowMs: number,
): ReadingView | null {
  const start = readings.findIndex(({ id }) => id === fromId);
  for (let away = 1; away <= readings.length; away += 1) {
    const place = start < 0 ? (step === 1 ? away - 1 : -away) : start + step * away;
    const reading = readings.at(((place % readings.length) + readings.length) % readings.length)!;
    if (reading.id !== fromId && isWorkFor(reading, me, nowMs)) return reading;
  }
  return null;
}
