import type { EcgDocument } from '../../../../shared/ecg/waveform.ts';
import { calibration, microvoltsPerUnit } from '../calibration.ts';
import { decodeLimits, WarningList } from '../decode-limits.ts';
import { EcgDecodeError } from '../ecg-decode-error.ts';
import { standardLeadFromLabel } from '../lead-names.ts';
import { readPlainText } from '../plain-text.ts';
import { bytesInMemory } from '../file-bytes.ts';
import type { FileBytes } from '../file-bytes.ts';
import { checkGroupCount, readWhole } from '../sample-source.ts';
import type { GroupSource, LeadSource, OpenedRecording } from '../sample-source.ts';
import { readFirstStart, readNotes, readRecordStarts } from './edf-annotations.ts';
import { printable, readEdfHeader } from './edf-header.ts';
import type { EdfHeader, EdfSignal } from './edf-header.ts';
import { readEdfAcquiredAt, readEdfDevice, readEdfPatient } from './edf-people.ts';

// Named once: looking it up at each sample costs much where globals are slow (Jest's contexts).
const { floor } = Math;

/** A megavolt: no amplifier measures more, and with less no sample overflows. */
const maximumMicrovolts = 1e12;

/** A signal that is a voltage, with the way from its stored numbers to microvolts. */
interface Voltage {
  signal: EdfSignal;
  name: string;
  isEcg: boolean;
  toMicrovolts: (raw: number) => number;
}

/** The micro sign as Latin 1, as UTF-8 read byte by byte, and as the Greek letter. */
function microvoltsPerDimension(dimension: string): number | undefined {
  return microvoltsPerUnit(dimension.replace(/^(?:\xb5|\xc2\xb5|\xce\xbc)/, 'u').replace(/^(.?)v$/, '$1V'));
}

/** EDF+ 2.1.3.4 and its standard texts: "ECG I", "EKG II", "ECG V1-REF", "Lead aVR"; else the label as it stands. */
function readLabel(label: string): { name: string; isEcg: boolean } {
  const marked = /^(?:ECG|EKG)(?:[\s:_.-]+|$)/i.exec(label);
  const rest = marked ? label.slice(marked[0].length) : label;
  const [first = '', ...reference] = rest.split('-');
  const standard =
    standardLeadFromLabel(rest) ??
    (reference.length === 1 && standardLeadFromLabel(reference[0] ?? '') === undefined
      ? standardLeadFromLabel(first)
      : undefined);
  return { name: standard ?? label, isEcg: marked !== null || standard !== undefined };
}

function readVoltage(signal: EdfSignal, number: number, warnings: WarningList): Voltage | undefined {
  if (signal.annotations || signal.samplesPerRecord === 0) return undefined;
  const text = readPlainText(Uint8Array.from(signal.label, (character) => character.charCodeAt(0)));
  const { name, isEcg } = readLabel(text === '' ? `channel ${number}` : text);
  const factor = microvoltsPerDimension(signal.dimension);
  if (factor === undefined) {
    warnings.add(`EDF: signal "${name}" is in "${printable(signal.dimension)}", which is no voltage; it was left out`);
    return undefined;
  }
  const { physicalMinimum, physicalMaximum, digitalMinimum, digitalMaximum } = signal;
  const scale = ((physicalMaximum - physicalMinimum) / (digitalMaximum - digitalMinimum)) * factor;
  const sane = Math.max(Math.abs(physicalMinimum), Math.abs(physicalMaximum)) * factor < maximumMicrovolts;
  if (!sane || !Number.isFinite(scale) || scale === 0 || digitalMaximum < digitalMinimum) {
    warnings.add(`EDF: signal "${name}" has no usable calibration; it was left out`);
    return undefined;
  }
  const offset = physicalMinimum * factor - digitalMinimum * scale;
  // What is left of a subtraction of equal numbers is no offset.
  const isZero = Math.abs(offset) < 1e-9 * Math.abs(physicalMinimum * factor);
  return { signal, name, isEcg, toMicrovolts: calibration(scale, isZero ? 0 : offset) };
}

/** Runs of records without a gap: first record, number of records, start in seconds after the start of the file. */
interface Piece {
  first: number;
  records: number;
  startSeconds: number;
}

