import { EcgDecodeError } from '../ecg-decode-error.ts';

/** Tags of ISO 22077-1 that are read here; all others are stepped over. */
export const mferTags = {
  padding: 0x00,
  byteOrder: 0x01,
  characterSet: 0x03,
  blockLength: 0x04,
  channels: 0x05,
  sequences: 0x06,
  pointer: 0x07,
  waveformType: 0x08,
  lead: 0x09,
  dataType: 0x0a,
  interval: 0x0b,
  resolution: 0x0c,
  offset: 0x0d,
  compression: 0x0e,
  nullValue: 0x12,
  comment: 0x16,
  manufacturer: 0x17,
  waveform: 0x1e,
  channelAttribute: 0x3f,
  preamble: 0x40,
  event: 0x41,
  group: 0x67,
  end: 0x80,
  patientName: 0x81,
  patientId: 0x82,
  age: 0x83,
  sex: 0x84,
  time: 0x85,
} as const;

/** One definition: tag, for a channel attribute the channel's index, and the bytes of its value. */
export interface MferElement {
  tag: number;
  channel?: number;
  at: number;
  value: Uint8Array;
}

const hex = (tag: number) => tag.toString(16).toUpperCase().padStart(2, '0');

/**
 * The definitions in `bytes`, in their order, up to the end tag. Lengths have one byte up to 127, else a count of up to
 * four bytes with the highest first, or 80 hex for contents that end with two zero bytes (ISO 22077-1 clause 4).
 * `base` is where `bytes` begin in the file, for messages.
 * @throws EcgDecodeError `truncated` or `malformed`
 */
export function* readMferElements(bytes: Uint8Array, base = 0): Generator<MferElement> {
  let at = 0;
  while (at < bytes.length) {
    if (bytes[at] === mferTags.padding) {
      at++;
      continue;
    }
    const start = readStart(bytes, at, base);
    if (start.tag === mferTags.end) return;
    const end = start.length === undefined ? findEndOfContents(bytes, start.from, base) : start.from + start.length;
    if (end > bytes.length) {
      throw new EcgDecodeError(
        'truncated',
        `MFER: tag ${hex(start.tag)} at byte ${base + at} needs ${end - start.from} bytes, ${bytes.length - start.from} follow`,
      );
    }
    const { tag, channel } = start;
    yield { tag, at: base + at, value: bytes.subarray(start.from, end), ...(channel === undefined ? {} : { channel }) };
    at = start.length === undefined ? end + 2 : end;
  }
}

interface Start {
  tag: number;
  channel?: number;
  /** Undefined for contents that end with two zero bytes. */
  length: number | undefined;
  from: number;
}

function readStart(bytes: Uint8Array, at: number, base: number): Start {
  const tag = bytes[at] ?? 0;
  let from = at + 1;
  const next = (): number => {
    const byte = bytes[from++];
    if (byte === undefined)
      throw new EcgDecodeError('truncated', `MFER: the file ends inside tag ${hex(tag)} at byte ${base + at}`);
    return byte;
  };
  let channel: number | undefined;
  if (tag === mferTags.channelAttribute) {
    // Seven bits of the channel's index in each byte, the highest first.
    channel = 0;
    let byte: number;
    do {
      byte = next();
      channel = channel * 128 + (byte & 0x7f);
    } while (byte & 0x80 && channel < 65_536);
  }
  if (tag === mferTags.end) return { tag, length: 0, from };
  let length: number | undefined = next();
  if (length === 0x80) length = undefined;
  else if (length > 0x80) {
    const count = length & 0x7f;
    if (count > 4) {
      throw new EcgDecodeError(
        'malformed',
        `MFER: the length of tag ${hex(tag)} at byte ${base + at} has ${count} bytes`,
      );
    }
    length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + next();
  }
  return { tag, length, from, ...(channel === undefined ? {} : { channel }) };
}

/** Where the two zero bytes stand that end contents begun at `from`; one level, as the standard's examples have it. */
function findEndOfContents(bytes: Uint8Array, from: number, base: number): number {
  let at = from;
  while (at < bytes.length) {
    if (bytes[at] === 0 && bytes[at + 1] === 0) return at;
    if (bytes[at] === mferTags.padding) {
      at++;
      continue;
    }
    const { length, from: contents } = readStart(bytes, at, base);
    if (length === undefined)
      throw new EcgDecodeError('malformed', `MFER: contents without length inside others at byte ${base + at}`);
    at = contents + length;
  }
  throw new EcgDecodeError('truncated', `MFER: the contents that begin at byte ${base + from} have no end`);
}
