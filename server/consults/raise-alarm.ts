import type { PatientView } from '../../shared/contracts/patients.ts';
import type { RequestPayload, RequestReply } from '../../shared/contracts/registry.ts';
import { findAlarmOfConsult } from '../alarms/find-alarm.ts';
import { openAlarm } from '../alarms/open-alarm.ts';
import { listEcgs } from '../ecg/find-ecg.ts';
import { findOrganisation, findServingDesk } from '../organisations/find-organisations.ts';
import { findPatient } from '../patients/find-patient.ts';
import { patientSubject } from '../patients/patient-subject.ts';
import { registerUnknownPatient } from '../patients/register-patient.ts';
import type { Audience } from '../permissions/policy.ts';
import type { ActionContext } from '../platform/context.ts';
import { HubError } from '../platform/errors.ts';
import { newId } from '../platform/store/store.ts';
import { openReferral } from '../referrals/open-referral.ts';
import { openTimeline } from '../timeline/open-timeline.ts';
import { recordTimelineNode } from '../timeline/record-timeline-node.ts';
import { audienceEntry, sharePatient } from './change-consult.ts';
import { consultRecord, type ConsultFields } from './consult-record.ts';
import { claimCase, findOpenCase } from './open-cases.ts';
import { tellConsultChanged } from './view-consult.ts';

/** Records older than this belong to an earlier illness. */
const RECENT_MS = 24 * 3600 * 1000;

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

  const { actor } = context;
  const desk = await findServingDesk(actor.organisationId, 'chest-pain', context);
  if (desk === null) throw new HubError('no-agreement');
  const patient = named ?? (await registerUnknownPatient({}, context));
  const consult = newConsult(patient, desk, context);
  const { _id: consultId, audience } = consult;
  await claimCase(consult, { unnamed: patient.unknown }, context);
  await context.store.model(consultRecord).create([consult]);
  await sharePatient(patient.id, audience.consults[0]!, context);
  await openTimeline({ consultId, patientId: patient.id, audience }, context);
  await recordWhatWasBefore(consultId, patient, context);

  const sides = {
    fromOrganisationId: consult.fromOrganisationId,
    fromOrganisationName: consult.fromOrganisationName,
    patientId: patient.id,
    consultId,
    audience,
  };
  const alarm = await openAlarm(
    {
      ...sides,
      _id: consult.alarmId,
      referralId: consult.referralId,
      fromTelephone: (await findOrganisation(actor.organisationId, context))?.telephone ?? null,
      deskOrganisationId: desk.organisationId,
      deskOrganisationName: desk.name,
      deskTelephone: desk.telephone,
      deviceTime: press.deviceTime ?? null,
    },
    context,
  );
  await openReferral(
    { ...sides, _id: consult.referralId, toOrganisationId: desk.organisationId, toOrganisationName: desk.name },
    context,
  );
  await tellConsultChanged(consult, context);
  await note('alarm:open', consultId, patient.id, context);
  return { alarm, existing: false, unnamed: patient.unknown };
}

async function permittedPatient(patientId: string, context: ActionContext): Promise<PatientView> {
  context.permit('patient:read', await patientSubject(patientId, context));
  return findPatient(patientId, context);
}

function newConsult(
  patient: PatientView,
  desk: { organisationId: string; name: string },
  { actor, clock }: ActionContext,
): ConsultFields {
  const { accountId, name, organisationId, organisationName } = actor;
  const consult: Omit<ConsultFields, 'audience'> = {
    _id: newId(),
    kind: 'urgent',
    reason: '突发胸痛，请求急会诊',
    patientId: patient.id,
    alarmId: newId(),
    referralId: newId(),
    state: 'waiting',
    open: true,
    fromOrganisationId: organisationId,
    fromOrganisationName: organisationName,
    toOrganisationId: desk.organisationId,
    toOrganisationName: desk.name,
    openedAt: clock.now(),
    openedByAccountId: accountId,
    openedByName: name,
    participants: [
      { accountId, name, organisationId, organisationName, side: 'clinic', invitedByName: null, joinedAt: null },
    ],
    acceptedByName: null,
    outcome: null,
    outcomeNote: null,
    closedAt: null,
    closedByName: null,
    version: 0,
  };
  const audience: Audience = { organisationIds: [organisationId], consults: [audienceEntry(consult)] };
  return { ...consult, audience };
}

/** The clock of chest pain runs from the first contact: registration and ECGs of this illness stand in the timeline. */
async function recordWhatWasBefore(consultId: string, patient: PatientView, context: ActionContext): Promise<void> {
  const since = context.clock.now().getTime() - RECENT_MS;
  const registeredAt = new Date(patient.createdAt);
  if (registeredAt.getTime() >= since) {
    await recordTimelineNode({ consultId, kind: 'patient-registered', at: registeredAt, byName: null }, context);
  }
  const ecgs = (await listEcgs(patient.id, context)).filter((ecg) => Date.parse(ecg.receivedAt) >= since);
  for (const ecg of ecgs.reverse()) {
    const at = new Date(ecg.receivedAt);
    const node = { consultId, kind: 'ecg-uploaded', at, deviceTime: ecg.acquiredAt, byName: ecg.sentBy } as const;
    await recordTimelineNode(node, context);
  }
}

const note = (action: string, consultId: string, patientId: string, context: ActionContext) =>
  context.audit({ action, outcome: 'done', subject: { type: 'consult', id: consultId, patientId } });
