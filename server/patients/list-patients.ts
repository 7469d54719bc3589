import type { PatientRow } from '../../shared/contracts/patients.ts';
import type { RequestPayload } from '../../shared/contracts/registry.ts';
import type { ActionContext } from '../platform/context.ts';
import { patientRecord } from './patient-record.ts';
import { identityKeyOf } from './personal-facts.ts';
import { viewOfPatient } from './view-patient.ts';

/** What the patients slice itself knows of a row. */
export type BarePatientRow = Omit<PatientRow, 'openConsultId' | 'ecgCount'>;

/**
 * The patients of the actor's organisation, newest first; `search` is a part of the name or a whole identity number.
 * Rows carry no identity number.
 */
export async function listPatients(
  query: RequestPayload<'patient:list'>,
  context: ActionContext,
): Promise<BarePatientRow[]> {
  const { organisationId } = context.actor;
  const search = query.search?.trim() ?? '';
  const found = await context.store
    .model(patientRecord)
    .find({ organisationId, ...searchFilter(search, organisationId) })
    .sort({ createdAt: -1 })
    .limit(query.limit ?? 50)
    .lean();
  return found.map(viewOfPatient).map(({ id, name, sex, birthDate, unknown, createdAt }) => ({
    id,
    name,
    sex,
    birthDate,
    unknown,
    createdAt,
  }));
}

function searchFilter(search: string, organisationId: string) {
  if (search === '') return {};
  if (/^\d{17}[\dXx]$/.test(search)) return { identityKey: identityKeyOf('', organisationId, search.toUpperCase()) };
  return { name: new RegExp(search.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'i') };
}
