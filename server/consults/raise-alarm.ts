import type { PatientView } from '../../shared/contracts/patients.ts';
import type { RequestPayload, RequestReply } from '../../shared/contracts/registry.ts';
import { findAlarmOfConsult } from '../alarms/find-alarm.ts';
import { findServingDesk } from '../organisations/find-organisations.ts';
import { findPatient } from '../patients/find-patient.ts';
import { patientSubject } from '../patients/patient-subject.ts';
import { registerUnknownPatient } from '../patients/register-patient.ts';
import type { ActionContext } from '../platform/context.ts';
import { HubError } from '../platform/errors.ts';
import { findOpenCase } from './open-cases.ts';
import { openUrgentCase } from './open-urgent-case.ts';

/**
 * The emergency press: alarm, consult with its room and green-channel referral file in the one transaction that it
 * runs in. It asks nothing; without a patient an unknown one is made. While the case is open already, that one is
 * answered and nobody is rung. Throws no-agreement where no lead hospital serves the organisation, not-found for a
 * patient whom the actor may not see.
 */
export async function raiseAlarm(
  press: RequestPayload<'alarm:raise'>,
  context: ActionContext,
): Promise<RequestReply<'alarm:raise'>> {
  const named = press.patientId === undefined ? null : await permittedPatient(press.patientId, context);
  const openConsultId = await findOpenCase({ ...press, patientId: named?.id }, context);
  if (openConsultId !== null) {
    const alarm = await findAlarmOfConsult(openConsultId, context);
    await note('alarm:open-existing', openConsultId, alarm.patientId, context);
    const { unknown } = named ?? (await findPatient(alarm.patientId, context));
    return { alarm, existing: true, unnamed: unknown };
  }

  const { accountId, name, organisationId, organisationName } = context.actor;
  const desk = await findServingDesk(organisationId, 'chest-pain', context);
  if (desk === null) throw new HubError('no-agreement');
  const patient = named ?? (await registerUnknownPatient({}, context));
  const alarm = await openUrgentCase(
    {
      reason: '突发胸痛，请求急会诊',
      patient,
      from: { organisationId, name: organisationName },
      desk,
      participants: [
        { accountId, name, organisationId, organisationName, side: 'clinic', invitedByName: null, joinedAt: null },
      ],
      deviceTime: press.deviceTime ?? null,
    },
    context,
  );
  await note('alarm:open', alarm.consultId, patient.id, context);
  return { alarm, existing: false, unnamed: patient.unknown };
}

async function permittedPatient(patientId: string, context: ActionContext): Promise<PatientView> {
  context.permit('patient:read', await patientSubject(patientId, context));
  return findPatient(patientId, context);
}

const note = (action: string, consultId: string, patientId: string, context: ActionContext) =>
  context.audit({ action, outcome: 'done', subject: { type: 'consult', id: consultId, patientId } });
