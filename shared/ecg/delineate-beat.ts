import { analysisRateHz, smoothed } from './condition-leads.ts';
import type { MedianBeat, MedianLead } from './beat-classes.ts';

// Named once: looking them up at each sample costs much where globals are slow (Jest's contexts).
const { abs, floor, max, min, round, sqrt } = Math;

/**
 * Wave boundaries over all leads of a median beat. Onset and offset of the QRS complex from the spatial velocity, the
 * root mean square over the leads of the slope (as in Christov and Simova, Physiol Meas 2006;27:1405, and the all-lead
 * rule of IEC 60601-2-25 Annex GG: earliest onset, latest offset); the T end by the tangent to the steepest part of its
 * last limb (Lepeschkin and Surawicz, Circulation 1952;6:378), which ends earlier than the last visible deflection.
 */

const at = (seconds: number): number => round(seconds * analysisRateHz);

/** Sample indices within the median beat. */
export interface BeatBoundaries {
  qrsOnset: number;
  /** The J point. */
  qrsOffset: number;
  pOnset: number | null;
  pOffset: number | null;
  tPeak: number | null;
  tEnd: number | null;
  /** By how many samples the leads disagree about the T end (weighted quarter to the chosen one). */
  tEndSpread: number;
  /** Noise of the spatial magnitude where nothing should be, microvolts. */
  noiseMicrovolts: number;
  /** Root mean square over the leads at the top of the P wave; 0 without. */
  pStrengthMicrovolts: number;
}

const derived = new Set(['III', 'aVR', 'aVL', 'aVF']);

/** The leads that carry boundaries: those known over most of the beat, without derived ones where the others suffice. */
function usableLeads(beat: MedianBeat): MedianLead[] {
  const from = beat.fiducialIndex - at(0.12);
  const to = beat.fiducialIndex + at(0.2);
  const known = beat.leads.filter(({ beats }) => beats.subarray(max(0, from), to).every((count) => count > 0));
  const independent = known.filter(({ name }) => !derived.has(name));
  return independent.length >= 2 || known.length === 0 ? independent : known;
}

/** Root mean square over leads of the slope, microvolts per millisecond, over `reach` samples to both sides. */
function spatialVelocity(traces: readonly Float64Array[], length: number, reach: number): Float64Array {
  const result = new Float64Array(length);
  const spanMs = (2000 * reach) / analysisRateHz;
  for (const trace of traces) {
    for (let i = reach; i < length - reach; i++) {
      const slope = ((trace[i + reach] ?? 0) - (trace[i - reach] ?? 0)) / spanMs;
      result[i] = (result[i] ?? 0) + slope * slope;
    }
  }
  for (let i = 0; i < length; i++) result[i] = sqrt((result[i] ?? 0) / max(1, traces.length));
  return result;
}

function quantile(values: Float64Array, share: number): number {
  const sorted = values.slice().sort();
  return sorted[min(sorted.length - 1, floor(share * sorted.length))] ?? 0;
}

/** The first index from `from` in direction `step` at which `values` stays under `limit` for `run` samples. */
function quietFrom(values: Float64Array, from: number, step: 1 | -1, end: number, limit: number, run: number): number {
  let quiet = 0;
  for (let i = from; step > 0 ? i <= end : i >= end; i += step) {
    if ((values[i] ?? 0) < limit) {
      quiet++;
      if (quiet >= run) return i - step * (run - 1);
    } else quiet = 0;
  }
  return end;
}

/**
 * @param beat with its baseline removed.
 * @param rrSeconds mean RR interval of the beats averaged; null when unknown (then 1 s is taken).
 * @returns null when no lead shows a QRS complex.
 */
