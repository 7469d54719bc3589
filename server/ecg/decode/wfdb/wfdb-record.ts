import { calibration } from '../calibration.ts';
import type { WarningList } from '../decode-limits.ts';
import { decodeLimits, SampleBudget } from '../decode-limits.ts';
import { EcgDecodeError } from '../ecg-decode-error.ts';
import { neighbourName, readWfdbHeader } from './wfdb-header.ts';
import type { WfdbHeader, WfdbSignal } from './wfdb-header.ts';
import { matlabShape, packingOf } from './wfdb-samples.ts';

/** Hands out a file beside the header; undefined when there is none. */
export type OpenNeighbour = (name: string) => Uint8Array | undefined;

/** One signal's samples, in `microvoltsPerUnit`'s unit where it is a voltage; null where the record holds none. */
export interface ReadSignal {
  signal: WfdbSignal;
  samples: (number | null)[];
}

const voltUnits: Readonly<Record<string, number>> = { nv: 0.001, uv: 1, µv: 1, μv: 1, mv: 1000, v: 1_000_000 };

/** Microvolts in one unit; undefined for what is no voltage. */
export function microvoltsPer(units: string): number | undefined {
  return voltUnits[units.toLowerCase()];
}

/** Opens files and counts their bytes over the whole record. */
export class NeighbourFiles {
  readonly #open: OpenNeighbour;
  #bytes = 0;

  constructor(open: OpenNeighbour) {
    this.#open = open;
  }

  /** @returns undefined when the file is not there. @throws EcgDecodeError `too-large` */
  find(name: string): Uint8Array | undefined {
    const bytes = this.#open(neighbourName(name));
    this.#bytes += bytes?.length ?? 0;
    if (this.#bytes > decodeLimits.fileBytes) {
      throw new EcgDecodeError(
        'too-large',
        `WFDB: the files of the record have more than ${decodeLimits.fileBytes} bytes`,
      );
    }
    return bytes;
  }

  /** @throws EcgDecodeError `truncated` when the file is not there, `too-large` */
  read(name: string): Uint8Array {
    const bytes = this.find(name);
    if (!bytes) throw new EcgDecodeError('truncated', missingFile(name));
    return bytes;
  }
}

const missingFile = (name: string): string => `WFDB: the file ${name.slice(0, 80)} is not beside the header`;
const nameOf = (signal: WfdbSignal): string => signal.description || signal.file;

/** Signals that share a file take turns in it; header(5) calls them a group. */
interface FileGroup {
  file: string;
  signals: WfdbSignal[];
  frameSize: number;
}

function fileGroups(signals: readonly WfdbSignal[]): FileGroup[] {
  const groups = new Map<string, FileGroup>();
  for (const signal of signals) {
    const group = groups.get(signal.file) ?? { file: signal.file, signals: [], frameSize: 0 };
    groups.set(signal.file, group);
    group.signals.push(signal);
    group.frameSize += signal.samplesPerFrame;
    if (signal.format !== group.signals[0]?.format) {
      throw new EcgDecodeError('malformed', `WFDB: the file ${signal.file} is said to be of two formats`);
    }
  }
  return [...groups.values()];
}

interface OpenedGroup extends FileGroup {
  bytes: Uint8Array;
  /** Whole frames that the bytes hold. */
  heldFrames: number;
}

function openGroup(group: FileGroup, files: NeighbourFiles): OpenedGroup | undefined {
  const first = group.signals[0];
  const where = `WFDB file ${group.file}`;
  if (!first) throw new EcgDecodeError('malformed', `${where}: no signals`);
  const packing = packingOf(first.format, where);
  const bytes = files.find(group.file);
  if (!bytes) return undefined;
  if (first.byteOffset > bytes.length) {
    throw new EcgDecodeError('truncated', `${where}: its ${bytes.length} bytes end before the samples begin`);
  }
  const heldFrames = Math.floor(packing.held(bytes.length - first.byteOffset) / group.frameSize);
  return { ...group, bytes, heldFrames };
}

/**
 * Where sample k of frame f of a signal stands among the file's samples. A MATLAB matrix with the samples in rows
 * instead of columns holds one signal after the other.
 */
function indexer(group: OpenedGroup, frames: number, warnings: WarningList): (f: number, k: number) => number {
  const offset = group.signals[0]?.byteOffset ?? 0;
  const shape = matlabShape(group.bytes, offset);
  const taken = (f: number, k: number) => f * group.frameSize + k;
  if (!shape || (shape.rows === group.frameSize && shape.columns >= frames)) return taken;
  if (shape.columns === group.frameSize && shape.rows >= frames) return (f, k) => k * shape.rows + f;
  warnings.add(
    `WFDB file ${group.file}: a matrix of ${shape.rows} by ${shape.columns}, the header states ${group.frameSize} by ${frames}`,
  );
  return taken;
}

