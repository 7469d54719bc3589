import type { ConsultView } from '../../shared/contracts/consults.ts';
import { findAccount } from '../accounts/find-account.ts';
import { isColleague } from '../accounts/list-colleagues.ts';
import { findOrganisation } from '../organisations/find-organisations.ts';
import { findPatient } from '../patients/find-patient.ts';
import { rooms, type ActionContext } from '../platform/context.ts';
import { HubError } from '../platform/errors.ts';
import { recordTimelineNode } from '../timeline/record-timeline-node.ts';
import { setParticipant, sideOf } from './change-consult.ts';
import { loadConsult, requireOpen } from './find-consult.ts';
import { tellConsultChanged, viewConsult } from './view-consult.ts';

/**
 * Calls a person into a running consult: from now on they see the case, and their windows show the invitation. Asked
 * for again, the invitation is shown again. Throws consult-closed, or not-found for somebody whose organisation is
 * tied to the actor's by neither tree nor agreement.
 */
export async function inviteColleague(
  { consultId, accountId }: { consultId: string; accountId: string },
  context: ActionContext,
): Promise<ConsultView> {
  const before = await loadConsult(consultId, context);
  requireOpen(before);
  const account = await findAccount(accountId, context);
  if (account === null || !(await isColleague(accountId, context))) throw new HubError('not-found');
  let consult = before;
  if (!before.participants.some((participant) => participant.accountId === accountId)) {
    const { name, organisationId } = account;
    const organisationName = (await findOrganisation(organisationId, context))?.name ?? '';
    const side = sideOf(before, organisationId);
    const invitedByName = context.actor.name;
    const person = { accountId, name, organisationId, organisationName, side, invitedByName, joinedAt: null };
    consult = await setParticipant(before, person, context);
    await recordTimelineNode({ consultId, kind: 'invited', source: 'person' }, context);
    await context.audit({
      action: 'consult:add-participant',
      outcome: 'done',
      subject: { type: 'consult', id: consultId, patientId: consult.patientId },
      details: { accountId },
    });
    await tellConsultChanged(consult, context);
  }
  const invitation = {
    consultId,
    byName: context.actor.name,
    organisationName: context.actor.organisationName,
    patientName: (await findPatient(consult.patientId, context)).name,
  };
  await context.notify([rooms.account(accountId)], 'consult:invited', invitation);
  return viewConsult(consult, context);
}
