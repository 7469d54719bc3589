import { runningClaim } from '../../../shared/rules/reading-queue.ts';
import type { ActionContext, Subject } from '../../platform/context.ts';
import { HubError } from '../../platform/errors.ts';
import { consultRecord, kindOfReading, readingConsultKinds, type ReadingConsult } from '../consult-record.ts';
import { requireOpen } from '../find-consult.ts';

/** What permissions on one reading are decided on. */
export async function readingSubject(
  readingId: string,
  { store }: Pick<ActionContext, 'store'>,
): Promise<Subject | null> {
  const found = await store
    .model(consultRecord)
    .findOne({ _id: readingId, kind: { $in: readingConsultKinds } }, { audience: 1, patientId: 1 })
    .lean();
  return found === null
    ? null
    : { type: 'reading', id: readingId, audience: found.audience, patientId: found.patientId };
}

/** Null for a consult that is no reading. */
export async function findReading(
  consultId: string,
  { store }: Pick<ActionContext, 'store'>,
): Promise<ReadingConsult | null> {
  const found = await store
    .model(consultRecord)
    .findOne({ _id: consultId, kind: { $in: readingConsultKinds } })
    .lean();
  return found as ReadingConsult | null;
}

/** Throws not-found. */
export async function loadReading(readingId: string, context: Pick<ActionContext, 'store'>): Promise<ReadingConsult> {
  const found = await findReading(readingId, context);
  if (found === null) throw new HubError('not-found');
  return found;
}

/** Images are read by imaging doctors, ECGs by those who read ECGs. Throws forbidden. */
export function requireReporter(consult: ReadingConsult, { actor }: Pick<ActionContext, 'actor'>): void {
  if (!actor.roles.includes(`${kindOfReading(consult)}-reporter`)) throw new HubError('forbidden');
}

/** Either of the two signatures of its kind. Throws forbidden. */
export function requireReader(consult: ReadingConsult, { actor }: Pick<ActionContext, 'actor'>): void {
  const kind = kindOfReading(consult);
  if (!actor.roles.includes(`${kind}-reporter`) && !actor.roles.includes(`${kind}-reviewer`))
    throw new HubError('forbidden');
}

/**
 * When a reading that is critical from now on is due. An ECG's time runs from the request, as nothing else has to be
 * waited for; what images show is known when a doctor looks, and their time runs from then.
 */
export function criticalDueAt(consult: ReadingConsult, criticalMinutes: number, now: Date): Date {
  const from = kindOfReading(consult) === 'ecg' ? consult.openedAt : now;
  return new Date(Math.min(consult.reading.dueAt.getTime(), from.getTime() + criticalMinutes * 60_000));
}

/** Throws consult-closed, or reading-claimed with who has it while somebody else's lease runs. */
export function requireFree(consult: ReadingConsult, { actor, clock }: Pick<ActionContext, 'actor' | 'clock'>): void {
  requireOpen(consult);
  const claim = runningClaim(consult.reading.claim, clock.now().getTime());
  if (claim !== null && claim.accountId !== actor.accountId)
    throw new HubError('reading-claimed', { name: claim.name });
}
