import { startJpegCodec } from '../../server/ecg/paper/jpeg-codec.ts';
import { PaperRefusal } from '../../server/ecg/paper/paper-refusal.ts';
import { applyOrientation, eightBitPictureOf, type Raster } from '../../server/ecg/paper/raster.ts';
import { readJpeg } from '../../server/ecg/paper/read-jpeg.ts';
import { readPaper, type StraightPaper } from '../../server/ecg/paper/read-paper.ts';
import { encodeJpeg } from '../../server/platform/pictures/jpeg-encoder.ts';
import type { ThreadJob } from '../../server/platform/threads/thread-pool.ts';
import { drawScene, drawSheet, drawTextPage, photograph, type PaperLook, type Shot } from './paper-pictures.ts';

export interface PaperCase {
  what: Partial<PaperLook> | 'words' | 'things';
  shot?: Shot;
  jpegQuality?: number;
  /** Burns a round part of the picture out. */
  lampRadiusPixels?: number;
}

export type PaperOutcome =
  | { code: string }
  | (Omit<StraightPaper, 'picture'> & { code: null; widthPx: number; heightPx: number; linesMm: number[] });

/** Draws, photographs and reads in a thread of the hub's kind, where the code runs as fast as in the product. */
export async function readDrawnPaper({ what, shot, jpegQuality, lampRadiusPixels }: PaperCase): Promise<PaperOutcome> {
  let seen: Raster;
  if (what === 'words') seen = drawTextPage(1654, 2339);
  else if (what === 'things') seen = drawScene(1600, 1200);
  else seen = shot === undefined ? drawSheet(what, 1) : photograph(drawSheet(what), 10, shot);
  if (lampRadiusPixels !== undefined) shine(seen, lampRadiusPixels);
  if (jpegQuality !== undefined) {
    seen = readJpeg(encodeJpeg(eightBitPictureOf(seen), jpegQuality), await startJpegCodec()).raster;
  }
  try {
    const { picture, ...read } = readPaper(seen);
    const linesMm = strongLinesMm(picture, read.pxPerMm);
    return { code: null, ...read, widthPx: picture.width, heightPx: picture.height, linesMm };
  } catch (thrown) {
    if (thrown instanceof PaperRefusal) return { code: thrown.code };
    throw thrown;
  }
}

/** Where strong upright grid lines stand, in millimetres from the left edge. */
function strongLinesMm({ width, height, rgb }: Raster, pxPerMm: number): number[] {
  const green = new Float64Array(width);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) green[x] = green[x]! + rgb[(y * width + x) * 3 + 1]!;
  const lines: number[] = [];
  const reach = Math.round(pxPerMm * 2);
  for (let x = reach; x < width - reach; x += 1) {
    if (green[x] !== Math.min(...green.subarray(x - reach, x + reach + 1))) continue;
    // Between pixels, by a parabola through the darkest and its neighbours.
    const [left, middle, right] = [green[x - 1]!, green[x]!, green[x + 1]!];
    lines.push((x + 0.5 + (left - right) / (2 * (left - 2 * middle + right))) / pxPerMm);
  }
  return lines;
}

function shine({ width, height, rgb }: Raster, radius: number): void {
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = (y * width + x) * 3;
      if (Math.hypot(x - width / 2, y - height / 2) < radius) rgb.fill(255, at, at + 3);
    }
  }
}

export const readDrawnPaperJob: ThreadJob<PaperCase, PaperOutcome> = {
  moduleUrl: import.meta.url,
  exportName: 'readDrawnPaper',
  timeoutMs: 55_000,
};

/**
 * A telephone's photograph of a small sheet as a JPEG file: stored on its side with an Exif segment (Exif 2.32, 4.6.4
 * and 4.6.5) that says how it was held and when it was taken.
 */
export async function photographFile(exif: { takenAt: string; offset: string; orientation: 6 }): Promise<Uint8Array> {
  const sheet = drawSheet({ widthMm: 160, heightMm: 100 });
  const upright = photograph(sheet, 10, { width: 1500, height: 1100, pxPerMm: 7.5, rotationDegrees: 2, noise: 3 });
  // Orientation 6 is turned a quarter clockwise by whoever reads it; stored it lies the other way.
  const stored = applyOrientation(upright, 8);
  const jpeg = encodeJpeg(eightBitPictureOf(stored), 85);
  const segment = exifSegment(exif);
  const file = new Uint8Array(jpeg.length + segment.length);
  file.set(jpeg.subarray(0, 2));
  file.set(segment, 2);
  file.set(jpeg.subarray(2), 2 + segment.length);
  return file;
}

function exifSegment({ takenAt, offset, orientation }: { takenAt: string; offset: string; orientation: number }) {
  const tiff = Buffer.alloc(120);
  tiff.write('MM\0*', 0, 'latin1');
  tiff.writeUInt32BE(8, 4);
  const entry = (at: number, tag: number, type: number, count: number, value: number) => {
    tiff.writeUInt16BE(tag, at);
    tiff.writeUInt16BE(type, at + 2);
    tiff.writeUInt32BE(count, at + 4);
    if (type === 3) tiff.writeUInt16BE(value, at + 8);
    else tiff.writeUInt32BE(value, at + 8);
  };
  tiff.writeUInt16BE(2, 8);
  entry(10, 0x0112, 3, 1, orientation);
  entry(22, 0x8769, 4, 1, 40);
  tiff.writeUInt16BE(2, 40);
  entry(42, 0x9003, 2, 20, 72);
  entry(54, 0x9011, 2, 7, 96);
  tiff.write(`${takenAt}\0`, 72, 'latin1');
  tiff.write(`${offset}\0`, 96, 'latin1');
  const head = Buffer.from('ffe100004578696600 00'.replace(' ', ''), 'hex');
  head.writeUInt16BE(2 + 6 + tiff.length, 2);
  return Buffer.concat([head, tiff]);
}

export const photographFileJob: ThreadJob<Parameters<typeof photographFile>[0], Uint8Array> = {
  moduleUrl: import.meta.url,
  exportName: 'photographFile',
  timeoutMs: 55_000,
};
