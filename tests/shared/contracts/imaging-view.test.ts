import { describe, expect, test } from '@jest/globals';
import { viewState } from '../../../shared/contracts/viewing.ts';

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
