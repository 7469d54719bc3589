import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  fiducialNames,
  fiducialsOf,
  measureFiducials,
  placeFiducial,
  usualFiducial,
  withMoved,
} from '../../../shared/ecg/fiducial-marks.ts';
import type { FiducialTimes } from '../../../shared/ecg/fiducial-marks.ts';
import { preReadEcg } from '../../../shared/ecg/pre-read.ts';
import { synthesizeEcg } from '../../../shared/ecg/synthesize.ts';

const times: FiducialTimes = { pOnset: 340, pOffset: 440, qrsOnset: 500, jPoint: 590, tEnd: 900 };

test('intervals are the distances between marks; QT is corrected by all four formulas', () => {
  const read = measureFiducials(times, 810);
  expect(read).toMatchObject({ prMs: 160, pDurationMs: 100, qrsMs: 90, qtMs: 400 });
  expect(read.qtc?.bazettMs).toBeCloseTo(444.4, 1);
  expect(read.qtc?.fridericiaMs).toBeCloseTo(429.1, 1);
  expect(read.qtc?.framinghamMs).toBeCloseTo(429.3, 1);
  expect(read.qtc?.hodgesMs).toBeCloseTo(424.6, 1);
  expect(measureFiducials({ ...times, pOnset: null, tEnd: null }, 810)).toMatchObject({
    prMs: null,
    pDurationMs: null,
    qrsMs: 90,
    qtMs: null,
    qtc: null,
  });
  expect(measureFiducials(times, null).qtc).toBeNull();
});

test('the marks of our own reading measure what the reading says', () => {
  const preRead = preReadEcg(synthesizeEcg({ seed: 5 }).document);
  const read = measureFiducials(fiducialsOf(preRead.beat!), preRead.intervals.rr.ms);
  expect(read.prMs).toBeCloseTo(preRead.intervals.pr.ms!, 6);
  expect(read.qrsMs).toBeCloseTo(preRead.intervals.qrs.ms!, 6);
  expect(read.qtMs).toBeCloseTo(preRead.intervals.qt.ms!, 6);
  expect(read.qtc).toEqual(preRead.intervals.qtc);
});

test('a mark that a reader moved takes the place of the found one', () => {
  expect(measureFiducials(withMoved(times, { tEnd: 940 }), 810).qtMs).toBe(440);
});

test('marks keep their order and stay within the beat, wherever they are dragged', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(...fiducialNames), fc.double({ min: -500, max: 2000, noNaN: true })), {
        maxLength: 30,
      }),
      (drags) => {
        let now = times;
        for (const [name, ms] of drags) now = withMoved(now, { [name]: placeFiducial(now, name, ms, 1260) });
        const values = fiducialNames.map((name) => now[name] as number);
        expect(values.every((value, i) => i === 0 || value > (values[i - 1] ?? 0))).toBe(true);
        expect(values[0]! >= 0 && values.at(-1)! <= 1260).toBe(true);
      },
    ),
  );
});

test('a wave that was not found gets its mark at an everyday place', () => {
  const without = { ...times, pOnset: null, pOffset: null };
  expect(usualFiducial(without, 'pOnset', 1260)).toBe(340);
  expect(usualFiducial({ ...without, pOnset: 460 }, 'pOffset', 1260)).toBe(464);
});
