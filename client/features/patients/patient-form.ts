import { readIdentityNumber, type IdentityNumberReading } from '../../../shared/rules/identity-number.ts';

/** What the form holds, as typed. */
export interface PatientDraft {
  name: string;
  identityNumber: string;
  sex: 'male' | 'female' | 'unknown';
  birthDate: string;
  phone: string;
}

export const emptyDraft: PatientDraft = { name: '', identityNumber: '', sex: 'unknown', birthDate: '', phone: '' };

export interface DraftReading {
  /** null: nothing was typed. */
  identity: IdentityNumberReading | null;
  phoneValid: boolean;
  birthDateValid: boolean;
  /** The payload's fields, once everything is valid. */
  fields: {
    name: string;
    identityNumber?: string;
    sex?: PatientDraft['sex'];
    birthDate?: string;
    phone?: string;
  } | null;
}

/** A date as somebody types it on a number pad: `19701122` becomes `1970-11-22`, at every length. */
export function dateFromDigits(typed: string): string {
  const digits = typed.replace(/\D/g, '').slice(0, 8);
  return [digits.slice(0, 4), digits.slice(4, 6), digits.slice(6)].filter((part) => part !== '').join('-');
}

/** Reads the form as it stands; `today` is YYYY-MM-DD. The identity number, where given, decides sex and birth date. */
export function readDraft(draft: PatientDraft, today: string): DraftReading {
  const name = draft.name.trim();
  const phone = draft.phone.replace(/[\s-]/g, '');
  const identity = draft.identityNumber.trim() === '' ? null : readIdentityNumber(draft.identityNumber, today);
  const phoneValid = phone === '' || /^1\d{10}$/.test(phone);
  const birthDateValid = draft.birthDate === '' || isPastDate(draft.birthDate, today);
  const complete = name !== '' && identity?.valid !== false && phoneValid && birthDateValid;
  return {
    identity,
    phoneValid,
    birthDateValid,
    fields: complete
      ? {
          name,
          ...(identity?.valid
            ? { identityNumber: identity.facts.identityNumber }
            : { sex: draft.sex, ...(draft.birthDate === '' ? {} : { birthDate: draft.birthDate }) }),
          ...(phone === '' ? {} : { phone }),
        }
      : null,
  };
}

function isPastDate(text: string, today: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  const exists = !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === text;
  return exists && text >= '1880-01-01' && text <= today;
}
