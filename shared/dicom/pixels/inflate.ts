import { ImagingError } from './imaging-error.ts';

/**
 * Inflate (RFC 1951) with a cap on what comes out. The platform's DecompressionStream refuses the padding byte that
 * PS3.5 A.5 allows behind a deflated data set, and cannot be stopped before it has swallowed a bomb's next block.
 */

const LENGTH_BASE = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258]; // prettier-ignore
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577]; // prettier-ignore
const DISTANCE_EXTRA = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13]; // prettier-ignore
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const MAXIMUM_CODE_BITS = 15;
const FAST_BITS = 10;
const FAST_SIZE = 1 << FAST_BITS;

interface HuffmanTable {
  /** Symbol << 4 | length by the next ten bits as they stand in the stream; 0 where the code is longer. */
  fast: Uint16Array;
  /** How many codes have each length. */
  counts: Uint16Array;
  /** Symbols in the order of their codes. */
  symbols: Uint16Array;
}

/**
 * Inflates raw deflate data; bytes after its last block are ignored.
 * @throws ImagingError `too-large` as soon as the output would pass `maximumBytes`, `truncated` or `damaged`.
 */
export function inflateRaw(input: Uint8Array, maximumBytes: number): Uint8Array {
  let output = new Uint8Array(Math.min(maximumBytes, Math.max(1024, input.length * 4)));
  let written = 0;
  let position = 0;
  let bitBuffer = 0;
  let bitCount = 0;

  const reserve = (count: number): void => {
    if (written + count > maximumBytes) throw new ImagingError('too-large', 'deflate');
    if (written + count <= output.length) return;
    const larger = new Uint8Array(Math.min(maximumBytes, Math.max(output.length * 2, written + count)));
    larger.set(output.subarray(0, written));
    output = larger;
  };
  const bits = (count: number): number => {
    while (bitCount < count) {
      if (position >= input.length) throw new ImagingError('truncated', 'deflate');
      bitBuffer |= input[position++]! << bitCount;
      bitCount += 8;
    }
    const value = bitBuffer & ((1 << count) - 1);
    bitBuffer >>>= count;
    bitCount -= count;
    return value;
  };
  const symbol = ({ fast, counts, symbols }: HuffmanTable): number => {
    while (bitCount < MAXIMUM_CODE_BITS && position < input.length) {
      bitBuffer |= input[position++]! << bitCount;
      bitCount += 8;
    }
    const entry = fast[bitBuffer & (FAST_SIZE - 1)]!;
    if (entry !== 0 && (entry & 15) <= bitCount) {
      bitBuffer >>>= entry & 15;
      bitCount -= entry & 15;
      return entry >>> 4;
    }
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= MAXIMUM_CODE_BITS; length++) {
      code |= bits(1);
      const count = counts[length]!;
      if (code - count < first) return symbols[index + (code - first)]!;
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw new ImagingError('damaged', 'deflate code');
  };
  const compressedBlock = (literals: HuffmanTable, distances: HuffmanTable): void => {
    for (;;) {
      const literal = symbol(literals);
      if (literal === 256) return;
      if (literal < 256) {
        reserve(1);
        output[written++] = literal;
        continue;
      }
      const lengthBase = LENGTH_BASE[literal - 257];
      if (lengthBase === undefined) throw new ImagingError('damaged', 'deflate length');
      const length = lengthBase + bits(LENGTH_EXTRA[literal - 257]!);
      const distanceCode = symbol(distances);
      const distanceBase = DISTANCE_BASE[distanceCode];
      if (distanceBase === undefined) throw new ImagingError('damaged', 'deflate distance');
      const distance = distanceBase + bits(DISTANCE_EXTRA[distanceCode]!);
      if (distance > written) throw new ImagingError('damaged', 'deflate distance');
      reserve(length);
      // Long copies by the engine; one that overlaps itself repeats a pattern and goes byte by byte.
      if (distance >= length && length > 24) {
        output.copyWithin(written, written - distance, written - distance + length);
        written += length;
      } else {
        for (let copied = 0; copied < length; copied++, written++) output[written] = output[written - distance]!;
      }
    }
  };

  const fixed = { literals: fixedLiterals(), distances: fixedDistances() };
  let last = false;
  while (!last) {
    last = bits(1) === 1;
    const kind = bits(2);
    if (kind === 0) {
      // Whole bytes that were read ahead belong to the stored block.
      position -= bitCount >> 3;
      bitBuffer = 0;
      bitCount = 0;
      if (position + 4 > input.length) throw new ImagingError('truncated', 'deflate');
      const length = input[position]! | (input[position + 1]! << 8);
      position += 4;
      if (position + length > input.length) throw new ImagingError('truncated', 'deflate');
      reserve(length);
      output.set(input.subarray(position, position + length), written);
      written += length;
      position += length;
    } else if (kind === 1) {
      compressedBlock(fixed.literals, fixed.distances);
    } else if (kind === 2) {
      const literalCount = bits(5) + 257;
      const distanceCount = bits(5) + 1;
      const codeCount = bits(4) + 4;
      const codeLengths = new Uint8Array(19);
      for (let index = 0; index < codeCount; index++) codeLengths[CODE_LENGTH_ORDER[index]!] = bits(3);
      const codeTable = huffmanTable(codeLengths);
      const lengths = new Uint8Array(literalCount + distanceCount);
      for (let index = 0; index < lengths.length;) {
        const value = symbol(codeTable);
        if (value < 16) {
          lengths[index++] = value;
          continue;
        }
        const repeated = value === 16 ? lengths[index - 1] : 0;
        if (repeated === undefined) throw new ImagingError('damaged', 'deflate lengths');
        const times = value === 16 ? 3 + bits(2) : value === 17 ? 3 + bits(3) : 11 + bits(7);
        if (index + times > lengths.length) throw new ImagingError('damaged', 'deflate lengths');
        lengths.fill(repeated, index, index + times);
        index += times;
      }
      compressedBlock(huffmanTable(lengths.subarray(0, literalCount)), huffmanTable(lengths.subarray(literalCount)));
    } else {
      throw new ImagingError('damaged', 'deflate block');
    }
  }
  return output.subarray(0, written);
}

