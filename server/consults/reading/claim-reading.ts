import type { ReadingView } from '../../../shared/contracts/readings.ts';
import { runningClaim, waitsForReporter } from '../../../shared/rules/reading-queue.ts';
import type { ActionContext } from '../../platform/context.ts';
import { HubError } from '../../platform/errors.ts';
import { changeConsult } from '../change-consult.ts';
import type { ReadingConsult, ReadingPart } from '../consult-record.ts';
import { requireOpen } from '../find-consult.ts';
import { loadReading, requireFree, requireReporter } from './find-reading.ts';
import { readReadingRules } from './set-reading-rules.ts';
import { tellReadingChanged, viewReading } from './view-reading.ts';

interface OnReading {
  readingId: string;
}

/**
 * Takes a reading to write its report, for the lease's time. Of two at once one wins. Throws forbidden to whoever does
 * not write reports of its kind, reading-claimed with who has it, conflict where no report is to be written, consult-closed.
 */
export async function claimReading({ readingId }: OnReading, context: ActionContext): Promise<ReadingView> {
  const before = await loadReading(readingId, context);
  requireReporter(before, context);
  requireFree(before, context);
  if (!waitsForReporter(before.reading)) throw new HubError('conflict', { stage: before.reading.stage });
  return hold(before, context);
}

/** The holder goes on reading. Throws reading-claimed where somebody else has taken it meanwhile, conflict where nobody. */
export async function renewClaim({ readingId }: OnReading, context: ActionContext): Promise<ReadingView> {
  const before = await loadReading(readingId, context);
  requireReporter(before, context);
  requireFree(before, context);
  if (!isHolder(before, context)) throw new HubError('conflict', { stage: before.reading.stage });
  return hold(before, context);
}

/** The holder gives it back to the queue; where it is not theirs any more nothing happens. */
export async function releaseReading({ readingId }: OnReading, context: ActionContext): Promise<ReadingView> {
  const before = await loadReading(readingId, context);
  if (!before.open || !isHolder(before, context)) return viewReading(before, context);
  return change(before, { claim: null }, context);
}

const isHolder = ({ reading }: ReadingConsult, { actor, clock }: ActionContext) =>
  runningClaim(reading.claim, clock.now().getTime())?.accountId === actor.accountId;

async function hold(before: ReadingConsult, context: ActionContext): Promise<ReadingView> {
  requireOpen(before);
  const { accountId, name } = context.actor;
  const { leaseMinutes } = await readReadingRules(before.toOrganisationId, context);
  const now = context.clock.now();
  const claimedAt = isHolder(before, context) ? before.reading.claim!.claimedAt : now;
  const expiresAt = new Date(now.getTime() + leaseMinutes * 60_000);
  return change(before, { claim: { accountId, name, claimedAt, expiresAt } }, context);
}

async function change(
  before: ReadingConsult,
  part: Partial<ReadingPart>,
  context: ActionContext,
): Promise<ReadingView> {
  const after = await changeConsult(before, { reading: { ...before.reading, ...part } }, context);
  return tellReadingChanged(after, context);
}
