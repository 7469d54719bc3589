import type { ConsultView } from '../../shared/contracts/consults.ts';
import type { Audience } from '../permissions/policy.ts';
import type { ActionContext, Subject } from '../platform/context.ts';
import { HubError } from '../platform/errors.ts';
import { consultRecord, type ConsultFields, type ReadingConsult, type UrgentConsult } from './consult-record.ts';
import { viewConsult } from './view-consult.ts';

/** What permissions on one consult are decided on. */
export async function consultSubject(
  consultId: string,
  { store }: Pick<ActionContext, 'store'>,
): Promise<Subject | null> {
  const found = await store.model(consultRecord).findById(consultId, { audience: 1, patientId: 1 }).lean();
  return found === null
    ? null
    : { type: 'consult', id: consultId, audience: found.audience, patientId: found.patientId };
}

/** The same, of a consult with a room only: to whatever needs one a reading without a room does not exist. */
export async function caseSubject(consultId: string, { store }: Pick<ActionContext, 'store'>): Promise<Subject | null> {
  const found = await store
    .model(consultRecord)
    .findOne({ _id: consultId, kind: 'urgent' }, { audience: 1, patientId: 1 })
    .lean();
  return found === null
    ? null
    : { type: 'consult', id: consultId, audience: found.audience, patientId: found.patientId };
}

/** Who sees a consult and what belongs to it alone (its reports, its messages). Throws not-found. */
export async function consultAudience(consultId: string, context: Pick<ActionContext, 'store'>): Promise<Audience> {
  return (await loadConsult(consultId, context)).audience;
}

/** Throws not-found. */
export async function loadConsult(consultId: string, { store }: Pick<ActionContext, 'store'>): Promise<UrgentConsult> {
  const found = await store.model(consultRecord).findOne({ _id: consultId, kind: 'urgent' }).lean();
  if (found === null) throw new HubError('not-found');
  return found as UrgentConsult;
}

/** Throws not-found. */
export async function findConsult(
  consultId: string,
  context: Pick<ActionContext, 'store' | 'hub'>,
): Promise<ConsultView> {
  return viewConsult(await loadConsult(consultId, context), context);
}

/** Any consult, with or without a room. Throws not-found. */
export async function loadAnyConsult(
  consultId: string,
  { store }: Pick<ActionContext, 'store'>,
): Promise<UrgentConsult | ReadingConsult> {
  const found = await store.model(consultRecord).findById(consultId).lean();
  if (found === null) throw new HubError('not-found');
  return found as UrgentConsult | ReadingConsult;
}

/** A critical value that nobody has read back holds its consult open. Throws critical-value-open. */
export function requireReadBack({ openCriticalValues = 0 }: Pick<ConsultFields, 'openCriticalValues'>): void {
  if (openCriticalValues > 0) throw new HubError('critical-value-open', { count: openCriticalValues });
}

/** Throws consult-closed for a consult that has been closed or withdrawn. */
export function requireOpen(consult: ConsultFields): void {
  if (!consult.open) throw new HubError('consult-closed');
}
