/** @jest-environment node */
import { describe, expect, test } from '@jest/globals';
import { cutVolume, type Cut, type Voxels } from '../../../client/features/imaging/viewer/reformat/cut-volume.ts';
import {
  movedToSlice,
  originOfSlice,
  placeOnPlane,
  planeGrids,
  pointOnSlice,
  sliceAt,
  type PlaneGrid,
} from '../../../client/features/imaging/viewer/reformat/plane-geometry.ts';
import { dot, unit, type Vector } from '../../../client/features/imaging/viewer/reformat/vector.ts';
import { volumeOf } from '../../../client/features/imaging/viewer/reformat/volume-geometry.ts';
import { geometryOf, madeSlices, madeVoxels } from './made-volume.ts';

const cutAt = (voxels: Voxels, grid: PlaneGrid, slice: number, change: Partial<Cut> = {}): Int16Array =>
  cutVolume(voxels, { ...grid, origin: originOfSlice(grid, slice), slabMm: 0, projection: 'mean', ...change });
const valueAt = (picture: Int16Array, grid: PlaneGrid, point: Vector): number => {
  const { column, row } = placeOnPlane(grid, point);
  return picture[Math.floor(row) * grid.columns + Math.floor(column)]!;
};
const within = (value: number, from: number, to: number) => value >= from && value <= to;

