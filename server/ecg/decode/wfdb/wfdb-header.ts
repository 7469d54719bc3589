import { decodeLimits } from '../decode-limits.ts';
import { EcgDecodeError } from '../ecg-decode-error.ts';
import { isoDate } from '../iso-time.ts';

/** One signal line of a header (WFDB header(5)). Amplitude of a sample: (sample - baseline) / gain in `units`. */
export interface WfdbSignal {
  file: string;
  format: number;
  samplesPerFrame: number;
  /** Frames by which the signal's samples stand too late in its file. */
  skew: number;
  byteOffset: number;
  gain: number;
  /** False where the header states no gain, so that 200 per unit was taken. */
  calibrated: boolean;
  baseline: number;
  units: string;
  initialValue: number;
  checksum: number | undefined;
  description: string;
}

/** One segment line: a record of its own, or "~" for a gap. */
export interface WfdbSegment {
  name: string;
  frames: number;
}

export interface WfdbHeader {
  record: string;
  framesPerSecond: number;
  /** Undefined where the header states none. */
  frames: number | undefined;
  acquiredAt: string | undefined;
  signals: WfdbSignal[];
  /** Of a record of several segments; then `signals` is empty. */
  segments: WfdbSegment[] | undefined;
  comments: string[];
}

const defaultFrequency = 250;
const defaultGain = 200;
const maximumHeaderBytes = 2 * 1024 * 1024;
const maximumSegments = 10_000;
const maximumRateHz = 1_000_000;
const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?$/i;

function malformed(problem: string): EcgDecodeError {
  return new EcgDecodeError('malformed', `WFDB header: ${problem}`);
}

/** A word cut short for messages. */
const short = (word: string): string => word.slice(0, 40);

/** HH:MM:SS and DD/MM/YYYY, which together are the start; either alone says too little. */
function readStart(time: string | undefined, date: string | undefined): string | undefined {
  const day = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(date ?? '');
  const iso = day ? isoDate(Number(day[3]), Number(day[2]), Number(day[1])) : undefined;
  const clock = /^(\d{1,2}):(\d{2}):(\d{2})(?:\.(\d+))?$/.exec(time ?? '');
  if (iso === undefined || !clock) return iso;
  const [, hour = '', minute = '', second = '', fraction = ''] = clock;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return iso;
  return `${iso}T${hour.padStart(2, '0')}:${minute}:${second}${/^0*$/.test(fraction) ? '' : `.${fraction.slice(0, 6)}`}`;
}

function count(word: string, most: number, what: string): number {
  if (!/^\d+$/.test(word)) throw malformed(`"${short(word)}" is no ${what}`);
  const value = Number(word);
  if (value > most) throw new EcgDecodeError('too-large', `WFDB header: ${what} ${short(word)} is more than ${most}`);
  return value;
}

/**
 * The name of a file beside the header. Anything that could lead elsewhere is refused, so that a header cannot have
 * other files read.
 */
export function neighbourName(name: string): string {
  if (name === '' || name.length > 200 || /[/\\:\u0000-\u001f]/.test(name) || /^\.+$/.test(name) || name === '-') {
    throw malformed(`"${short(name).replace(/\s/g, ' ')}" does not name a file beside the header`);
  }
  return name;
}

