/**
 * The resident identity number (GB 11643-1999): six digits of the place, eight of the birth date, three of a serial
 * number whose last is odd for men, and a check character after ISO 7064 MOD 11-2.
 */
export type IdentityNumberFault = 'length' | 'characters' | 'birth-date' | 'check-character';

export interface IdentityNumberFacts {
  /** With a capital X. */
  identityNumber: string;
  /** YYYY-MM-DD */
  birthDate: string;
  sex: 'male' | 'female';
}

export type IdentityNumberReading =
  { valid: true; facts: IdentityNumberFacts } | { valid: false; fault: IdentityNumberFault };

const checkCharacters = '0123456789X';

/** ISO 7064 MOD 11-2: the character that makes the whole congruent to 1 modulo 11. */
export function identityCheckCharacter(seventeenDigits: string): string {
  let product = 0;
  for (const digit of seventeenDigits) product = ((product + Number(digit)) * 2) % 11;
  return checkCharacters.charAt((12 - product) % 11);
}

/**
 * Reads a number as a person typed it (blanks around it, a small x). `today` (YYYY-MM-DD) bounds the birth date.
 * The place is not checked: codes of counties that were merged away stay valid for their people.
 */
export function readIdentityNumber(typed: string, today: string): IdentityNumberReading {
  const identityNumber = typed.trim().toUpperCase();
  if (identityNumber.length !== 18) {
    return { valid: false, fault: /^\d{0,17}[\dX]?$/.test(identityNumber) ? 'length' : 'characters' };
  }
  if (!/^\d{17}[\dX]$/.test(identityNumber)) return { valid: false, fault: 'characters' };
  const birthDate = `${identityNumber.slice(6, 10)}-${identityNumber.slice(10, 12)}-${identityNumber.slice(12, 14)}`;
  if (!isDate(birthDate) || birthDate < '1880-01-01' || birthDate > today) return { valid: false, fault: 'birth-date' };
  if (identityCheckCharacter(identityNumber.slice(0, 17)) !== identityNumber.charAt(17)) {
    return { valid: false, fault: 'check-character' };
  }
  const sex = Number(identityNumber.charAt(16)) % 2 === 1 ? 'male' : 'female';
  return { valid: true, facts: { identityNumber, birthDate, sex } };
}

function isDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === text;
}

/** Completed years of life on `onDate`; both YYYY-MM-DD. */
export function ageInYears(birthDate: string, onDate: string): number {
  const years = Number(onDate.slice(0, 4)) - Number(birthDate.slice(0, 4));
  return onDate.slice(5) < birthDate.slice(5) ? years - 1 : years;
}
