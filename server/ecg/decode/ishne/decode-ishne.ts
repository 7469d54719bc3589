import { isCjk } from '../../../../shared/dicom/dicom-text.ts';
import type { EcgDocument, EcgFilePatient } from '../../../../shared/ecg/waveform.ts';
import { calibration } from '../calibration.ts';
import { crcCcitt } from '../crc-ccitt.ts';
import { WarningList } from '../decode-limits.ts';
import { EcgDecodeError } from '../ecg-decode-error.ts';
import { isoDate } from '../iso-time.ts';
import { readPlainText } from '../plain-text.ts';
import { bytesInMemory } from '../file-bytes.ts';
import type { FileBytes } from '../file-bytes.ts';
import { readWhole } from '../sample-source.ts';
import type { GroupSource, LeadSource, OpenedRecording } from '../sample-source.ts';

// Badilini F, "The ISHNE Holter Standard Output File Format", Ann Noninvasive Electrocardiol 1998;3:263-266. All numbers
// are little endian; magic number and checksum (10 bytes) stand before the fixed block of 512 bytes.

const fixedEnd = 522;
/** The variable block is free text; what is longer is no text. */
const mostVariableBytes = 1024 * 1024;
const missingSample = -32768;

/** Lead_Spec of the paper; ES, AS and AI are those of the EASI lead system. */
const leadNames: readonly (string | undefined)[] = [
  undefined,
  undefined,
  ...['X', 'Y', 'Z', 'I', 'II', 'III', 'aVR', 'aVL', 'aVF'],
  ...['V1', 'V2', 'V3', 'V4', 'V5', 'V6', 'ES', 'AS', 'AI'],
];

/** Lead_Qual of the paper, those worth a reader's attention. */
const badQualities: ReadonlyMap<number, string> = new Map([
  [2, 'intermittent noise (under 10 % of the recording)'],
  [3, 'frequent noise (over 10 % of the recording)'],
  [4, 'intermittent disconnection (under 10 % of the recording)'],
  [5, 'frequent disconnection (over 10 % of the recording)'],
]);

/** The lead's number in Lead_Spec, for the writer; undefined for a name without one. */
export function ishneLeadCode(name: string): number | undefined {
  const code = leadNames.indexOf(name);
  return code < 0 ? undefined : code;
}

interface IshneHeader {
  file: FileBytes;
  /** The fixed block and what stands before it. */
  view: DataView;
  bytes: Uint8Array;
  leads: number;
  sampleRateHz: number;
  dataOffset: number;
}

