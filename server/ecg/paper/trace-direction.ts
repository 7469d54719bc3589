import type { PaperMap } from './fit-paper.ts';
import type { GridPoint } from './follow-grid.ts';
import type { Raster } from './raster.ts';

const binMm = 0.5;

/**
 * Whether the leads run across or down the paper. Along the way of the paper every column holds about as much black,
 * while across it the base lines stand out: the direction whose sums differ more is the one across the leads.
 * @returns the clockwise quarter turns that lay the leads; 0 where the picture does not say so clearly.
 */
export function quarterTurnsOfTrace(
  photo: Raster,
  map: PaperMap,
  factor: number,
  points: readonly GridPoint[],
): 0 | 1 | 3 {
  const us = points.map(({ u }) => u);
  const vs = points.map(({ v }) => v);
  const u0 = Math.min(...us);
  const v0 = Math.min(...vs);
  const across = new Float64Array(Math.ceil((Math.max(...us) - u0) / binMm) + 1);
  const down = new Float64Array(Math.ceil((Math.max(...vs) - v0) / binMm) + 1);
  const black: [number, number][] = [];
  const limit = blackness(photo);
  const stride = Math.max(1, Math.round(factor / 2));
  for (let y = 0; y < photo.height; y += stride) {
    for (let x = 0; x < photo.width; x += stride) {
      const at = (y * photo.width + x) * 3;
      if (Math.max(photo.rgb[at]!, photo.rgb[at + 1]!, photo.rgb[at + 2]!) > limit) continue;
      const [u, v] = map.toMm((x + 0.5) / factor, (y + 0.5) / factor);
      const column = Math.round((u - u0) / binMm);
      const row = Math.round((v - v0) / binMm);
      if (column < 0 || row < 0 || column >= across.length || row >= down.length) continue;
      across[column]! += 1;
      down[row]! += 1;
      black.push([u, v]);
    }
  }
  if (black.length < 200 || unevenness(across) < 2 * unevenness(down)) return 0;
  // Turned: which way round? Complexes and T waves mostly rise, so more black lies above the base lines than below.
  return lean(across) > 0 ? 1 : 3;
}

/** Half as light as the picture's paper. */
function blackness({ rgb }: Raster): number {
  const counts = new Uint32Array(256);
  for (let i = 0; i < rgb.length; i += 3 * 17) counts[rgb[i]!]! += 1;
  const total = counts.reduce((sum, count) => sum + count, 0);
  let seen = 0;
  let value = 0;
  while (value < 255 && (seen += counts[value]!) < total * 0.6) value += 1;
  return value * 0.5;
}

/** Variance over the square of the mean. */
function unevenness(sums: Float64Array): number {
  const mean = sums.reduce((sum, value) => sum + value, 0) / sums.length;
  if (mean === 0) return 0;
  return sums.reduce((sum, value) => sum + (value - mean) ** 2, 0) / sums.length / (mean * mean);
}

/** On which side of the base lines (the fullest bins) more lies within a centimetre: positive where it is the later. */
function lean(sums: Float64Array): number {
  const most = Math.max(...sums);
  let total = 0;
  sums.forEach((value, bin) => {
    if (value < 0.6 * most) return;
    for (let offset = 4; offset <= 20; offset += 1) total += (sums[bin + offset] ?? 0) - (sums[bin - offset] ?? 0);
  });
  return total;
}
