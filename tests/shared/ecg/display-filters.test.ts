import { describe, expect, test } from '@jest/globals';
import { peakToPeakMillivolts } from '../../../client/features/ecg/viewer/caliper-geometry.ts';
import { detectRPeaks } from '../../../shared/ecg/detect-r-peaks.ts';
import {
  actingFilters,
  filterBlock,
  filteredLead,
  filterForDisplay,
  highPasses,
  lowPasses,
} from '../../../shared/ecg/display-filters.ts';
import type { DisplayFilters } from '../../../shared/ecg/display-filters.ts';
import { preReadEcg } from '../../../shared/ecg/pre-read.ts';
import { synthesizeEcg } from '../../../shared/ecg/synthesize.ts';

// Named once: looking them up at each sample costs much in Jest's contexts.
const { abs, cos, sin, PI } = Math;
const none: DisplayFilters = { highPassHz: null, lowPassHz: null, notchHz: null };
const sine = (hertz: number, rate: number, seconds: number) =>
  Array.from({ length: Math.round(seconds * rate) }, (_, i) => 1000 * sin((2 * PI * hertz * i) / rate));

/** Gain in dB of the middle third, by its part in phase with the input; and the part at right angles to it. */
function measured(filters: DisplayFilters, hertz: number, rate: number, seconds: number) {
  const output = filterForDisplay(sine(hertz, rate, seconds), rate, filters);
  let [inPhase, across] = [0, 0];
  // Whole periods, far from both ends.
  const periods = Math.max(1, Math.floor((seconds / 3) * hertz));
  const count = Math.round((periods / hertz) * rate);
  const from = Math.round((output.length - count) / 2);
  for (let i = from; i < from + count; i++) {
    const phase = (2 * PI * hertz * i) / rate;
    inPhase += (output[i] as number) * sin(phase) * (2 / count);
    across += (output[i] as number) * cos(phase) * (2 / count);
  }
  return { decibels: 20 * Math.log10(abs(inPhase) / 1000), across: across / 1000 };
}

const tan = (hertz: number, rate: number) => Math.tan((PI * hertz) / rate);
/** Two Butterworth passes of second order with -3.01 dB together at the corner: 1 / (1 + r^4 (sqrt 2 - 1)). */
const theory = (ratio: number) => -20 * Math.log10(1 + (Math.SQRT2 - 1) * ratio ** 4);

