import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decimateTrace } from '../../../shared/ecg/trace-decimation.ts';
import { rampLead } from './made-ecg.ts';

const placed = (samples: (number | null)[], sampleRateHz: number, startSeconds = 0) => ({
  ...rampLead('II', 0, sampleRateHz),
  samples,
  startSeconds,
});

describe('trace thinned for the screen', () => {
  test('keeps every sample when there are no more than the screen can show', () => {
    const runs = decimateTrace(placed([1, 5, -3, 2], 100), 0, 1, 94);
    expect(runs.map((run) => [...run])).toEqual([[0, 1, 0.01, 5, 0.02, -3, 0.03, 2]]);
  });

  test('never loses a peak, never invents a value, never goes back in time', () => {
    const sample = fc.option(fc.integer({ min: -5000, max: 5000 }), { nil: null, freq: 12 });
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 400 }), fc.integer({ min: 3, max: 200 }), (samples, buckets) => {
        const runs = decimateTrace(placed(samples, 1000), 0, 1, buckets);
        const present = samples.filter((value) => value !== null);
        const drawn = runs.flatMap((run) => [...run].filter((_, i) => i % 2 === 1));
        if (present.length > 0) {
          expect(Math.max(...drawn)).toBe(Math.max(...present));
          expect(Math.min(...drawn)).toBe(Math.min(...present));
        }
        let before = -1;
        for (const run of runs) {
          for (let i = 0; i < run.length; i += 2) {
            const index = Math.round((run[i] ?? 0) * 1000);
            expect(index).toBeGreaterThan(before);
            expect(samples[index]).toBe(run[i + 1]);
            before = index;
          }
        }
      }),
    );
  });

  test('a missing stretch is a gap: no run crosses it', () => {
    const samples = [...Array<number>(50).fill(1), ...Array<null>(20).fill(null), ...Array<number>(50).fill(2)];
    const runs = decimateTrace(placed(samples, 1000), 0, 1, 50);
    expect(runs).toHaveLength(2);
    expect(runs[0]?.at(-2)).toBeCloseTo(0.049, 10);
    expect(runs[1]?.[0]).toBeCloseTo(0.07, 10);
  });

  test('a lone sample between gaps stays, as a point', () => {
    const runs = decimateTrace(placed([null, 7, null], 500), 0, 1, 50);
    expect(runs.map((run) => [...run])).toEqual([[0.002, 7]]);
  });

  test('slices meet: the sample on the border belongs to both', () => {
    const lead = { ...rampLead('V1', 5000, 500), startSeconds: 0 };
    expect(decimateTrace(lead, 2.5, 5, 94)[0]?.[0]).toBe(2.5);
    expect(decimateTrace(lead, 0, 2.5, 94)[0]?.at(-2)).toBe(2.5);
  });

  test('a group that starts later stands later on the paper', () => {
    const runs = decimateTrace(placed([10, 20, 30], 100, 2.5), 2.5, 5, 94);
    expect([...(runs[0] ?? [])]).toEqual([2.5, 10, 2.51, 20, 2.52, 30]);
    expect(decimateTrace(placed([10, 20, 30], 100, 2.5), 0, 2, 94)).toEqual([]);
  });

  test('beyond the recording there is nothing', () => {
    expect(decimateTrace(placed([1, 2, 3], 100), 5, 10, 94)).toEqual([]);
    expect(decimateTrace(placed([1, 2, 3], 0), 0, 10, 94)).toEqual([]);
  });
});
