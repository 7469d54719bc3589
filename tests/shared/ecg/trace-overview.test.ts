import { expect, test } from '@jest/globals';
import { overviewOf } from '../../../shared/ecg/trace-overview.ts';

const lead = (samples: (number | null)[], startSeconds = 0) => ({
  name: 'II',
  sampleRateHz: 100,
  unit: 'uV' as const,
  samples,
  startSeconds,
});

test('every extreme of a recording stands in its bucket', () => {
  const samples: (number | null)[] = Array<number>(6000).fill(10);
  samples[1234] = 900;
  samples[1250] = -700;
  samples[5999] = 333;
  const { lows, highs } = overviewOf(lead(samples), 60, 60);
  expect([lows[12], highs[12]]).toEqual([-700, 900]);
  expect([lows[13], highs[13]]).toEqual([10, 10]);
  expect(highs[59]).toBe(333);
});

test('gaps stay empty, and a lead that starts later stands where it belongs', () => {
  const samples: (number | null)[] = Array<number>(3000).fill(5);
  for (let i = 1000; i < 2000; i++) samples[i] = null;
  const { lows, highs } = overviewOf(lead(samples, 30), 60, 6);
  expect([...lows]).toEqual([NaN, NaN, NaN, 5, NaN, 5]);
  expect([...highs]).toEqual([NaN, NaN, NaN, 5, NaN, 5]);
});
