import type { Raster } from './raster.ts';

/** How strongly each pixel of a reduced picture is printed on, against the paper around it: 0 blank, `cap` ink. */
export interface PaperSignal {
  width: number;
  height: number;
  ink: Float32Array;
  /** One pixel here is `factor` x `factor` pixels of the picture. */
  factor: number;
}

/** Beyond this a pixel is trace or text and says nothing more about the grid. */
const cap = 0.35;
const blockPixels = 24;

/**
 * Takes shadow, paper colour and the strength of the trace out of a picture: of each channel, the share of light that
 * the paper around it gives back and the pixel does not; of the three, the largest, so that red, orange, blue and grey
 * grids all count. Black trace is cut off at the cap: a periodic pale grid stays, and the trace is noise beside it.
 */
export function paperSignal(raster: Raster, longSidePixels: number): PaperSignal {
  const factor = Math.max(1, Math.round(Math.max(raster.width, raster.height) / longSidePixels));
  const width = Math.floor(raster.width / factor);
  const height = Math.floor(raster.height / factor);
  const ink = new Float32Array(width * height);
  const channel = new Uint8Array(width * height);
  for (let c = 0; c < 3; c += 1) {
    reduceChannel(raster, c, factor, channel, width, height);
    const { columns, rows, values } = backgroundOf(channel, width, height);
    for (let y = 0; y < height; y += 1) {
      const by = Math.min(rows - 1.001, Math.max(0, (y + 0.5) / blockPixels - 0.5));
      const row = Math.floor(by);
      const fy = by - row;
      const below = Math.min(rows - 1, row + 1);
      for (let x = 0; x < width; x += 1) {
        const bx = Math.min(columns - 1.001, Math.max(0, (x + 0.5) / blockPixels - 0.5));
        const column = Math.floor(bx);
        const fx = bx - column;
        const right = Math.min(columns - 1, column + 1);
        const paper =
          (values[row * columns + column]! * (1 - fx) + values[row * columns + right]! * fx) * (1 - fy) +
          (values[below * columns + column]! * (1 - fx) + values[below * columns + right]! * fx) * fy;
        const at = y * width + x;
        const absorbed = 1 - channel[at]! / Math.max(16, paper);
        if (absorbed > ink[at]!) ink[at] = absorbed > cap ? cap : absorbed;
      }
    }
  }
  return { width, height, ink, factor };
}

function reduceChannel(
  { rgb, width: fullWidth }: Raster,
  channel: number,
  factor: number,
  out: Uint8Array,
  width: number,
  height: number,
): void {
  const area = factor * factor;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      let sum = 0;
      for (let dy = 0; dy < factor; dy += 1) {
        let from = ((y * factor + dy) * fullWidth + x * factor) * 3 + channel;
        for (let dx = 0; dx < factor; dx += 1, from += 3) sum += rgb[from]!;
      }
      out[y * width + x] = (sum / area + 0.5) | 0;
    }
  }
}

/** The light of bare paper by blocks: of each block's pixels the value that a fifth of them exceed, smoothed. */
function backgroundOf(channel: Uint8Array, width: number, height: number) {
  const columns = Math.ceil(width / blockPixels);
  const rows = Math.ceil(height / blockPixels);
  const raw = new Float32Array(columns * rows);
  const counts = new Uint32Array(256);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      counts.fill(0);
      const toY = Math.min(height, (row + 1) * blockPixels);
      const toX = Math.min(width, (column + 1) * blockPixels);
      let total = 0;
      for (let y = row * blockPixels; y < toY; y += 1)
        for (let x = column * blockPixels; x < toX; x += 1, total += 1) counts[channel[y * width + x]!]! += 1;
      let left = total * 0.2;
      let value = 255;
      while (value > 0 && (left -= counts[value]!) > 0) value -= 1;
      raw[row * columns + column] = value;
    }
  }
  const values = new Float32Array(raw.length);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      let sum = 0;
      let count = 0;
      for (let dy = -1; dy <= 1; dy += 1) {
        for (let dx = -1; dx <= 1; dx += 1) {
          const y = row + dy;
          const x = column + dx;
          if (y < 0 || x < 0 || y >= rows || x >= columns) continue;
          sum += raw[y * columns + x]!;
          count += 1;
        }
      }
      values[row * columns + column] = sum / count;
    }
  }
  return { columns, rows, values };
}
