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

/** Throws consult-closed, or reading-claimed with who has it while somebody else's lease runs. */
export function requireFree(consult: ReadingConsult, { actor, clock }: Pick<ActionContext, 'actor' | 'clock'>): void {
  requireOpen(consult);
  const claim = runningClaim(consult.reading.claim, clock.now().getTime());
  if (claim !== null && claim.accountId !== actor.accountId)
    throw new HubError('reading-claimed', { name: claim.name });
}