function huffmanTable(lengths: Uint8Array): HuffmanTable {
  const counts = new Uint16Array(MAXIMUM_CODE_BITS + 1);
  for (const length of lengths) counts[length]!++;
  counts[0] = 0;
  const offsets = new Uint16Array(MAXIMUM_CODE_BITS + 2);
  for (let length = 1; length <= MAXIMUM_CODE_BITS; length++) {
    offsets[length + 1] = offsets[length]! + counts[length]!;
  }
  const symbols = new Uint16Array(lengths.length);
  const nextCode = new Uint16Array(MAXIMUM_CODE_BITS + 2);
  for (let length = 1; length <= MAXIMUM_CODE_BITS; length++) {
    nextCode[length + 1] = (nextCode[length]! + counts[length]!) << 1;
  }
  const fast = new Uint16Array(FAST_SIZE);
  lengths.forEach((length, symbol) => {
    if (!length) return;
    symbols[offsets[length]!++] = symbol;
    const code = nextCode[length]!++;
    if (length > FAST_BITS) return;
    let reversed = 0;
    for (let bit = 0; bit < length; bit++) reversed |= ((code >> bit) & 1) << (length - 1 - bit);
    for (let at = reversed; at < FAST_SIZE; at += 1 << length) fast[at] = (symbol << 4) | length;
  });
  return { fast, counts, symbols };
}

function fixedLiterals(): HuffmanTable {
  const lengths = new Uint8Array(288).fill(8);
  lengths.fill(9, 144, 256);
  lengths.fill(7, 256, 280);
  return huffmanTable(lengths);
}

function fixedDistances(): HuffmanTable {
  return huffmanTable(new Uint8Array(30).fill(5));
}
