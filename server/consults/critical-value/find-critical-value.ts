import type { CriticalValueView } from '../../../shared/contracts/critical-values.ts';
import { decide } from '../../permissions/policy.ts';
import type { ActionContext, Subject } from '../../platform/context.ts';
import { HubError } from '../../platform/errors.ts';
import { consultRecord } from '../consult-record.ts';
import { consultSubject } from '../find-consult.ts';
import { criticalValueRecord, type CriticalValueFields } from './critical-value-record.ts';
import { viewCriticalValues } from './view-critical-value.ts';

const MOST_LISTED = 200;

/** What permissions on one critical value are decided on: its consult's audience. */
export async function criticalValueSubject(
  criticalValueId: string,
  context: Pick<ActionContext, 'store'>,
): Promise<Subject | null> {
  const found = await context.store.model(criticalValueRecord).findById(criticalValueId, { consultId: 1 }).lean();
  const consult = found === null ? null : await consultSubject(found.consultId, context);
  return consult && { ...consult, type: 'critical-value', id: criticalValueId };
}

/** Throws not-found. */
export async function loadCriticalValue(
  criticalValueId: string,
  { store }: Pick<ActionContext, 'store'>,
): Promise<CriticalValueFields> {
  const found = await store.model(criticalValueRecord).findById(criticalValueId).lean();
  if (found === null) throw new HubError('not-found');
  return found;
}

/** What is not read back yet of the actor's organisation, as the one that asked or the one that told; oldest first. */
export async function listOpenCriticalValues(context: ActionContext): Promise<CriticalValueView[]> {
  const { store, actor } = context;
  const found = new Map<string, CriticalValueFields>();
  for (const side of [{ fromOrganisationId: actor.organisationId }, { toOrganisationId: actor.organisationId }]) {
    const some = await store
      .model(criticalValueRecord)
      .find({ ...side, state: { $in: ['open', 'received'] } })
      .sort({ foundAt: 1 })
      .limit(MOST_LISTED)
      .lean();
    for (const value of some) found.set(value._id, value);
  }
  const consultIds = [...new Set([...found.values()].map(({ consultId }) => consultId))];
  const consults = await store
    .model(consultRecord)
    .find({ _id: { $in: consultIds } }, { audience: 1 })
    .lean();
  const audiences = new Map(consults.map(({ _id, audience }) => [_id, audience]));
  const readable = [...found.values()].filter(
    ({ consultId }) => decide(actor, 'critical-value:read', audiences.get(consultId)) === 'allow',
  );
  readable.sort((a, b) => a.foundAt.getTime() - b.foundAt.getTime() || (a._id < b._id ? -1 : 1));
  return viewCriticalValues(readable, context);
}

/** All of one consult, in the order in which they were found. */
export async function listCriticalValuesOfConsult(
  consultId: string,
  context: Pick<ActionContext, 'store'>,
): Promise<CriticalValueView[]> {
  const found = await context.store
    .model(criticalValueRecord)
    .find({ consultId })
    .sort({ foundAt: 1, _id: 1 })
    .limit(MOST_LISTED)
    .lean();
  return viewCriticalValues(found, context);
}
