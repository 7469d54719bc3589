import type { TimelineNode } from '../../shared/contracts/timeline.ts';
import type { ActionContext, Subject } from '../platform/context.ts';
import { viewOfNode } from './record-timeline-node.ts';
import { timelineNodeRecord, timelineRecord } from './timeline-record.ts';

/** What permissions on a consult's timeline are decided on. */
export async function timelineSubject(
  consultId: string,
  { store }: Pick<ActionContext, 'store'>,
): Promise<Subject | null> {
  const found = await store.model(timelineRecord).findById(consultId).lean();
  return found === null
    ? null
    : { type: 'timeline', id: consultId, audience: found.audience, patientId: found.patientId };
}

/** A consult's nodes in the order of the server's clock. */
export async function readTimeline(
  consultId: string,
  { store }: Pick<ActionContext, 'store'>,
): Promise<TimelineNode[]> {
  const found = await store.model(timelineNodeRecord).find({ consultId }).sort({ at: 1, _id: 1 }).limit(2000).lean();
  return found.map(viewOfNode);
}
