import type { PatientRow } from '../../shared/contracts/patients.ts';
import type { RequestPayload } from '../../shared/contracts/registry.ts';
import { countEcgs } from '../ecg/find-ecg.ts';
import { listPatients } from '../patients/list-patients.ts';
import type { ActionContext } from '../platform/context.ts';
import { consultRecord } from './consult-record.ts';

/** The organisation's patients, each with the open case of this organisation and the number of ECGs. */
export async function listPatientsWithCases(
  query: RequestPayload<'patient:list'>,
  context: ActionContext,
): Promise<PatientRow[]> {
  const rows = await listPatients(query, context);
  const { organisationId: fromOrganisationId } = context.actor;
  const open = await context.store
    .model(consultRecord)
    .find({ kind: 'urgent', fromOrganisationId, open: true }, { patientId: 1 })
    .lean();
  const openConsultIds = new Map(open.map(({ _id, patientId }) => [patientId, _id]));
  const ecgCounts = await countEcgs(
    rows.map((row) => row.id),
    context,
  );
  return rows.map((row) => ({
    ...row,
    openConsultId: openConsultIds.get(row.id) ?? null,
    ecgCount: ecgCounts.get(row.id) ?? 0,
  }));
}
