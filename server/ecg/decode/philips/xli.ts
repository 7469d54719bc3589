import { EcgDecodeError } from '../ecg-decode-error.ts';

/*
 * XLI, the packing of Philips' resting ECGs, is described by no public standard. This follows the description that the
 * sierra-ecg-tools project (C. Watford) gives of it: each lead is a chunk of an 8-byte header (32-bit length of what
 * follows, 16 bits of unknown meaning, the first difference as 16 bits, all low byte first) and LZW codes of 10 bits,
 * highest bit first. Unpacked, the high bytes of all samples come before their low bytes; the first two are samples,
 * the others second differences with 64 added.
 */

const codeBits = 10;
/** Ends a chunk; the codes below it are strings. */
const endCode = (1 << codeBits) - 1;
const chunkHeaderBytes = 8;
const { round } = Math;

/** The bits left over after the last code, and what encoders append to fill their 32-bit buffer. */
const paddingBits = 40;

function malformed(where: string, problem: string): EcgDecodeError {
  return new EcgDecodeError('malformed', `${where}: the packed samples ${problem}`);
}

/**
 * Unpacks one chunk of LZW codes.
 * @returns at most `limit` bytes.
 * @throws EcgDecodeError `malformed` for a code that means nothing yet or for more than `limit` bytes, `truncated` when
 * the codes end before `limit` bytes without saying so.
 */
function unpackLzw(packed: Uint8Array, limit: number, where: string): Uint8Array {
  const out = new Uint8Array(limit);
  // A string of the table is a piece of what was unpacked already: each new one is the last string and the byte after it.
  const starts = new Int32Array(endCode);
  const lengths = new Int32Array(endCode);
  let next = 256;
  let at = 0;
  let lastStart = -1;
  let lastLength = 0;
  let buffer = 0;
  let bits = 0;
  let read = 0;
  for (;;) {
    while (bits < codeBits && read < packed.length) {
      buffer = ((buffer << 8) | (packed[read++] ?? 0)) & 0xffffff;
      bits += 8;
    }
    if (bits < codeBits) break;
    bits -= codeBits;
    const code = (buffer >> bits) & endCode;
    if (code === endCode) return out.subarray(0, at);
    if (at === limit) {
      if ((packed.length - read) * 8 + bits + codeBits > paddingBits) {
        throw malformed(where, `are more than the ${limit / 2} that durationperchannel states`);
      }
      return out;
    }
    if (lastStart >= 0 && next < endCode) {
      starts[next] = lastStart;
      lengths[next++] = lastLength + 1;
    }
    const length = code < 256 ? 1 : (lengths[code] ?? 0);
    if (code >= 256 && code >= next) throw malformed(where, `use code ${code} before it has a meaning`);
    if (at + length > limit) {
      throw malformed(where, `are more than the ${limit / 2} that durationperchannel states`);
    }
    lastStart = at;
    lastLength = length;
    if (code < 256) out[at++] = code;
    else {
      // Byte by byte: a string may end with the first byte of its own copy.
      const from = starts[code] ?? 0;
      for (let i = 0; i < length; i++) out[at++] = out[from + i] ?? 0;
    }
  }
  if (at < limit) throw new EcgDecodeError('truncated', `${where}: the packed samples end early`);
  return out;
}

/** Undoes the second differences. @throws EcgDecodeError `malformed` when a sample needs more than 16 bits */
function undoDifferences(stored: Int16Array, firstDifference: number, where: string): Int16Array {
  const samples = new Int16Array(stored.length);
  samples[0] = stored[0] ?? 0;
  samples[1] = stored[1] ?? 0;
  let before = samples[0];
  let last = samples[1];
  let difference = firstDifference;
  for (let i = 2; i < stored.length; i++) {
    const sample = 2 * last - before - difference;
    if (sample < -32768 || sample > 32767) throw malformed(where, `leave 16 bits at sample ${i}`);
    difference = (stored[i] ?? 0) - 64;
    samples[i] = sample;
    before = last;
    last = sample;
  }
  return samples;
}

/**
 * Unpacks the chunks of XLI data, one lead after the other.
 * @param leads how many are wanted; devices may append unused channels, which are passed over.
 * @param samplesPerLead as the file states it, before anything is allocated.
 * @param nameOf for messages.
 * @returns as many leads as the data hold, at most `leads`, in stored units; limb leads are still differences.
 * @throws EcgDecodeError `malformed`, `truncated`
 */
