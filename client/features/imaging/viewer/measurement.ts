import { measurementPoints, type ImagingViewState } from '../../../../shared/contracts/viewing.ts';
import type { DisplayFrame } from '../../../../shared/dicom/pixels/display-frame.ts';

export type Measurement = ImagingViewState['measurements'][number];

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

const NICE_LENGTHS_MM = [500, 200, 100, 50, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1];

/** Longest round length whose bar is no longer than `maximumPixels` on the screen. */
export function scaleBarLength(pixelsPerMm: number, maximumPixels: number): number | undefined {
  return NICE_LENGTHS_MM.find((length) => length * pixelsPerMm <= maximumPixels);
}
