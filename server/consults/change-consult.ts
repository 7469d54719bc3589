import { shareAlarm } from '../alarms/open-alarm.ts';
import { shareEcgs } from '../ecg/share-ecgs.ts';
import { shareStudies } from '../imaging/share-studies.ts';
import { shareWithConsult } from '../patients/share-patient.ts';
import type { Audience } from '../permissions/policy.ts';
import type { ActionContext } from '../platform/context.ts';
import { changeVersion } from '../platform/store/change-version.ts';
import { shareReferral } from '../referrals/open-referral.ts';
import { shareTimeline } from '../timeline/open-timeline.ts';
import { consultRecord, type ConsultFields, type Participant, type UrgentConsult } from './consult-record.ts';
import { liveConsults } from './live-consults.ts';

/** One atomic step from the version that was read. Throws version-conflict. */
export async function changeConsult<Consult extends ConsultFields>(
  before: Consult,
  change: Partial<Consult>,
  context: Pick<ActionContext, 'store'>,
): Promise<Consult> {
  return (await changeVersion(consultRecord, before, change as Partial<ConsultFields>, context)) as Consult;
}

/** The consult's place in an audience: the lead hospital, and everybody who takes part. */
export const audienceEntry = (
  consult: Pick<ConsultFields, '_id' | 'toOrganisationId' | 'participants'>,
): Audience['consults'][number] => ({
  consultId: consult._id,
  organisationIds: [consult.toOrganisationId],
  accountIds: consult.participants.map((participant) => participant.accountId),
});

/** Adds a person, or changes what is known of one; a new one sees from now on all that belongs to the case. */
export async function setParticipant(
  before: UrgentConsult,
  person: Participant,
  context: ActionContext,
): Promise<UrgentConsult> {
  const known = before.participants.some((participant) => participant.accountId === person.accountId);
  const participants = known
    ? before.participants.map((participant) => (participant.accountId === person.accountId ? person : participant))
    : [...before.participants, person];
  if (known) return changeConsult(before, { participants }, context);
  const entry = audienceEntry({ ...before, participants });
  const audience: Audience = { organisationIds: before.audience.organisationIds, consults: [entry] };
  const after = await changeConsult(before, { participants, audience }, context);
  await shareAlarm(after._id, audience, context);
  await shareReferral(after._id, audience, context);
  await shareTimeline(after._id, audience, context);
  await sharePatient(after.patientId, entry, context);
  liveConsults(context.hub).permitted.forgetConsult(after._id);
  return after;
}

/** Opens the patient and everything recorded of them to the consult. */
export async function sharePatient(
  patientId: string,
  entry: Audience['consults'][number],
  context: ActionContext,
): Promise<void> {
  const audience = await shareWithConsult(patientId, entry, context);
  await shareEcgs(patientId, audience, context);
  await shareStudies(patientId, audience, context);
}

export const sideOf = (consult: ConsultFields, organisationId: string): Participant['side'] => {
  if (organisationId === consult.fromOrganisationId) return 'clinic';
  return organisationId === consult.toOrganisationId ? 'lead' : 'invited';
};
