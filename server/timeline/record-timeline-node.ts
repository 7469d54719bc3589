import type { TimelineNode, TimelineNodeKind } from '../../shared/contracts/timeline.ts';
import { rooms, type ActionContext } from '../platform/context.ts';
import { newId } from '../platform/store/store.ts';
import { timelineNodeRecord, timelineRecord, type TimelineNodeFields } from './timeline-record.ts';

export interface NewTimelineNode {
  consultId: string;
  kind: TimelineNodeKind;
  /** The server's clock; now where left out. */
  at?: Date | undefined;
  source?: TimelineNodeFields['source'] | undefined;
  deviceTime?: string | null | undefined;
  deviceOffsetMs?: number | null | undefined;
  /** The actor's name where left out. */
  byName?: string | null | undefined;
  /** Only the first of its kind counts: later ones are not kept. */
  once?: boolean | undefined;
}

/**
 * Adds a node to a consult's timeline, within the transaction of what it stands for, and tells the windows that have
 * the case open. The first ECG of a case gets its own node beside `ecg-uploaded`; ECGs and images that come after the
 * consult's end are left out.
 */
export async function recordTimelineNode(node: NewTimelineNode, context: ActionContext): Promise<void> {
  if (node.kind === 'ecg-uploaded' || node.kind === 'images-uploaded') {
    const timeline = await context.store.model(timelineRecord).findById(node.consultId, { over: 1 }).lean();
    if (timeline === null || timeline.over) return;
  }
  if (node.kind === 'ecg-uploaded') {
    const source = node.deviceTime == null ? node.source : 'device';
    await recordTimelineNode({ ...node, kind: 'first-ecg', source, once: true }, context);
  }
  const nodes = context.store.model(timelineNodeRecord);
  if (node.once === true) {
    const earlier = await nodes.findOne({ consultId: node.consultId, kind: node.kind }, { _id: 1 }).lean();
    if (earlier !== null) return;
  }
  const made: TimelineNodeFields = {
    _id: newId(),
    consultId: node.consultId,
    kind: node.kind,
    at: node.at ?? context.clock.now(),
    source: node.source ?? 'system',
    deviceTime: node.deviceTime ?? null,
    deviceOffsetMs: node.deviceOffsetMs ?? null,
    byName: node.byName === undefined ? context.actor.name : node.byName,
  };
  await nodes.create([made]);
  await context.notify([rooms.consult(node.consultId)], 'timeline:node-recorded', viewOfNode(made));
}

export const viewOfNode = ({ _id, at, ...rest }: TimelineNodeFields): TimelineNode => ({
  id: _id,
  consultId: rest.consultId,
  kind: rest.kind,
  at: at.toISOString(),
  source: rest.source,
  deviceTime: rest.deviceTime,
  deviceOffsetMs: rest.deviceOffsetMs,
  byName: rest.byName,
});
