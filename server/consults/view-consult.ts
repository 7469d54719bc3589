import type { ConsultView } from '../../shared/contracts/consults.ts';
import { findPatient } from '../patients/find-patient.ts';
import { rooms, type ActionContext } from '../platform/context.ts';
import type { UrgentConsult } from './consult-record.ts';
import { liveConsults } from './live-consults.ts';

export async function viewConsult(
  consult: UrgentConsult,
  context: Pick<ActionContext, 'store' | 'hub'>,
): Promise<ConsultView> {
  const { calls } = liveConsults(context.hub);
  return {
    id: consult._id,
    kind: consult.kind,
    reason: consult.reason,
    patient: await findPatient(consult.patientId, context),
    alarmId: consult.alarmId,
    referralId: consult.referralId,
    state: consult.state,
    fromOrganisationId: consult.fromOrganisationId,
    fromOrganisationName: consult.fromOrganisationName,
    toOrganisationId: consult.toOrganisationId,
    toOrganisationName: consult.toOrganisationName,
    openedAt: consult.openedAt.toISOString(),
    openedByName: consult.openedByName,
    participants: consult.participants.map((participant) => ({
      accountId: participant.accountId,
      name: participant.name,
      organisationId: participant.organisationId,
      organisationName: participant.organisationName,
      side: participant.side,
      invitedByName: participant.invitedByName,
      joinedAt: participant.joinedAt?.toISOString() ?? null,
      present: calls.isPresent(consult._id, participant.accountId),
    })),
    outcome: consult.outcome,
    outcomeNote: consult.outcomeNote,
    closedAt: consult.closedAt?.toISOString() ?? null,
    closedByName: consult.closedByName,
    version: consult.version,
  };
}

/** Everybody whom a change of the consult concerns: windows that show it, the clinic, the desk, who takes part. */
export const roomsOfConsult = (consult: UrgentConsult): string[] => [
  rooms.consult(consult._id),
  rooms.organisation(consult.fromOrganisationId),
  rooms.desk(consult.toOrganisationId),
  ...consult.participants.map((participant) => rooms.account(participant.accountId)),
];

/** Answers what was told. */
export async function tellConsultChanged(
  consult: UrgentConsult,
  context: Pick<ActionContext, 'store' | 'hub' | 'notify'>,
): Promise<ConsultView> {
  const view = await viewConsult(consult, context);
  await context.notify(roomsOfConsult(consult), 'consult:changed', view);
  return view;
}
