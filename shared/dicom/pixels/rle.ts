import { ImagingError } from './imaging-error.ts';

/**
 * RLE Lossless (PS3.5 annex G): PackBits segments, one a byte of each sample, the most significant first.
 * @param pixels rows x columns.
 * @returns little endian samples; several samples a pixel lie interleaved.
 * @throws ImagingError `truncated` when a segment ends before all its pixels are there, `damaged`.
 */
export function decodeRle(
  bytes: Uint8Array,
  pixels: number,
  samplesPerPixel: number,
  bytesPerSample: number,
): Uint8Array {
  if (bytes.length < 64) throw new ImagingError('truncated', 'RLE header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const segments = view.getUint32(0, true);
  if (segments !== samplesPerPixel * bytesPerSample) throw new ImagingError('damaged', `${segments} RLE segments`);
  const pixelStride = samplesPerPixel * bytesPerSample;
  const output = new Uint8Array(pixels * pixelStride);
  for (let segment = 0; segment < segments; segment++) {
    const start = view.getUint32(4 * (segment + 1), true);
    const next = segment + 1 < segments ? view.getUint32(4 * (segment + 2), true) : bytes.length;
    if (start < 64 || next < start || next > bytes.length) throw new ImagingError('damaged', 'RLE offsets');
    const sample = Math.floor(segment / bytesPerSample);
    const significance = bytesPerSample - 1 - (segment % bytesPerSample);
    unpackSegment(bytes.subarray(start, next), output, sample * bytesPerSample + significance, pixelStride, pixels);
  }
  return output;
}

function unpackSegment(segment: Uint8Array, output: Uint8Array, offset: number, stride: number, pixels: number): void {
  let at = 0;
  let pixel = 0;
  while (pixel < pixels) {
    const header = segment[at++];
    if (header === undefined) throw new ImagingError('truncated', 'RLE segment');
    if (header === 128) continue;
    const literal = header < 128;
    const count = Math.min(literal ? header + 1 : 257 - header, pixels - pixel);
    if (at + (literal ? count : 1) > segment.length) throw new ImagingError('truncated', 'RLE segment');
    for (let index = 0; index < count; index++, pixel++) {
      output[offset + pixel * stride] = segment[literal ? at + index : at]!;
    }
    at += literal ? count : 1;
  }
}
