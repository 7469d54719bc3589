import { rooms, type ActionContext } from '../platform/context.ts';
import { alarmRecord } from './alarm-record.ts';
import { changeAlarm } from './change-alarm.ts';

/** Somebody has come: what rang for nobody rings again, and its clinic learns that somebody is there. */
export async function ringWaitingAlarms(deskOrganisationId: string, context: ActionContext): Promise<void> {
  const waiting = await context.store
    .model(alarmRecord)
    .find({ deskOrganisationId, state: 'ringing', nobodyOnDuty: true })
    .sort({ raisedAt: 1 })
    .lean();
  for (const alarm of waiting) {
    const view = await changeAlarm(alarm, { nobodyOnDuty: false }, context);
    await context.notify([rooms.desk(deskOrganisationId)], 'alarm:raised', view);
  }
}
