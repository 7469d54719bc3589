import type { PixelLayout } from '../../shared/dicom/pixels/image-description.ts';
import type { DecodedFrame } from '../../shared/dicom/pixels/samples.ts';

/**
 * Decoded samples as Explicit VR Little Endian has them (PS3.5, 8.1.1): as many bits as Bits Allocated says, colours by
 * pixel, one-bit pixels packed from the lowest bit on.
 */
export function nativeBytes({ samples }: DecodedFrame, { bitsAllocated }: PixelLayout): Uint8Array {
  if (bitsAllocated === 1) {
    const packed = new Uint8Array(Math.ceil(samples.length / 8));
    for (let at = 0; at < samples.length; at += 1) if (samples[at] !== 0) packed[at >> 3]! |= 1 << (at & 7);
    return packed;
  }
  const size = bitsAllocated / 8;
  if (samples.BYTES_PER_ELEMENT === size) {
    // Typed arrays of every machine that runs Node are little endian.
    return new Uint8Array(samples.buffer.slice(samples.byteOffset, samples.byteOffset + samples.byteLength));
  }
  const bytes = new Uint8Array(samples.length * size);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < samples.length; at += 1) {
    const value = samples[at]!;
    if (size === 1) view.setUint8(at, value);
    else if (size === 2) view.setUint16(at * 2, value & 0xffff, true);
    else view.setUint32(at * 4, value >>> 0, true);
  }
  return bytes;
}
