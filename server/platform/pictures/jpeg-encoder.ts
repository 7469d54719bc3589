import type { EightBitPicture } from './eight-bit-picture.ts';

/**
 * Baseline JPEG (ITU-T T.81) of eight-bit pictures, colours as YCbCr in a JFIF frame. Written here because the codec's
 * own encoder writes beyond its memory where a small or noisy picture grows by coding.
 */

/** Annex K.1, tables for luminance and chrominance, row by row. */
const LUMINANCE = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51,
  87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101,
  72, 92, 95, 98, 112, 100, 103, 99,
];
const CHROMINANCE = [
  17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99,
];
/** Annex K.3: how many codes there are of each length, and their symbols. */
const DC_COUNTS = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0];
const DC_SYMBOLS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
const AC_COUNTS = [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0x7d];
const AC_SYMBOLS = [
  0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51, 0x61, 0x07, 0x22, 0x71, 0x14,
  0x32, 0x81, 0x91, 0xa1, 0x08, 0x23, 0x42, 0xb1, 0xc1, 0x15, 0x52, 0xd1, 0xf0, 0x24, 0x33, 0x62, 0x72, 0x82, 0x09,
  0x0a, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3a,
  0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a, 0x63, 0x64, 0x65,
  0x66, 0x67, 0x68, 0x69, 0x6a, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88,
  0x89, 0x8a, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9,
  0xaa, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca,
  0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda, 0xe1, 0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0xea,
  0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa,
];
const SIDE = 8;
const BLOCK = 64;

/** Place in the block of the nth coefficient of the zigzag (figure A.6). */
const ZIGZAG = (() => {
  const order: number[] = [];
  for (let diagonal = 0; diagonal < 2 * SIDE - 1; diagonal += 1) {
    const along = Array.from({ length: SIDE }, (_, x) => [x, diagonal - x] as const).filter(
      ([, y]) => y >= 0 && y < SIDE,
    );
    for (const [x, y] of diagonal % 2 === 0 ? along : along.reverse()) order.push(y * SIDE + x);
  }
  return Uint8Array.from(order);
})();

/** How much larger than the DCT's the outcome of {@link transform} is, by row or column. */
const SCALES = Float64Array.from(
  { length: SIDE },
  (_, k) => Math.sqrt(8) * (k === 0 ? 1 : Math.SQRT2 * Math.cos((k * Math.PI) / 16)),
);

interface HuffmanCodes {
  codes: Uint16Array;
  lengths: Uint8Array;
}

/** Annex C: codes of one length follow each other. */
function huffmanCodes(counts: readonly number[], symbols: readonly number[]): HuffmanCodes {
  const codes = new Uint16Array(256);
  const lengths = new Uint8Array(256);
  let code = 0;
  let at = 0;
  counts.forEach((count, index) => {
    for (let done = 0; done < count; done += 1) {
      codes[symbols[at]!] = code;
      lengths[symbols[at]!] = index + 1;
      code += 1;
      at += 1;
    }
    code <<= 1;
  });
  return { codes, lengths };
}
const DC = huffmanCodes(DC_COUNTS, DC_SYMBOLS);
const AC = huffmanCodes(AC_COUNTS, AC_SYMBOLS);

/** Grows as it is written to. */
class Output {
  #bytes = new Uint8Array(64 * 1024);
  #length = 0;
  #buffer = 0;
  #count = 0;

