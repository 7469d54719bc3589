import { expect, test } from '@jest/globals';
import { correctQt } from '../../../shared/ecg/qt-correction.ts';

test('the four formulas at 400 ms and 80 a minute', () => {
  const corrected = correctQt(400, 750)!;
  expect(corrected.bazettMs).toBeCloseTo(400 / Math.sqrt(0.75), 9);
  expect(corrected.fridericiaMs).toBeCloseTo(400 / Math.cbrt(0.75), 9);
  expect(corrected.framinghamMs).toBeCloseTo(400 + 154 * 0.25, 9);
  expect(corrected.hodgesMs).toBeCloseTo(400 + 1.75 * 20, 9);
});

test('at 60 a minute all agree; without intervals there is none', () => {
  expect(correctQt(410, 1000)).toEqual({ bazettMs: 410, fridericiaMs: 410, framinghamMs: 410, hodgesMs: 410 });
  for (const [qt, rr] of [
    [0, 800],
    [400, 0],
    [-1, 800],
    [Number.NaN, 800],
    [400, Number.POSITIVE_INFINITY],
  ] as const) {
    expect(correctQt(qt, rr)).toBeNull();
  }
});
