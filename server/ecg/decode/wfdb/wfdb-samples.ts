import { EcgDecodeError } from '../ecg-decode-error.ts';

/** How one of the formats of WFDB signal(5) packs its samples. */
interface Packing {
  /** The value that stands for no sample; undefined where the format has none. */
  invalid: number | undefined;
  /** How many samples so many bytes hold. */
  held(bytes: number): number;
  /** Unpacks the first `count` samples; the bytes hold them all. */
  unpack(bytes: Uint8Array, count: number): Int32Array;
}

const at = (bytes: Uint8Array, index: number): number => bytes[index] ?? 0;

/** A packing of `width` bytes for each sample. */
function whole(width: number, invalid: number | undefined, read: (bytes: Uint8Array, at: number) => number): Packing {
  return {
    invalid,
    held: (bytes) => Math.floor(bytes / width),
    unpack(bytes, count) {
      const samples = new Int32Array(count);
      for (let i = 0; i < count; i++) samples[i] = read(bytes, i * width);
      return samples;
    },
  };
}

/** Two's complement of `bits` bits, from the lowest bits of a number. */
const signed = (value: number, bits: number): number => (value << (32 - bits)) >> (32 - bits);

/** 212: two samples of 12 bits in three bytes; the middle byte holds the high bits of both. */
const twelveBits: Packing = {
  invalid: -2048,
  held: (bytes) => Math.floor(bytes / 3) * 2 + (bytes % 3 === 2 ? 1 : 0),
  unpack(bytes, count) {
    const samples = new Int32Array(count);
    for (let i = 0, from = 0; i < count; i += 2, from += 3) {
      const middle = at(bytes, from + 1);
      samples[i] = signed(at(bytes, from) | (middle << 8), 12);
      if (i + 1 < count) samples[i + 1] = signed(at(bytes, from + 2) | ((middle >> 4) << 8), 12);
    }
    return samples;
  },
};

/** The value of one of the three samples of 10 bits in the four bytes at `from`. */
type OfThree = (bytes: Uint8Array, from: number, which: number) => number;

const pair = (bytes: Uint8Array, from: number): number => at(bytes, from) | (at(bytes, from + 1) << 8);

/** 310: 11 bits of each byte pair without the lowest; the upper 5 bits of both make the third sample. */
const of310: OfThree = (bytes, from, which) => {
  if (which < 2) return signed(pair(bytes, from + 2 * which) >> 1, 10);
  return signed((pair(bytes, from) >> 11) | ((pair(bytes, from + 2) >> 11) << 5), 10);
};

/** 311: three times 10 bits from the lowest bit upwards, two bits unused. */
const of311: OfThree = (bytes, from, which) =>
  signed((pair(bytes, from) | (pair(bytes, from + 2) << 16)) >>> (10 * which), 10);

/** `rest[n]` samples are in n bytes after the last four. */
function threeInFour(read: OfThree, rest: readonly number[]): Packing {
  return {
    invalid: -512,
    held: (bytes) => Math.floor(bytes / 4) * 3 + (rest[bytes % 4] ?? 0),
    unpack(bytes, count) {
      const samples = new Int32Array(count);
      for (let i = 0; i < count; i++) samples[i] = read(bytes, Math.floor(i / 3) * 4, i % 3);
      return samples;
    },
  };
}

const packings: ReadonlyMap<number, Packing> = new Map([
  // Differences; the caller sums them up.
  [8, whole(1, undefined, (bytes, i) => signed(at(bytes, i), 8))],
  [16, whole(2, -32768, (bytes, i) => signed(pair(bytes, i), 16))],
  [24, whole(3, -(2 ** 23), (bytes, i) => signed(pair(bytes, i) | (at(bytes, i + 2) << 16), 24))],
  [32, whole(4, -(2 ** 31), (bytes, i) => pair(bytes, i) | (pair(bytes, i + 2) << 16))],
  [61, whole(2, -32768, (bytes, i) => signed((at(bytes, i) << 8) | at(bytes, i + 1), 16))],
  [80, whole(1, -128, (bytes, i) => at(bytes, i) - 128)],
  [160, whole(2, -32768, (bytes, i) => pair(bytes, i) - 32768)],
  [212, twelveBits],
  [310, threeInFour(of310, [0, 0, 1, 1])],
  [311, threeInFour(of311, [0, 0, 1, 2])],
]);

const compressed = new Set([508, 516, 524]);

/** @throws EcgDecodeError `unsupported-format` */
export function packingOf(format: number, where: string): Packing {
  const packing = packings.get(format);
  if (packing) return packing;
  const kind = compressed.has(format) ? 'FLAC compression' : 'an unknown packing';
  throw new EcgDecodeError('unsupported-format', `${where}: format ${format} is ${kind}, which is not read`);
}

/** Rows and columns of a MATLAB level 4 matrix that ends its header at `offset`; undefined for any other content. */
export function matlabShape(bytes: Uint8Array, offset: number): { rows: number; columns: number } | undefined {
  if (offset < 21 || bytes.length < offset) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [type, rows, columns, imaginary, nameLength] = [0, 4, 8, 12, 16].map((from) => view.getInt32(from, true));
  // MOPT: little-endian, full matrix of 32-bit, 16-bit or 8-bit numbers.
  if (type !== 20 && type !== 30 && type !== 40 && type !== 50) return undefined;
  if (imaginary !== 0 || nameLength !== offset - 20 || rows === undefined || columns === undefined) return undefined;
  return rows > 0 && columns > 0 ? { rows, columns } : undefined;
}
