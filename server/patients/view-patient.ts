import type { PatientView } from '../../shared/contracts/patients.ts';
import { chinaDate } from '../../shared/rules/china-time.ts';
import { ageInYears } from '../../shared/rules/identity-number.ts';
import type { PatientFields } from './patient-record.ts';

export const viewOfPatient = (patient: PatientFields): PatientView => ({
  id: patient._id,
  name: patient.name,
  sex: patient.sex,
  birthDate: patient.birthDate,
  identityNumber: patient.identityNumber,
  phone: patient.phone,
  unknown: patient.unknown,
  organisationId: patient.organisationId,
  organisationName: patient.organisationName,
  createdAt: patient.createdAt.toISOString(),
  version: patient.version,
});

/** Completed years at a moment; null where the birth date is not known. */
export const patientAgeYears = (patient: Pick<PatientView, 'birthDate'>, at: Date): number | null =>
  patient.birthDate === null ? null : ageInYears(patient.birthDate, chinaDate(at));
