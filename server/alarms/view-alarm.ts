import type { AlarmView } from '../../shared/contracts/alarms.ts';
import { findPatients } from '../patients/find-patient.ts';
import { patientAgeYears } from '../patients/view-patient.ts';
import { rooms, type ActionContext } from '../platform/context.ts';
import type { AlarmFields } from './alarm-record.ts';

const iso = (moment: Date | null) => moment?.toISOString() ?? null;

/** Alarms as both sides read them, each with its patient's present name. */
export async function viewAlarms(
  alarms: readonly AlarmFields[],
  context: Pick<ActionContext, 'store'>,
): Promise<AlarmView[]> {
  const patients = await findPatients(
    alarms.map((alarm) => alarm.patientId),
    context,
  );
  return alarms.map((alarm) => {
    const patient = patients.get(alarm.patientId);
    return {
      id: alarm._id,
      consultId: alarm.consultId,
      referralId: alarm.referralId,
      patientId: alarm.patientId,
      patientName: patient?.name ?? '',
      patientSex: patient?.sex ?? 'unknown',
      patientAgeYears: patient === undefined ? null : patientAgeYears(patient, alarm.raisedAt),
      kind: alarm.kind,
      fromOrganisationId: alarm.fromOrganisationId,
      fromOrganisationName: alarm.fromOrganisationName,
      fromTelephone: alarm.fromTelephone,
      raisedByName: alarm.raisedByName,
      deskOrganisationId: alarm.deskOrganisationId,
      deskOrganisationName: alarm.deskOrganisationName,
      deskTelephone: alarm.deskTelephone,
      state: alarm.state,
      raisedAt: alarm.raisedAt.toISOString(),
      receipts: alarm.receipts.map(({ accountId, name, deliveredAt, seenAt, canSound }) => ({
        accountId,
        name,
        deliveredAt: deliveredAt.toISOString(),
        seenAt: iso(seenAt),
        canSound,
      })),
      nobodyOnDuty: alarm.nobodyOnDuty,
      acceptedByAccountId: alarm.acceptedByAccountId,
      acceptedByName: alarm.acceptedByName,
      acceptedAt: iso(alarm.acceptedAt),
      enteredRoomAt: iso(alarm.enteredRoomAt),
      withdrawnByName: alarm.withdrawnByName,
      withdrawnAt: iso(alarm.withdrawnAt),
      withdrawReason: alarm.withdrawReason,
    };
  });
}

export async function viewAlarm(alarm: AlarmFields, context: Pick<ActionContext, 'store'>): Promise<AlarmView> {
  return (await viewAlarms([alarm], context))[0]!;
}

/** Tells both sides how the alarm stands; answers what they were told. */
export async function tellAlarmChanged(
  alarm: AlarmFields,
  context: Pick<ActionContext, 'store' | 'notify'>,
): Promise<AlarmView> {
  const view = await viewAlarm(alarm, context);
  const watchers = [
    rooms.desk(alarm.deskOrganisationId),
    rooms.organisation(alarm.fromOrganisationId),
    rooms.consult(alarm.consultId),
  ];
  await context.notify(watchers, 'alarm:changed', view);
  return view;
}