  byte(value: number): void {
    if (this.#length === this.#bytes.length) {
      const larger = new Uint8Array(this.#bytes.length * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes[this.#length++] = value;
  }

  segment(marker: number, body: readonly number[]): void {
    for (const value of [0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 255, ...body]) this.byte(value);
  }

  /** Up to 16 bits, with a zero behind each FF (F.1.2.3). */
  bits(value: number, length: number): void {
    this.#buffer = (this.#buffer << length) | value;
    this.#count += length;
    while (this.#count >= 8) {
      this.#count -= 8;
      const byte = (this.#buffer >> this.#count) & 255;
      this.byte(byte);
      if (byte === 255) this.byte(0);
    }
    this.#buffer &= (1 << this.#count) - 1;
  }

  end(): Uint8Array {
    if (this.#count > 0) this.bits((1 << (8 - this.#count)) - 1, 8 - this.#count);
    this.byte(0xff);
    this.byte(0xd9);
    return this.#bytes.slice(0, this.#length);
  }
}

/**
 * Codes a picture, colours in full sampling: halved ones would blur the lines of ECG paper.
 * @param quality 1 to 100, as libjpeg scales its tables
 */
export function encodeJpeg(picture: EightBitPicture, quality: number): Uint8Array {
  const { columns, rows, channels } = picture;
  const percent = quality < 50 ? 5000 / quality : 200 - 2 * quality;
  const tables = [LUMINANCE, CHROMINANCE]
    .slice(0, channels === 1 ? 1 : 2)
    .map((table) => table.map((step) => Math.min(255, Math.max(1, Math.floor((step * percent + 50) / 100)))));
  const output = new Output();
  output.byte(0xff);
  output.byte(0xd8);
  output.segment(0xe0, [0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0]);
  tables.forEach((table, index) => output.segment(0xdb, [index, ...Array.from(ZIGZAG, (at) => table[at]!)]));
  const components = Array.from({ length: channels }, (_, index) => ({ id: index + 1, table: Math.min(1, index) }));
  output.segment(0xc0, [
    8,
    rows >> 8,
    rows & 255,
    columns >> 8,
    columns & 255,
    channels,
    ...components.flatMap(({ id, table }) => [id, 0x11, table]),
  ]);
  output.segment(0xc4, [0x00, ...DC_COUNTS, ...DC_SYMBOLS]);
  output.segment(0xc4, [0x10, ...AC_COUNTS, ...AC_SYMBOLS]);
  output.segment(0xda, [channels, ...components.flatMap(({ id }) => [id, 0x00]), 0, 63, 0]);

  const factors = tables.map(factorsOf);
  const blocks = components.map(() => new Float64Array(BLOCK));
  const coefficients = new Int32Array(BLOCK);
  const previous = [0, 0, 0];
  for (let top = 0; top < rows; top += SIDE)
    for (let left = 0; left < columns; left += SIDE) {
      fillBlocks(picture, left, top, blocks);
      for (let component = 0; component < channels; component += 1) {
        const block = blocks[component]!;
        const factor = factors[Math.min(1, component)]!;
        // The air around a body is even: the DCT of such a block is its mean alone.
        const last = isEven(block)
          ? quantiseEven(block, factor, coefficients)
          : quantise(transform(block), factor, coefficients);
        putBlock(output, coefficients, last, previous[component]!);
        previous[component] = coefficients[0]!;
      }
    }
  return output.end();
}

/** 8 x 8 pixels, each component around zero (colours: ITU-T T.871, 7); beyond the picture's edge its last pixel goes on. */
function fillBlocks(
  { columns, rows, channels, samples }: EightBitPicture,
  left: number,
  top: number,
  blocks: readonly Float64Array[],
): void {
  const luma = blocks[0]!;
  const blue = blocks[1];
  const red = blocks[2];
  if (channels === 1 && left + SIDE <= columns && top + SIDE <= rows) {
    for (let y = 0; y < SIDE; y += 1) {
      const from = (top + y) * columns + left;
      for (let x = 0; x < SIDE; x += 1) luma[y * SIDE + x] = samples[from + x]! - 128;
    }
    return;
  }
  for (let y = 0; y < SIDE; y += 1) {
    const line = Math.min(rows - 1, top + y) * columns;
    for (let x = 0; x < SIDE; x += 1) {
      const from = (line + Math.min(columns - 1, left + x)) * channels;
      const to = y * SIDE + x;
      if (blue === undefined || red === undefined) {
        luma[to] = samples[from]! - 128;
        continue;
      }
      const r = samples[from]!;
      const g = samples[from + 1]!;
      const b = samples[from + 2]!;
      luma[to] = 0.299 * r + 0.587 * g + 0.114 * b - 128;
      blue[to] = -0.168736 * r - 0.331264 * g + 0.5 * b;
      red[to] = 0.5 * r - 0.418688 * g - 0.081312 * b;
    }
  }
}

/** What a transformed coefficient is multiplied by to be quantised, in zigzag order. */
const factorsOf = (table: readonly number[]): Float64Array =>
  Float64Array.from(ZIGZAG, (at) => 1 / (table[at]! * SCALES[at >> 3]! * SCALES[at & 7]!));

const ROOT_HALF = Math.SQRT1_2;
const COS_6 = Math.cos((6 * Math.PI) / 16);
const DIFFERENCE = Math.SQRT2 * Math.cos((6 * Math.PI) / 16);
const SUM = Math.SQRT2 * Math.cos((2 * Math.PI) / 16);

/**
 * Scaled DCT in place, rows first and then columns: the five multiplications of Arai, Agui and Nakajima (A fast DCT-SQ
 * scheme for images, Trans. IEICE E71, 1988). The outcome is the DCT (A.3.3) times {@link SCALES} of row and column.
 */
function transform(block: Float64Array): Float64Array {
  for (let at = 0; at < BLOCK; at += SIDE) transformLine(block, at, 1);
  for (let at = 0; at < SIDE; at += 1) transformLine(block, at, SIDE);
  return block;
}

function isEven(block: Float64Array): boolean {
  const value = block[0]!;
  for (let at = 1; at < BLOCK; at += 1) if (block[at] !== value) return false;
  return true;
}

function transformLine(block: Float64Array, at: number, step: number): void {
  const i1 = at + step;
  const i2 = at + 2 * step;
  const i3 = at + 3 * step;
  const i4 = at + 4 * step;
  const i5 = at + 5 * step;
  const i6 = at + 6 * step;
  const i7 = at + 7 * step;
  const s07 = block[at]! + block[i7]!;
  const d07 = block[at]! - block[i7]!;
  const s16 = block[i1]! + block[i6]!;
  const d16 = block[i1]! - block[i6]!;
  const s25 = block[i2]! + block[i5]!;
  const d25 = block[i2]! - block[i5]!;
  const s34 = block[i3]! + block[i4]!;
  const d34 = block[i3]! - block[i4]!;

  const outer = s07 + s34;
  const inner = s16 + s25;
  const skew = s07 - s34;
  const turned = (s16 - s25 + skew) * ROOT_HALF;
  block[at] = outer + inner;
  block[i4] = outer - inner;
  block[i2] = skew + turned;
  block[i6] = skew - turned;

  const low = d34 + d25;
  const high = d16 + d07;
  const middle = (d25 + d16) * ROOT_HALF;
  const shared = (low - high) * COS_6;
  const rising = DIFFERENCE * low + shared;
  const falling = SUM * high + shared;
  block[i5] = d07 - middle + rising;
  block[i3] = d07 - middle - rising;
  block[i1] = d07 + middle + falling;
  block[i7] = d07 + middle - falling;
}

const quantised = (value: number, factor: number) => Math.floor(value * factor + 0.5);

/** Into zigzag order; answers the place of the last that is not zero, or 0. Baseline codes ten bits of an AC coefficient. */
function quantise(block: Float64Array, factors: Float64Array, coefficients: Int32Array): number {
  coefficients[0] = quantised(block[0]!, factors[0]!);
  let last = 0;
  for (let index = 1; index < BLOCK; index += 1) {
    const value = quantised(block[ZIGZAG[index]!]!, factors[index]!);
    coefficients[index] = value;
    if (value === 0) continue;
    last = index;
    if (value > 1023 || value < -1023) coefficients[index] = value > 0 ? 1023 : -1023;
  }
  return last;
}

function quantiseEven(block: Float64Array, factors: Float64Array, coefficients: Int32Array): 0 {
  coefficients[0] = quantised(block[0]! * BLOCK, factors[0]!);
  return 0;
}

const category = (value: number) => (value === 0 ? 0 : 32 - Math.clz32(Math.abs(value)));

function putValue(output: Output, { codes, lengths }: HuffmanCodes, symbol: number, value: number, size: number): void {
  output.bits(codes[symbol]!, lengths[symbol]!);
  if (size > 0) output.bits(value < 0 ? value + (1 << size) - 1 : value, size);
}

/** Codes a block (F.1.2) up to its last coefficient that is not zero, its DC as the difference to the one before. */
function putBlock(output: Output, coefficients: Int32Array, last: number, previous: number): void {
  const difference = coefficients[0]! - previous;
  const size = category(difference);
  putValue(output, DC, size, difference, size);
  let zeros = 0;
  for (let index = 1; index <= last; index += 1) {
    const value = coefficients[index]!;
    if (value === 0) {
      zeros += 1;
      continue;
    }
    for (; zeros > 15; zeros -= 16) putValue(output, AC, 0xf0, 0, 0);
    const bits = category(value);
    putValue(output, AC, (zeros << 4) | bits, value, bits);
    zeros = 0;
  }
  if (last < BLOCK - 1) putValue(output, AC, 0x00, 0, 0);
}
