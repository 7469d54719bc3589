import type { EcgGroupLabel } from '../../../../shared/ecg/waveform.ts';
import { calibration } from '../calibration.ts';
import type { SampleBudget, WarningList } from '../decode-limits.ts';
import { EcgDecodeError } from '../ecg-decode-error.ts';
import { leadNameFromCode } from '../lead-names.ts';
import type { Definitions, MferState, Quantity } from './mfer-definitions.ts';

/** Samples of one frame, or of several that follow each other without a gap. */
export interface MferPiece {
  label: EcgGroupLabel;
  startSeconds: number;
  endSeconds: number;
  /** Whether the file itself states the start. */
  placed: boolean;
  leads: { name: string; sampleRateHz: number; scale: number; samples: (number | null)[] }[];
}

interface DataType {
  bytes: number;
  read: (view: DataView, at: number, littleEndian: boolean) => number;
}

/** Tag 0A. Type 4 is a status of 16 bits, type 9 the AHA's differences of 8 bits. */
const dataTypes: readonly (DataType | undefined)[] = [
  { bytes: 2, read: (view, at, little) => view.getInt16(at, little) },
  { bytes: 2, read: (view, at, little) => view.getUint16(at, little) },
  { bytes: 4, read: (view, at, little) => view.getInt32(at, little) },
  { bytes: 1, read: (view, at) => view.getUint8(at) },
  { bytes: 2, read: (view, at, little) => view.getUint16(at, little) },
  { bytes: 1, read: (view, at) => view.getInt8(at) },
  { bytes: 4, read: (view, at, little) => view.getUint32(at, little) },
  { bytes: 4, read: (view, at, little) => view.getFloat32(at, little) },
  { bytes: 8, read: (view, at, little) => view.getFloat64(at, little) },
];
const statusType = 4;

/** Tag 08: waveform types that are an ECG's rhythm (0 is unstated); 9 is the dominant beat. */
const rhythmTypes: ReadonlySet<number> = new Set([0, 1, 2, 3, 4, 20, 21]);
const dominantBeat = 9;

const valueOf = ({ mantissa, exponent }: Quantity, shift = 0): number => Number(`${mantissa}e${exponent + shift}`);

/** Tag 0B: a frequency (unit 0, hertz) or an interval (unit 1, seconds); one kilohertz where nothing is said. */
function sampleRate(interval: Quantity | undefined, where: string): number {
  if (!interval) return 1000;
  const value = valueOf(interval);
  const rate = interval.unit === 0 ? value : interval.unit === 1 ? 1 / value : Number.NaN;
  if (!(rate > 0 && rate <= 1e6 && rate >= 1e-3)) {
    throw new EcgDecodeError('malformed', `${where}: no usable sampling interval (tag 0B)`);
  }
  return Number(rate.toPrecision(12));
}

interface Channel {
  number: number;
  type: DataType;
  blockLength: number;
  sequences: number | undefined;
  /** Undefined for a channel that is no voltage, which is only stepped over. */
  lead: MferPiece['leads'][number] | undefined;
  toSample: (raw: number) => number | null;
}

function readChannel(
  definitions: Definitions,
  number: number,
  where: string,
  text: TextOf,
  warnings: WarningList,
): Channel {
  const typeCode = definitions.dataType ?? 0;
  const type = dataTypes[typeCode];
  if (!type) {
    throw new EcgDecodeError(
      typeCode === 9 ? 'unsupported-format' : 'malformed',
      `${where}: channel ${number} has data type ${typeCode}${typeCode === 9 ? ' (AHA compression), which is not read' : ''}`,
    );
  }
  const blockLength = definitions.blockLength ?? 1;
  if (blockLength === 0)
    throw new EcgDecodeError('malformed', `${where}: the data block of channel ${number} is empty`);
  const name = leadName(definitions.lead, number, text);
  const sampleRateHz = sampleRate(definitions.interval, `${where}, channel ${number}`);
  const { resolution } = definitions;
  // One microvolt for each unit where nothing is said (tag 0C).
  const scale = resolution ? valueOf(resolution, 6) : 1;
  const isVoltage = typeCode !== statusType && (resolution?.unit ?? 0) === 0;
  const usable = isVoltage && scale !== 0 && Math.abs(scale) < 1e12;
  if (!usable) {
    const why = isVoltage ? 'has no usable resolution' : 'is no voltage';
    warnings.add(`${where}: channel ${number} (${name}) ${why} and was left out`);
  }
  const constant = (bytes: Uint8Array | undefined) => bytes && readConstant(bytes, type);
  const offset = constant(definitions.offset) ?? 0;
  const missing = constant(definitions.nullValue);
  const toMicrovolts = calibration(usable ? scale : 1, Math.abs(offset * scale) < 1e12 ? offset * scale : 0);
  return {
    number,
    type,
    blockLength,
    // None, or zero: as many as the data hold (tag 06).
    sequences: definitions.sequences || undefined,
    lead: usable ? { name, sampleRateHz, scale, samples: [] } : undefined,
    toSample: (raw) => {
      if (raw === missing) return null;
      const value = toMicrovolts(raw);
      return Math.abs(value) < 1e15 ? value : null;
    },
  };
}

type TextOf = (bytes: Uint8Array) => string;

