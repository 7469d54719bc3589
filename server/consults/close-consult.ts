import type { ConsultView } from '../../shared/contracts/consults.ts';
import type { RequestPayload } from '../../shared/contracts/registry.ts';
import type { ActionContext } from '../platform/context.ts';
import { HubError } from '../platform/errors.ts';
import { recordTimelineNode } from '../timeline/record-timeline-node.ts';
import { changeConsult } from './change-consult.ts';
import { loadConsult, requireOpen, requireReadBack } from './find-consult.ts';
import { releaseCase } from './open-cases.ts';
import { tellConsultChanged } from './view-consult.ts';

/**
 * The lead hospital closes a consult with its outcome. Whoever could read it still can; the referral file goes its own
 * way. Throws consult-closed, critical-value-open, or conflict while nobody has accepted the alarm.
 */
export async function closeConsult(
  { consultId, outcome, note }: RequestPayload<'consult:close'>,
  context: ActionContext,
): Promise<ConsultView> {
  const before = await loadConsult(consultId, context);
  requireOpen(before);
  if (before.state !== 'active') throw new HubError('conflict', { state: before.state });
  requireReadBack(before);
  const closedAt = context.clock.now();
  const change = { state: 'closed', open: false, outcome, outcomeNote: note || null } as const;
  const consult = await changeConsult(before, { ...change, closedAt, closedByName: context.actor.name }, context);
  await releaseCase(consult, context);
  await recordTimelineNode({ consultId, kind: 'consult-closed', at: closedAt, source: 'person' }, context);
  return tellConsultChanged(consult, context);
}
