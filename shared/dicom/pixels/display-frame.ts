import type { DisplayWindow, FrameDescription, LookupTable, PixelLayout } from './image-description.ts';
import { ImagingError } from './imaging-error.ts';
import { readPalette, type Palette } from './palette.ts';
import type { DataSet } from './data-set.ts';
import type { DecodedFrame, SampleArray } from './samples.ts';

/** Grey values that a table can be made for, with what turns them into the modality's values. */
export interface GreyPixels {
  kind: 'grey';
  values: Uint8Array | Uint16Array | Int16Array;
  minimum: number;
  maximum: number;
  slope: number;
  intercept: number;
  /** MONOCHROME1: the lowest value is the brightest. */
  lowIsBright: boolean;
  /** A window that shows nearly all of the image, in the modality's values. */
  autoWindow: { center: number; width: number };
}

export interface ColourPixels {
  kind: 'colour';
  /** Red, green, blue, opaque. */
  rgba: Uint8ClampedArray<ArrayBuffer>;
}

/** One frame, ready to be drawn. Structured-cloneable; its one large array is transferable. */
export interface DisplayFrame {
  sopInstanceUid: string;
  /** 1-based. */
  frameNumber: number;
  rows: number;
  columns: number;
  frames: number;
  pixels: GreyPixels | ColourPixels;
  description: Omit<FrameDescription, 'modalityLut' | 'slope' | 'intercept'>;
}

/**
 * Brings decoded samples into a form that a screen can show.
 * @throws ImagingError `unsupported-pixels` for a Photometric Interpretation that is not known.
 */
export function toDisplayPixels(
  decoded: DecodedFrame,
  layout: PixelLayout,
  description: FrameDescription,
  dataSet: DataSet,
): GreyPixels | ColourPixels {
  const { photometricInterpretation, samples, samplesPerPixel } = decoded;
  if (samplesPerPixel === 1) {
    if (photometricInterpretation === 'PALETTE COLOR') {
      return { kind: 'colour', rgba: applyPalette(samples, readPalette(dataSet, layout.signed)) };
    }
    return toGrey(samples, description, photometricInterpretation === 'MONOCHROME1');
  }
  const bits = samples instanceof Uint8Array || samples instanceof Uint8ClampedArray ? 8 : layout.bitsStored;
  if (photometricInterpretation === 'RGB') return { kind: 'colour', rgba: rgbToRgba(samples, bits) };
  if (photometricInterpretation.startsWith('YBR_FULL')) return { kind: 'colour', rgba: ybrToRgba(samples, bits) };
  throw new ImagingError('unsupported-pixels', photometricInterpretation);
}

function toGrey(samples: SampleArray, description: FrameDescription, lowIsBright: boolean): GreyPixels {
  const { modalityLut } = description;
  let { slope, intercept } = modalityLut ? { slope: 1, intercept: 0 } : description;
  let values: GreyPixels['values'];
  if (modalityLut) {
    values = applyLut(samples, modalityLut);
  } else if (samples instanceof Uint8Array || samples instanceof Uint16Array || samples instanceof Int16Array) {
    values = samples;
  } else if (samples instanceof Int8Array) {
    values = Int16Array.from(samples);
  } else {
    const scaled = quantise(samples);
    values = scaled.values;
    intercept += slope * scaled.offset;
    slope *= scaled.step;
  }
  const counts = countValues(values);
  const minimum = counts.first;
  const maximum = counts.last;
  const padding = modalityLut ? undefined : description.pixelPadding;
  const autoWindow = findAutoWindow(counts, slope, intercept, padding);
  return { kind: 'grey', values, minimum, maximum, slope, intercept, lowIsBright, autoWindow };
}

function applyLut(samples: SampleArray, { firstMapped, entries }: LookupTable): Uint16Array {
  const result = new Uint16Array(samples.length);
  const last = entries.length - 1;
  for (let index = 0; index < result.length; index++) {
    result[index] = entries[Math.min(last, Math.max(0, samples[index]! - firstMapped))]!;
  }
  return result;
}

