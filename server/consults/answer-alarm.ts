import type { AlarmView } from '../../shared/contracts/alarms.ts';
import { acceptAlarm, withdrawAlarm } from '../alarms/answer-alarm.ts';
import type { ActionContext } from '../platform/context.ts';
import { closeReferralOfConsult } from '../referrals/advance-referral.ts';
import { changeConsult, setParticipant, sideOf } from './change-consult.ts';
import { loadConsult, requireReadBack } from './find-consult.ts';
import { releaseCase, releaseUnnamed } from './open-cases.ts';
import { tellConsultChanged } from './view-consult.ts';

/** Takes the alarm: the actor takes part in the consult, which is active from now on. Throws what acceptAlarm throws. */
export async function acceptCase({ alarmId }: { alarmId: string }, context: ActionContext): Promise<AlarmView> {
  const { alarm, acceptedBefore } = await acceptAlarm(alarmId, context);
  if (acceptedBefore) return alarm;
  const { accountId, name, organisationId, organisationName } = context.actor;
  const waiting = await loadConsult(alarm.consultId, context);
  const active = await changeConsult(waiting, { state: 'active', acceptedByName: name }, context);
  const known = active.participants.find((participant) => participant.accountId === accountId);
  const person = known ?? {
    accountId,
    name,
    organisationId,
    organisationName,
    side: sideOf(active, organisationId),
    invitedByName: null,
    joinedAt: null,
  };
  const consult = known === undefined ? await setParticipant(active, person, context) : active;
  await releaseUnnamed(consult, context);
  await tellConsultChanged(consult, context);
  return alarm;
}

/** The clinic takes the alarm back: consult withdrawn, referral file closed as not needed for the same reason. */
export async function withdrawCase(
  command: { alarmId: string; reason: string },
  context: ActionContext,
): Promise<AlarmView> {
  const alarm = await withdrawAlarm(command, context);
  const waiting = await loadConsult(alarm.consultId, context);
  requireReadBack(waiting);
  const change = { state: 'withdrawn', open: false, closedByName: context.actor.name } as const;
  const consult = await changeConsult(waiting, { ...change, closedAt: context.clock.now() }, context);
  await closeReferralOfConsult(consult._id, command.reason, context);
  await releaseCase(consult, context);
  await tellConsultChanged(consult, context);
  return alarm;
}
