import type { DisplayFrame } from './pixels/display-frame.ts';
import type { PixelSpacing } from './pixels/image-description.ts';

/** `detector`: true at the detector only; `none`: not calibrated. */
export type Calibration = 'patient' | 'detector' | 'none';

/** A length: millimetres where the image is calibrated, else pixels. */
export interface MeasuredLength {
  value: number;
  unit: 'mm' | 'px';
  calibration: Calibration;
}

/** @param points column and row of both ends, image pixels. */
export function measureLength(points: readonly number[], spacing: PixelSpacing | undefined): MeasuredLength {
  const columns = points[2]! - points[0]!;
  const rows = points[3]! - points[1]!;
  if (!spacing) return { value: Math.hypot(columns, rows), unit: 'px', calibration: 'none' };
  return {
    value: Math.hypot(columns * spacing.columnMm, rows * spacing.rowMm),
    unit: 'mm',
    calibration: spacing.plane,
  };
}

/**
 * Angle at the second of three points, degrees 0 to 180; pixels that are not square are reckoned with.
 * @param pixelAspect height of a pixel over its width.
 */
export function measureAngle(points: readonly number[], pixelAspect: number): number {
  const first = Math.atan2((points[1]! - points[3]!) * pixelAspect, points[0]! - points[2]!);
  const second = Math.atan2((points[5]! - points[3]!) * pixelAspect, points[4]! - points[2]!);
  const degrees = Math.abs(((first - second) * 180) / Math.PI);
  return degrees > 180 ? 360 - degrees : degrees;
}

/**
 * Cobb angle between two end plates, each a line of two points, degrees 0 to 180. Both lines are taken as crossing the
 * axis between their middles in the same direction, whichever end was drawn first, so that curves beyond 90 degrees
 * keep their size.
 */
export function measureCobb(points: readonly number[], pixelAspect: number): number {
  const [a, b, c, d] = pairs(points).map(({ column, row }) => ({ x: column, y: row * pixelAspect })) as [
    Place,
    Place,
    Place,
    Place,
  ];
  const axis = { x: (c.x + d.x - a.x - b.x) / 2, y: (c.y + d.y - a.y - b.y) / 2 };
  const across = (from: Place, to: Place): number => {
    const line = { x: to.x - from.x, y: to.y - from.y };
    const sign = axis.x * line.y - axis.y * line.x < 0 ? -1 : 1;
    return Math.atan2(line.y * sign, line.x * sign);
  };
  const degrees = Math.abs(((across(a, b) - across(c, d)) * 180) / Math.PI);
  return degrees > 180 ? 360 - degrees : degrees;
}

interface Place {
  x: number;
  y: number;
}

/**
 * Cardiothoracic ratio: the heart's reach to the right and to the left of the midline, over the inner width of the
 * thorax; three lines of two points each. It needs no calibration.
 */
export function measureCardiothoracicRatio(points: readonly number[], pixelAspect: number): number {
  const line = (index: number): number =>
    Math.hypot(points[index + 2]! - points[index]!, (points[index + 3]! - points[index + 1]!) * pixelAspect);
  return (line(0) + line(4)) / line(8);
}

/** Value of the pixel that a point lies in, in the modality's unit; null outside and for colours. */
export function valueAt(
  { pixels, columns, rows }: Pick<DisplayFrame, 'pixels' | 'columns' | 'rows'>,
  column: number,
  row: number,
): number | null {
  const x = Math.floor(column);
  const y = Math.floor(row);
  if (x < 0 || y < 0 || x >= columns || y >= rows || pixels.kind === 'colour') return null;
  return pixels.values[y * columns + x]! * pixels.slope + pixels.intercept;
}

export function pairs(points: readonly number[]): { column: number; row: number }[] {
  const result: { column: number; row: number }[] = [];
  for (let index = 0; index + 1 < points.length; index += 2) {
    result.push({ column: points[index]!, row: points[index + 1]! });
  }
  return result;
}
