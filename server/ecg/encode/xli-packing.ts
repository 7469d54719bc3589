const codeBits = 10;
const endCode = (1 << codeBits) - 1;

function toInt16(value: number, what: string): number {
  if (value < -32768 || value > 32767) throw new RangeError(`${what} does not fit 16 bits`);
  return value;
}

/** LZW with codes of 10 bits, highest bit first, ended by code 1023; the table is never emptied. */
function packLzw(bytes: Uint8Array): Uint8Array {
  const table = new Map<number, number>();
  const out: number[] = [];
  let buffer = 0;
  let bits = 0;
  const emit = (code: number): void => {
    buffer = (buffer << codeBits) | code;
    bits += codeBits;
    while (bits >= 8) {
      bits -= 8;
      out.push((buffer >> bits) & 0xff);
    }
    buffer &= (1 << bits) - 1;
  };
  let next = 256;
  let prefix = -1;
  for (const byte of bytes) {
    const longer = prefix < 0 ? byte : table.get((prefix << 8) | byte);
    if (longer !== undefined) {
      prefix = longer;
      continue;
    }
    emit(prefix);
    if (next < endCode) table.set((prefix << 8) | byte, next++);
    prefix = byte;
  }
  if (prefix >= 0) emit(prefix);
  emit(endCode);
  // Readers fill a buffer of 32 bits before each code.
  emit(0);
  emit(0);
  emit(0);
  emit(0);
  return Uint8Array.from(out);
}

/**
 * One lead as an XLI chunk (see decode/philips/xli.ts): second differences, high bytes before low bytes, LZW.
 * @throws RangeError when a second difference does not fit 16 bits
 */
export function packXliLead(samples: readonly number[]): Uint8Array {
  const at = (i: number) => samples[i] ?? 0;
  const stored = samples.map((sample, i) => {
    if (i < 2) return sample;
    return i + 1 < samples.length ? toInt16(64 + 2 * sample - at(i - 1) - at(i + 1), 'A second difference') : 64;
  });
  const bytes = new Uint8Array(2 * stored.length);
  stored.forEach((value, i) => {
    bytes[i] = (value >> 8) & 0xff;
    bytes[stored.length + i] = value & 0xff;
  });
  const packed = packLzw(bytes);
  const chunk = Buffer.alloc(8 + packed.length);
  chunk.writeUInt32LE(packed.length, 0);
  chunk.writeUInt16LE(1, 4);
  const first = samples.length > 2 ? toInt16(2 * at(1) - at(0) - at(2), 'The first difference') : 0;
  chunk.writeInt16LE(first, 6);
  chunk.set(packed, 8);
  return chunk;
}

/**
 * What XLI stores of I, II, III, aVR, aVL and aVF: the last four less what follows from the first two in whole units.
 * @throws RangeError when a difference does not fit 16 bits
 */
export function limbLeadDifferences(leads: readonly (readonly number[])[]): number[][] {
  const [one = [], two = [], three = [], right = [], left = [], foot = []] = leads;
  const each = (lead: readonly number[], difference: (sample: number, i: number) => number) =>
    lead.map((sample, i) => toInt16(difference(sample, i), 'A difference of limb leads'));
  const at = (lead: readonly number[], i: number) => lead[i] ?? 0;
  return [
    [...one],
    [...two],
    each(three, (sample, i) => at(two, i) - at(one, i) - sample),
    each(right, (sample, i) => -((at(one, i) + at(two, i)) >> 1) - sample),
    each(left, (sample, i) => ((at(one, i) - at(three, i)) >> 1) - sample),
    each(foot, (sample, i) => ((at(two, i) + at(three, i)) >> 1) - sample),
  ];
}