describe('a stack makes a block', () => {
  const stack = { columns: 8, rows: 6, slices: 10, sliceMm: 5 };

  test('in the order of its places, whatever the order of its files', () => {
    const slices = madeSlices(stack);
    const [first, ...rest] = slices;
    const geometry = volumeOf([...rest.reverse(), first!]);
    expect(geometry).toMatchObject({
      slices: 10,
      sliceMm: 5,
      origin: [0, 0, 0],
      order: [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
    });
  });

  test('unless something about it is wrong, which is named', () => {
    const madeOf = (change: (index: number) => object) => volumeOf(madeSlices(stack, change));
    expect(volumeOf(madeSlices({ ...stack, slices: 3 }))).toBe('too-few');
    expect(madeOf((index) => (index === 0 ? { isLocalizer: true } : {}))).toBe('localizer');
    expect(madeOf((index) => (index === 4 ? { position: undefined } : {}))).toBe('no-place');
    expect(madeOf((index) => (index === 4 ? { spacing: { columnMm: 2, rowMm: 2, plane: 'patient' } } : {}))).toBe(
      'mixed-size',
    );
    expect(madeOf((index) => (index > 4 ? { orientation: [0, 1, 0, 0, 0, -1] } : {}))).toBe('mixed-orientation');
    expect(madeOf((index) => ({ position: [0, 0, index < 5 ? index * 5 : index * 5 + 5] }))).toBe('gaps');
    expect(madeOf((index) => ({ position: [0, 0, Math.floor(index / 2) * 5] }))).toBe('overlapping');
    // A gantry tilted by 15 degrees: the table moves straight on, the slices lean.
    const [cosine, sine] = [Math.cos(Math.PI / 12), Math.sin(Math.PI / 12)];
    expect(madeOf((index) => ({ orientation: [1, 0, 0, 0, cosine, sine], position: [0, 0, index * 5] }))).toBe(
      'tilted',
    );
    // The same lean with slices that follow their own normal is an oblique MR, and a block.
    expect(
      madeOf((index) => ({
        orientation: [1, 0, 0, 0, cosine, sine],
        position: [0, -index * 5 * sine, index * 5 * cosine],
      })),
    ).toMatchObject({ slices: 10 });
  });

  test('also where tables round their millimetres', () => {
    expect(volumeOf(madeSlices(stack, (index) => ({ position: [0, 0, index * 5 + (index % 2) * 0.1] })))).toMatchObject(
      {
        slices: 10,
      },
    );
  });
});

describe('planes through a block, PS3.3 C.7.6.2.1.1', () => {
  const made = {
    columns: 40,
    rows: 30,
    slices: 12,
    columnMm: 0.5,
    rowMm: 0.5,
    sliceMm: 3,
    origin: [-10, 5, -100] as Vector,
  };

  test('have square pixels, the head and the front where readers expect them, and layers as the block has them', () => {
    const { axial, coronal, sagittal } = planeGrids(geometryOf(made));
    expect([axial.columns, axial.rows, axial.slices, axial.stepMm]).toEqual([40, 30, 12, 3]);
    expect([coronal.columns, coronal.rows, coronal.slices, coronal.stepMm]).toEqual([40, 67, 30, 0.5]);
    expect([sagittal.columns, sagittal.rows, sagittal.slices]).toEqual([30, 67, 40]);
    // The first axial picture is the one nearest to the head, the first coronal row as well.
    expect(originOfSlice(axial, 0)).toEqual([-10, 5, -67]);
    expect(originOfSlice(coronal, 0)).toEqual([-10, 5, -67]);
    expect(originOfSlice(sagittal, 3)).toEqual([-8.5, 5, -67]);
  });

  test('lead from a point to its picture and pixel and back', () => {
    for (const grid of Object.values(planeGrids(geometryOf(made)))) {
      const point: Vector = [2.5, 12, -88];
      const slice = sliceAt(grid, point);
      const { column, row } = placeOnPlane(grid, point);
      const back = pointOnSlice(grid, slice, column, row);
      movedToSlice(grid, point, slice).forEach((mm, axis) => expect(back[axis]).toBeCloseTo(mm, 6));
      expect(Math.abs(dot(back, grid.forward) - dot(point, grid.forward))).toBeLessThanOrEqual(grid.stepMm / 2);
      expect(sliceAt(grid, [1e4, 1e4, -1e4])).toBe(grid.slices - 1);
    }
  });
});

describe('values in the planes', () => {
  test('an axial picture of an axial block holds the very values of its voxels, from head to feet', () => {
    const voxels = madeVoxels(
      { columns: 9, rows: 7, slices: 5, columnMm: 0.7, rowMm: 0.7, sliceMm: 2.5 },
      ([x, y, z]) => Math.round(x * 10 + y * 100 + z * 1000),
    );
    const { axial } = planeGrids(voxels.geometry);
    for (let slice = 0; slice < 5; slice++) {
      expect(cutAt(voxels, axial, slice)).toEqual(voxels.values.slice((4 - slice) * 63, (5 - slice) * 63));
    }
  });

  test('a slope in space is the same slope in every plane, between the slices as well', () => {
    const voxels = madeVoxels(
      { columns: 20, rows: 24, slices: 8, sliceMm: 4 },
      ([x, y, z]) => 20 * x - 30 * y + 50 * z,
    );
    for (const grid of Object.values(planeGrids(voxels.geometry))) {
      const slice = Math.floor(grid.slices / 2);
      const picture = cutAt(voxels, grid, slice);
      for (let row = 0; row < grid.rows - 1; row++) {
        for (let column = 0; column < grid.columns; column++) {
          const [x, y, z] = pointOnSlice(grid, slice, column + 0.5, row + 0.5);
          expect(Math.abs(picture[row * grid.columns + column]! - (20 * x - 30 * y + 50 * z))).toBeLessThanOrEqual(1);
        }
      }
    }
  });

  // 30 x 20 x 40 mm of 300 HU in air, whatever way the slices were taken.
  const box = ([x, y, z]: Vector) => (within(x, 10, 40) && within(y, 20, 40) && within(z, 15, 55) ? 300 : -1000);
  const AROUND = Math.PI / 9;
  test.each([
    ['axial', { columns: 120, rows: 120, slices: 36, columnMm: 0.5, rowMm: 0.5, sliceMm: 2 }],
    [
      'sagittal',
      {
        columns: 120,
        rows: 120,
        slices: 60,
        columnMm: 0.6,
        rowMm: 0.6,
        alongRow: [0, 1, 0],
        alongColumn: [0, 0, -1],
        origin: [59, 0, 70],
      },
    ],
    [
      'oblique',
      {
        columns: 110,
        rows: 110,
        slices: 90,
        alongRow: [Math.cos(AROUND), Math.sin(AROUND), 0],
        alongColumn: [-Math.sin(AROUND), Math.cos(AROUND), 0],
        origin: [10, -30, -10],
      },
    ],
  ] as const)('a box keeps its millimetres and its HU in a block of %s slices', (_, made) => {
    const voxels = madeVoxels(made, box);
    const coarse = Math.max(voxels.geometry.columnMm, voxels.geometry.rowMm, voxels.geometry.sliceMm);
    for (const grid of Object.values(planeGrids(voxels.geometry))) {
      const middle: Vector = [25, 30, 35];
      const picture = cutAt(voxels, grid, sliceAt(grid, middle));
      expect(valueAt(picture, grid, middle)).toBe(300);
      expect(valueAt(picture, grid, [25, 30, 58])).toBe(grid.plane === 'axial' ? 300 : -1000);
      const bright = [...picture].reduce((count, value) => count + (value > -350 ? 1 : 0), 0);
      const [width, height] = { axial: [30, 20], coronal: [30, 40], sagittal: [20, 40] }[grid.plane];
      const measured = bright * grid.pixelMm ** 2;
      expect(Math.abs(measured - width! * height!)).toBeLessThan((width! + height!) * coarse);
    }
  });

  test('a slanting rod is found where it runs, thin in a slice and whole in a maximum of the slab', () => {
    const direction = unit([1, 1, 2]);
    const from: Vector = [5, 5, 0];
    const rod = ([x, y, z]: Vector) => {
      const off: Vector = [x - from[0], y - from[1], z - from[2]];
      const along = dot(off, direction);
      const aside = Math.hypot(
        off[0] - along * direction[0],
        off[1] - along * direction[1],
        off[2] - along * direction[2],
      );
      return aside < 2 ? 1000 : 0;
    };
    const voxels = madeVoxels({ columns: 60, rows: 60, slices: 45, sliceMm: 2 }, rod);
    const { axial, coronal } = planeGrids(voxels.geometry);
    // At z = 40 the rod has gone 20 mm to the left and to the back.
    const thin = cutAt(voxels, axial, sliceAt(axial, [0, 0, 40]));
    expect(valueAt(thin, axial, [25, 25, 40])).toBe(1000);
    expect(valueAt(thin, axial, [15, 15, 40])).toBe(0);
    const sliced = cutAt(voxels, coronal, sliceAt(coronal, [0, 25, 0]));
    expect(valueAt(sliced, coronal, [25, 25, 40])).toBe(1000);
    expect(valueAt(sliced, coronal, [15, 25, 20])).toBe(0);
    const middle = sliceAt(coronal, [0, 30, 0]);
    const whole = cutAt(voxels, coronal, middle, { slabMm: 60, projection: 'maximum' });
    for (const mm of [10, 20, 40, 60, 80]) {
      expect(valueAt(whole, coronal, [5 + mm / 2, 30, mm])).toBe(1000);
      expect(valueAt(whole, coronal, [45 - mm / 2, 30, mm])).toBe(mm === 40 ? 1000 : 0);
    }
  });

  test('a slab takes mean, greatest and least of the layers within half its thickness, inside the block only', () => {
    const voxels = madeVoxels({ columns: 4, rows: 4, slices: 21 }, ([, , z]) => z * z, -7);
    const { axial } = planeGrids(voxels.geometry);
    const at = (slice: number, change: Partial<Cut>) => cutAt(voxels, axial, slice, change)[5];
    const layers = [8, 9, 10, 11, 12].map((z) => z * z);
    expect(at(10, { slabMm: 4.9, projection: 'maximum' })).toBe(144);
    expect(at(10, { slabMm: 4.9, projection: 'minimum' })).toBe(64);
    expect(at(10, { slabMm: 4, projection: 'mean' })).toBe(layers.reduce((sum, value) => sum + value) / 5);
    expect(at(10, { slabMm: 1.9, projection: 'maximum' })).toBe(100);
    // Slice 20 is the one at z = 0: below it there is nothing.
    expect(at(20, { slabMm: 4, projection: 'mean' })).toBe(Math.round((0 + 1 + 4) / 3));
    expect(at(25, { slabMm: 4, projection: 'minimum' })).toBe(-7);
  });
});
