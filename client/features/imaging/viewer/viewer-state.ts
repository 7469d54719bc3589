import { imagingDisplayDefaults, type ImagingViewState } from '../../../../shared/contracts/viewing.ts';
import { fitScale, MAXIMUM_ZOOM, MINIMUM_ZOOM, type ImageSize, type Placement, type ScreenSize } from './geometry.ts';
import type { DisplayFrame } from '../../../../shared/dicom/pixels/display-frame.ts';
import { frameIndex, type FrameAddress } from './series-frames.ts';
import type { ViewportView } from './viewport.ts';
import { defaultWindow } from '../../../../shared/dicom/pixels/window-level.ts';

/** Pure steps from one view state to the next; the state itself is the contract that both sides share. */

export function imageSizeOf({ columns, rows, description }: DisplayFrame): ImageSize {
  return { columns, rows, pixelAspect: description.pixelAspect };
}

export function viewOf(state: ImagingViewState): ViewportView {
  const { windowCenter, windowWidth, zoom, centerColumn, centerRow, invert, rotationDegrees, mirrored } = state;
  return { windowCenter, windowWidth, zoom, centerColumn, centerRow, invert, rotationDegrees, mirrored };
}

/** The whole image in its own window. */
export function openingState(
  address: Pick<FrameAddress, 'seriesInstanceUid' | 'sopInstanceUid' | 'frameNumber'>,
  frame: DisplayFrame,
): ImagingViewState {
  return {
    kind: 'imaging',
    seriesInstanceUid: address.seriesInstanceUid,
    sopInstanceUid: address.sopInstanceUid,
    frameNumber: address.frameNumber,
    ...imagingDisplayDefaults,
    ...defaultWindow(frame),
    ...fittedPlacement(frame),
    invert: false,
    otherPanes: [],
    measurements: [],
  };
}

export function fittedPlacement({ columns, rows }: DisplayFrame): Placement {
  return { zoom: 1, centerColumn: columns / 2, centerRow: rows / 2, rotationDegrees: 0, mirrored: false };
}

/** Window, zoom, place, turn and inversion as at the start; measurements stay. */
export function resetView(state: ImagingViewState, frame: DisplayFrame): ImagingViewState {
  return { ...state, ...defaultWindow(frame), ...fittedPlacement(frame), invert: false };
}

/** To another frame of the same stack; stops at the ends. */
export function goToFrame(state: ImagingViewState, frames: readonly FrameAddress[], index: number): ImagingViewState {
  const target = frames[Math.min(frames.length - 1, Math.max(0, index))];
  if (!target) return state;
  if (target.sopInstanceUid === state.sopInstanceUid && target.frameNumber === state.frameNumber) return state;
  return { ...state, sopInstanceUid: target.sopInstanceUid, frameNumber: target.frameNumber };
}

export function scrollFrames(state: ImagingViewState, frames: readonly FrameAddress[], by: number): ImagingViewState {
  const at = frameIndex(frames, state);
  return at < 0 ? state : goToFrame(state, frames, at + by);
}

export function rotate(state: ImagingViewState, quarterTurns: 1 | -1): ImagingViewState {
  const degrees = (state.rotationDegrees + quarterTurns * 90 + 360) % 360;
  return { ...state, rotationDegrees: degrees as ImagingViewState['rotationDegrees'] };
}

export function withoutMagnifier(state: ImagingViewState): ImagingViewState {
  return state.magnifier === null ? state : { ...state, magnifier: null };
}

/** Mirrors what is seen, left to right or top to bottom, whatever way it is turned. */
export function flip(state: ImagingViewState, direction: 'horizontal' | 'vertical'): ImagingViewState {
  const turned = (direction === 'horizontal' ? 360 : 540) - state.rotationDegrees;
  return {
    ...state,
    mirrored: !state.mirrored,
    rotationDegrees: (turned % 360) as ImagingViewState['rotationDegrees'],
  };
}

/** The whole image again, turned and windowed as it is. */
export function fit(state: ImagingViewState, { columns, rows }: DisplayFrame): ImagingViewState {
  return { ...state, zoom: 1, centerColumn: columns / 2, centerRow: rows / 2 };
}

/** One image pixel on one pixel of this screen. */
export function actualSize(
  state: ImagingViewState,
  frame: DisplayFrame,
  screen: ScreenSize,
  pixelRatio: number,
): ImagingViewState {
  const zoom = 1 / (fitScale(imageSizeOf(frame), screen, state.rotationDegrees) * pixelRatio);
  return { ...state, zoom: Math.min(MAXIMUM_ZOOM, Math.max(MINIMUM_ZOOM, zoom)) };
}

/**
 * As large on this screen as in the patient, or as at the detector where a radiograph knows no more; unchanged where the
 * image says no millimetres.
 * @param pixelsPerMm CSS pixels for a millimetre on this screen.
 */
export function trueSize(
  state: ImagingViewState,
  frame: DisplayFrame,
  screen: ScreenSize,
  pixelsPerMm: number,
): ImagingViewState {
  const zoom = trueZoom(frame, screen, state.rotationDegrees, pixelsPerMm);
  return zoom === undefined ? state : { ...state, zoom: Math.min(MAXIMUM_ZOOM, Math.max(MINIMUM_ZOOM, zoom)) };
}

/** The zoom at which a millimetre of the image is one on the screen. */
export function trueZoom(
  frame: DisplayFrame,
  screen: ScreenSize,
  rotationDegrees: number,
  pixelsPerMm: number,
): number | undefined {
  const { spacing } = frame.description;
  if (!spacing) return undefined;
  const shorterSideMm = Math.min(spacing.columnMm, spacing.rowMm);
  return (pixelsPerMm * shorterSideMm) / fitScale(imageSizeOf(frame), screen, rotationDegrees);
}

/** The contract allows so many; the oldest goes first. */
const MAXIMUM_MEASUREMENTS = 100;

export function addMeasurement(
  state: ImagingViewState,
  measurement: ImagingViewState['measurements'][number],
): ImagingViewState {
  return { ...state, measurements: [...state.measurements, measurement].slice(-MAXIMUM_MEASUREMENTS) };
}

export function moveMeasurementPoint(
  state: ImagingViewState,
  id: string,
  pointIndex: number,
  column: number,
  row: number,
): ImagingViewState {
  return {
    ...state,
    measurements: state.measurements.map((measurement) => {
      if (measurement.id !== id) return measurement;
      const points = [...measurement.points];
      points[pointIndex * 2] = column;
      points[pointIndex * 2 + 1] = row;
      return { ...measurement, points };
    }),
  };
}

/** An emptied text is no measurement any more; an arrow stands without words. */
export function writeMeasurementText(state: ImagingViewState, id: string, text: string): ImagingViewState {
  const written = text.trim();
  const found = state.measurements.find((measurement) => measurement.id === id);
  if (!found || (found.text ?? '') === written) {
    return found?.type === 'text' && written === '' ? removeMeasurement(state, id) : state;
  }
  if (found.type === 'text' && written === '') return removeMeasurement(state, id);
  return {
    ...state,
    measurements: state.measurements.map((one) => (one === found ? { ...one, text: written } : one)),
  };
}

export function removeMeasurement(state: ImagingViewState, id: string): ImagingViewState {
  return { ...state, measurements: state.measurements.filter((measurement) => measurement.id !== id) };
}
