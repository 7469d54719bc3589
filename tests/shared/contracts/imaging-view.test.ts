import { describe, expect, test } from '@jest/globals';
import { measurementPoints, viewState } from '../../../shared/contracts/viewing.ts';

/** A view as it was sent and kept before there were flips, a magnifier and cine. */
const old = {
  kind: 'imaging',
  seriesInstanceUid: '1.2.3',
  sopInstanceUid: '1.2.3.4',
  frameNumber: 1,
  windowCenter: 40,
  windowWidth: 400,
  zoom: 1,
  centerColumn: 256,
  centerRow: 256,
  invert: false,
  rotationDegrees: 90,
  measurements: [{ id: 'a', type: 'length', sopInstanceUid: '1.2.3.4', points: [1, 2, 3, 4] }],
};

describe('the shared view of an image', () => {
  test('a view of earlier times is upright, not magnified, and stands still', () => {
    expect(viewState.parse(old)).toMatchObject({
      ...old,
      mirrored: false,
      magnifier: null,
      cineFramesPerSecond: null,
    });
  });

  test('every kind of measurement has its number of points, and no other', () => {
    for (const [type, count] of Object.entries(measurementPoints)) {
      const holds = (points: number) =>
        viewState.safeParse({
          ...old,
          measurements: [{ id: 'a', type, sopInstanceUid: '1.2', frameNumber: 2, points: Array(points * 2).fill(1.5) }],
        }).success;
      expect([type, holds(count), holds(count + 1), holds(count - 1)]).toEqual([type, true, false, false]);
    }
    const long = { ...old.measurements[0], text: 'x'.repeat(121) };
    expect(viewState.safeParse({ ...old, measurements: [long] }).success).toBe(false);
  });

  test.each([
    ['a cine faster than a screen', { cineFramesPerSecond: 61 }],
    ['a cine that never steps', { cineFramesPerSecond: 0 }],
    ['a turn that is no quarter', { rotationDegrees: 45 }],
    ['a glass at no place', { magnifier: { column: Number.NaN, row: 3 } }],
    ['a window without width', { windowWidth: 0 }],
    ['a zoom beyond every screen', { zoom: 65 }],
  ])('%s is refused', (_what, change) => {
    expect(viewState.safeParse({ ...old, ...change }).success).toBe(false);
  });
});
