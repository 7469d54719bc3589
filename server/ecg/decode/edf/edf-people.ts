import type { EcgDocument, EcgFilePatient } from '../../../../shared/ecg/waveform.ts';
import { isoDate } from '../iso-time.ts';
import { readPlainText } from '../plain-text.ts';
import type { EdfHeader } from './edf-header.ts';

export const edfMonths = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'] as const;

/** The subfields of EDF+ 2.1.3.3: parted by spaces, a space inside one written as an underscore, X for unknown. */
function subfields(text: string): (string | undefined)[] {
  return text.split(/ +/).map((part) => (part === 'X' || part === '' ? undefined : part.replaceAll('_', ' ')));
}

function readDayMonthYear(text: string | undefined): string | undefined {
  const [, day = '', month = '', year = ''] = /^(\d{1,2})-([A-Za-z]{3})-(\d{4})$/.exec(text ?? '') ?? [];
  const number = (edfMonths as readonly string[]).indexOf(month.toUpperCase()) + 1;
  return number === 0 ? undefined : isoDate(Number(year), number, Number(day));
}

/** "code sex birthdate name"; plain EDF leaves the field free, so what does not have this form is taken as the name. */
export function readEdfPatient(header: EdfHeader): EcgFilePatient | undefined {
  const text = readPlainText(header.patientField);
  const parts = subfields(text);
  const [id, sex, birth, name] = parts;
  const patient: EcgFilePatient = {};
  if (!header.plus && !/^\S+ +[MFX] +(?:X|\d{1,2}-[A-Za-z]{3}-\d{4})(?: |$)/.test(text)) {
    const words = text.replace(/^(?:X ?)+$/, '');
    return words === '' ? undefined : { name: words };
  }
  if (id !== undefined) patient.id = id;
  if (name !== undefined) patient.name = name;
  if (sex === 'M') patient.sex = 'male';
  else if (sex === 'F') patient.sex = 'female';
  const birthDate = readDayMonthYear(birth);
  if (birthDate !== undefined) patient.birthDate = birthDate;
  return Object.keys(patient).length > 0 ? patient : undefined;
}

/**
 * Start date and time, local. The header's year has two digits: 85 to 99 are 1985 to 1999, 00 to 84 2000 to 2084, and
 * EDF+ writes "yy" from 2085 on; its recording field then tells the year (2.1.3.2). 01.01.85 with X is an unknown date.
 */
export function readEdfAcquiredAt(header: EdfHeader): string | undefined {
  const [start, day] = header.plus ? readPlainText(header.recordingField).split(/ +/) : [];
  const long = start === 'Startdate' ? readDayMonthYear(day) : undefined;
  const [, dd = '', mm = '', yy = ''] = /^(\d{2})[.:/-](\d{2})[.:/-](\d{2})$/.exec(header.startDate) ?? [];
  const unknown = start === 'Startdate' && day === 'X' && header.startDate === '01.01.85';
  const short =
    yy === '' || unknown ? undefined : isoDate(Number(yy) + (Number(yy) >= 85 ? 1900 : 2000), Number(mm), Number(dd));
  const date = long ?? short;
  const time = /^([01]\d|2[0-3])[.:]([0-5]\d)[.:]([0-5]\d)$/.exec(header.startTime);
  return date === undefined || !time ? date : `${date}T${time.slice(1).join(':')}`;
}

/** "Startdate dd-MMM-yyyy administration-code technician equipment" (EDF+ 2.1.3.3). */
export function readEdfDevice(header: EdfHeader): EcgDocument['device'] {
  const parts = subfields(readPlainText(header.recordingField));
  const equipment = header.plus && parts[0] === 'Startdate' ? parts[4] : undefined;
  return equipment === undefined ? undefined : { model: equipment };
}
