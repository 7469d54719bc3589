import type { EcgDocument, EcgFilePatient } from '../../../../shared/ecg/waveform.ts';
import { isCjk } from '../../../../shared/dicom/dicom-text.ts';
import { isoDate } from '../iso-time.ts';
import type { ScpSection } from './scp-record.ts';

export interface ScpHeader {
  patient?: EcgFilePatient;
  acquiredAt?: string;
  device?: NonNullable<EcgDocument['device']>;
  text: (bytes: Uint8Array) => string;
}

function tryDecode(bytes: Uint8Array, label: string): string | undefined {
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** EN 1064 5.4.5, language support code: the single-byte sets. (07 is ISO 10646 in UTF-8, 27 GB 2312.) */
const latinSets: ReadonlyMap<number, string> = new Map([
  [0x01, 'iso-8859-1'],
  [0x03, 'iso-8859-2'],
  [0x0b, 'iso-8859-4'],
  [0x13, 'iso-8859-5'],
  [0x1b, 'iso-8859-6'],
  [0x23, 'iso-8859-7'],
  [0x2b, 'iso-8859-8'],
  [0x33, 'iso-8859-11'],
  [0x3b, 'iso-8859-15'],
]);

/**
 * Texts end at the first zero byte. Chinese cardiographs write GBK or UTF-8 whatever the language code says, so what is
 * valid UTF-8 is read so; then the declared Latin set; then, where none is declared, GB18030.
 */
function textDecoder(languageCode: number | undefined): (bytes: Uint8Array) => string {
  return (bytes) => {
    const end = bytes.indexOf(0);
    const value = bytes.subarray(0, Math.min(end < 0 ? bytes.length : end, 4000));
    const latin = languageCode === undefined ? undefined : latinSets.get(languageCode);
    const decoded =
      tryDecode(value, 'utf-8') ??
      (latin === undefined ? tryDecode(value, 'gb18030') : undefined) ??
      new TextDecoder(latin ?? 'windows-1252').decode(value);
    return decoded.trim();
  };
}

/** Tag 14, the acquiring device (EN 1064 5.4.5): fixed part of 36 bytes, then zero-ended texts. */
function readDevice(value: Uint8Array, text: (bytes: Uint8Array) => string): ScpHeader['device'] {
  const device: NonNullable<EcgDocument['device']> = {};
  const model = text(value.subarray(8, 14));
  if (model !== '') device.model = model;
  const strings: string[] = [];
  let at = 36;
  while (at < value.length && strings.length < 5) {
    const end = value.indexOf(0, at);
    const stop = end < 0 ? value.length : end;
    strings.push(text(value.subarray(at, stop)));
    at = stop + 1;
  }
  const [, serialNumber, softwareVersion, , manufacturer] = strings;
  const known = (words: string | undefined): words is string => words !== undefined && !/^(unknown)?$/i.test(words);
  if (known(serialNumber)) device.serialNumber = serialNumber;
  if (known(softwareVersion)) device.softwareVersion = softwareVersion;
  if (known(manufacturer)) device.manufacturer = manufacturer;
  return Object.keys(device).length > 0 ? device : undefined;
}

/** Tag 4 (EN 1064 5.4.5): a number and its unit: 1 years, 2 months, 3 weeks, 4 days, 5 hours. */
function readAge(view: DataView): number | undefined {
  if (view.byteLength < 3) return undefined;
  const divisor = [undefined, 1, 12, 52.18, 365.25, 8766][view.getUint8(2)];
  return divisor === undefined ? undefined : Math.floor(view.getUint16(0, true) / divisor);
}

function readTags(section: ScpSection): Map<number, Uint8Array> {
  const tags = new Map<number, Uint8Array>();
  let at = 0;
  while (at + 3 <= section.content.length) {
    const tag = section.view.getUint8(at);
    if (tag === 255) break;
    const length = section.view.getUint16(at + 1, true);
    const value = section.content.subarray(at + 3, at + 3 + length);
    if (!tags.has(tag)) tags.set(tag, value);
    at += 3 + length;
  }
  return tags;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function readDate(value: Uint8Array | undefined): string | undefined {
  if (!value || value.length < 4) return undefined;
  const view = viewOf(value);
  return isoDate(view.getUint16(0, true), view.getUint8(2), view.getUint8(3));
}

/** Tags 25 and 26, with the offset of tag 34 in minutes (7FFF hex: unknown). */
function readAcquiredAt(tags: Map<number, Uint8Array>): string | undefined {
  const date = readDate(tags.get(25));
  const time = tags.get(26);
  if (date === undefined || !time || time.length < 3) return date;
  const [hour = 0, minute = 0, second = 0] = time;
  if (hour > 23 || minute > 59 || second > 60) return date;
  const two = (value: number): string => String(value).padStart(2, '0');
  const zone = tags.get(34);
  const offset = zone && zone.length >= 2 ? viewOf(zone).getInt16(0, true) : 0x7fff;
  const suffix =
    Math.abs(offset) > 14 * 60
      ? ''
      : `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
  return `${date}T${two(hour)}:${two(minute)}:${two(second)}${suffix}`;
}

/** Reads section 1, the patient and recording data (EN 1064 5.4). Any tag may be missing. */
export function readScpHeader(section: ScpSection | undefined): ScpHeader {
  if (!section) return { text: textDecoder(undefined) };
  const tags = readTags(section);
  const deviceTag = tags.get(14);
  const text = textDecoder(deviceTag && deviceTag.length > 16 ? deviceTag[16] : undefined);
  const textOf = (tag: number): string => text(tags.get(tag) ?? new Uint8Array());
  const patient: EcgFilePatient = {};
  const names = [textOf(0), textOf(3), textOf(1)].filter((name) => name !== '');
  if (names.length > 0) patient.name = names.join(names.some(isCjk) ? '' : ' ');
  if (textOf(2) !== '') patient.id = textOf(2);
  const sex = tags.get(8)?.[0];
  if (sex === 1) patient.sex = 'male';
  else if (sex === 2) patient.sex = 'female';
  const birthDate = readDate(tags.get(5));
  if (birthDate !== undefined) patient.birthDate = birthDate;
  const age = tags.get(4);
  const ageYears = age && readAge(viewOf(age));
  if (ageYears !== undefined && ageYears > 0 && ageYears < 150) patient.ageYears = ageYears;
  const acquiredAt = readAcquiredAt(tags);
  const device = deviceTag && readDevice(deviceTag, text);
  return {
    text,
    ...(Object.keys(patient).length > 0 ? { patient } : {}),
    ...(acquiredAt === undefined ? {} : { acquiredAt }),
    ...(device ? { device } : {}),
  };
}