describe('display filters', () => {
  for (const rate of [500, 1000]) {
    for (const corner of lowPasses) {
      test(`low pass ${corner} Hz at ${rate} Hz follows the theory, -3 dB at its corner, without any delay`, () => {
        for (const share of [0.1, 0.5, 0.8, 1, 1.25]) {
          const hertz = corner * share;
          const { decibels, across } = measured({ ...none, lowPassHz: corner }, hertz, rate, 4);
          expect(decibels).toBeCloseTo(theory(tan(hertz, rate) / tan(corner, rate)), 1);
          expect(abs(across)).toBeLessThan(0.01);
        }
        expect(measured({ ...none, lowPassHz: corner }, corner, rate, 4).decibels).toBeCloseTo(-3.01, 1);
      });
    }
  }

  for (const corner of highPasses) {
    test(`high pass ${corner} Hz follows the theory, -3 dB at its corner, without any delay`, () => {
      const rate = 100;
      for (const share of [0.5, 1, 2, 10]) {
        const hertz = corner * share;
        const { decibels, across } = measured({ ...none, highPassHz: corner }, hertz, rate, 40 / corner);
        expect(decibels).toBeCloseTo(theory(tan(corner, rate) / tan(hertz, rate)), 1);
        expect(abs(across)).toBeLessThan(0.02);
      }
    });
  }

  test('the notch takes out 50 Hz and hum near it, has -3 dB at about 48 and 52 Hz, and leaves the rest', () => {
    const gain = (hertz: number) => measured({ ...none, notchHz: 50 }, hertz, 500, 8).decibels;
    expect(gain(50)).toBeLessThan(-60);
    expect(gain(49.8)).toBeLessThan(-25);
    expect(gain(50.2)).toBeLessThan(-25);
    expect(abs(gain(48) + 3.01)).toBeLessThan(0.3);
    expect(abs(gain(52) + 3.01)).toBeLessThan(0.3);
    for (const hertz of [1, 10, 30, 40, 60, 100]) expect(abs(gain(hertz))).toBeLessThan(0.2);
  });

  test('a high pass of 0.5 Hz takes wander away and lets the ST level of the trace stand', () => {
    const clean = synthesizeEcg({ rhythm: 'inferior-stemi', seed: 4 }).document.groups[0]!.leads.find(
      ({ name }) => name === 'II',
    )!;
    const wander = clean.samples.map((value, i) => (value ?? 0) + 400 * sin((2 * PI * 0.15 * i) / clean.sampleRateHz));
    const rate = clean.sampleRateHz;
    const filters = { ...none, highPassHz: 0.5 } as const;
    const filtered = filterForDisplay(wander, rate, filters) as number[];
    const alone = filterForDisplay(clean.samples, rate, filters) as number[];
    const middle = (values: number[]) => values.slice(2 * rate, 8 * rate);
    const worst = Math.max(...middle(filtered).map((value, i) => abs(value - (middle(alone)[i] ?? 0))));
    expect(worst).toBeLessThan(15);
  });

  test('missing samples stay missing and invent nothing; a gap makes no step beside it', () => {
    const samples: (number | null)[] = Array.from({ length: 5000 }, (_, i) => (i % 500) / 2 + 300);
    for (let i = 0; i < 40; i++) samples[i] = null;
    for (let i = 2000; i < 2300; i++) samples[i] = null;
    samples[4999] = null;
    for (const filters of [
      { ...none, highPassHz: 0.5 as const },
      { ...none, lowPassHz: 25 as const },
      { highPassHz: 0.05 as const, lowPassHz: 40 as const, notchHz: 50 as const },
    ]) {
      const filtered = filterForDisplay(samples, 500, filters);
      expect(filtered.map((value) => value === null)).toEqual(samples.map((value) => value === null));
      expect(filtered.every((value) => value === null || abs(value) < 1000)).toBe(true);
    }
    expect(filterForDisplay([null, null, null], 500, { ...none, lowPassHz: 25 })).toEqual([null, null, null]);
    expect(filterForDisplay([null, 7, null], 500, { ...none, lowPassHz: 25 })).toEqual([null, 7, null]);
    expect(filterForDisplay([], 500, { ...none, notchHz: 50 })).toEqual([]);
  });

  test('a constant passes a low pass and the notch unchanged to its very ends, and a high pass takes it off', () => {
    const flat = Array<number>(600).fill(800);
    const through = filterForDisplay(flat, 500, { ...none, lowPassHz: 40, notchHz: 50 }) as number[];
    expect(Math.max(...through.map((value) => abs(value - 800)))).toBeLessThan(1e-6);
    const off = filterForDisplay(flat, 500, { ...none, highPassHz: 0.05 }) as number[];
    expect(Math.max(...off.map(abs))).toBeLessThan(1e-6);
  });

  test('filters that a sampling rate cannot carry do not act, and are not claimed', () => {
    const all: DisplayFilters = { highPassHz: 0.5, lowPassHz: 150, notchHz: 50 };
    expect(actingFilters(all, 500)).toEqual(all);
    expect(actingFilters(all, 250)).toEqual({ ...all, lowPassHz: null });
    expect(actingFilters(all, 100)).toEqual({ highPassHz: 0.5, lowPassHz: null, notchHz: null });
  });

  test('a long recording is filtered around what is shown, as the whole would be', () => {
    const samples = sine(1.3, 200, 300).map((value, i) => value + 200 * sin(i / 4000));
    const lead = { name: 'II', sampleRateHz: 200, unit: 'uV' as const, samples, startSeconds: 0 };
    const filters: DisplayFilters = { highPassHz: 0.5, lowPassHz: 40, notchHz: 50 };
    const block = filterBlock(127, 300, 10, filters);
    expect(block).toEqual({ from: 115, to: 145 });
    expect(filterBlock(129.9, 300, 10, filters)).toEqual(block);
    const part = filteredLead(lead, filters, block);
    const whole = filteredLead(lead, filters, { from: 0, to: 300 });
    expect(part.startSeconds).toBe(115);
    for (let second = 120; second < 140; second += 0.25) {
      const [a, b] = [part.samples[(second - 115) * 200] as number, whole.samples[second * 200] as number];
      expect(abs(a - b)).toBeLessThan(1);
    }
  });

  test('nothing is measured on what a filter made: detection, intervals and amplitudes keep the recorded samples', () => {
    const { document: made } = synthesizeEcg({ seed: 9, noiseMicrovolts: 20 });
    const before = JSON.stringify(made.groups);
    const lead = { ...made.groups[0]!.leads.find(({ name }) => name === 'V4')!, startSeconds: 0 };
    const caliper = { id: 'k', lead: 'V4', fromSeconds: 2, toSeconds: 4, fromMicrovolts: 0, toMicrovolts: 0 };
    const detected = detectRPeaks(made.groups[0]!.leads).peakSeconds;
    const intervals = preReadEcg(made).intervals;
    const amplitude = peakToPeakMillivolts(lead, caliper)!;
    const strong: DisplayFilters = { highPassHz: 0.5, lowPassHz: 25, notchHz: 50 };
    const drawn = filteredLead(lead, strong, { from: 0, to: 10 });
    // The drawn trace has lost height, so that measuring on it would be seen here.
    expect(peakToPeakMillivolts(drawn, caliper)!).toBeLessThan(0.95 * amplitude);
    // The recorded one is untouched, to the sample.
    expect(JSON.stringify(made.groups)).toBe(before);
    expect(detectRPeaks(made.groups[0]!.leads).peakSeconds).toEqual(detected);
    expect(preReadEcg(made).intervals).toEqual(intervals);
    expect(peakToPeakMillivolts(lead, caliper)).toBe(amplitude);
  });
});