/** 32-bit and floating-point values to 65536 steps: a table for each of their own values would not fit. */
function quantise(samples: SampleArray): { values: Uint16Array; offset: number; step: number } {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < samples.length; index++) {
    const value = samples[index]!;
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const values = new Uint16Array(samples.length);
  if (!(high > low)) return { values, offset: Number.isFinite(low) ? low : 0, step: 1 };
  const step = (high - low) / 65535;
  for (let index = 0; index < samples.length; index++) {
    const value = samples[index]!;
    values[index] = Number.isFinite(value) ? Math.round((value - low) / step) : 0;
  }
  return { values, offset: low, step };
}

interface ValueCounts {
  /** How often each value is there, from `lowest` on. */
  counts: Uint32Array;
  lowest: number;
  first: number;
  last: number;
}

function countValues(values: GreyPixels['values']): ValueCounts {
  const lowest = values instanceof Int16Array ? -32768 : 0;
  const counts = new Uint32Array(values instanceof Uint8Array ? 256 : 65536);
  for (let index = 0; index < values.length; index++) counts[values[index]! - lowest]!++;
  let first = 0;
  while (first < counts.length && counts[first] === 0) first++;
  if (first === counts.length) return { counts, lowest, first: 0, last: 0 };
  let last = counts.length - 1;
  while (counts[last] === 0) last--;
  return { counts, lowest, first: first + lowest, last: last + lowest };
}

/** From the half to the 99.5th hundredth of the values, padding left out: what is outside is collimator or noise. */
function findAutoWindow(
  { counts, lowest, first, last }: ValueCounts,
  slope: number,
  intercept: number,
  padding: number | undefined,
): DisplayWindow {
  const leftOut = padding === undefined ? -1 : padding - lowest;
  let counted = 0;
  for (let value = first; value <= last; value++) if (value - lowest !== leftOut) counted += counts[value - lowest]!;
  const valueAt = (share: number): number => {
    let seen = 0;
    for (let value = first; value <= last; value++) {
      if (value - lowest !== leftOut) seen += counts[value - lowest]!;
      if (seen > counted * share) return value;
    }
    return last;
  };
  const low = valueAt(0.005) * slope + intercept;
  const high = valueAt(0.995) * slope + intercept;
  const width = Math.max(Math.abs(high - low), Math.abs(slope));
  return { center: (low + high) / 2, width, explanation: '' };
}

function applyPalette(
  samples: SampleArray,
  { firstMapped, red, green, blue }: Palette,
): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(samples.length * 4);
  for (let pixel = 0; pixel < samples.length; pixel++) {
    const entry = Math.max(0, samples[pixel]! - firstMapped);
    rgba[pixel * 4] = red[Math.min(entry, red.length - 1)]!;
    rgba[pixel * 4 + 1] = green[Math.min(entry, green.length - 1)]!;
    rgba[pixel * 4 + 2] = blue[Math.min(entry, blue.length - 1)]!;
    rgba[pixel * 4 + 3] = 255;
  }
  return rgba;
}

function rgbToRgba(samples: SampleArray, bits: number): Uint8ClampedArray<ArrayBuffer> {
  const scale = 255 / (2 ** bits - 1);
  const pixels = Math.floor(samples.length / 3);
  const rgba = new Uint8ClampedArray(pixels * 4);
  for (let pixel = 0; pixel < pixels; pixel++) {
    rgba[pixel * 4] = samples[pixel * 3]! * scale;
    rgba[pixel * 4 + 1] = samples[pixel * 3 + 1]! * scale;
    rgba[pixel * 4 + 2] = samples[pixel * 3 + 2]! * scale;
    rgba[pixel * 4 + 3] = 255;
  }
  return rgba;
}

/** Full range YCbCr of ITU-R BT.601 (PS3.3 C.7.6.3.1.2). */
function ybrToRgba(samples: SampleArray, bits: number): Uint8ClampedArray<ArrayBuffer> {
  const scale = 255 / (2 ** bits - 1);
  const pixels = Math.floor(samples.length / 3);
  const rgba = new Uint8ClampedArray(pixels * 4);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const y = samples[pixel * 3]! * scale;
    const cb = samples[pixel * 3 + 1]! * scale - 128;
    const cr = samples[pixel * 3 + 2]! * scale - 128;
    rgba[pixel * 4] = y + 1.402 * cr;
    rgba[pixel * 4 + 1] = y - 0.344136 * cb - 0.714136 * cr;
    rgba[pixel * 4 + 2] = y + 1.772 * cb;
    rgba[pixel * 4 + 3] = 255;
  }
  return rgba;
}
