import type { AlarmView } from '../../shared/contracts/alarms.ts';
import type { TestWindow } from './hub.ts';

/** A case whose alarm the desk has accepted. */
export async function acceptedCase(clinic: TestWindow, desk: TestWindow, name: string): Promise<AlarmView> {
  const { patient } = await clinic.request('patient:register', { name, sex: 'male' });
  const { alarm } = await clinic.request('alarm:raise', { patientId: patient.id });
  return (await desk.request('alarm:accept', { alarmId: alarm.id })).alarm;
}
