import { ageInYears } from '../../../shared/rules/identity-number.ts';
import { formatDay } from '../../ui/time.ts';
import { usePatientWords } from './use-patient-words.ts';

/** "男 · 56 岁" of a patient record. */
export function usePerson(): (patient: { sex: string; birthDate: string | null }) => string {
  const words = usePatientWords();
  return ({ sex, birthDate }) => words(sex, birthDate === null ? null : ageInYears(birthDate, formatDay(new Date())));
}
