import type { ReadingGrade } from '../../../shared/rules/reading-queue.ts';
import type { ActionContext } from '../../platform/context.ts';
import { HubError } from '../../platform/errors.ts';
import { changeConsult } from '../change-consult.ts';
import type { ReadingConsult, ReadingPart, ReadingTarget } from '../consult-record.ts';
import { closeRead } from './close-read.ts';
import { findReading, requireFree } from './find-reading.ts';
import { releaseReadingKey } from './open-reading-key.ts';
import { tellReadingChanged } from './view-reading.ts';

export interface FollowedReport {
  id: string;
  consultId: string;
  state: 'awaiting-review' | 'returned' | 'final';
  authorAccountId: string;
  authorName: string;
}

/** A reading as the one who writes its report sees it; null: the report belongs to a case with a room. */
export interface ReadingToWrite extends ReadingTarget {
  grade: ReadingGrade;
  /** The actor has claimed it, and the lease runs. */
  claimedByActor: boolean;
}

/**
 * Whoever writes or signs first must not do so while somebody else reads. Throws reading-claimed with who, and
 * consult-closed for a reading that was withdrawn.
 */
export async function requireWritable(consultId: string, context: ActionContext): Promise<ReadingToWrite | null> {
  const consult = await findReading(consultId, context);
  if (consult === null) return null;
  requireFree(consult, context);
  // Readings from before images were read from the queue have no such fields.
  const { ecgId, studyInstanceUid = null, examination = null, grade, claim } = consult.reading;
  const runs = claim !== null && claim.expiresAt > context.clock.now();
  return {
    ecgId,
    studyInstanceUid,
    examination,
    grade,
    claimedByActor: runs && claim.accountId === context.actor.accountId,
  };
}

/**
 * The queue follows the report: signed it waits for the reviewer, returned for its author, and the final report
 * closes the reading, which waits for critical values that are not read back yet. Runs in the transaction of the
 * signature. Answers false for a report of a case with a room.
 */
export async function followReport(report: FollowedReport, context: ActionContext): Promise<boolean> {
  const consult = await findReading(report.consultId, context);
  if (consult === null) return false;
  if (!consult.open) throw new HubError('consult-closed');
  const after = await changeConsult(consult, changeAfter(consult, report, context), context);
  if (!after.open) await releaseReadingKey(after, context);
  await tellReadingChanged(after, context);
  return true;
}

function changeAfter(
  { reading, openCriticalValues = 0 }: ReadingConsult,
  report: FollowedReport,
  context: ActionContext,
): Partial<ReadingConsult> {
  const by: Partial<ReadingPart> = {
    claim: null,
    reportId: report.id,
    reporterAccountId: report.authorAccountId,
    reporterName: report.authorName,
  };
  if (report.state === 'awaiting-review') return { reading: { ...reading, ...by, stage: 'awaiting-review' } };
  if (report.state === 'returned') return { reading: { ...reading, ...by, stage: 'returned' } };
  const signed = { ...reading, ...by, reviewerName: context.actor.name };
  if (openCriticalValues > 0) return { reading: { ...signed, stage: 'critical-value-open' } };
  return closeRead(signed, context);
}
