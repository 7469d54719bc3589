import type { ConsultRow } from '../../shared/contracts/consults.ts';
import type { RequestPayload } from '../../shared/contracts/registry.ts';
import { findPatients } from '../patients/find-patient.ts';
import { patientAgeYears } from '../patients/view-patient.ts';
import { decide } from '../permissions/policy.ts';
import type { ActionContext } from '../platform/context.ts';
import { consultRecord, type UrgentConsult } from './consult-record.ts';

const MOST_ROWS = 200;

/**
 * The consults that the actor may read: their organisation's, those addressed to it, those they take part in. Open
 * ones first, the newest on top; at most 200 of each.
 */
export async function listConsults(
  { state = 'all' }: RequestPayload<'consult:list'>,
  context: ActionContext,
): Promise<ConsultRow[]> {
  const open = state === 'closed' ? [] : await find(true, context);
  const closed = state === 'open' ? [] : await find(false, context);
  const consults = [...open, ...closed];
  const patients = await findPatients(
    consults.map((consult) => consult.patientId),
    context,
  );
  return consults.map((consult) => {
    const patient = patients.get(consult.patientId);
    return {
      id: consult._id,
      patientName: patient?.name ?? '',
      patientSex: patient?.sex ?? 'unknown',
      patientAgeYears: patient === undefined ? null : patientAgeYears(patient, consult.openedAt),
      state: consult.state,
      fromOrganisationName: consult.fromOrganisationName,
      toOrganisationName: consult.toOrganisationName,
      openedAt: consult.openedAt.toISOString(),
      acceptedByName: consult.acceptedByName,
      outcome: consult.outcome,
    };
  });
}

async function find(open: boolean, { store, actor }: ActionContext): Promise<UrgentConsult[]> {
  const found = new Map<string, UrgentConsult>();
  const ways = [
    { fromOrganisationId: actor.organisationId },
    { toOrganisationId: actor.organisationId },
    { 'participants.accountId': actor.accountId },
  ];
  for (const way of ways) {
    const some = await store
      .model(consultRecord)
      .find({ ...way, kind: 'urgent', open })
      .sort({ openedAt: -1 })
      .limit(MOST_ROWS)
      .lean();
    for (const consult of some) found.set(consult._id, consult as UrgentConsult);
  }
  return [...found.values()]
    .filter((consult) => decide(actor, 'consult:read', consult.audience) === 'allow')
    .sort((a, b) => b.openedAt.getTime() - a.openedAt.getTime() || (a._id < b._id ? 1 : -1))
    .slice(0, MOST_ROWS);
}