export function delineateBeat(beat: MedianBeat, rrSeconds: number | null): BeatBoundaries | null {
  const leads = usableLeads(beat);
  if (leads.length === 0) return null;
  const traces = leads.map(({ values }) => smoothed(values, 6));
  const { length, fiducialIndex } = beat;
  const velocity = spatialVelocity(traces, length, 2);
  let top = fiducialIndex;
  for (let i = max(0, fiducialIndex - at(0.08)); i <= min(length - 1, fiducialIndex + at(0.1)); i++) {
    if ((velocity[i] ?? 0) > (velocity[top] ?? 0)) top = i;
  }
  const peakVelocity = velocity[top] ?? 0;
  if (peakVelocity < 0.5) return null;

  // The quietest tenth between the T wave and the complex is noise.
  const around = velocity.subarray(max(0, fiducialIndex - at(0.35)), fiducialIndex + at(0.6));
  const noise = quantile(around, 0.1);
  const onsetLimit = max(0.035 * peakVelocity, 3 * noise, 0.5);
  const offsetLimit = max(0.05 * peakVelocity, 3 * noise, 0.7);
  const qrsOnset = quietFrom(velocity, top, -1, max(0, fiducialIndex - at(0.16)), onsetLimit, at(0.012));
  const qrsOffset = quietFrom(velocity, top, 1, min(length - 1, fiducialIndex + at(0.18)), offsetLimit, at(0.014));

  const rr = rrSeconds ?? 1;
  const slow = leads.map(({ values }) => smoothed(values, 16));
  const t = tWave(slow, leads, qrsOnset, qrsOffset, rr, length);
  const p = pWave(slow, leads, qrsOnset, rr, t?.end ?? null);
  return {
    qrsOnset,
    qrsOffset,
    pOnset: p?.onset ?? null,
    pOffset: p?.offset ?? null,
    pStrengthMicrovolts: p?.strength ?? 0,
    tPeak: t?.peak ?? null,
    tEnd: t?.end ?? null,
    tEndSpread: t?.spread ?? 0,
    noiseMicrovolts: magnitudeNoise(leads, qrsOnset),
  };
}

/** High-frequency remainder of the median beat before the complex, root mean square over the leads. */
function magnitudeNoise(leads: readonly MedianLead[], qrsOnset: number): number {
  let [power, used] = [0, 0];
  for (const { values } of leads) {
    const slow = smoothed(values, 16);
    for (let i = max(0, qrsOnset - at(0.3)); i < qrsOnset - at(0.01); i++) {
      power += ((values[i] ?? 0) - (slow[i] ?? 0)) ** 2;
      used++;
    }
  }
  return used === 0 ? 0 : sqrt(power / used);
}

interface TWave {
  peak: number;
  end: number;
}

/** The T wave of one lead: its last top of substance, and where the tangent to its last limb meets the baseline. */
function tOfLead(trace: Float64Array, from: number, to: number): (TWave & { slope: number }) | null {
  let largest = 0;
  for (let i = from; i <= to; i++) largest = max(largest, abs(trace[i] ?? 0));
  if (largest < 40) return null;
  let peak = -1;
  for (let i = from + 1; i < to; i++) {
    const here = trace[i] ?? 0;
    const size = abs(here);
    const isTop = size >= abs(trace[i - 1] ?? 0) && size > abs(trace[i + 1] ?? 0);
    // The last top of at least half the size: the second half of a biphasic T, but no U wave.
    if (isTop && size >= (peak < 0 ? 0.5 : 0.6) * largest) peak = i;
  }
  if (peak < 0) return null;
  const sign = (trace[peak] ?? 0) > 0 ? 1 : -1;
  let steepest = -1;
  let slope = 0;
  for (let i = peak + 1; i < min(trace.length - 3, peak + at(0.2)); i++) {
    const fall = (sign * ((trace[i - 2] ?? 0) - (trace[i + 2] ?? 0))) / 4;
    if (fall > slope) {
      slope = fall;
      steepest = i;
    }
    if (sign * (trace[i] ?? 0) < 0) break;
  }
  if (steepest < 0 || slope * analysisRateHz < 200) return null;
  return { peak, end: steepest + round((sign * (trace[steepest] ?? 0)) / slope), slope };
}

