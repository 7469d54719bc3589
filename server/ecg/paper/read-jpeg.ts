import type { JpegModule } from './jpeg-codec.ts';
import { readJpegSegments } from './jpeg-segments.ts';
import { PaperRefusal } from './paper-refusal.ts';
import { applyOrientation, sizeTrouble, type Raster } from './raster.ts';

/**
 * Decodes a JPEG photograph and turns it upright as its camera says.
 * @throws PaperRefusal `damaged`, `too-large` before a pixel is decoded, or `unsupported`
 */
export function readJpeg(bytes: Uint8Array, codec: JpegModule): { raster: Raster; takenAt: string | null } {
  const facts = readJpegSegments(bytes);
  const trouble = sizeTrouble(facts.width, facts.height);
  if (trouble !== null) throw new PaperRefusal('too-large', `JPEG: ${trouble}`);
  if (facts.components !== 1 && facts.components !== 3)
    throw new PaperRefusal('unsupported', `JPEG with ${facts.components} colour components`);
  const decoder = new codec.JPEGDecoder();
  try {
    decoder.getEncodedBuffer(bytes.length).set(bytes);
    try {
      decoder.decode();
    } catch {
      throw new PaperRefusal('damaged', 'JPEG: its scans cannot be decoded');
    }
    const { width, height, componentCount } = decoder.getFrameInfo();
    const pixels = decoder.getDecodedBuffer();
    if (width !== facts.width || height !== facts.height || pixels.length < width * height * componentCount)
      throw new PaperRefusal('damaged', 'JPEG: its scans do not fit its frame');
    const rgb = new Uint8Array(width * height * 3);
    if (componentCount === 3) rgb.set(pixels.subarray(0, rgb.length));
    else for (let i = 0, to = 0; to < rgb.length; i += 1, to += 3) rgb.fill(pixels[i]!, to, to + 3);
    return { raster: applyOrientation({ width, height, rgb }, facts.orientation), takenAt: facts.takenAt };
  } finally {
    decoder.delete();
  }
}
