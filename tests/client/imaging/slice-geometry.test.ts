/** @jest-environment node */
import { describe, expect, test } from '@jest/globals';
import {
  nearestSlice,
  referenceLine,
  type KnownSlice,
} from '../../../client/features/imaging/viewer/slice-geometry.ts';

const AXIAL = [1, 0, 0, 0, 1, 0];
const SAGITTAL = [0, 1, 0, 0, 0, -1];
type Plane = Parameters<typeof referenceLine>[0];
const plane = (
  orientation: number[],
  position: [number, number, number],
  { spacing = 1, size = 100, frame = '1.9' } = {},
): Plane =>
  ({
    rows: size,
    columns: size,
    description: {
      orientation,
      position,
      frameOfReferenceUid: frame,
      spacing: { rowMm: spacing, columnMm: spacing, plane: 'patient' },
    },
  }) as unknown as Plane;
/** An axial stack of slices `everyMm` apart, downwards from the head's side. */
const stack = (everyMm: number, indices: readonly number[]): KnownSlice[] =>
  indices.map((index) => ({ index, frame: plane(AXIAL, [0, 0, -index * everyMm]) }));

describe('the nearest slice of another stack, PS3.3 C.7.6.2.1.1', () => {
  test('is found between known ones of other thickness and direction', () => {
    const wanted = plane(AXIAL, [0, 0, -52]);
    expect(nearestSlice(wanted, stack(5, [0, 5, 9, 10, 11, 20]), 40)).toBe(10);
    expect(nearestSlice(wanted, stack(1.25, [0, 99]), 100)).toBe(42);
    const upwards = [0, 30].map((index) => ({ index, frame: plane(AXIAL, [0, 0, -100 + index * 4]) }));
    expect(nearestSlice(wanted, upwards, 31)).toBe(12);
  });

  test('is reckoned beyond the known ones, and never beyond the stack', () => {
    const wanted = plane(AXIAL, [0, 0, -52]);
    expect(nearestSlice(wanted, stack(5, [2, 3]), 40)).toBe(10);
    expect(nearestSlice(wanted, stack(5, [2, 3]), 8)).toBe(7);
    expect(nearestSlice(plane(AXIAL, [0, 0, 300]), stack(5, [2, 3]), 8)).toBe(0);
    expect(nearestSlice(wanted, stack(5, [7]), 40)).toBe(7);
  });

  test('does not exist in another frame of reference, another direction, or without a place', () => {
    expect(nearestSlice(plane(AXIAL, [0, 0, -52], { frame: '1.8' }), stack(5, [0, 9]), 40)).toBe(undefined);
    expect(nearestSlice(plane(SAGITTAL, [0, 0, 0]), stack(5, [0, 9]), 40)).toBe(undefined);
    expect(nearestSlice(plane(AXIAL, [0, 0, -52]), [], 40)).toBe(undefined);
  });
});

describe('reference lines', () => {
  test('an axial slice cuts a sagittal picture from edge to edge of itself, at its height', () => {
    // The sagittal picture's first row lies at z = 50, its columns run backwards from y = 0.
    const sagittal = plane(SAGITTAL, [30, 0, 50]);
    const line = referenceLine(plane(AXIAL, [0, 10, 20], { size: 60 }), sagittal)!;
    for (const { row } of line) expect(row).toBeCloseTo(30.5);
    expect(line.map(({ column }) => column).sort((a, b) => a - b)).toEqual([10, 70]);
  });

  test('spacing of the picture is reckoned with', () => {
    const [end] = referenceLine(plane(AXIAL, [0, 0, 20]), plane(SAGITTAL, [30, 0, 50], { spacing: 0.5 }))!;
    expect(end.row).toBeCloseTo(60.5);
  });

  test('parallel slices, slices beside the picture and other frames of reference draw none', () => {
    expect(referenceLine(plane(AXIAL, [0, 0, 0]), plane(AXIAL, [0, 0, 5]))).toBe(undefined);
    expect(referenceLine(plane(AXIAL, [0, 0, 20]), plane(SAGITTAL, [300, 0, 50]))).toBe(undefined);
    expect(referenceLine(plane(AXIAL, [0, 0, 20], { frame: '2' }), plane(SAGITTAL, [30, 0, 50]))).toBe(undefined);
  });
});
