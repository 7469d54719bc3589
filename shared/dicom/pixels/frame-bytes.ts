import { ImagingError } from './imaging-error.ts';
import type { PixelLayout } from './image-description.ts';
import type { DataSet, Element } from './data-set.ts';

/** The bytes of one frame, still coded. */
export interface FrameBytes {
  bytes: Uint8Array;
  /** Only for native frames of 1 bit: where in the first byte the frame begins. */
  bitOffset: number;
  element: Element;
}

/**
 * Finds the coded bytes of a frame.
 * @param frameIndex 0-based.
 * @throws ImagingError `no-pixels`, `truncated`, `damaged`.
 */
export function findFrameBytes(dataSet: DataSet, frameIndex: number, layout: PixelLayout): FrameBytes {
  const element = dataSet.elements['x7fe00010'] ?? dataSet.elements['x7fe00008'] ?? dataSet.elements['x7fe00009'];
  if (!element || element.length === 0) throw new ImagingError('no-pixels');
  if (frameIndex < 0 || frameIndex >= layout.frames) throw new ImagingError('damaged', `frame ${frameIndex + 1}`);
  const whole = dataSet.byteArray;
  if (element.encapsulatedPixelData) {
    return { bytes: joinFragments(whole, element, frameIndex, layout.frames), bitOffset: 0, element };
  }
  return { ...nativeFrame(whole, element, frameIndex, layout), element };
}

/** Frames that the pixel data can hold: Number of Frames may promise millions. */
export function framesPresent(dataSet: DataSet, layout: PixelLayout): number {
  const element = dataSet.elements['x7fe00010'] ?? dataSet.elements['x7fe00008'] ?? dataSet.elements['x7fe00009'];
  const present = element?.encapsulatedPixelData
    ? (element.fragments?.length ?? 0)
    : Math.floor(((element?.length ?? 0) * 8) / Math.max(1, nativeFrameBits(layout)));
  return Math.max(1, Math.min(layout.frames, present));
}

/** Bits of one native frame. YBR_FULL_422 keeps one pair of colour samples for two pixels (PS3.3 C.7.6.3.1.2). */
export function nativeFrameBits(layout: PixelLayout): number {
  const pixels = layout.rows * layout.columns;
  const samples = layout.photometricInterpretation === 'YBR_FULL_422' ? pixels * 2 : pixels * layout.samplesPerPixel;
  return samples * layout.bitsAllocated;
}

function nativeFrame(whole: Uint8Array, element: Element, frameIndex: number, layout: PixelLayout) {
  let bits = nativeFrameBits(layout);
  // Some writers label full sampling as 422; the length tells.
  const fullBits = layout.rows * layout.columns * 3 * layout.bitsAllocated;
  if (layout.photometricInterpretation === 'YBR_FULL_422' && element.length * 8 >= fullBits * layout.frames) {
    bits = fullBits;
  }
  const startBit = bits * frameIndex;
  const endByte = Math.ceil((startBit + bits) / 8);
  if (endByte > element.length || element.dataOffset + endByte > whole.length) {
    throw new ImagingError('truncated', 'pixel data');
  }
  const startByte = Math.floor(startBit / 8);
  return {
    bytes: whole.subarray(element.dataOffset + startByte, element.dataOffset + endByte),
    bitOffset: startBit % 8,
  };
}

/**
 * Where the coded bytes of each frame of an encapsulated image stand, in the data set's bytes: fragment by fragment.
 * Frames for which there are no fragments are left out.
 * @throws ImagingError `no-pixels`, `truncated`.
 */
export function fragmentsByFrame(
  whole: Uint8Array,
  element: Element,
  frames: number,
): { position: number; length: number }[][] {
  const fragments = (element.fragments ?? []).map(({ offset, position, length }) => {
    if (position + length > whole.length) throw new ImagingError('truncated', 'fragment');
    return { offset, position, length, bytes: whole.subarray(position, position + length) };
  });
  if (fragments.length === 0) throw new ImagingError('no-pixels');
  const starts = frameStarts(fragments, element.basicOffsetTable ?? [], frames).slice(0, frames);
  return starts.map((first, index) =>
    fragments.slice(first, starts[index + 1] ?? fragments.length).map(({ position, length }) => ({ position, length })),
  );
}

function joinFragments(whole: Uint8Array, element: Element, frameIndex: number, frames: number): Uint8Array {
  const own = fragmentsByFrame(whole, element, frames)[frameIndex];
  if (own === undefined || own.length === 0) throw new ImagingError('truncated', 'frame');
  const [first] = own;
  if (own.length === 1) return whole.subarray(first!.position, first!.position + first!.length);
  const joined = new Uint8Array(own.reduce((length, fragment) => length + fragment.length, 0));
  let at = 0;
  for (const { position, length } of own) {
    joined.set(whole.subarray(position, position + length), at);
    at += length;
  }
  return joined;
}

/** Index of the first fragment of each frame: by the offset table, by count, or by the marks codestreams begin with. */
function frameStarts(
  fragments: readonly { offset: number; bytes: Uint8Array }[],
  offsets: readonly number[],
  frames: number,
): number[] {
  if (frames === 1) return [0];
  if (offsets.length === frames) {
    const starts = offsets.map((offset) => fragments.findIndex((fragment) => fragment.offset === offset));
    if (starts.every((start) => start >= 0)) return starts;
  }
  if (fragments.length === frames) return fragments.map((_, index) => index);
  return fragments.flatMap(({ bytes }, index) => (startsCodestream(bytes) ? [index] : []));
}

/** JPEG and JPEG-LS begin with SOI (FFD8), JPEG 2000 with SOC and SIZ (FF4FFF51). */
function startsCodestream(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0xff) return false;
  return (bytes[1] === 0xd8 && bytes[2] === 0xff) || (bytes[1] === 0x4f && bytes[2] === 0xff && bytes[3] === 0x51);
}
