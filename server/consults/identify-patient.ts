import type { PatientView } from '../../shared/contracts/patients.ts';
import type { RequestPayload } from '../../shared/contracts/registry.ts';
import { tellAlarmOfConsultChanged } from '../alarms/change-alarm.ts';
import { identifyPatient } from '../patients/identify-patient.ts';
import type { ActionContext } from '../platform/context.ts';
import { consultRecord, type ReadingConsult, type UrgentConsult } from './consult-record.ts';
import { tellReadingChanged } from './reading/view-reading.ts';
import { tellConsultChanged } from './view-consult.ts';

/** Names the patient, and shows the name wherever the patient's open case rings or stands open. */
export async function identifyPatientOfCase(
  command: RequestPayload<'patient:identify'>,
  context: ActionContext,
): Promise<PatientView> {
  const patient = await identifyPatient(command, context);
  const open = await context.store.model(consultRecord).find({ patientId: patient.id, open: true }).lean();
  for (const consult of open) {
    if (consult.kind === 'urgent') {
      await tellAlarmOfConsultChanged(consult._id, context);
      await tellConsultChanged(consult as UrgentConsult, context);
    } else await tellReadingChanged(consult as ReadingConsult, context);
  }
  return patient;
}
