import type { DisplayFrame } from './pixels/display-frame.ts';
import type { Calibration } from './measured-values.ts';

/** What lies inside an ellipse or a rectangle. */
export interface RegionStatistics {
  /** Of the drawn shape: square millimetres where the image is calibrated, else square pixels. */
  area: number;
  areaUnit: 'mm²' | 'px²';
  calibration: Calibration;
  /** Pixels whose middle lies inside, padding left out. */
  pixels: number;
  /** In the modality's unit, from the stored values; null for colours and where no pixel lies inside. */
  values: { mean: number; deviation: number; minimum: number; maximum: number } | null;
}

/**
 * @param points two opposite corners of the rectangle, or of the rectangle around the ellipse; image pixels.
 */
export function regionStatistics(
  shape: 'ellipse' | 'rectangle',
  points: readonly number[],
  frame: Pick<DisplayFrame, 'rows' | 'columns' | 'pixels' | 'description'>,
): RegionStatistics {
  const { rows, columns, pixels, description } = frame;
  const left = Math.min(points[0]!, points[2]!);
  const right = Math.max(points[0]!, points[2]!);
  const top = Math.min(points[1]!, points[3]!);
  const bottom = Math.max(points[1]!, points[3]!);
  const { spacing, pixelPadding } = description;
  const share = shape === 'ellipse' ? Math.PI / 4 : 1;
  const pixelArea = spacing ? spacing.columnMm * spacing.rowMm : 1;

  const middleColumn = (left + right) / 2;
  const middleRow = (top + bottom) / 2;
  const halfWidth = (right - left) / 2;
  const halfHeight = (bottom - top) / 2;
  let count = 0;
  let sum = 0;
  let squares = 0;
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  let shift = 0;
  // A pixel is inside when its middle is: first and last column of each row follow from the shape.
  for (let row = Math.max(0, Math.ceil(top - 0.5)); row < rows && row + 0.5 <= bottom; row++) {
    const off = halfHeight > 0 ? (row + 0.5 - middleRow) / halfHeight : 0;
    const reach = shape === 'ellipse' ? halfWidth * Math.sqrt(Math.max(0, 1 - off * off)) : halfWidth;
    const first = Math.max(0, Math.ceil(middleColumn - reach - 0.5));
    const last = Math.min(columns - 1, Math.floor(middleColumn + reach - 0.5));
    if (pixels.kind === 'colour') {
      count += Math.max(0, last - first + 1);
      continue;
    }
    for (let at = row * columns + first; at <= row * columns + last; at++) {
      const value = pixels.values[at]!;
      if (value === pixelPadding) continue;
      // Sums of small differences lose nothing, sums of large values would.
      if (count === 0) shift = value;
      count += 1;
      sum += value - shift;
      squares += (value - shift) ** 2;
      if (value < least) least = value;
      if (value > most) most = value;
    }
  }
  const measured = {
    area: (right - left) * (bottom - top) * share * pixelArea,
    areaUnit: spacing ? ('mm²' as const) : ('px²' as const),
    calibration: spacing ? spacing.plane : ('none' as const),
    pixels: count,
  };
  if (pixels.kind === 'colour' || count === 0) return { ...measured, values: null };
  const { slope, intercept } = pixels;
  const ends = [least * slope + intercept, most * slope + intercept];
  return {
    ...measured,
    values: {
      mean: (shift + sum / count) * slope + intercept,
      deviation: Math.abs(slope) * Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2)),
      minimum: Math.min(...ends),
      maximum: Math.max(...ends),
    },
  };
}
