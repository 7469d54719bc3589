import type { PatientView } from '../../shared/contracts/patients.ts';
import type { ActionContext } from '../platform/context.ts';
import { HubError } from '../platform/errors.ts';
import { patientRecord } from './patient-record.ts';
import { viewOfPatient } from './view-patient.ts';

/** Throws not-found. */
export async function findPatient(patientId: string, { store }: Pick<ActionContext, 'store'>): Promise<PatientView> {
  const found = await store.recall({
    key: `patient ${patientId}`,
    of: [patientRecord],
    find: () => store.model(patientRecord).findById(patientId).lean(),
  });
  if (found === null) throw new HubError('not-found');
  return viewOfPatient(found);
}

/** By id; unknown ids are left out. */
export async function findPatients(
  patientIds: readonly string[],
  { store }: Pick<ActionContext, 'store'>,
): Promise<Map<string, PatientView>> {
  const ids = [...new Set(patientIds)];
  if (ids.length === 0) return new Map();
  const found = await store
    .model(patientRecord)
    .find({ $or: ids.map((_id) => ({ _id })) })
    .lean();
  return new Map(found.map((patient) => [patient._id, viewOfPatient(patient)]));
}