/** Sums up the differences of format 8, each signal from its initial value. */
function sumDifferences(raw: Int32Array, initialValue: number): void {
  let sum = initialValue;
  for (let i = 0; i < raw.length; i++) {
    sum += raw[i] ?? 0;
    raw[i] = sum;
  }
}

function checkSum(raw: Int32Array, count: number, signal: WfdbSignal, warnings: WarningList): void {
  if (signal.checksum === undefined) return;
  let sum = 0;
  for (let i = 0; i < count; i++) sum = (sum + (raw[i] ?? 0)) | 0;
  // Written with or without a sign.
  if (((sum - signal.checksum) & 0xffff) !== 0) {
    warnings.add(`WFDB signal ${nameOf(signal)}: the checksum is wrong, so the samples may be damaged`);
  }
}

/** The stored numbers of one signal, `frames` frames of them. */
function pickSignal(
  all: Int32Array,
  indexOf: (frame: number, within: number) => number,
  frames: number,
  firstInFrame: number,
  signal: WfdbSignal,
): Int32Array {
  const width = signal.samplesPerFrame;
  const raw = new Int32Array(frames * width);
  if (width === 1) for (let f = 0; f < frames; f++) raw[f] = all[indexOf(f, firstInFrame)] ?? 0;
  else {
    for (let f = 0; f < frames; f++) {
      for (let k = 0; k < width; k++) raw[f * width + k] = all[indexOf(f, firstInFrame + k)] ?? 0;
    }
  }
  return raw;
}

function toAmplitudes(raw: Int32Array, count: number, signal: WfdbSignal, invalid: number | undefined) {
  const toMicrovolts = calibration((microvoltsPer(signal.units) ?? 1) / signal.gain);
  const shift = signal.skew * signal.samplesPerFrame;
  const samples: (number | null)[] = [];
  for (let i = 0; i < count; i++) {
    const value = raw[i + shift];
    samples.push(value === undefined || value === invalid ? null : toMicrovolts(value - signal.baseline));
  }
  return samples;
}

/**
 * Reads the signals of a record of one segment. Signals of a file that is not there have no samples, with a warning.
 * @param budget counts the samples before anything is unpacked.
 * @throws EcgDecodeError `truncated` when no file is there or one holds fewer samples than the header states
 */
export function readSignals(
  header: WfdbHeader,
  files: NeighbourFiles,
  budget: SampleBudget,
  warnings: WarningList,
): { signals: ReadSignal[]; frames: number } {
  const groups: OpenedGroup[] = [];
  let absent = '';
  for (const group of fileGroups(header.signals.filter((signal) => signal.file !== '~'))) {
    const opened = openGroup(group, files);
    if (opened) groups.push(opened);
    else {
      absent ||= group.file;
      warnings.add(missingFile(group.file));
    }
  }
  if (groups.length === 0 && absent !== '') throw new EcgDecodeError('truncated', missingFile(absent));
  const frames = header.frames ?? Math.min(...groups.map((group) => group.heldFrames));
  if (!Number.isFinite(frames) || frames === 0)
    throw new EcgDecodeError('malformed', 'WFDB: the record holds no samples');
  const read = new Map<WfdbSignal, (number | null)[]>();
  for (const group of groups) {
    const where = `WFDB file ${group.file}`;
    if (group.heldFrames < frames) {
      throw new EcgDecodeError(
        'truncated',
        `${where}: ${frames} samples of each signal are stated, it holds ${group.heldFrames}`,
      );
    }
    // A late signal's last samples stand behind the stated end.
    const latest = Math.max(...group.signals.map((signal) => signal.skew));
    const reach = Math.min(group.heldFrames, frames + latest);
    const first = group.signals[0];
    const packing = packingOf(first?.format ?? 0, where);
    const indexOf = indexer(group, reach, warnings);
    // One signal after the other: the last ones stand at the end of what the file holds.
    const wanted = (indexOf(0, 1) === 1 ? reach : group.heldFrames) * group.frameSize;
    budget.take(wanted, where);
    const all = packing.unpack(group.bytes.subarray(first?.byteOffset ?? 0), wanted);
    let firstInFrame = 0;
    for (const signal of group.signals) {
      const raw = pickSignal(all, indexOf, reach, firstInFrame, signal);
      firstInFrame += signal.samplesPerFrame;
      if (signal.format === 8) sumDifferences(raw, signal.initialValue);
      const count = frames * signal.samplesPerFrame;
      if (header.frames !== undefined) checkSum(raw, count, signal, warnings);
      read.set(signal, toAmplitudes(raw, count, signal, packing.invalid));
    }
  }
  return { signals: header.signals.map((signal) => ({ signal, samples: read.get(signal) ?? [] })), frames };
}

