import type { AlarmView } from '../../shared/contracts/alarms.ts';
import type { ActionContext, Subject } from '../platform/context.ts';
import { HubError } from '../platform/errors.ts';
import { alarmRecord } from './alarm-record.ts';
import { viewAlarm, viewAlarms } from './view-alarm.ts';

/** What permissions on an alarm are decided on, by its own id or by its consult's. */
export async function alarmSubject(
  which: { _id: string } | { consultId: string },
  { store }: Pick<ActionContext, 'store'>,
): Promise<Subject | null> {
  const found = await store.model(alarmRecord).findOne(which, { audience: 1, patientId: 1 }).lean();
  return found === null ? null : { type: 'alarm', id: found._id, audience: found.audience, patientId: found.patientId };
}

/** Throws not-found. */
export async function findAlarmOfConsult(consultId: string, context: Pick<ActionContext, 'store'>): Promise<AlarmView> {
  const found = await context.store.model(alarmRecord).findOne({ consultId }).lean();
  if (found === null) throw new HubError('not-found');
  return viewAlarm(found, context);
}

/** The ringing alarms of a desk, the longest waiting first. */
export async function listRingingAlarms(
  deskOrganisationId: string,
  context: Pick<ActionContext, 'store'>,
): Promise<AlarmView[]> {
  const found = await context.store
    .model(alarmRecord)
    .find({ deskOrganisationId, state: 'ringing' })
    .sort({ raisedAt: 1 })
    .lean();
  return viewAlarms(found, context);
}
