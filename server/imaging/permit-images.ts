import { patientSubject, patientSubjectOfConsult } from '../patients/patient-subject.ts';
import { decide } from '../permissions/policy.ts';
import type { ActionContext } from '../platform/context.ts';
import { HubError } from '../platform/errors.ts';

/** One instance; a multi-frame ultrasound loop stays below. */
export const MAX_INSTANCE_BYTES = 512 * 1024 * 1024;

/**
 * The patient whom the sender of images names, once permitted; null where nobody is named and the actor may send so:
 * then the files say whose they are. Throws not-found, forbidden.
 */
export async function permitImages(
  { patientId, consultId }: { patientId?: string | undefined; consultId?: string | undefined },
  context: ActionContext,
): Promise<string | null> {
  if (patientId === undefined && consultId === undefined) {
    const decision = decide(context.actor, 'imaging:receive');
    if (decision !== 'allow') throw new HubError(decision);
    return null;
  }
  const subject = context.permit(
    'imaging:upload',
    patientId !== undefined
      ? await patientSubject(patientId, context)
      : await patientSubjectOfConsult(consultId ?? '', context),
  );
  if (consultId !== undefined && !subject.audience.consults.some((consult) => consult.consultId === consultId))
    throw new HubError('not-found');
  return subject.id;
}
