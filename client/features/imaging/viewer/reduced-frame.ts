import type { DisplayFrame } from '../../../../shared/dicom/pixels/display-frame.ts';

/** Pixels of a frame at one half, quarter or eighth of its size. */
export interface ReducedPixels {
  columns: number;
  rows: number;
  /** Frame pixels to one of these, in each direction. */
  factor: number;
  data: ArrayLike<number> & { byteLength: number };
}

const LARGEST_FACTOR = 8;
/** Below this a full redraw is quick anyway. */
const WORTHWHILE_PIXELS = 600_000;

/**
 * By how much a frame may be reduced when each of its pixels covers `scale` device pixels: still at least one to one,
 * so that nothing the screen could show is lost.
 */
export function reductionFor({ rows, columns }: DisplayFrame, scale: number): number {
  let factor = 1;
  while (
    factor < LARGEST_FACTOR &&
    (rows * columns) / (factor * factor) > WORTHWHILE_PIXELS &&
    scale * factor * 2 <= 1
  ) {
    factor *= 2;
  }
  return factor;
}

/**
 * Averages blocks of pixels. A radiograph of ten megapixels is redrawn with every step of a window drag: reduced to
 * what the screen shows it takes a tenth of the time, and fine lines do not turn to moire as they do when a canvas
 * merely skips pixels.
 */
export function reduceFrame({ rows, columns, pixels }: DisplayFrame, factor: number): ReducedPixels {
  const source = pixels.kind === 'grey' ? pixels.values : pixels.rgba;
  if (factor === 1) return { columns, rows, factor, data: source };
  const channels = pixels.kind === 'grey' ? 1 : 4;
  const width = Math.ceil(columns / factor);
  const height = Math.ceil(rows / factor);
  const data = new (source.constructor as Uint16ArrayConstructor)(width * height * channels);
  const sums = new Float64Array(width * channels);
  const counts = new Uint32Array(width);
  for (let row = 0; row < height; row++) {
    sums.fill(0);
    counts.fill(0);
    const lastLine = Math.min(rows, (row + 1) * factor);
    for (let line = row * factor; line < lastLine; line++) {
      for (let column = 0; column < columns; column++) {
        const target = Math.floor(column / factor);
        counts[target]! += 1;
        const from = (line * columns + column) * channels;
        for (let channel = 0; channel < channels; channel++)
          sums[target * channels + channel]! += source[from + channel]!;
      }
    }
    for (let column = 0; column < width; column++) {
      for (let channel = 0; channel < channels; channel++) {
        const at = column * channels + channel;
        data[row * width * channels + at] = Math.round(sums[at]! / counts[column]!);
      }
    }
  }
  return { columns: width, rows: height, factor, data };
}
