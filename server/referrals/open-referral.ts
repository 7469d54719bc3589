import type { Audience } from '../permissions/policy.ts';
import type { ActionContext } from '../platform/context.ts';
import { recordTimelineNode } from '../timeline/record-timeline-node.ts';
import { referralRecord, type ReferralFields } from './referral-record.ts';

/** Opens the green-channel file of a consult, together with the alarm that asks for help. */
export async function openReferral(
  file: Pick<
    ReferralFields,
    | '_id'
    | 'consultId'
    | 'patientId'
    | 'fromOrganisationId'
    | 'fromOrganisationName'
    | 'toOrganisationId'
    | 'toOrganisationName'
    | 'audience'
  >,
  context: ActionContext,
): Promise<void> {
  const openedAt = context.clock.now();
  const { name: byName, organisationName } = context.actor;
  const referral: ReferralFields = {
    ...file,
    kind: 'green-channel',
    direction: 'up',
    state: 'opened',
    openedByName: byName,
    openedAt,
    steps: [{ state: 'opened', at: openedAt, byName, organisationName, note: '' }],
    version: 0,
  };
  await context.store.model(referralRecord).create([referral]);
  await recordTimelineNode({ consultId: file.consultId, kind: 'referral-opened' }, context);
}

/** Called when somebody joins the consult. */
export async function shareReferral(
  consultId: string,
  audience: Audience,
  { store }: Pick<ActionContext, 'store'>,
): Promise<void> {
  await store.model(referralRecord).updateOne({ consultId }, { $set: { audience } });
}
