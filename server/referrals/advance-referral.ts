import type { ReferralView } from '../../shared/contracts/referrals.ts';
import type { TimelineNodeKind } from '../../shared/contracts/timeline.ts';
import { mayFollow } from '../../shared/rules/referral-steps.ts';
import { rooms, type ActionContext } from '../platform/context.ts';
import { HubError } from '../platform/errors.ts';
import { changeVersion } from '../platform/store/change-version.ts';
import { recordTimelineNode } from '../timeline/record-timeline-node.ts';
import { viewOfReferral } from './find-referral.ts';
import { referralRecord, type ReferralFields, type ReferralState } from './referral-record.ts';

const nodeOf: Record<Exclude<ReferralState, 'opened'>, TimelineNodeKind> = {
  accepted: 'referral-accepted',
  'not-needed': 'referral-not-needed',
  arrived: 'patient-arrived',
};

/**
 * The next step of a referral file: accepted by the lead hospital, closed as not needed, patient arrived. Throws
 * not-found, version-conflict, or conflict (`state`) where the step cannot follow.
 */
export async function advanceReferral(
  command: { referralId: string; version: number; state: Exclude<ReferralState, 'opened'>; note: string },
  context: ActionContext,
): Promise<ReferralView> {
  const before = await context.store.model(referralRecord).findById(command.referralId).lean();
  if (before === null) throw new HubError('not-found');
  if (before.version !== command.version) throw new HubError('version-conflict');
  return advance(before, command, context);
}

/** Closes the file of an alarm that was withdrawn; a file that is closed already stays as it is. */
export async function closeReferralOfConsult(consultId: string, reason: string, context: ActionContext): Promise<void> {
  const before = await context.store.model(referralRecord).findOne({ consultId }).lean();
  if (before === null || !mayFollow(before.state, 'not-needed')) return;
  await advance(before, { state: 'not-needed', note: reason }, context);
}

async function advance(
  before: ReferralFields,
  { state, note }: { state: Exclude<ReferralState, 'opened'>; note: string },
  context: ActionContext,
): Promise<ReferralView> {
  if (!mayFollow(before.state, state)) throw new HubError('conflict', { state: before.state });
  const { name: byName, organisationName } = context.actor;
  const steps = [...before.steps, { state, at: context.clock.now(), byName, organisationName, note }];
  const after = await changeVersion(referralRecord, before, { state, steps }, context);
  await recordTimelineNode({ consultId: after.consultId, kind: nodeOf[state], source: 'person' }, context);
  const view = viewOfReferral(after);
  const watchers = [
    rooms.consult(after.consultId),
    rooms.organisation(after.fromOrganisationId),
    rooms.desk(after.toOrganisationId),
    ...after.audience.consults.flatMap((consult) => consult.accountIds.map(rooms.account)),
  ];
  await context.notify(watchers, 'referral:changed', view);
  return view;
}
