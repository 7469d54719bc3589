import { decide } from '../permissions/policy.ts';
import type { ActionContext, Subject } from '../platform/context.ts';
import { caseSubject } from './find-consult.ts';
import { liveConsults } from './live-consults.ts';

/** The consult that a window's live traffic is about, read once for each window that takes part. */
export async function consultRoomSubject(
  { consultId }: { consultId: string },
  context: ActionContext,
): Promise<Subject | null> {
  const { window, actor } = context;
  if (window === null) return caseSubject(consultId, context);
  const { permitted } = liveConsults(context.hub);
  const known = permitted.get(consultId, window);
  if (known !== undefined) return known;
  const subject = await caseSubject(consultId, context);
  if (subject !== null && !window.closed && decide(actor, 'consult:take-part', subject.audience) === 'allow') {
    permitted.set(consultId, window, subject);
  }
  return subject;
}
