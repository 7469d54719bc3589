import type { ReformatPlane } from '../../../../../shared/contracts/viewing.ts';
import { dot, moved, type Vector } from './vector.ts';
import { pointOfVoxel, type VolumeGeometry } from './volume-geometry.ts';

/**
 * The pictures of one plane through a block: square pixels as fine as the block's own, slices as far apart as its layers
 * in that direction. The patient's left is on the right, the front at the top of axial pictures and to the left of
 * sagittal ones, the head at the top of coronal and sagittal ones.
 */
export interface PlaneGrid {
  plane: ReformatPlane;
  /** Directions of length 1: along a row, along a column, from the first picture to the next. */
  right: Vector;
  down: Vector;
  forward: Vector;
  pixelMm: number;
  stepMm: number;
  columns: number;
  rows: number;
  slices: number;
  /** Middle of the first pixel of the first picture. */
  origin: Vector;
}

/** Axial from head to feet, coronal from front to back, sagittal from the patient's right to the left. */
const AXES: Record<ReformatPlane, { right: Vector; down: Vector; forward: Vector }> = {
  axial: { right: [1, 0, 0], down: [0, 1, 0], forward: [0, 0, -1] },
  coronal: { right: [1, 0, 0], down: [0, 0, -1], forward: [0, 1, 0] },
  sagittal: { right: [0, 1, 0], down: [0, 0, -1], forward: [1, 0, 0] },
};
/** Beyond this a picture costs more time than any screen can show of it. */
const MAXIMUM_SIDE = 1024;

export function planeGrids(geometry: VolumeGeometry): Record<ReformatPlane, PlaneGrid> {
  return {
    axial: planeGrid(geometry, 'axial'),
    coronal: planeGrid(geometry, 'coronal'),
    sagittal: planeGrid(geometry, 'sagittal'),
  };
}

function planeGrid(geometry: VolumeGeometry, plane: ReformatPlane): PlaneGrid {
  const { columns, rows, slices, columnMm, rowMm, sliceMm } = geometry;
  const { right, down, forward } = AXES[plane];
  const corners = [0, columns - 1].flatMap((column) =>
    [0, rows - 1].flatMap((row) => [0, slices - 1].map((slice) => pointOfVoxel(geometry, [column, row, slice]))),
  );
  const reach = (axis: Vector) => {
    const places = corners.map((corner) => dot(corner, axis));
    return { from: Math.min(...places), length: Math.max(...places) - Math.min(...places) };
  };
  const [across, along, through] = [reach(right), reach(down), reach(forward)];
  const pixelMm = Math.max(
    Math.min(columnMm, rowMm),
    across.length / (MAXIMUM_SIDE - 1),
    along.length / (MAXIMUM_SIDE - 1),
  );
  const layers: [number, number][] = [
    [Math.abs(dot(forward, geometry.alongRow)), columnMm],
    [Math.abs(dot(forward, geometry.alongColumn)), rowMm],
    [Math.abs(dot(forward, geometry.normal)), sliceMm],
  ];
  const stepMm = layers.sort(([one], [other]) => other - one)[0]![1];
  return {
    plane,
    right,
    down,
    forward,
    pixelMm,
    stepMm,
    columns: Math.round(across.length / pixelMm) + 1,
    rows: Math.round(along.length / pixelMm) + 1,
    slices: Math.round(through.length / stepMm) + 1,
    origin: moved(moved(moved([0, 0, 0], right, across.from), down, along.from), forward, through.from),
  };
}

/** The picture that lies nearest to a point, 0-based. */
export function sliceAt({ forward, origin, stepMm, slices }: PlaneGrid, point: Vector): number {
  const index = Math.round((dot(point, forward) - dot(origin, forward)) / stepMm);
  return Math.min(slices - 1, Math.max(0, index));
}

/** The point moved straight to a picture of the plane. */
export function movedToSlice(grid: PlaneGrid, point: Vector, slice: number): Vector {
  const { forward, origin, stepMm } = grid;
  const wanted = dot(origin, forward) + Math.min(grid.slices - 1, Math.max(0, slice)) * stepMm;
  return moved(point, forward, wanted - dot(point, forward));
}

/** Middle of the first pixel of a picture. */
export function originOfSlice({ origin, forward, stepMm }: PlaneGrid, slice: number): Vector {
  return moved(origin, forward, slice * stepMm);
}

/** Where a point stands on the plane's pictures, image pixels (the middle of the first one is at a half). */
export function placeOnPlane(
  { origin, right, down, pixelMm }: PlaneGrid,
  point: Vector,
): { column: number; row: number } {
  const off = moved(point, origin, -1);
  return { column: dot(off, right) / pixelMm + 0.5, row: dot(off, down) / pixelMm + 0.5 };
}

/** The point of the patient that an image point of a picture shows. */
export function pointOnSlice(grid: PlaneGrid, slice: number, column: number, row: number): Vector {
  const { right, down, pixelMm } = grid;
  return moved(moved(originOfSlice(grid, slice), right, (column - 0.5) * pixelMm), down, (row - 0.5) * pixelMm);
}
