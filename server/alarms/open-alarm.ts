import type { AlarmView } from '../../shared/contracts/alarms.ts';
import type { Audience } from '../permissions/policy.ts';
import { rooms, type ActionContext } from '../platform/context.ts';
import { recordTimelineNode } from '../timeline/record-timeline-node.ts';
import { alarmRecord, type AlarmFields } from './alarm-record.ts';
import { nobodyComes } from './desk-view.ts';
import { tellAlarmChanged } from './view-alarm.ts';

export type NewAlarm = Pick<
  AlarmFields,
  | '_id'
  | 'consultId'
  | 'referralId'
  | 'patientId'
  | 'fromOrganisationId'
  | 'fromOrganisationName'
  | 'fromTelephone'
  | 'deskOrganisationId'
  | 'deskOrganisationName'
  | 'deskTelephone'
  | 'audience'
> & { deviceTime: string | null };

/** Rings the desk: part of the press's one transaction. */
export async function openAlarm(press: NewAlarm, context: ActionContext): Promise<AlarmView> {
  const raisedAt = context.clock.now();
  const { deviceTime } = press;
  const deviceOffsetMs = deviceTime === null ? null : Date.parse(deviceTime) - raisedAt.getTime();
  const alarm: AlarmFields = {
    ...press,
    kind: 'chest-pain',
    raisedByAccountId: context.actor.accountId,
    raisedByName: context.actor.name,
    state: 'ringing',
    raisedAt,
    deviceOffsetMs,
    receipts: [],
    nobodyOnDuty: await nobodyComes(press.deskOrganisationId, context),
    acceptedByAccountId: null,
    acceptedByName: null,
    acceptedAt: null,
    enteredRoomAt: null,
    withdrawnByName: null,
    withdrawnAt: null,
    withdrawReason: null,
    version: 0,
  };
  await context.store.model(alarmRecord).create([alarm]);
  const node = { consultId: press.consultId, kind: 'alarm-raised', at: raisedAt, source: 'person' } as const;
  await recordTimelineNode({ ...node, deviceTime, deviceOffsetMs }, context);
  const view = await tellAlarmChanged(alarm, context);
  await context.notify([rooms.desk(alarm.deskOrganisationId)], 'alarm:raised', view);
  return view;
}

/** Called when somebody joins the consult. */
export async function shareAlarm(
  consultId: string,
  audience: Audience,
  { store }: Pick<ActionContext, 'store'>,
): Promise<void> {
  await store.model(alarmRecord).updateOne({ consultId }, { $set: { audience } });
}
