/** Small encoders, just good enough to make test images whose pixels are known exactly. */

/**
 * RLE Lossless (PS3.5 annex G) of one frame.
 * @param samples interleaved by pixel, little endian when of two bytes.
 */
export function encodeRle(samples: Uint8Array, samplesPerPixel: number, bytesPerSample: number): Uint8Array {
  const stride = samplesPerPixel * bytesPerSample;
  const segments: number[][] = [];
  for (let sample = 0; sample < samplesPerPixel; sample++) {
    for (let significance = bytesPerSample - 1; significance >= 0; significance--) {
      const plane: number[] = [];
      for (let at = sample * bytesPerSample + significance; at < samples.length; at += stride) plane.push(samples[at]!);
      segments.push(packBits(plane));
    }
  }
  const header = new DataView(new ArrayBuffer(64));
  header.setUint32(0, segments.length, true);
  let offset = 64;
  segments.forEach((segment, index) => {
    header.setUint32(4 * (index + 1), offset, true);
    offset += segment.length;
  });
  return Uint8Array.from([...new Uint8Array(header.buffer), ...segments.flat()]);
}

function packBits(plane: readonly number[]): number[] {
  const packed: number[] = [];
  for (let at = 0; at < plane.length;) {
    let run = 1;
    while (run < 128 && plane[at + run] === plane[at]) run += 1;
    if (run > 2) {
      packed.push(257 - run, plane[at]!);
      at += run;
      continue;
    }
    const from = at;
    while (at < plane.length && at - from < 128 && !(plane[at] === plane[at + 1] && plane[at] === plane[at + 2]))
      at += 1;
    packed.push(at - from - 1, ...plane.slice(from, at));
  }
  if (packed.length % 2) packed.push(0);
  return packed;
}

class BitWriter {
  readonly bytes: number[] = [];
  #buffer = 0;
  #count = 0;

  put(value: number, length: number): void {
    for (let bit = length - 1; bit >= 0; bit--) {
      this.#buffer = (this.#buffer << 1) | ((value >> bit) & 1);
      if (++this.#count < 8) continue;
      this.bytes.push(this.#buffer);
      // Byte stuffing (ISO/IEC 10918-1 F.1.2.3).
      if (this.#buffer === 0xff) this.bytes.push(0);
      this.#buffer = 0;
      this.#count = 0;
    }
  }

  flush(): void {
    while (this.#count !== 0) this.put(1, 1);
  }
}

/** Magnitude category and its bits (ISO/IEC 10918-1 F.1.2.1). */
function putDifference(writer: BitWriter, difference: number): void {
  const category = difference === 0 ? 0 : 32 - Math.clz32(Math.abs(difference));
  writer.put(category, 5);
  writer.put(difference < 0 ? difference + (1 << category) - 1 : difference, category);
}

const segment = (marker: number, body: number[]): number[] => [
  0xff,
  marker,
  (body.length + 2) >> 8,
  (body.length + 2) & 255,
  ...body,
];
/** Seventeen codes of five bits each, for categories 0 to 16. */
const CATEGORY_TABLE = [
  0,
  0,
  0,
  0,
  17,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  ...Array.from({ length: 17 }, (_, index) => index),
];

/**
 * JPEG extended, 12 bits (process 4): every block has one value, so that nothing is lost.
 * @param blocks values 0 to 4095 of blocks of 8 x 8, line by line.
 */
export function encodeJpeg12(blocks: readonly number[], blocksPerLine: number): Uint8Array {
  const width = blocksPerLine * 8;
  const height = (blocks.length / blocksPerLine) * 8;
  const writer = new BitWriter();
  let previous = 0;
  for (const value of blocks) {
    const dc = (value - 2048) * 8;
    putDifference(writer, dc - previous);
    previous = dc;
    writer.put(0, 1); // End of block: the one code of the AC table.
  }
  writer.flush();
  return Uint8Array.from([
    0xff,
    0xd8,
    ...segment(0xdb, [0, ...new Array<number>(64).fill(1)]),
    ...segment(0xc1, [12, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0]),
    ...segment(0xc4, [0x00, ...CATEGORY_TABLE]),
    ...segment(0xc4, [0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x00]),
    ...segment(0xda, [1, 1, 0x00, 0, 63, 0]),
    ...writer.bytes,
    0xff,
    0xd9,
  ]);
}

/** JPEG lossless, process 14 selection value 1: each pixel from its left neighbour (ISO/IEC 10918-1 H.1.2.1). */
export function encodeJpegLossless(samples: ArrayLike<number>, columns: number, precision: number): Uint8Array {
  const rows = samples.length / columns;
  const writer = new BitWriter();
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const at = row * columns + column;
      const predicted = column > 0 ? samples[at - 1]! : row > 0 ? samples[at - columns]! : 1 << (precision - 1);
      putDifference(writer, samples[at]! - predicted);
    }
  }
  writer.flush();
  return Uint8Array.from([
    0xff,
    0xd8,
    ...segment(0xc3, [precision, rows >> 8, rows & 255, columns >> 8, columns & 255, 1, 1, 0x11, 0]),
    ...segment(0xc4, [0x00, ...CATEGORY_TABLE]),
    ...segment(0xda, [1, 1, 0x00, 1, 0, 0]),
    ...writer.bytes,
    0xff,
    0xd9,
  ]);
}
