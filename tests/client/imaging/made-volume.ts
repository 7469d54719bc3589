import { cross, moved, type Vector } from '../../../client/features/imaging/viewer/reformat/vector.ts';
import {
  pointOfVoxel,
  volumeOf,
  type SliceFrame,
  type VolumeGeometry,
} from '../../../client/features/imaging/viewer/reformat/volume-geometry.ts';
import type { Voxels } from '../../../client/features/imaging/viewer/reformat/cut-volume.ts';

/** A stack whose every voxel has a known value: a function of its place in the patient, millimetres. */
export interface MadeStack {
  columns: number;
  rows: number;
  slices: number;
  columnMm?: number;
  rowMm?: number;
  sliceMm?: number;
  alongRow?: Vector;
  alongColumn?: Vector;
  origin?: Vector;
}

const AXIAL: [Vector, Vector] = [
  [1, 0, 0],
  [0, 1, 0],
];

export function madeSlices(made: MadeStack, change: (index: number) => object = () => ({})): SliceFrame[] {
  const { columnMm = 1, rowMm = 1, sliceMm = 1, alongRow = AXIAL[0], alongColumn = AXIAL[1] } = made;
  const normal = cross(alongRow, alongColumn);
  return Array.from({ length: made.slices }, (_, index) => {
    return {
      rows: made.rows,
      columns: made.columns,
      pixels: { kind: 'grey', values: new Int16Array(0), slope: 1, intercept: 0, lowIsBright: false },
      description: {
        position: moved(made.origin ?? [0, 0, 0], normal, index * sliceMm),
        orientation: [...alongRow, ...alongColumn],
        spacing: { columnMm, rowMm, plane: 'patient' },
        frameOfReferenceUid: '1.9',
        isLocalizer: false,
        ...change(index),
      },
    } as unknown as SliceFrame;
  });
}

export function geometryOf(made: MadeStack): VolumeGeometry {
  const geometry = volumeOf(madeSlices(made));
  if (typeof geometry === 'string') throw new Error(geometry);
  return geometry;
}

/** @param valueAt of a place in the patient. */
export function madeVoxels(made: MadeStack, valueAt: (place: Vector) => number, outside = -1000): Voxels {
  const geometry = geometryOf(made);
  const { columns, rows, slices } = geometry;
  const values = new Int16Array(columns * rows * slices);
  let at = 0;
  for (let slice = 0; slice < slices; slice++) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++)
        values[at++] = valueAt(pointOfVoxel(geometry, [column, row, slice]));
    }
  }
  return {
    geometry,
    values,
    offsets: Int32Array.from({ length: slices }, (_, slice) => slice * rows * columns),
    outside,
  };
}
