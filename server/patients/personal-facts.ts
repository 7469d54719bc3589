import { chinaDate } from '../../shared/rules/china-time.ts';
import { readIdentityNumber } from '../../shared/rules/identity-number.ts';
import { HubError } from '../platform/errors.ts';
import type { PatientFields } from './patient-record.ts';

type PersonalFacts = Pick<PatientFields, 'identityNumber' | 'sex' | 'birthDate'>;

/**
 * What a form says of a person: a valid identity number settles sex and birth date, whatever else was typed.
 * Throws identity-number-invalid (`fault`), or invalid for a birth date to come.
 */
export function readPersonalFacts(
  form: {
    identityNumber?: string | undefined;
    sex?: PatientFields['sex'] | undefined;
    birthDate?: string | undefined;
  },
  now: Date,
): PersonalFacts {
  const today = chinaDate(now);
  if (form.identityNumber !== undefined && form.identityNumber !== '') {
    const reading = readIdentityNumber(form.identityNumber, today);
    if (!reading.valid) throw new HubError('identity-number-invalid', { fault: reading.fault });
    return reading.facts;
  }
  if (form.birthDate !== undefined && (form.birthDate > today || form.birthDate < '1880-01-01')) {
    throw new HubError('invalid', { field: 'birthDate' });
  }
  return { identityNumber: null, sex: form.sex ?? 'unknown', birthDate: form.birthDate ?? null };
}

export const identityKeyOf = (patientId: string, organisationId: string, identityNumber: string | null) =>
  identityNumber === null ? patientId : `${organisationId}:${identityNumber}`;
