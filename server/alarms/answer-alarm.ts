import type { AlarmView } from '../../shared/contracts/alarms.ts';
import type { ActionContext } from '../platform/context.ts';
import { HubError } from '../platform/errors.ts';
import { recordTimelineNode } from '../timeline/record-timeline-node.ts';
import type { AlarmFields } from './alarm-record.ts';
import { changeAlarm, loadAlarm } from './change-alarm.ts';
import { viewAlarm } from './view-alarm.ts';

/**
 * The actor takes the alarm; of several at once one wins. Who has it already gets it again. Throws
 * alarm-already-accepted (`name`) or alarm-withdrawn.
 */
export async function acceptAlarm(
  alarmId: string,
  context: ActionContext,
): Promise<{ alarm: AlarmView; acceptedBefore: boolean }> {
  const { actor } = context;
  const before = await loadAlarm(alarmId, context);
  if (before.state === 'accepted' && before.acceptedByAccountId === actor.accountId) {
    return { alarm: await viewAlarm(before, context), acceptedBefore: true };
  }
  refuseAnswered(before);
  const acceptedAt = context.clock.now();
  const change = { state: 'accepted', acceptedByAccountId: actor.accountId, acceptedByName: actor.name } as const;
  const alarm = await changeAlarm(before, { ...change, acceptedAt, nobodyOnDuty: false }, context);
  const node = { consultId: before.consultId, kind: 'alarm-accepted', at: acceptedAt, source: 'person' } as const;
  await recordTimelineNode(node, context);
  return { alarm, acceptedBefore: false };
}

/** The clinic takes its alarm back while it rings. Throws alarm-already-accepted (`name`) or alarm-withdrawn. */
export async function withdrawAlarm(
  command: { alarmId: string; reason: string },
  context: ActionContext,
): Promise<AlarmView> {
  const before = await loadAlarm(command.alarmId, context);
  refuseAnswered(before);
  const withdrawnAt = context.clock.now();
  const change = { state: 'withdrawn', withdrawnByName: context.actor.name, withdrawReason: command.reason } as const;
  const alarm = await changeAlarm(before, { ...change, withdrawnAt, nobodyOnDuty: false }, context);
  const node = { consultId: before.consultId, kind: 'alarm-withdrawn', at: withdrawnAt, source: 'person' } as const;
  await recordTimelineNode(node, context);
  return alarm;
}

function refuseAnswered(alarm: AlarmFields): void {
  if (alarm.state === 'accepted') throw new HubError('alarm-already-accepted', { name: alarm.acceptedByName ?? '' });
  if (alarm.state === 'withdrawn') throw new HubError('alarm-withdrawn');
}

/** The lead side stands in the room: the first of them counts. */
export async function noteRoomEntered(alarmId: string, context: ActionContext): Promise<void> {
  const alarm = await loadAlarm(alarmId, context);
  if (alarm.enteredRoomAt === null) await changeAlarm(alarm, { enteredRoomAt: context.clock.now() }, context);
}
