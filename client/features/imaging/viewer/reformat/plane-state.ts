import {
  reformatPlanes,
  type ImagingReformat,
  type ImagingViewState,
  type ReformatPlane,
} from '../../../../../shared/contracts/viewing.ts';
import type { DisplayFrame } from '../../../../../shared/dicom/pixels/display-frame.ts';
import type { Placement } from '../geometry.ts';
import type { FrameAddress } from '../series-frames.ts';
import { movedToSlice, sliceAt, type PlaneGrid } from './plane-geometry.ts';
import type { Vector } from './vector.ts';

/**
 * A plane is looked at as if its pictures were a series: a view of its own is made from the shared one, changed by all
 * that changes a view, and put back. Its pictures are named after the plane and the slab; each is a frame.
 */
type Grids = Record<ReformatPlane, PlaneGrid>;

/** Thickness of slabs to choose from, millimetres; the last one is thicker than any block. */
export const SLABS_MM = [0, 3, 5, 10, 15, 20, 30, 50, 1000] as const;
export const WHOLE_SLAB_MM = SLABS_MM[SLABS_MM.length - 1]!;

/** Name of a plane's pictures: what was measured on a thin slice does not hold on a thick one. */
export function pictureName(
  plane: ReformatPlane,
  { slabMm, projection }: Pick<ImagingReformat, 'slabMm' | 'projection'>,
): string {
  return slabMm === 0 ? plane : `${plane}/${slabMm}/${projection}`;
}

/** All pictures of a plane, from the first to the last. */
export function framesOfPlane(state: ImagingViewState, grid: PlaneGrid): FrameAddress[] {
  const sopInstanceUid = state.reformat ? pictureName(grid.plane, state.reformat) : grid.plane;
  return Array.from({ length: grid.slices }, (_, index) => ({
    studyInstanceUid: '',
    seriesInstanceUid: seriesOfPlane(state, grid.plane),
    sopInstanceUid,
    frameNumber: index + 1,
  }));
}

function seriesOfPlane({ seriesInstanceUid }: ImagingViewState, plane: ReformatPlane): string {
  return `${seriesInstanceUid}/${plane}`;
}

function fitted({ columns, rows }: PlaneGrid): Placement {
  return { zoom: 1, centerColumn: columns / 2, centerRow: rows / 2, rotationDegrees: 0, mirrored: false };
}

/** The view as one plane shows it. */
export function stateOfPlane(
  state: ImagingViewState & { reformat: ImagingReformat },
  grids: Grids,
  plane: ReformatPlane,
): ImagingViewState {
  const { reformat } = state;
  const grid = grids[plane];
  return {
    ...state,
    ...fitted(grid),
    ...reformat.views[plane],
    seriesInstanceUid: seriesOfPlane(state, plane),
    sopInstanceUid: pictureName(plane, reformat),
    frameNumber: sliceAt(grid, reformat.position) + 1,
    magnifier: reformat.plane === plane ? state.magnifier : null,
    cineFramesPerSecond: null,
    layout: '1x1',
    activePane: 0,
    otherPanes: [],
    measurements: reformat.measurements,
  };
}

/** The shared view after a plane's own view was changed. */
export function withPlaneState(
  state: ImagingViewState & { reformat: ImagingReformat },
  grids: Grids,
  plane: ReformatPlane,
  next: ImagingViewState,
): ImagingViewState {
  const before = stateOfPlane(state, grids, plane);
  if (next === before) return state;
  const { reformat } = state;
  const grid = grids[plane];
  const { zoom, centerColumn, centerRow, rotationDegrees, mirrored } = next;
  const isPlaced = (['zoom', 'centerColumn', 'centerRow', 'rotationDegrees', 'mirrored'] as const).some(
    (key) => next[key] !== before[key],
  );
  const position =
    next.frameNumber === before.frameNumber
      ? reformat.position
      : movedToSlice(grid, reformat.position, next.frameNumber - 1);
  return {
    ...state,
    windowCenter: next.windowCenter,
    windowWidth: next.windowWidth,
    invert: next.invert,
    magnifier: next.magnifier,
    reformat: {
      ...reformat,
      position: [...position],
      views: isPlaced
        ? { ...reformat.views, [plane]: { zoom, centerColumn, centerRow, rotationDegrees, mirrored } }
        : reformat.views,
      measurements: next.measurements,
    },
  };
}

/** What a reformat begins with: the middle of the picture that stands on the screen. */
export function beginReformat(frame: DisplayFrame | undefined): ImagingReformat {
  const { position, orientation, spacing } = frame?.description ?? {};
  const middle: [number, number, number] = [0, 0, 0];
  if (frame && position && orientation && spacing) {
    const [right, down] = [((frame.columns - 1) / 2) * spacing.columnMm, ((frame.rows - 1) / 2) * spacing.rowMm];
    for (const axis of [0, 1, 2]) {
      middle[axis] = position[axis]! + orientation[axis]! * right + orientation[axis + 3]! * down;
    }
  }
  const normal = orientation
    ? [
        orientation[1]! * orientation[5]! - orientation[2]! * orientation[4]!,
        orientation[2]! * orientation[3]! - orientation[0]! * orientation[5]!,
        orientation[0]! * orientation[4]! - orientation[1]! * orientation[3]!,
      ].map(Math.abs)
    : [0, 0, 1];
  const plane = (['sagittal', 'coronal', 'axial'] as const)[normal.indexOf(Math.max(...normal))]!;
  return { plane, position: middle, slabMm: 0, projection: 'mean', views: {}, measurements: [] };
}

/** The crossing point goes where somebody points. */
export function withPosition(reformat: ImagingReformat, position: Vector): ImagingReformat {
  return { ...reformat, position: [...position] };
}

/** The next thicker or thinner slab. */
export function slabBy(reformat: ImagingReformat, by: 1 | -1): ImagingReformat {
  const { slabMm } = reformat;
  const further = SLABS_MM.filter((one) => (by > 0 ? one > slabMm : one < slabMm));
  return { ...reformat, slabMm: (by > 0 ? further[0] : further.at(-1)) ?? slabMm };
}

export function nextPlane(reformat: ImagingReformat): ImagingReformat {
  const at = reformatPlanes.indexOf(reformat.plane);
  return { ...reformat, plane: reformatPlanes[(at + 1) % reformatPlanes.length]! };
}
