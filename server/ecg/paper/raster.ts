import type { EightBitPicture } from '../../platform/pictures/eight-bit-picture.ts';

/** Pixels in rows from the upper left corner, red, green and blue by turns, 8 bits each. */
export interface Raster {
  width: number;
  height: number;
  rgb: Uint8Array;
}

/** Caps on a picture before its pixels exist: what a camera or scanner makes stays below them. */
export const pictureLimits = {
  pixels: 40_000_000,
  /** Longest side. */
  sidePixels: 20_000,
  pdfPages: 4,
  /** What one WebAssembly codec may hold, in 64 KiB pages: 512 MiB. */
  codecMemoryPages: 8192,
} as const;

/** @returns a reason why a picture of this size is not decoded, or null. */
export function sizeTrouble(width: number, height: number): string | null {
  if (width < 1 || height < 1) return 'no pixels';
  if (width > pictureLimits.sidePixels || height > pictureLimits.sidePixels || width * height > pictureLimits.pixels)
    return `${width} x ${height} pixels; at most ${pictureLimits.pixels} are read`;
  return null;
}

/**
 * Turns a raster upright as the Exif tag Orientation (0x0112, Exif 2.32 4.6.4) says: 1 leaves it, 3 is a half turn,
 * 6 a quarter clockwise, 8 a quarter counterclockwise, 2, 4, 5 and 7 are mirrored.
 */
export function applyOrientation(raster: Raster, orientation: number): Raster {
  if (orientation < 2 || orientation > 8) return raster;
  const { width: w, height: h, rgb } = raster;
  const isTurned = orientation >= 5;
  const width = isTurned ? h : w;
  const height = isTurned ? w : h;
  const out = new Uint8Array(rgb.length);
  // Where the upright picture's pixel (x, y) lies in the stored one: start + x * stepX + y * stepY.
  const corners: Record<number, [number, number, number]> = {
    2: [w - 1, -1, w],
    3: [w * h - 1, -1, -w],
    4: [(h - 1) * w, 1, -w],
    5: [0, w, 1],
    6: [(h - 1) * w, -w, 1],
    7: [w * h - 1, -w, -1],
    8: [w - 1, w, -1],
  };
  const [start, stepX, stepY] = corners[orientation]!;
  let to = 0;
  for (let y = 0; y < height; y += 1) {
    let from = (start + y * stepY) * 3;
    for (let x = 0; x < width; x += 1, to += 3, from += stepX * 3) {
      out[to] = rgb[from]!;
      out[to + 1] = rgb[from + 1]!;
      out[to + 2] = rgb[from + 2]!;
    }
  }
  return { width, height, rgb: out };
}

/** The same pixels, as they are coded. */
export const eightBitPictureOf = ({ width, height, rgb }: Raster): EightBitPicture => ({
  columns: width,
  rows: height,
  channels: 3,
  samples: rgb,
});