function readSignal(line: string, index: number): WfdbSignal {
  const [file = '', format = '', gainField, , zero, initial, checksum, , ...description] = line.split(/\s+/);
  const where = `signal ${index + 1}`;
  const layout = /^(\d{1,4})(?:x(\d{1,6}))?(?::(\d{1,9}))?(?:\+(\d{1,10}))?$/.exec(format);
  if (!layout) throw malformed(`${where}: "${short(format)}" is no format`);
  const samplesPerFrame = layout[2] === undefined ? 1 : Number(layout[2]);
  if (samplesPerFrame < 1) throw malformed(`${where}: no samples in a frame`);
  const amplitude = /^([^(/]+)(?:\(([+-]?\d+)\))?(?:\/(\S+))?$/.exec(gainField ?? '0');
  const stated = amplitude?.[1] ?? '';
  const gain = Math.abs(number.test(stated) ? Number(stated) : Number.NaN);
  // Zero says that there is none; beyond these bounds no sample would be a number any more.
  if (!amplitude || !(gain === 0 || (gain > 1e-6 && gain < 1e15))) {
    throw malformed(`${where}: "${short(gainField ?? '')}" is no gain`);
  }
  const whole = (word: string | undefined): number | undefined =>
    word !== undefined && /^[+-]?\d{1,12}$/.test(word) ? Number(word) : undefined;
  const calibrated = gain !== 0;
  return {
    file: file === '~' ? file : neighbourName(file),
    format: Number(layout[1]),
    samplesPerFrame,
    skew: Number(layout[3] ?? 0),
    byteOffset: Number(layout[4] ?? 0),
    gain: calibrated ? Number(stated) : defaultGain,
    calibrated,
    baseline: whole(amplitude[2]) ?? whole(zero) ?? 0,
    units: amplitude[3] ?? 'mV',
    // header(5): where it is missing, the initial value is the ADC's zero.
    initialValue: whole(initial) ?? whole(zero) ?? 0,
    checksum: whole(checksum),
    description: description.join(' ').slice(0, 64),
  };
}

function readSegment(line: string): WfdbSegment {
  const [name = '', frames = ''] = line.split(/\s+/);
  return {
    name: name === '~' ? name : neighbourName(name),
    frames: count(frames, Number.MAX_SAFE_INTEGER, 'length of a segment'),
  };
}

interface HeaderLines {
  lines: string[];
  comments: string[];
}

function splitLines(text: string): HeaderLines {
  const lines: string[] = [];
  const comments: string[] = [];
  for (const line of text.split(/\r\n|\n|\r/)) {
    const trimmed = line.trim();
    if (trimmed.startsWith('#')) comments.push(trimmed.slice(1).trim());
    else if (trimmed !== '') lines.push(trimmed);
  }
  return { lines, comments };
}

/**
 * Parses a header file (WFDB header(5)).
 * @throws EcgDecodeError `malformed`, `truncated` when signal lines are missing, `too-large`
 */
export function readWfdbHeader(bytes: Uint8Array): WfdbHeader {
  if (bytes.length > maximumHeaderBytes) {
    throw new EcgDecodeError('too-large', `WFDB header: ${bytes.length} bytes; at most ${maximumHeaderBytes} are read`);
  }
  const { lines, comments } = splitLines(new TextDecoder('utf-8').decode(bytes));
  const [first = '', ...others] = lines;
  const [nameField = '', signalsField = '', rateField, framesField, time, date] = first.split(/\s+/);
  const [record = '', segmentsField] = nameField.split('/');
  const rateText = rateField === undefined ? String(defaultFrequency) : (/^[^/(]*/.exec(rateField)?.[0] ?? '');
  const framesPerSecond = number.test(rateText) ? Number(rateText) : Number.NaN;
  if (!(framesPerSecond > 0 && framesPerSecond <= maximumRateHz)) {
    throw malformed(`"${short(rateField ?? '')}" is no usable sampling frequency`);
  }
  const signals = count(signalsField, decodeLimits.leadsPerGroup, 'number of signals');
  const segments =
    segmentsField === undefined ? undefined : count(segmentsField, maximumSegments, 'number of segments');
  const frames = framesField === undefined ? 0 : count(framesField, Number.MAX_SAFE_INTEGER, 'number of samples');
  const wanted = segments ?? signals;
  if (others.length < wanted) {
    throw new EcgDecodeError('truncated', `WFDB header: ${wanted} lines are stated, ${others.length} follow`);
  }
  const body = others.slice(0, wanted);
  return {
    record: short(record),
    framesPerSecond,
    frames: frames === 0 ? undefined : frames,
    acquiredAt: readStart(time, date),
    signals: segments === undefined ? body.map(readSignal) : [],
    segments: segments === undefined ? undefined : body.map(readSegment),
    comments,
  };
}

/** Whether the bytes begin as a WFDB header does: a record line, then a signal or a segment line. */
export function looksLikeWfdbHeader(bytes: Uint8Array): boolean {
  const text = new TextDecoder('windows-1252').decode(bytes.subarray(0, 4000));

  if (/[\u0000-\u0008]/.test(text)) return false;
  const [record = '', next = ''] = splitLines(text).lines;
  const match = /^[\w.-]+(\/\d+)?\s+\d+(?:\s+[\d.]+\S*(?:\s+\d+(?:\s+[\d:.]+(?:\s+[\d/]+)?)?)?)?$/.exec(record);
  if (!match) return false;
  return match[1] === undefined ? /^\S+\s+\d{1,3}(?:[x:+]\d+)*(?:\s|$)/.test(next) : /^\S+\s+\d+$/.test(next);
}

/** The names of the files that hold a header's samples, at most five, for messages. */
export function sampleFileNames(bytes: Uint8Array): string[] {
  const { lines } = splitLines(new TextDecoder('windows-1252').decode(bytes.subarray(0, 4000)));
  const several = /^\S+\/\d/.test(lines[0] ?? '');
  const names = lines.slice(1).map((line) => `${short(line.split(/\s+/)[0] ?? '')}${several ? '.hea' : ''}`);
  return [...new Set(names)].slice(0, 5);
}