function sameSignals(header: WfdbHeader): Map<string, WfdbSignal[]> {
  const named = new Map<string, WfdbSignal[]>();
  for (const signal of header.signals) {
    named.set(signal.description, [...(named.get(signal.description) ?? []), signal]);
  }
  return named;
}

/** Reads a segment's own header. @throws EcgDecodeError `malformed` when it has segments itself or another rate */
function openSegment(name: string, record: WfdbHeader, files: NeighbourFiles): WfdbHeader {
  const header = readWfdbHeader(files.read(`${name}.hea`));
  if (header.segments) throw new EcgDecodeError('malformed', `WFDB segment ${name}: it has segments itself`);
  if (header.framesPerSecond !== record.framesPerSecond) {
    throw new EcgDecodeError('malformed', `WFDB segment ${name}: its sampling frequency is not the record's`);
  }
  return header;
}

/**
 * Reads a record of several segments on one time line; what no segment holds is null. In a variable layout the first
 * segment, of no length, names the signals, and the others hold some of them each; in a fixed layout all hold the same.
 * @throws EcgDecodeError
 */
export function readSegments(
  record: WfdbHeader,
  files: NeighbourFiles,
  budget: SampleBudget,
  warnings: WarningList,
): { signals: ReadSignal[]; frames: number } {
  const segments = record.segments ?? [];
  const variable = segments[0]?.frames === 0 && segments[0].name !== '~';
  const parts = variable ? segments.slice(1) : segments;
  const firstReal = parts.find((segment) => segment.name !== '~');
  const model = variable ? segments[0]?.name : firstReal?.name;
  if (model === undefined) throw new EcgDecodeError('malformed', 'WFDB: no segment holds samples');
  const layout = openSegment(model, record, files);
  if (layout.signals.length === 0) throw new EcgDecodeError('malformed', `WFDB segment ${model}: no signals`);
  const frames = parts.reduce((sum, segment) => sum + segment.frames, 0);
  if (record.frames !== undefined && record.frames !== frames) {
    warnings.add(`WFDB: ${record.frames} samples are stated, the segments have ${frames} together`);
  }
  for (const signal of layout.signals) budget.take(frames * signal.samplesPerFrame, 'WFDB');
  const whole = layout.signals.map((signal): ReadSignal => ({
    signal,
    samples: new Array<null>(frames * signal.samplesPerFrame).fill(null),
  }));
  let at = 0;
  for (const { name, frames: length } of parts) {
    if (name !== '~' && length > 0) {
      const header = name === model && !variable ? layout : openSegment(name, record, files);
      const { signals, frames: held } = readSignals(header, files, new SampleBudget(), warnings);
      if (held !== length) warnings.add(`WFDB segment ${name}: ${length} samples are stated, it has ${held}`);
      placeSegment(whole, signals, layout, { variable, at, length: Math.min(held, length), name }, warnings);
    }
    at += length;
  }
  return { signals: whole, frames };
}

interface Place {
  variable: boolean;
  name: string;
  /** First frame and number of frames. */
  at: number;
  length: number;
}

function placeSegment(
  whole: readonly ReadSignal[],
  signals: readonly ReadSignal[],
  layout: WfdbHeader,
  { variable, name, at, length }: Place,
  warnings: WarningList,
): void {
  const byName = sameSignals(layout);
  signals.forEach(({ signal, samples }, index) => {
    // Signals of one name keep their order.
    const target = variable ? byName.get(signal.description)?.shift() : layout.signals[index];
    const destination = whole.find((candidate) => candidate.signal === target);
    const fits =
      target?.samplesPerFrame === signal.samplesPerFrame &&
      (microvoltsPer(target.units) === undefined) === (microvoltsPer(signal.units) === undefined);
    if (!destination || !fits) {
      warnings.add(`WFDB segment ${name}: signal ${nameOf(signal)} does not fit the record's layout; left out`);
      return;
    }
    const from = at * signal.samplesPerFrame;
    const count = Math.min(samples.length, length * signal.samplesPerFrame);
    for (let i = 0; i < count; i++) destination.samples[from + i] = samples[i] ?? null;
  });
}
