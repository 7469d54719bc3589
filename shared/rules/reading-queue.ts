import { clinicRoles, type Role } from './roles.ts';
import type { ReportKind } from './signing.ts';

/** How soon a reading is wanted: 1 critical, 2 urgent, 3 abnormal or unknown, 4 unremarkable. */
export const readingGrades = [1, 2, 3, 4] as const;
export type ReadingGrade = (typeof readingGrades)[number];
/** The same, as rules and texts name them. */
export const gradeNames = ['critical', 'urgent', 'abnormal', 'unremarkable'] as const;
export type GradeName = (typeof gradeNames)[number];
export const nameOfGrade = (grade: number): GradeName => gradeNames[grade - 1] ?? 'abnormal';

/** Lowest and highest of the numbers by which a hospital runs its queue, in minutes. */
export const readingRuleBounds = { minutesByGrade: [1, 1440], leaseMinutes: [1, 120], repeatMinutes: [1, 60] } as const;

/** Grades that would be read sooner than a graver one; empty where the times (minutes) are in order. */
export const soonerThanGraver = (minutesByGrade: Readonly<Record<GradeName, number>>): GradeName[] =>
  gradeNames.filter((name, at) =>
    gradeNames.slice(0, at).some((graver) => minutesByGrade[graver] > minutesByGrade[name]),
  );

/**
 * `unread`: nobody has signed. `awaiting-review`: one signature stands. `returned`: the reviewer wants it changed.
 * `critical-value-open`: the report is final, and the clinic has yet to read a critical value back. `read`: the report
 * is final. `withdrawn`: the clinic took the request back.
 */
export const readingStages = [
  'unread',
  'awaiting-review',
  'returned',
  'critical-value-open',
  'read',
  'withdrawn',
] as const;
export type ReadingStage = (typeof readingStages)[number];

/** A reading as far as the queue's order and counts ask; times are ISO 8601. */
export interface QueuedReading {
  id: string;
  grade: number;
  stage: ReadingStage;
  requestedAt: string;
  dueAt: string;
  claim: { accountId: string; expiresAt: string } | null;
}

/** From the computer's pre-read (nothing counts as 3); a clinic that is in a hurry makes it at least 2. */
export function gradeOnRequest(preReadGrade: number | null, urgent: boolean): ReadingGrade {
  const started = readingGrades.find((grade) => grade === preReadGrade) ?? 3;
  return urgent && started > 2 ? 2 : started;
}

/** Whose turn it is to write: nobody has signed, or the reviewer has given it back. */
export const waitsForReporter = ({ stage }: Pick<QueuedReading, 'stage'>): boolean =>
  stage === 'unread' || stage === 'returned';

const waitsForSignature = (reading: Pick<QueuedReading, 'stage'>): boolean =>
  waitsForReporter(reading) || reading.stage === 'awaiting-review';

export const isOpenReading = (reading: Pick<QueuedReading, 'stage'>): boolean =>
  waitsForSignature(reading) || reading.stage === 'critical-value-open';

/** Both have signed: there is a result to be read. */
export const hasFinalReport = ({ stage }: Pick<QueuedReading, 'stage'>): boolean =>
  stage === 'read' || stage === 'critical-value-open';

/** The claim while its lease runs; an expired one counts as none. */
export function runningClaim<Claim extends { expiresAt: string | Date }>(
  claim: Claim | null,
  nowMs: number,
): Claim | null {
  return claim !== null && new Date(claim.expiresAt).getTime() > nowMs ? claim : null;
}

export const isOverdue = (reading: Pick<QueuedReading, 'stage' | 'dueAt'>, nowMs: number): boolean =>
  waitsForSignature(reading) && Date.parse(reading.dueAt) <= nowMs;

/** The most dangerous first, then whose time runs out first (so that overdue ones lead), then who asked first. */
export function orderReadings<Reading extends QueuedReading>(readings: readonly Reading[]): Reading[] {
  return [...readings].sort(
    (a, b) =>
      a.grade - b.grade ||
      Date.parse(a.dueAt) - Date.parse(b.dueAt) ||
      Date.parse(a.requestedAt) - Date.parse(b.requestedAt) ||
      (a.id < b.id ? -1 : 1),
  );
}

/**
 * Whether a person has this reading in their list: as the queue of what they read in their hospital, or as what their
 * clinic asked for.
 */
export const isListedFor = (
  reading: { kind: ReportKind; fromOrganisationId: string; toOrganisationId: string },
  { organisationId, roles }: { organisationId: string; roles: readonly Role[] },
): boolean =>
  (reading.toOrganisationId === organisationId &&
    (roles.includes(`${reading.kind}-reporter`) || roles.includes(`${reading.kind}-reviewer`))) ||
  (reading.fromOrganisationId === organisationId && clinicRoles.some((role) => roles.includes(role)));

export interface ReadingCounts {
  open: number;
  byGrade: Record<GradeName, number>;
  overdue: number;
  unclaimed: number;
  awaitingReview: number;
}

export function countReadings(readings: readonly QueuedReading[], nowMs: number): ReadingCounts {
  const open = readings.filter(isOpenReading);
  const count = (counts: (reading: QueuedReading) => boolean) => open.filter(counts).length;
  return {
    open: open.length,
    byGrade: {
      critical: count(({ grade }) => grade === 1),
      urgent: count(({ grade }) => grade === 2),
      abnormal: count(({ grade }) => grade === 3),
      unremarkable: count(({ grade }) => grade === 4),
    },
    overdue: count((reading) => isOverdue(reading, nowMs)),
    unclaimed: count((reading) => waitsForReporter(reading) && runningClaim(reading.claim, nowMs) === null),
    awaitingReview: count(({ stage }) => stage === 'awaiting-review'),
  };
}
