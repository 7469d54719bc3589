import { isCjk } from '../../../../shared/dicom/dicom-text.ts';
import type { EcgDocument, EcgFilePatient } from '../../../../shared/ecg/waveform.ts';
import { isoDate } from '../iso-time.ts';
import { unsigned } from './mfer-definitions.ts';

/** Tag 81: family name ^ its reading ^ given name ^ its reading ...; some writers leave the readings out. */
export function readMferName(text: string): string | undefined {
  const parts = text.split('^').map((part) => part.trim());
  const chosen = parts.length > 2 ? parts.filter((_, i) => i % 2 === 0) : parts;
  const names = chosen.filter((part) => part !== '');
  if (names.length === 0) return undefined;
  return names.join(names.some(isCjk) ? '' : ' ');
}

/** Tag 83: age in years (1 byte) and days (2), then the date of birth as year (2), month and day; zero for unknown. */
export function readMferAge(value: Uint8Array, littleEndian: boolean): Pick<EcgFilePatient, 'ageYears' | 'birthDate'> {
  const years = value[0] ?? 0;
  const birthDate =
    value.length < 7 ? undefined : isoDate(unsigned(value.subarray(3, 5), littleEndian), value[5] ?? 0, value[6] ?? 0);
  return {
    ...(years > 0 && years < 150 ? { ageYears: years } : {}),
    ...(birthDate === undefined ? {} : { birthDate }),
  };
}

/** Tag 84. */
export function readMferSex(value: Uint8Array): EcgFilePatient['sex'] {
  return value[0] === 1 ? 'male' : value[0] === 2 ? 'female' : undefined;
}

/** Tag 85: year (2), month, day, hour, minute, second, milliseconds (2), microseconds (2). */
export function readMferTime(value: Uint8Array, littleEndian: boolean): string | undefined {
  if (value.length < 4) return undefined;
  const date = isoDate(unsigned(value.subarray(0, 2), littleEndian), value[2] ?? 0, value[3] ?? 0);
  const [hour = 99, minute = 99, second = 99] = value.subarray(4, 7);
  if (date === undefined || hour > 23 || minute > 59 || second > 59) return date;
  const two = (number: number) => String(number).padStart(2, '0');
  const milliseconds = value.length < 9 ? 0 : unsigned(value.subarray(7, 9), littleEndian);
  const fraction = milliseconds > 0 && milliseconds < 1000 ? `.${String(milliseconds).padStart(3, '0')}` : '';
  return `${date}T${two(hour)}:${two(minute)}:${two(second)}${fraction}`;
}

/** Tag 17: manufacturer ^ model ^ version ^ serial number. */
export function readMferDevice(text: string): EcgDocument['device'] {
  const [manufacturer = '', model = '', softwareVersion = '', serialNumber = ''] = text
    .split('^')
    .map((part) => part.trim());
  const device = {
    ...(manufacturer === '' ? {} : { manufacturer }),
    ...(model === '' ? {} : { model }),
    ...(serialNumber === '' ? {} : { serialNumber }),
    ...(softwareVersion === '' ? {} : { softwareVersion }),
  };
  return Object.keys(device).length > 0 ? device : undefined;
}
