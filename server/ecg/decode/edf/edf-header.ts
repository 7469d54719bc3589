import { EcgDecodeError } from '../ecg-decode-error.ts';
import type { WarningList } from '../decode-limits.ts';
import type { FileBytes } from '../file-bytes.ts';

// Kemp B et al., "A simple format for exchange of digitized polygraphic recordings", Electroenceph Clin Neurophysiol
// 1992;82:391-393; Kemp B, Olivan J, "European data format 'plus' (EDF+)", Clin Neurophysiol 2003;114:1755-1761. BDF
// (BioSemi) is EDF with samples of 24 bits.

/** One signal's column of the header, and where its samples lie inside a data record. */
export interface EdfSignal {
  label: string;
  dimension: string;
  physicalMinimum: number;
  physicalMaximum: number;
  digitalMinimum: number;
  digitalMaximum: number;
  samplesPerRecord: number;
  byteOffset: number;
  annotations: boolean;
}

export interface EdfHeader {
  file: FileBytes;
  bytesPerSample: 2 | 3;
  plus: boolean;
  discontinuous: boolean;
  /** The fields as bytes, for their text may be in any encoding. */
  patientField: Uint8Array;
  recordingField: Uint8Array;
  startDate: string;
  startTime: string;
  headerBytes: number;
  recordBytes: number;
  /** Whole data records that the file really holds, at most as many as it declares. */
  records: number;
  recordSeconds: number;
  signals: EdfSignal[];
}

const maximumSignals = 512;

function field(bytes: Uint8Array, from: number, length: number): string {
  let text = '';
  for (let at = from; at < from + length; at++) text += String.fromCharCode(bytes[at] ?? 0);
  return text.replace(/[\0\s]+$/, '').trimStart();
}

/** A number as the header writes it: a point, by some writers a comma; NaN for anything else. */
function decimal(text: string): number {
  const plain = text.replace(',', '.');
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(plain) ? Number(plain) : Number.NaN;
}

function whole(text: string, name: string, least: number): number {
  const value = decimal(text);
  if (!Number.isInteger(value) || value < least || value > 2 ** 31) {
    throw new EcgDecodeError('malformed', `EDF: the ${name} is "${printable(text)}", which is no usable number`);
  }
  return value;
}

/** The field as it may stand in a message of one line. */
export function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 40);
}

/** The header of the file and of each signal. @throws EcgDecodeError `truncated` or `malformed` */
export function readEdfHeader(file: FileBytes, warnings: WarningList): EdfHeader {
  const bytes = file.slice(0, 256 * (1 + maximumSignals));
  if (bytes.length < 256) throw new EcgDecodeError('truncated', 'EDF: the file ends inside its header');
  const bytesPerSample = bytes[0] === 0xff ? 3 : 2;
  const count = whole(field(bytes, 252, 4), 'number of signals', 1);
  if (count > maximumSignals) {
    throw new EcgDecodeError('too-large', `EDF: ${count} signals, at most ${maximumSignals} are read`);
  }
  const headerBytes = 256 + 256 * count;
  if (bytes.length < headerBytes) {
    throw new EcgDecodeError('truncated', `EDF: the header of ${count} signals needs ${headerBytes} bytes`);
  }
  const stated = whole(field(bytes, 184, 8), 'length of the header', 0);
  if (stated !== headerBytes) warnings.add(`EDF: the header states ${stated} bytes of header, it has ${headerBytes}`);
  const signals = readSignals(bytes, count, bytesPerSample);
  const recordBytes = signals.reduce((sum, signal) => sum + signal.samplesPerRecord * bytesPerSample, 0);
  const recordSeconds = decimal(field(bytes, 244, 8));
  if (!(recordSeconds >= 0 && recordSeconds <= 1e6)) {
    const text = printable(field(bytes, 244, 8));
    throw new EcgDecodeError('malformed', `EDF: the duration of a data record is "${text}", which is no usable number`);
  }
  const reserved = field(bytes, 192, 44);
  return {
    file,
    bytesPerSample,
    plus: /^[EB]DF\+[CD]/.test(reserved),
    discontinuous: /^[EB]DF\+D/.test(reserved),
    patientField: bytes.subarray(8, 88),
    recordingField: bytes.subarray(88, 168),
    startDate: field(bytes, 168, 8),
    startTime: field(bytes, 176, 8),
    headerBytes,
    recordBytes,
    records: countRecords(file.length - headerBytes, recordBytes, field(bytes, 236, 8), warnings),
    recordSeconds,
    signals,
  };
}

/** Clause 2.1.3 of EDF: columns, each field of all signals before the next field. */
function readSignals(bytes: Uint8Array, count: number, bytesPerSample: number): EdfSignal[] {
  const column = (at: number, width: number, index: number) => field(bytes, 256 + at * count + index * width, width);
  const signals: EdfSignal[] = [];
  let byteOffset = 0;
  for (let index = 0; index < count; index++) {
    const label = column(0, 16, index);
    const samplesPerRecord = whole(column(216, 8, index), `number of samples of signal ${index + 1}`, 0);
    signals.push({
      label,
      dimension: column(96, 8, index),
      physicalMinimum: decimal(column(104, 8, index)),
      physicalMaximum: decimal(column(112, 8, index)),
      digitalMinimum: decimal(column(120, 8, index)),
      digitalMaximum: decimal(column(128, 8, index)),
      samplesPerRecord,
      byteOffset,
      annotations: /^[EB]DF Annotations$/.test(label),
    });
    byteOffset += samplesPerRecord * bytesPerSample;
  }
  return signals;
}

/** The number of data records: -1 while recording, and what a recorder states whose battery failed is too high. */
function countRecords(held: number, recordBytes: number, text: string, warnings: WarningList): number {
  if (recordBytes === 0) throw new EcgDecodeError('malformed', 'EDF: a data record holds no samples');
  const present = Math.floor(held / recordBytes);
  const stated = decimal(text);
  if (stated === -1) {
    warnings.add(`EDF: the number of data records is unknown (-1); the file holds ${present}, which were read`);
  } else if (!Number.isInteger(stated) || stated < 0) {
    throw new EcgDecodeError('malformed', `EDF: the number of data records is "${printable(text)}"`);
  } else if (stated > present) {
    warnings.add(
      `EDF: the header states ${stated} data records, the file holds ${present} whole ones, which were read`,
    );
  } else if (stated < present) {
    warnings.add(`EDF: the header states ${stated} data records; what lies behind them was left out`);
    return stated;
  }
  if (held > present * recordBytes) {
    warnings.add('EDF: the file ends with a part of a data record, which was left out');
  }
  return present;
}