function tWave(
  traces: readonly Float64Array[],
  leads: readonly MedianLead[],
  qrsOnset: number,
  qrsOffset: number,
  rr: number,
  length: number,
): (TWave & { spread: number }) | null {
  const from = qrsOffset + at(0.05);
  // QT is hardly ever longer than this share of RR, and never so long that the next P wave could be meant.
  const latest = qrsOnset + at(min(0.68, max(0.28, rr < 0.75 ? 0.78 * rr : 0.62 * rr + 0.12)));
  const to = min(length - at(0.03), latest);
  if (to <= from + at(0.04)) return null;
  const found: { peak: number; end: number; weight: number }[] = [];
  traces.forEach((trace, i) => {
    const lead = leads[i];
    if (!lead || (lead.beats[to - 1] ?? 0) === 0) return;
    const wave = tOfLead(trace, from, to);
    // A tangent that only ends near the next P wave was not laid to a T wave.
    if (!wave || wave.end >= qrsOnset + at(0.82 * rr)) return;
    // A flat limb's tangent says little about where it ends: it weighs less.
    found.push({ peak: wave.peak, end: wave.end, weight: min(wave.slope, 12) ** 1.5 });
  });
  if (found.length === 0) return null;
  const end = weightedQuantile(found, 'end', 0.85);
  const spread = end - weightedQuantile(found, 'end', 0.25);
  return { peak: weightedQuantile(found, 'peak', 0.5), end: min(length - 1, end), spread };
}

/** Later than the middle, as the longest QT counts, but not the latest, which may be noise. */
function weightedQuantile(
  found: readonly { peak: number; end: number; weight: number }[],
  key: 'peak' | 'end',
  share: number,
): number {
  const sorted = [...found].sort((a, b) => a[key] - b[key]);
  const total = sorted.reduce((sum, { weight }) => sum + weight, 0);
  let sum = 0;
  for (const entry of sorted) {
    sum += entry.weight;
    if (sum >= share * total) return entry[key];
  }
  return sorted.at(-1)?.[key] ?? 0;
}

interface PWave {
  onset: number;
  offset: number;
  strength: number;
}

/**
 * The largest bump before the complex, judged by its root mean square over the leads after a line between the quiet ends
 * of the search window is taken away (P may ride on the T wave before).
 */
function pWave(
  traces: readonly Float64Array[],
  leads: readonly MedianLead[],
  qrsOnset: number,
  rr: number,
  tEnd: number | null,
): PWave | null {
  const qt = tEnd === null ? 0.6 * rr : (tEnd - qrsOnset) / analysisRateHz;
  const room = min(0.46, max(0.16, rr - qt - 0.01));
  const from = max(0, qrsOnset - at(room));
  const to = qrsOnset - at(0.012);
  const usable = traces.filter((_, i) => (leads[i]?.beats[from] ?? 0) > 0);
  if (usable.length === 0 || to - from < at(0.08)) return null;
  const magnitude = new Float64Array(to - from + 1);
  for (const trace of usable) {
    const left = meanOf(trace, from, from + at(0.012));
    const right = meanOf(trace, to - at(0.008), to);
    for (let i = from; i <= to; i++) {
      const line = left + ((right - left) * (i - from)) / (to - from);
      magnitude[i - from] = (magnitude[i - from] ?? 0) + ((trace[i] ?? 0) - line) ** 2;
    }
  }
  for (let i = 0; i < magnitude.length; i++) magnitude[i] = sqrt((magnitude[i] ?? 0) / usable.length);
  let top = 0;
  for (let i = at(0.02); i < magnitude.length - at(0.015); i++) {
    if ((magnitude[i] ?? 0) > (magnitude[top] ?? 0)) top = i;
  }
  const strength = magnitude[top] ?? 0;
  const floorLevel = quantile(magnitude, 0.15);
  if (strength < 12 || strength < 2.5 * floorLevel) return null;
  const velocity = spatialVelocity(usable, traces[0]?.length ?? 0, 3);
  // From the steepest place of each limb outwards to where the slope is a small share of it.
  const limb = (step: 1 | -1): number => {
    let steepest = top + from;
    const end = step > 0 ? min(to, top + from + at(0.08)) : max(from, top + from - at(0.08));
    for (let i = top + from; step > 0 ? i <= end : i >= end; i += step) {
      if ((velocity[i] ?? 0) > (velocity[steepest] ?? 0)) steepest = i;
      if ((magnitude[i - from] ?? 0) < 0.25 * strength) break;
    }
    const limit = max(0.3 * (velocity[steepest] ?? 0), 1.2 * quantile(velocity.subarray(from, to), 0.1));
    const edge = step > 0 ? to : from;
    return quietFrom(velocity, steepest, step, edge, limit, at(0.01));
  };
  const onset = limb(-1);
  const offset = limb(1);
  if (offset - onset < at(0.035)) return null;
  return { onset, offset, strength };
}

function meanOf(trace: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i <= to; i++) sum += trace[i] ?? 0;
  return sum / (to - from + 1);
}