function leadName(lead: Definitions['lead'], number: number, text: TextOf): string {
  const known = lead && leadNameFromCode(lead.code);
  if (known !== undefined) return known;
  const words = lead ? text(lead.words).slice(0, 64) : '';
  return words === '' ? `channel ${number}` : words;
}

/** A constant of the channel's data type, highest byte first; shorter and longer ones are taken as whole numbers. */
function readConstant(bytes: Uint8Array, type: DataType): number {
  const padded = new Uint8Array(8);
  if (bytes.length === type.bytes) padded.set(bytes);
  else {
    const negative = ((bytes[0] ?? 0) & 0x80) !== 0;
    padded.fill(negative ? 0xff : 0, 0, type.bytes);
    const low = bytes.subarray(Math.max(0, bytes.length - type.bytes));
    padded.set(low, type.bytes - low.length);
  }
  return type.read(new DataView(padded.buffer), 0, false);
}

/**
 * One frame (tag 1E): for each sequence, for each channel, one block of samples (ISO 22077-1 clause 5.2).
 * @throws EcgDecodeError when the definitions are unusable or the data shorter than they say
 */
export function readFrame(
  data: Uint8Array,
  state: MferState,
  where: string,
  text: TextOf,
  warnings: WarningList,
  budget: SampleBudget,
): MferPiece[] {
  if (state.channels === 0) throw new EcgDecodeError('malformed', `${where}: no channels (tag 05)`);
  const channels = Array.from({ length: state.channels }, (_, index) =>
    readChannel(state.of(index), index + 1, where, text, warnings),
  );
  const perSequence = channels.reduce((sum, { blockLength, type }) => sum + blockLength * type.bytes, 0);
  const fitting = Math.floor(data.length / perSequence);
  const counts = channels.map(({ sequences }) => sequences ?? fitting);
  const needed = channels.reduce(
    (sum, { blockLength, type }, i) => sum + blockLength * type.bytes * (counts[i] ?? 0),
    0,
  );
  if (needed > data.length) {
    throw new EcgDecodeError('truncated', `${where}: its definitions ask for ${needed} bytes, it has ${data.length}`);
  }
  if (needed === 0) throw new EcgDecodeError('truncated', `${where}: it holds no whole sequence of all channels`);
  if (needed < data.length)
    warnings.add(`${where}: ${data.length - needed} bytes behind the last sequence were left out`);
  channels.forEach(({ lead, blockLength }, i) => lead && budget.take(blockLength * (counts[i] ?? 0), where));
  readSamples(data, state.littleEndian, channels, counts);

  const origin = 1 / sampleRate(state.common.interval, where);
  const startSeconds = (state.pointer ?? 0) * origin;
  const byLabel = new Map<EcgGroupLabel, MferPiece['leads']>();
  for (const { number, lead } of channels) {
    if (!lead || lead.samples.length === 0) continue;
    const type = state.of(number - 1).waveformType ?? 0;
    const label = type === dominantBeat ? 'median' : rhythmTypes.has(type) ? 'rhythm' : 'other';
    byLabel.set(label, [...(byLabel.get(label) ?? []), lead]);
  }
  return [...byLabel].map(([label, leads]) => {
    const seconds = Math.max(...leads.map((lead) => lead.samples.length / lead.sampleRateHz));
    return { label, startSeconds, endSeconds: startSeconds + seconds, placed: state.pointer !== undefined, leads };
  });
}

function readSamples(
  data: Uint8Array,
  littleEndian: boolean,
  channels: readonly Channel[],
  counts: readonly number[],
): void {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const most = Math.max(...counts);
  let at = 0;
  for (let sequence = 0; sequence < most; sequence++) {
    for (let index = 0; index < channels.length; index++) {
      const { type, blockLength, lead, toSample } = channels[index]!;
      // Channels may have fewer sequences than others: they are left out of the later ones.
      if (sequence >= counts[index]!) continue;
      if (!lead) {
        at += blockLength * type.bytes;
        continue;
      }
      const { samples } = lead;
      for (let i = 0; i < blockLength; i++) {
        samples.push(toSample(type.read(view, at, littleEndian)));
        at += type.bytes;
      }
    }
  }
}

/**
 * Joins a piece to the one before where they touch: the same leads, rates and scales, and a start (tag 07) that is the
 * other's end; a frame that states no start continues the one before. Otherwise it stays by itself.
 */
export function joinPiece(pieces: MferPiece[], next: MferPiece): void {
  const last = pieces.findLast((piece) => piece.label === next.label);
  const rate = next.leads[0]?.sampleRateHz ?? 1;
  const same =
    last !== undefined &&
    next.label !== 'median' &&
    last.leads.length === next.leads.length &&
    last.leads.every((lead, i) => {
      const other = next.leads[i];
      return lead.name === other?.name && lead.sampleRateHz === other.sampleRateHz && lead.scale === other.scale;
    });
  const touches = same && (!next.placed || Math.abs(next.startSeconds - last.endSeconds) * rate < 0.5);
  if (!touches) {
    pieces.push(next);
    return;
  }
  last.leads.forEach((lead, i) => {
    for (const sample of next.leads[i]?.samples ?? []) lead.samples.push(sample);
  });
  last.endSeconds += next.endSeconds - next.startSeconds;
}