/** EDF+ 2.1.4: in an EDF+D file each record says when it starts; pieces that do not touch are never joined. */
function findPieces(header: EdfHeader, voltages: readonly Voltage[]): Piece[] {
  const { records, recordSeconds } = header;
  if (!header.discontinuous) {
    const first = readFirstStart(header);
    return [{ first: 0, records, startSeconds: Number.isFinite(first) ? first : 0 }];
  }
  const recordStarts = readRecordStarts(header);
  const start = (record: number) => recordStarts[record] ?? Number.NaN;
  // Half of the shortest sampling interval.
  const tolerance = recordSeconds / 2 / Math.max(...voltages.map(({ signal }) => signal.samplesPerRecord));
  const pieces: Piece[] = [];
  let begin = 0;
  for (let record = 0; record < records; record++) {
    if (Number.isNaN(start(record))) {
      throw new EcgDecodeError('malformed', `EDF+D: data record ${record + 1} does not say when it starts`);
    }
    const last = record + 1 === records;
    if (last || !(Math.abs(start(record + 1) - start(record) - recordSeconds) <= tolerance)) {
      pieces.push({ first: begin, records: record + 1 - begin, startSeconds: start(begin) });
      begin = record + 1;
    }
  }
  checkGroupCount(pieces.length, 'EDF+D');
  return pieces;
}

function leadOf(header: EdfHeader, piece: Piece, { signal, name, toMicrovolts }: Voltage): LeadSource {
  const { file, recordBytes, bytesPerSample } = header;
  const { samplesPerRecord } = signal;
  const start = header.headerBytes + piece.first * recordBytes + signal.byteOffset;
  const stored: (at: number) => number =
    bytesPerSample === 2 ? (at) => file.int16(at) : (at) => file.uint16(at) | (file.int8(at + 2) << 16);
  return {
    name,
    sampleRateHz: Number((samplesPerRecord / header.recordSeconds).toPrecision(12)),
    count: piece.records * samplesPerRecord,
    microvoltsAt: (index) => {
      const record = floor(index / samplesPerRecord);
      return toMicrovolts(stored(start + record * recordBytes + (index - record * samplesPerRecord) * bytesPerSample));
    },
  };
}

function readSources(header: EdfHeader, warnings: WarningList): GroupSource[] {
  const voltages = header.signals.flatMap((signal, index) => readVoltage(signal, index + 1, warnings) ?? []);
  if (voltages.length === 0) throw new EcgDecodeError('not-an-ecg', 'EDF: no signal is a calibrated voltage');
  if (header.records === 0) throw new EcgDecodeError('truncated', 'EDF: the file holds no whole data record');
  if (header.recordSeconds === 0)
    throw new EcgDecodeError('malformed', 'EDF: data records with samples last 0 seconds');
  if (!voltages.some((voltage) => voltage.isEcg)) warnings.add('EDF: no signal is labelled as an ECG');
  const groups: GroupSource[] = [];
  for (const piece of findPieces(header, voltages)) {
    for (const isEcg of [true, false]) {
      const chosen = voltages.filter((voltage) => voltage.isEcg === isEcg);
      if (chosen.length === 0) continue;
      if (chosen.length > decodeLimits.leadsPerGroup) {
        throw new EcgDecodeError('too-large', `EDF: ${chosen.length} signals, at most ${decodeLimits.leadsPerGroup}`);
      }
      groups.push({
        label: isEcg ? 'rhythm' : 'other',
        ...(piece.startSeconds === 0 ? {} : { startMs: Math.round(piece.startSeconds * 1e6) / 1000 }),
        leads: chosen.map((voltage) => leadOf(header, piece, voltage)),
      });
    }
  }
  checkGroupCount(groups.length, 'EDF');
  return groups;
}

/** An EDF, EDF+ or BDF recording of any length, its samples unread. @throws EcgDecodeError */
export function openEdf(file: FileBytes): OpenedRecording {
  const warnings = new WarningList();
  const header = readEdfHeader(file, warnings);
  return {
    groups: readSources(header, warnings),
    describe() {
      const notes = readNotes(header);
      const patient = readEdfPatient(header);
      if (!patient) warnings.add('The file names no patient');
      const acquiredAt = readEdfAcquiredAt(header);
      if (acquiredAt === undefined) warnings.add('The file names no time of acquisition');
      const device = readEdfDevice(header);
      return {
        format: 'edf',
        ...(patient ? { patient } : {}),
        ...(acquiredAt === undefined ? {} : { acquiredAt }),
        ...(device ? { device } : {}),
        ...(notes.length > 0 ? { statements: notes } : {}),
        warnings: warnings.lines,
      };
    },
  };
}

/**
 * Reads an EDF, EDF+ or BDF recording. Signals labelled as an ECG become rhythm groups, other voltages groups called
 * other; what is no voltage is left out with a warning, annotations become statements.
 * @throws EcgDecodeError
 */
export function decodeEdf(bytes: Uint8Array): EcgDocument {
  const { groups, describe } = openEdf(bytesInMemory(bytes));
  return { ...describe(), groups: readWhole(groups, 'EDF') };
}
