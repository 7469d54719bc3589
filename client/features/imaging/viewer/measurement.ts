import { measurementPoints, type ImagingViewState } from '../../../../shared/contracts/viewing.ts';
import type { DisplayFrame } from '../../../../shared/dicom/pixels/display-frame.ts';
import type { PixelSpacing } from '../../../../shared/dicom/pixels/image-description.ts';

export type Measurement = ImagingViewState['measurements'][number];

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
export function valueAt({ pixels, columns, rows }: DisplayFrame, column: number, row: number): number | null {
  const x = Math.floor(column);
  const y = Math.floor(row);
  if (x < 0 || y < 0 || x >= columns || y >= rows || pixels.kind === 'colour') return null;
  return pixels.values[y * columns + x]! * pixels.slope + pixels.intercept;
}

/** crypto.randomUUID is missing where a hospital serves the hub without TLS. */
export function newMeasurementId(): string {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A measurement belongs to one frame; those of earlier times to every frame of their instance. */
export function liesOn(
  { sopInstanceUid, frameNumber }: Measurement,
  frame: Pick<DisplayFrame, 'sopInstanceUid' | 'frameNumber'>,
): boolean {
  return sopInstanceUid === frame.sopInstanceUid && (frameNumber ?? frame.frameNumber) === frame.frameNumber;
}

/** Made of lines that do not hang together: each has its own beginning. */
function isOfLines(type: Measurement['type']): boolean {
  return type === 'cobb' || type === 'cardiothoracic';
}

export function beginDraft(
  type: Measurement['type'],
  { sopInstanceUid, frameNumber }: DisplayFrame,
  column: number,
  row: number,
): Measurement {
  const points = measurementPoints[type] === 1 ? [column, row] : [column, row, column, row];
  return { id: newMeasurementId(), type, sopInstanceUid, frameNumber, points };
}

/** The last point follows the pointer. */
export function withLastPoint<Drawn extends Measurement>(measurement: Drawn, column: number, row: number): Drawn {
  return { ...measurement, points: [...measurement.points.slice(0, -2), column, row] };
}

/** A press while drawing: sets the point that followed; where that begins a line, the line's other end follows now. */
export function pressed(draft: Measurement, column: number, row: number): Measurement {
  const set = withLastPoint(draft, column, row);
  const begins = isOfLines(draft.type) && (set.points.length / 2) % 2 === 1;
  return begins ? { ...set, points: [...set.points, column, row] } : set;
}

/**
 * What a release leaves of a draft: `wait` for the next press as it is, `next` with one more point that follows, or
 * `done`. A click sets one point, a drag both ends of a line.
 */
export function released(draft: Measurement, moved: boolean): { kind: 'wait' | 'next' | 'done'; draft: Measurement } {
  const { points, type } = draft;
  const [column, row] = points.slice(-2) as [number, number];
  const clicked = !moved && points.length >= 4 && points.at(-4) === column && points.at(-3) === row;
  if (clicked) return { kind: 'wait', draft };
  if (points.length / 2 >= measurementPoints[type]) return { kind: 'done', draft };
  return { kind: 'next', draft: { ...draft, points: [...points, column, row] } };
}

export function pairs(points: readonly number[]): { column: number; row: number }[] {
  const result: { column: number; row: number }[] = [];
  for (let index = 0; index + 1 < points.length; index += 2) {
    result.push({ column: points[index]!, row: points[index + 1]! });
  }
  return result;
}

const NICE_LENGTHS_MM = [500, 200, 100, 50, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1];

/** Longest round length whose bar is no longer than `maximumPixels` on the screen. */
export function scaleBarLength(pixelsPerMm: number, maximumPixels: number): number | undefined {
  return NICE_LENGTHS_MM.find((length) => length * pixelsPerMm <= maximumPixels);
}
