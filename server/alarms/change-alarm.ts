import type { AlarmView } from '../../shared/contracts/alarms.ts';
import type { ActionContext } from '../platform/context.ts';
import { HubError } from '../platform/errors.ts';
import { changeVersion } from '../platform/store/change-version.ts';
import { alarmRecord, type AlarmFields } from './alarm-record.ts';
import { tellAlarmChanged } from './view-alarm.ts';

/** Throws not-found. */
export async function loadAlarm(alarmId: string, { store }: Pick<ActionContext, 'store'>): Promise<AlarmFields> {
  const found = await store.model(alarmRecord).findById(alarmId).lean();
  if (found === null) throw new HubError('not-found');
  return found;
}

/** One atomic step from the version that was read; both sides are told. Throws version-conflict. */
export async function changeAlarm(
  before: AlarmFields,
  change: Partial<AlarmFields>,
  context: Pick<ActionContext, 'store' | 'notify'>,
): Promise<AlarmView> {
  return tellAlarmChanged(await changeVersion(alarmRecord, before, change, context), context);
}

/** Says anew how a consult's alarm stands: something that it shows has changed elsewhere. */
export async function tellAlarmOfConsultChanged(consultId: string, context: ActionContext): Promise<void> {
  const alarm = await context.store.model(alarmRecord).findOne({ consultId }).lean();
  if (alarm !== null) await tellAlarmChanged(alarm, context);
}
