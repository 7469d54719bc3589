import type { Audience } from '../permissions/policy.ts';
import type { ActionContext } from '../platform/context.ts';
import { timelineRecord } from './timeline-record.ts';

/** Begins a consult's timeline; nodes are recorded from now on. */
export async function openTimeline(
  timeline: { consultId: string; patientId: string; audience: Audience },
  { store }: Pick<ActionContext, 'store'>,
): Promise<void> {
  const { consultId: _id, patientId, audience } = timeline;
  await store.model(timelineRecord).create([{ _id, patientId, audience, over: false }]);
}

/** Called when somebody joins the consult. */
export async function shareTimeline(
  consultId: string,
  audience: Audience,
  { store }: Pick<ActionContext, 'store'>,
): Promise<void> {
  await store.model(timelineRecord).updateOne({ _id: consultId }, { $set: { audience } });
}

/** The consult is over; its own last steps are still recorded. */
export async function closeTimeline(consultId: string, { store }: Pick<ActionContext, 'store'>): Promise<void> {
  await store.model(timelineRecord).updateOne({ _id: consultId }, { $set: { over: true } });
}
