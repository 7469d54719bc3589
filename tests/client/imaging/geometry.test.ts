/** @jest-environment node */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  fitScale,
  imageMatrix,
  panBy,
  toImage,
  toScreen,
  zoomBy,
  type Placement,
} from '../../../client/features/imaging/viewer/geometry.ts';

const image = fc.record({
  columns: fc.integer({ min: 1, max: 5000 }),
  rows: fc.integer({ min: 1, max: 5000 }),
  pixelAspect: fc.double({ min: 0.25, max: 4, noNaN: true }),
});
const screen = fc.record({
  width: fc.integer({ min: 50, max: 4000 }),
  height: fc.integer({ min: 50, max: 4000 }),
});
const mirrored = fc.boolean();
const rotation = fc.constantFrom<Placement['rotationDegrees']>(0, 90, 180, 270);

describe('where image pixels stand on the screen', () => {
  test('a point goes to the screen and back, whatever the zoom, turn and pixel shape', () => {
    fc.assert(
      fc.property(
        image,
        screen,
        rotation,
        mirrored,
        fc.double({ min: 0.2, max: 20, noNaN: true }),
        (size, view, rotationDegrees, mirrored, zoom) => {
          const placement = {
            zoom,
            centerColumn: size.columns / 3,
            centerRow: size.rows / 4,
            rotationDegrees,
            mirrored,
          };
          const matrix = imageMatrix(size, view, placement);
          const at = toScreen(matrix, size.columns * 0.8, size.rows * 0.1);
          const back = toImage(matrix, at.x, at.y);
          expect(back.column).toBeCloseTo(size.columns * 0.8, 4);
          expect(back.row).toBeCloseTo(size.rows * 0.1, 4);
        },
      ),
    );
  });

  test('at zoom 1 the whole image fits and touches two sides', () => {
    fc.assert(
      fc.property(image, screen, rotation, (size, view, turn) => {
        const placement = {
          zoom: 1,
          centerColumn: size.columns / 2,
          centerRow: size.rows / 2,
          rotationDegrees: turn,
          mirrored: true,
        };
        const matrix = imageMatrix(size, view, placement);
        const corners = [
          [0, 0],
          [size.columns, 0],
          [0, size.rows],
          [size.columns, size.rows],
        ].map(([column, row]) => toScreen(matrix, column!, row!));
        const width = Math.max(...corners.map(({ x }) => x)) - Math.min(...corners.map(({ x }) => x));
        const height = Math.max(...corners.map(({ y }) => y)) - Math.min(...corners.map(({ y }) => y));
        expect(width).toBeLessThanOrEqual(view.width * 1.000001);
        expect(height).toBeLessThanOrEqual(view.height * 1.000001);
        expect(Math.max(width / view.width, height / view.height)).toBeCloseTo(1, 6);
      }),
    );
  });

  test('a quarter turn to the right puts the first row on the right', () => {
    const size = { columns: 100, rows: 100, pixelAspect: 1 };
    const view = { width: 200, height: 200 };
    const matrix = imageMatrix(size, view, {
      zoom: 1,
      centerColumn: 50,
      centerRow: 50,
      rotationDegrees: 90,
      mirrored: false,
    });
    expect(toScreen(matrix, 50, 0)).toEqual({ x: 200, y: 100 });
  });

  test('a mirrored image has its first column on the right', () => {
    const size = { columns: 100, rows: 100, pixelAspect: 1 };
    const placement = { zoom: 1, centerColumn: 50, centerRow: 50, rotationDegrees: 0, mirrored: true } as const;
    expect(toScreen(imageMatrix(size, { width: 200, height: 200 }, placement), 0, 20)).toEqual({ x: 200, y: 40 });
  });

  test('pixels twice as high as wide make the image twice as high', () => {
    const size = { columns: 100, rows: 100, pixelAspect: 2 };
    expect(fitScale(size, { width: 400, height: 400 }, 0)).toBe(2);
    const { a, d } = imageMatrix(
      size,
      { width: 400, height: 400 },
      { zoom: 1, centerColumn: 50, centerRow: 50, rotationDegrees: 0, mirrored: false },
    );
    expect([a, d]).toEqual([2, 4]);
  });
});

describe('pan and zoom', () => {
  const size = { columns: 512, rows: 512, pixelAspect: 1 };
  const view = { width: 800, height: 600 };
  const start: Placement = { zoom: 1, centerColumn: 256, centerRow: 256, rotationDegrees: 0, mirrored: false };

  test('zooming keeps the point under the pointer', () => {
    const anchor = { x: 300, y: 250 };
    const before = toImage(imageMatrix(size, view, start), anchor.x, anchor.y);
    const zoomed = zoomBy(size, view, start, 2.5, anchor);
    const after = toImage(imageMatrix(size, view, zoomed), anchor.x, anchor.y);
    expect(after.column).toBeCloseTo(before.column, 6);
    expect(after.row).toBeCloseTo(before.row, 6);
  });

  test('panning moves the image by so many screen pixels, turned, mirrored or not', () => {
    for (const rotationDegrees of [0, 90, 180, 270] as const) {
      const placed = { ...start, rotationDegrees, mirrored: rotationDegrees > 90 };
      const before = toScreen(imageMatrix(size, view, placed), 200, 300);
      const after = toScreen(imageMatrix(size, view, panBy(size, view, placed, 30, -20)), 200, 300);
      expect(after.x - before.x).toBeCloseTo(30, 6);
      expect(after.y - before.y).toBeCloseTo(-20, 6);
    }
  });

  test('the image cannot be pushed out of sight or zoomed to nothing', () => {
    const pushed = panBy(size, view, start, 100_000, -100_000);
    expect([pushed.centerColumn, pushed.centerRow]).toEqual([0, 512]);
    expect(zoomBy(size, view, start, 1e-9).zoom).toBeGreaterThanOrEqual(0.1);
    expect(zoomBy(size, view, start, 1e9).zoom).toBeLessThanOrEqual(64);
  });
});
