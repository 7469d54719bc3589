import type { PatientMismatch } from '../../shared/contracts/patients.ts';
import { differingFields, type PersonFacts } from '../../shared/rules/patient-match.ts';
import type { ActionContext } from '../platform/context.ts';
import { HubError } from '../platform/errors.ts';
import { findPatient } from './find-patient.ts';

/**
 * Compares the person that a file names with the patient whom it is meant for. Null where nothing differs. Throws
 * patient-mismatch, with the comparison as `mismatch` in the problem document, until the sender has confirmed; then
 * the comparison is kept beside the file for the reader.
 */
export async function matchPatient(
  comparison: { patientId: string; file: PersonFacts; confirmed: boolean },
  context: Pick<ActionContext, 'store' | 'clock' | 'actor'>,
): Promise<PatientMismatch | null> {
  const known = await findPatient(comparison.patientId, context);
  const patient: PersonFacts = {
    identityNumber: known.identityNumber,
    // A placeholder of place and time names nobody.
    name: known.unknown ? null : known.name,
    sex: known.sex,
    birthDate: known.birthDate,
  };
  const fields = differingFields(comparison.file, patient);
  if (fields.length === 0) return null;
  const mismatch = { fields, file: comparison.file, patient, confirmedBy: null, confirmedAt: null };
  if (!comparison.confirmed) throw new HubError('patient-mismatch', { fields: fields.join(' ') }, { mismatch });
  return { ...mismatch, confirmedBy: context.actor.name, confirmedAt: context.clock.now().toISOString() };
}