function readHeader(file: FileBytes, warnings: WarningList): IshneHeader {
  const bytes = file.slice(0, fixedEnd);
  if (bytes.length < fixedEnd) {
    throw new EcgDecodeError('truncated', `ISHNE: the header has ${fixedEnd} bytes, the file only ${bytes.length}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const variableLength = view.getInt32(10, true);
  const variableOffset = view.getInt32(18, true);
  const dataOffset = view.getInt32(22, true);
  if (variableLength < 0 || (variableLength > 0 && variableOffset !== fixedEnd)) {
    throw new EcgDecodeError('malformed', 'ISHNE: the variable block has no sound place or length');
  }
  if (variableLength > mostVariableBytes) {
    const words = `a variable block of ${variableLength} bytes, at most ${mostVariableBytes} are read`;
    throw new EcgDecodeError('too-large', `ISHNE: ${words}`);
  }
  if (dataOffset < fixedEnd + variableLength) {
    throw new EcgDecodeError('malformed', `ISHNE: the samples begin at byte ${dataOffset}, inside the header`);
  }
  if (dataOffset > file.length) {
    throw new EcgDecodeError('truncated', `ISHNE: the samples begin at byte ${dataOffset}, behind the file's end`);
  }
  const checksum = crcCcitt(file.slice(10, fixedEnd + variableLength));
  if (checksum !== view.getUint16(8, true)) warnings.add('ISHNE: the checksum of the header is wrong');
  const leads = view.getInt16(156, true);
  if (leads < 1 || leads > 12) throw new EcgDecodeError('malformed', `ISHNE: ${leads} leads, but 1 to 12 are allowed`);
  const sampleRateHz = view.getInt16(272, true);
  if (sampleRateHz < 1) throw new EcgDecodeError('malformed', `ISHNE: the sampling rate is ${sampleRateHz} Hz`);
  return { file, view, bytes, leads, sampleRateHz, dataOffset };
}

/**
 * Samples of each lead. Writers disagree whether Sample_Size_ECG counts one lead or all of them; the file's length tells.
 */
function samplesPerLead({ file, view, leads, dataOffset }: IshneHeader, warnings: WarningList): number {
  const stated = view.getInt32(14, true);
  const held = Math.floor((file.length - dataOffset) / 2);
  const whole = Math.floor(held / leads);
  if (stated === whole || (stated === held && stated === whole * leads)) return whole;
  if (stated > 0 && stated < whole) {
    if (stated * leads < held)
      warnings.add(`ISHNE: ${held - stated * leads} numbers behind the last sample are left out`);
    return stated;
  }
  warnings.add(`ISHNE: the header states ${stated} samples; the file holds ${whole} of each lead, which were read`);
  return whole;
}

function readLead(header: IshneHeader, number: number, count: number, warnings: WarningList): LeadSource | undefined {
  const { file, view, leads, dataOffset, sampleRateHz } = header;
  const code = view.getInt16(158 + 2 * number, true);
  const name = leadNames[code] ?? `channel ${number + 1}`;
  const nanovolts = view.getInt16(206 + 2 * number, true);
  if (nanovolts <= 0) {
    warnings.add(`ISHNE: lead ${name} has no resolution and was left out`);
    return undefined;
  }
  if (leadNames[code] === undefined) warnings.add(`ISHNE: lead ${number + 1} has no standard name (code ${code})`);
  const quality = badQualities.get(view.getInt16(182 + 2 * number, true));
  if (quality !== undefined) warnings.add(`ISHNE: the recorder notes for lead ${name}: ${quality}`);
  const toMicrovolts = calibration(nanovolts / 1000);
  const first = dataOffset + 2 * number;
  return {
    name,
    sampleRateHz,
    count,
    microvoltsAt: (index) => {
      const raw = file.int16(first + index * leads * 2);
      return raw === missingSample ? null : toMicrovolts(raw);
    },
  };
}

function readSource(header: IshneHeader, warnings: WarningList): GroupSource[] {
  const count = samplesPerLead(header, warnings);
  if (count === 0) throw new EcgDecodeError('truncated', 'ISHNE: the file holds no whole sample of all leads');
  const leads: LeadSource[] = [];
  for (let number = 0; number < header.leads; number++) {
    const lead = readLead(header, number, count, warnings);
    if (lead) leads.push(lead);
  }
  if (leads.length === 0) throw new EcgDecodeError('malformed', 'ISHNE: no lead has a resolution');
  return [{ label: 'rhythm', leads }];
}

function readDate(view: DataView, at: number): string | undefined {
  return isoDate(view.getInt16(at + 4, true), view.getInt16(at + 2, true), view.getInt16(at, true));
}

function readPatient({ view, bytes }: IshneHeader): EcgFilePatient | undefined {
  const patient: EcgFilePatient = {};
  const text = (from: number, length: number) => readPlainText(bytes.subarray(from, from + length));
  const id = text(108, 20);
  if (id !== '') patient.id = id;
  const names = [text(28, 40), text(68, 40)].filter((name) => name !== '');
  // A Chinese name is written family name first, without a space.
  if (names.length > 0) patient.name = names.some(isCjk) ? names.reverse().join('') : names.join(' ');
  const sex = view.getInt16(128, true);
  if (sex === 1) patient.sex = 'male';
  else if (sex === 2) patient.sex = 'female';
  const birthDate = readDate(view, 132);
  if (birthDate !== undefined) patient.birthDate = birthDate;
  return Object.keys(patient).length > 0 ? patient : undefined;
}

function readAcquiredAt({ view }: IshneHeader): string | undefined {
  const date = readDate(view, 138);
  const [hour, minute, second] = [150, 152, 154].map((at) => view.getInt16(at, true)) as [number, number, number];
  if (date === undefined || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
    return date;
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date}T${two(hour)}:${two(minute)}:${two(second)}`;
}

const pacemakers: readonly (string | undefined)[] = [
  undefined,
  'a pacemaker of unknown type',
  'a single-chamber unipolar pacemaker',
  'a dual-chamber unipolar pacemaker',
  'a single-chamber bipolar pacemaker',
  'a dual-chamber bipolar pacemaker',
];

/** An ISHNE recording of any length, its samples unread. @throws EcgDecodeError */
export function openIshne(file: FileBytes): OpenedRecording {
  const warnings = new WarningList();
  const header = readHeader(file, warnings);
  return {
    groups: readSource(header, warnings),
    describe() {
      const patient = readPatient(header);
      if (!patient) warnings.add('The file names no patient');
      const acquiredAt = readAcquiredAt(header);
      if (acquiredAt === undefined) warnings.add('The file names no time of acquisition');
      const recorder = readPlainText(header.bytes.subarray(232, 272));
      const pacemaker = pacemakers[header.view.getInt16(230, true)];
      return {
        format: 'ishne',
        ...(patient ? { patient } : {}),
        ...(acquiredAt === undefined ? {} : { acquiredAt }),
        ...(recorder === '' ? {} : { device: { model: recorder } }),
        ...(pacemaker === undefined ? {} : { statements: [`The recorder notes ${pacemaker}`] }),
        warnings: warnings.lines,
      };
    },
  };
}

/**
 * Reads an ISHNE Holter recording, version 1.0. A sample of -32768 marks a lead fault and becomes null.
 * @throws EcgDecodeError
 */
export function decodeIshne(bytes: Uint8Array): EcgDocument {
  const { groups, describe } = openIshne(bytesInMemory(bytes));
  return { ...describe(), groups: readWhole(groups, 'ISHNE') };
}