export function unpackXli(
  data: Uint8Array,
  leads: number,
  samplesPerLead: number,
  nameOf: (index: number) => string,
): Int16Array[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const unpacked: Int16Array[] = [];
  let at = 0;
  while (unpacked.length < leads && at < data.length) {
    const where = nameOf(unpacked.length);
    if (at + chunkHeaderBytes > data.length) {
      throw new EcgDecodeError('truncated', `${where}: the packed samples end inside a header`);
    }
    const length = view.getUint32(at, true);
    const firstDifference = view.getInt16(at + 6, true);
    at += chunkHeaderBytes;
    if (length > data.length - at) {
      throw new EcgDecodeError('truncated', `${where}: ${length} bytes are stated, ${data.length - at} follow`);
    }
    const bytes = unpackLzw(data.subarray(at, at + length), 2 * samplesPerLead, where);
    at += length;
    if (bytes.length % 2 === 1) throw malformed(where, 'are an odd number of bytes');
    const half = bytes.length / 2;
    const stored = new Int16Array(half);
    for (let i = 0; i < half; i++) stored[i] = ((bytes[i] ?? 0) << 8) | (bytes[half + i] ?? 0);
    unpacked.push(undoDifferences(stored, firstDifference, where));
  }
  return unpacked;
}

/** Floor of the half, as the device computes with whole units; `>> 1` of a signed number is that. */
const half = (sum: number): number => sum >> 1;

/** @throws EcgDecodeError `malformed` */
function within16Bits(sample: number, name: string): number {
  if (sample < -32768 || sample > 32767) throw malformed(`Lead ${name}`, 'leave 16 bits when put together');
  return sample;
}

/**
 * Puts the limb leads together: XLI stores III, aVR, aVL and aVF as what is left after computing them from I and II:
 * III = II - I - III', aVR = -aVR' - (I + II) / 2, aVL = (I - III) / 2 - aVL', aVF = (II + III) / 2 - aVF'.
 * @param leads I, II, III, aVR, aVL, aVF in this order, as many as the file holds; any others behind them.
 * @returns the same leads, these four only as far as both I and II reach.
 * @throws EcgDecodeError `malformed` when a sample leaves 16 bits
 */
export function restoreLimbLeads(leads: readonly Int16Array[]): Int16Array[] {
  const [one, two, third] = leads;
  if (!one || !two || !third) return [...leads];
  const length = Math.min(one.length, two.length, third.length);
  const three = third.slice(0, length);
  for (let i = 0; i < length; i++) three[i] = within16Bits((two[i] ?? 0) - (one[i] ?? 0) - (third[i] ?? 0), 'III');
  const augmented = (stored: Int16Array, name: string, computed: (i: number) => number): Int16Array => {
    const lead = stored.slice(0, length);
    for (let i = 0; i < lead.length; i++) lead[i] = within16Bits(computed(i) - (lead[i] ?? 0), name);
    return lead;
  };
  const formulas: [string, (i: number) => number][] = [
    ['aVR', (i) => -half((one[i] ?? 0) + (two[i] ?? 0))],
    ['aVL', (i) => half((one[i] ?? 0) - (three[i] ?? 0))],
    ['aVF', (i) => half((two[i] ?? 0) + (three[i] ?? 0))],
  ];
  const rest = leads.slice(3).map((lead, k) => {
    const [name, formula] = formulas[k] ?? [];
    return name !== undefined && formula ? augmented(lead, name, formula) : lead;
  });
  return [one, two, three, ...rest];
}

/** Whether lead III of unpacked data is closer to zero than to II - I: then the limb leads are differences all the same. */
export function holdsDifferences(leads: readonly Int16Array[]): boolean {
  const [one, two, three] = leads;
  if (!one || !two || !three) return false;
  let asDifference = 0;
  let asLead = 0;
  for (let i = 0; i < Math.min(one.length, two.length, three.length); i++) {
    asDifference += Math.abs(three[i] ?? 0);
    asLead += Math.abs((two[i] ?? 0) - (one[i] ?? 0) - (three[i] ?? 0));
  }
  return asDifference < asLead;
}

/** Samples of one channel, from a duration in milliseconds. */
export function samplesIn(durationMs: number, rateHz: number): number {
  return round((durationMs * rateHz) / 1000);
}
