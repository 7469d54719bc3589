import type { AlarmView } from '../../shared/contracts/alarms.ts';
import type { PatientView } from '../../shared/contracts/patients.ts';
import { openAlarm } from '../alarms/open-alarm.ts';
import { listEcgs } from '../ecg/find-ecg.ts';
import { findOrganisation } from '../organisations/find-organisations.ts';
import type { Audience } from '../permissions/policy.ts';
import type { ActionContext } from '../platform/context.ts';
import { newId } from '../platform/store/store.ts';
import { openReferral } from '../referrals/open-referral.ts';
import { openTimeline } from '../timeline/open-timeline.ts';
import { recordTimelineNode } from '../timeline/record-timeline-node.ts';
import { audienceEntry, sharePatient } from './change-consult.ts';
import { consultRecord, type Participant, type UrgentConsult } from './consult-record.ts';
import { claimCase } from './open-cases.ts';
import { tellConsultChanged } from './view-consult.ts';

/** Records older than this belong to an earlier illness. */
const RECENT_MS = 24 * 3600 * 1000;

export interface NewUrgentCase {
  reason: string;
  patient: PatientView;
  /** Whose patient it is. */
  from: { organisationId: string; name: string };
  desk: { organisationId: string; name: string; telephone: string | null };
  /** Who takes part from the beginning; the first one is named as who opened it. */
  participants: Participant[];
  deviceTime: string | null;
}

/**
 * Opens alarm, consult with its room, and green-channel referral file in the one transaction that it runs in, rings
 * the desk and tells both sides. Whoever calls it has seen that no case of the patient is open.
 */
export async function openUrgentCase(wanted: NewUrgentCase, context: ActionContext): Promise<AlarmView> {
  const { patient, desk } = wanted;
  const consult = newConsult(wanted, context);
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
      fromTelephone: (await findOrganisation(consult.fromOrganisationId, context))?.telephone ?? null,
      deskOrganisationId: desk.organisationId,
      deskOrganisationName: desk.name,
      deskTelephone: desk.telephone,
      deviceTime: wanted.deviceTime,
    },
    context,
  );
  await openReferral(
    { ...sides, _id: consult.referralId, toOrganisationId: desk.organisationId, toOrganisationName: desk.name },
    context,
  );
  await tellConsultChanged(consult, context);
  return alarm;
}

function newConsult({ reason, patient, from, desk, participants }: NewUrgentCase, { clock }: ActionContext) {
  const opener = participants[0]!;
  const consult: Omit<UrgentConsult, 'audience'> = {
    _id: newId(),
    kind: 'urgent',
    reason,
    patientId: patient.id,
    alarmId: newId(),
    referralId: newId(),
    reading: null,
    state: 'waiting',
    open: true,
    fromOrganisationId: from.organisationId,
    fromOrganisationName: from.name,
    toOrganisationId: desk.organisationId,
    toOrganisationName: desk.name,
    openedAt: clock.now(),
    openedByAccountId: opener.accountId,
    openedByName: opener.name,
    participants,
    acceptedByName: null,
    outcome: null,
    outcomeNote: null,
    closedAt: null,
    closedByName: null,
    version: 0,
  };
  const audience: Audience = { organisationIds: [from.organisationId], consults: [audienceEntry(consult)] };
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
