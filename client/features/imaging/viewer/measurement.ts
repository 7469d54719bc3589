import type { ImagingViewState } from '../../../../shared/contracts/viewing.ts';
import type { PixelSpacing } from '../../../../shared/dicom/pixels/image-description.ts';

export type Measurement = ImagingViewState['measurements'][number];

/** A length: millimetres where the image is calibrated, else pixels. */
export interface MeasuredLength {
  value: number;
  unit: 'mm' | 'px';
  /** `detector`: true at the detector only; `none`: not calibrated. */
  calibration: 'patient' | 'detector' | 'none';
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

/** crypto.randomUUID is missing where a hospital serves the hub without TLS. */
export function newMeasurementId(): string {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Points a measurement of a type needs. */
export const POINTS_OF: Record<Measurement['type'], number> = { length: 2, angle: 3 };

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
