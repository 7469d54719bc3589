import { ImagingError } from './imaging-error.ts';
import type { PixelLayout } from './image-description.ts';

export type SampleArray =
  Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | Float32Array | Float64Array;

/** One decoded frame: samples pixel by pixel, colours interleaved, every value as the image means it. */
export interface DecodedFrame {
  rows: number;
  columns: number;
  samplesPerPixel: 1 | 3;
  /** MONOCHROME1, MONOCHROME2, PALETTE COLOR, RGB or YBR_FULL: what the samples are now. */
  photometricInterpretation: string;
  samples: SampleArray;
}

/** Words of 16 or more bits out of bytes, by byte order; a copy, so that the file's buffer can be let go. */
export function samplesFromBytes(
  bytes: Uint8Array,
  bits: number,
  kind: 'unsigned' | 'signed' | 'float',
  bigEndian: boolean,
): SampleArray {
  const copy = bytes.slice(0, bytes.length - (bytes.length % (bits / 8)));
  if (bigEndian) swapBytes(copy, bits / 8);
  const { buffer } = copy;
  if (kind === 'float') {
    if (bits === 32) return new Float32Array(buffer);
    if (bits === 64) return new Float64Array(buffer);
  } else if (bits === 8) {
    return kind === 'signed' ? new Int8Array(buffer) : copy;
  } else if (bits === 16) {
    return kind === 'signed' ? new Int16Array(buffer) : new Uint16Array(buffer);
  } else if (bits === 32) {
    return kind === 'signed' ? new Int32Array(buffer) : new Uint32Array(buffer);
  }
  throw new ImagingError('unsupported-pixels', `${bits} bits`);
}

/** Reverses the bytes of each word in place. */
export function swapBytes(bytes: Uint8Array, size: number): void {
  for (let start = 0; start + size <= bytes.length; start += size) bytes.subarray(start, start + size).reverse();
}

/**
 * Leaves the Bits Stored of each sample only: old overlays hide in the bits above and below, and a stored sign may
 * have to be carried up to the sample's own (PS3.5 clause 8.1.1).
 */
export function cutStoredBits(samples: SampleArray, layout: PixelLayout): SampleArray {
  const { bitsAllocated, bitsStored, highBit, signed } = layout;
  if (bitsStored >= bitsAllocated || bitsAllocated > 32 || samples instanceof Float32Array) return samples;
  const down = Math.max(0, highBit + 1 - bitsStored);
  const up = 32 - bitsStored;
  if (signed) {
    for (let index = 0; index < samples.length; index++) samples[index] = ((samples[index]! >> down) << up) >> up;
    return samples;
  }
  if (down === 0 && samples instanceof Uint16Array && !hasBits(samples, -1 << bitsStored)) return samples;
  for (let index = 0; index < samples.length; index++) samples[index] = ((samples[index]! >> down) << up) >>> up;
  return samples;
}

/** Whether any word has one of these bits; nearly always none has, which is told faster than it is mended. */
function hasBits(samples: Uint16Array, bits: number): boolean {
  if (samples.byteOffset % 4 !== 0) return true;
  const pairs = new Int32Array(samples.buffer, samples.byteOffset, samples.length >> 1);
  let all = samples.at(-1) ?? 0;
  for (let index = 0; index < pairs.length; index++) all |= pairs[index]!;
  return ((all | (all >>> 16)) & bits & 0xffff) !== 0;
}

/** Bits of a one-bit image, least significant first (PS3.5 clause 8.1.1), one sample a byte. */
export function unpackBits(bytes: Uint8Array, bitOffset: number, count: number): Uint8Array {
  const samples = new Uint8Array(count);
  for (let index = 0; index < count; index++) {
    const bit = bitOffset + index;
    samples[index] = (bytes[bit >> 3]! >> (bit & 7)) & 1;
  }
  return samples;
}

/** Red, green and blue planes to red, green, blue by turns. */
export function interleavePlanes<Samples extends SampleArray>(planes: Samples): Samples {
  const result = planes.slice() as Samples;
  const pixels = Math.floor(planes.length / 3);
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let plane = 0; plane < 3; plane++) result[pixel * 3 + plane] = planes[plane * pixels + pixel]!;
  }
  return result;
}

/** Y1 Y2 Cb Cr of two neighbours (PS3.3 C.7.6.3.1.2) to Y Cb Cr of each. */
export function expand422(samples: SampleArray, pixels: number): SampleArray {
  const result = new (samples.constructor as Uint8ArrayConstructor)(pixels * 3) as SampleArray;
  for (let pixel = 0; pixel < pixels; pixel++) {
    const pair = (pixel >> 1) * 4;
    result[pixel * 3] = samples[pair + (pixel & 1)]!;
    result[pixel * 3 + 1] = samples[pair + 2]!;
    result[pixel * 3 + 2] = samples[pair + 3]!;
  }
  return result;
}
