import { analysisRateHz, smoothed } from './condition-leads.ts';
import type { AnalysisLead } from './condition-leads.ts';
import { movingAverage } from './qrs-envelope.ts';

// Named once: looking them up at each sample costs much where globals are slow (Jest's contexts).
const { abs, floor, max, min, round, sqrt, PI } = Math;

/** How like a sine a recording is, where no QRS complexes stand out: fibrillation, flutter, very fast tachycardia. */
export interface Waviness {
  /** 0: a sine; 1: nothing of it. Kuo and Dillman's VF filter leakage (Computers in Cardiology 1978:347-349). */
  leakage: number;
  hertz: number;
  /** Root mean square, microvolts. */
  strength: number;
}

/** Mean over the leads that carry a signal; null where none does. */
export function measureWaviness(leads: readonly AnalysisLead[]): Waviness | null {
  const found: Waviness[] = [];
  for (const { values, known } of leads) {
    if (values.length < 2 * analysisRateHz || known.some((flag) => flag !== 1)) continue;
    const slow = smoothed(values, 20);
    const wander = movingAverage(slow, analysisRateHz);
    let [size, change, power] = [0, 0, 0];
    const trace = slow.map((value, i) => value - (wander[i] ?? 0));
    for (let i = 1; i < trace.length; i++) {
      const value = trace[i] ?? 0;
      size += abs(value);
      change += abs(value - (trace[i - 1] ?? 0));
      power += value * value;
    }
    const strength = sqrt(power / trace.length);
    if (strength < 60 || change === 0) continue;
    const half = floor((PI * size) / change + 0.5);
    let [left, whole] = [0, 0];
    for (let i = half; i < trace.length; i++) {
      left += abs((trace[i] ?? 0) + (trace[i - half] ?? 0));
      whole += abs(trace[i] ?? 0) + abs(trace[i - half] ?? 0);
    }
    found.push({ leakage: left / whole, hertz: analysisRateHz / (2 * half), strength });
  }
  if (found.length === 0) return null;
  const mean = (key: keyof Waviness): number => found.reduce((sum, entry) => sum + entry[key], 0) / found.length;
  return { leakage: mean('leakage'), hertz: mean('hertz'), strength: mean('strength') };
}

/**
 * Complexes of a very fast rhythm, in which no quiet stretch lets the ordinary detector judge the noise: the tops of the
 * slope over all leads, at least 170 ms apart and of at least 45 % of the usual size.
 * @returns sample indices, ascending.
 */
export function peaksOfRapidRhythm(leads: readonly AnalysisLead[]): number[] {
  const length = leads[0]?.values.length ?? 0;
  const size = new Float64Array(length);
  for (const { values, known } of leads) {
    if (known.some((flag) => flag !== 1)) continue;
    const slow = smoothed(values, 12);
    for (let i = 4; i < length - 4; i++) size[i] = (size[i] ?? 0) + ((slow[i + 4] ?? 0) - (slow[i - 4] ?? 0)) ** 2;
  }
  const energy = smoothed(
    size.map((value) => sqrt(value)),
    60,
  );
  const sorted = energy.slice().sort();
  const limit = 0.45 * (sorted[floor(0.95 * sorted.length)] ?? 0);
  const apart = round(0.17 * analysisRateHz);
  const peaks: number[] = [];
  for (let i = 1; i < length - 1; i++) {
    const here = energy[i] ?? 0;
    if (here < limit || here < (energy[i - 1] ?? 0) || here <= (energy[i + 1] ?? 0)) continue;
    const last = peaks.at(-1);
    if (last !== undefined && i - last < apart) {
      if (here > (energy[last] ?? 0)) peaks[peaks.length - 1] = i;
    } else peaks.push(i);
  }
  return peaks.map((peak) => max(0, min(length - 1, peak)));
}
