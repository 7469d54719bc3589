import type { AlignedBeat, MedianBeat } from './beat-classes.ts';
import { analysisRateHz, smoothed } from './condition-leads.ts';
import type { AnalysisLead } from './condition-leads.ts';
import type { BeatBoundaries } from './delineate-beat.ts';
import { movingAverage } from './qrs-envelope.ts';

// Named once: looking them up at each sample costs much where globals are slow (Jest's contexts).
const { abs, floor, max, min, round, sqrt } = Math;

/**
 * P waves over the whole recording, also those that are not conducted: the dominant beats' QRS and T are subtracted, and
 * what is left is searched for the shape of a P wave. The shape comes from the median beat where P keeps its distance
 * from the QRS complex, otherwise from the bump in the remainder that occurs most often.
 */
export interface PWaves {
  /** Onsets in seconds after the start, ascending. */
  onsetSeconds: number[];
  /** Share of dominant beats with a P wave at the median beat's PR interval (within 30 ms). */
  linkedShare: number;
  /** Median PP interval of neighbouring P waves, milliseconds; null with fewer than three. */
  ppMs: number | null;
  /** Share of PP intervals that are one, two or three times `ppMs` (within 12 %): P waves may hide in QRS complexes. */
  regularShare: number;
}

const searchHz = 125;
const decimation = analysisRateHz / searchHz;
const derived = new Set(['III', 'aVR', 'aVL', 'aVF']);
/** Two P waves are at least so far apart: 240 a minute. */
const apart = round(0.25 * searchHz);
const alike = 0.72;

interface Remainder {
  traces: Float64Array[];
  /** 1 where a P wave could be seen: known, outside QRS complexes and beats of other classes. */
  open: Uint8Array;
  length: number;
}

function remainderOf(
  leads: readonly AnalysisLead[],
  beats: readonly AlignedBeat[],
  median: MedianBeat,
  boundaries: BeatBoundaries,
): Remainder {
  const independent = leads.filter(({ name }) => !derived.has(name));
  const chosen = independent.length > 0 ? independent : leads;
  const sampleCount = chosen[0]?.values.length ?? 0;
  const length = floor(sampleCount / decimation);
  const open = new Uint8Array(length).fill(1);
  const from = boundaries.qrsOnset - median.fiducialIndex - 3;
  const to = (boundaries.tEnd ?? boundaries.qrsOffset + round(0.3 * analysisRateHz)) - median.fiducialIndex + 15;
  const qrsFrom = boundaries.qrsOnset - median.fiducialIndex;
  const qrsTo = boundaries.qrsOffset - median.fiducialIndex + round(0.04 * analysisRateHz);
  beats.forEach((beat, i) => {
    const dominant = beat.classIndex === 0;
    const next = beats[i + 1]?.fiducial ?? sampleCount + analysisRateHz;
    const first = beat.fiducial + (dominant ? qrsFrom : -round(0.1 * analysisRateHz));
    const last = dominant ? beat.fiducial + qrsTo : min(next, beat.fiducial + round(0.48 * analysisRateHz));
    open.fill(0, max(0, floor(first / decimation)), max(0, min(length, floor(last / decimation) + 1)));
  });
  const traces = chosen.map((lead) => {
    const own = lead.values.slice();
    const shape = median.leads.find(({ name }) => name === lead.name);
    beats.forEach((beat, k) => {
      if (beat.classIndex !== 0 || !shape) return;
      const next = beats[k + 1]?.fiducial ?? Number.POSITIVE_INFINITY;
      for (let i = from; i <= to; i++) {
        const index = beat.fiducial + i;
        if (index < 0 || index >= own.length || index > next - 45) continue;
        // Faded in and out over 20 ms, so that no step is left.
        const fade = min(1, (i - from) / 3, (to - i) / 10);
        own[index] = (own[index] ?? 0) - fade * (shape.values[median.fiducialIndex + i] ?? 0);
      }
    });
    const slow = smoothed(own, 16);
    const wander = movingAverage(slow, round(0.36 * analysisRateHz));
    const trace = new Float64Array(length);
    for (let i = 0; i < length; i++) {
      trace[i] = (slow[i * decimation] ?? 0) - (wander[i * decimation] ?? 0);
      if (lead.known[i * decimation] !== 1) trace[i] = 0;
    }
    return trace;
  });
  return { traces, open, length };
}

type Shape = Float64Array[];

function cut(traces: readonly Float64Array[], from: number, width: number): Shape {
  return traces.map((trace) => {
    const part = trace.slice(max(0, from), from + width);
    let sum = 0;
    for (const value of part) sum += value;
    return part.map((value) => value - sum / part.length);
  });
}

/** Correlation of the remainder from `from` on with the shape, and its size in units of the shape. */
function match(traces: readonly Float64Array[], shape: Shape, from: number): { likeness: number; gain: number } {
  let [dot, own, other] = [0, 0, 0];
  for (let l = 0; l < shape.length; l++) {
    const wave = shape[l];
    const trace = traces[l];
    if (!wave || !trace) continue;
    let sum = 0;
    for (let i = 0; i < wave.length; i++) sum += trace[from + i] ?? 0;
    const mean = sum / wave.length;
    for (let i = 0; i < wave.length; i++) {
      const value = (trace[from + i] ?? 0) - mean;
      const expected = wave[i] ?? 0;
      dot += value * expected;
      own += value * value;
      other += expected * expected;
    }
  }
  return own === 0 || other === 0 ? { likeness: 0, gain: 0 } : { likeness: dot / sqrt(own * other), gain: dot / other };
}

/** Places where the remainder looks like the shape, the best within each 250 ms. */
function occurrences(remainder: Remainder, shape: Shape, width: number): number[] {
  const { traces, open, length } = remainder;
  const found: { from: number; likeness: number }[] = [];
  for (let from = 0; from + width <= length; from++) {
    let closed = 0;
    for (let i = from; i < from + width; i++) if (open[i] !== 1) closed++;
    if (closed > 0.3 * width || open[from + (width >> 1)] !== 1) continue;
    const { likeness, gain } = match(traces, shape, from);
    if (likeness < alike || gain < 0.5 || gain > 1.9) continue;
    const last = found.at(-1);
    if (last && from - last.from < apart) {
      if (likeness > last.likeness) found[found.length - 1] = { from, likeness };
    } else found.push({ from, likeness });
  }
  return found.map(({ from }) => from);
}

/** The bump that occurs most often in the remainder: the largest ones are tried as shapes in turn. */
function commonestBump(remainder: Remainder, width: number): Shape | null {
  const { traces, open, length } = remainder;
  const size = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    let sum = 0;
    for (const trace of traces) sum += (trace[i] ?? 0) ** 2;
    size[i] = sqrt(sum / max(1, traces.length));
  }
  const tops: number[] = [];
  const half = width >> 1;
  for (let i = half; i < length - half; i++) {
    let isTop = (size[i] ?? 0) >= 18;
    for (let k = -half; isTop && k <= half; k++) isTop = open[i + k] === 1 && (size[i + k] ?? 0) <= (size[i] ?? 0);
    if (isTop) tops.push(i);
  }
  const largest = [...tops].sort((a, b) => (size[b] ?? 0) - (size[a] ?? 0)).slice(0, 12);
  let best: { shape: Shape; matches: number[] } | null = null;
  for (const top of largest) {
    const shape = cut(traces, top - half, width);
    const matches = tops.filter((other) => match(traces, shape, other - half).likeness > 0.8);
    if (matches.length >= 3 && matches.length > (best?.matches.length ?? 0)) best = { shape, matches };
  }
  if (!best) return null;
  const { matches } = best;
  const mean = traces.map(() => new Float64Array(width));
  for (const place of matches) {
    cut(traces, place - half, width).forEach((part, l) => {
      part.forEach((value, i) => {
        const into = mean[l];
        if (into) into[i] = (into[i] ?? 0) + value / matches.length;
      });
    });
  }
  return mean;
}

function regularity(onsets: readonly number[]): { ppMs: number | null; regularShare: number } {
  const intervals = onsets.slice(1).map((onset, i) => onset - (onsets[i] ?? 0));
  if (intervals.length < 2) return { ppMs: null, regularShare: 0 };
  const sorted = [...intervals].sort((a, b) => a - b);
  // The lower third: longer ones may be two intervals with a P wave hidden between.
  const guess = sorted[floor(sorted.length / 3)] ?? 0;
  const single = intervals.filter((interval) => abs(interval - guess) < 0.15 * guess);
  const base = single.reduce((sum, interval) => sum + interval, 0) / max(1, single.length);
  const fits = intervals.filter((interval) => {
    const times = round(interval / base);
    return times >= 1 && times <= 3 && abs(interval / times - base) < 0.12 * base;
  });
  return { ppMs: base * 1000, regularShare: fits.length / intervals.length };
}

/** @param leads with baseline removed. @param beats ascending. @param median of class 0 with its boundaries. */
export function findPWaves(
  leads: readonly AnalysisLead[],
  beats: readonly AlignedBeat[],
  median: MedianBeat,
  boundaries: BeatBoundaries,
): PWaves {
  const remainder = remainderOf(leads, beats, median, boundaries);
  const dominant = beats.filter((beat) => beat.classIndex === 0);
  const seconds = (index: number): number => index / searchHz;
  const { pOnset, pOffset } = boundaries;
  let linked: PWaves | null = null;
  if (pOnset !== null && pOffset !== null) {
    const margin = 2;
    const width = max(8, round((pOffset - pOnset) / decimation)) + 2 * margin;
    const lag = (pOnset - median.fiducialIndex) / decimation - margin;
    const parts = remainder.traces.map((_, l) => {
      const sums = new Float64Array(width);
      let used = 0;
      for (const beat of dominant) {
        const from = round(beat.fiducial / decimation + lag);
        if (from < 0 || from + width > remainder.length) continue;
        const part = cut([remainder.traces[l] ?? new Float64Array(0)], from, width)[0];
        part?.forEach((value, i) => (sums[i] = (sums[i] ?? 0) + value));
        used++;
      }
      return sums.map((value) => value / max(1, used));
    });
    const onsets = occurrences(remainder, parts, width).map((from) => seconds(from + margin));
    const expected = dominant.map((beat) => (beat.fiducial + pOnset - median.fiducialIndex) / analysisRateHz);
    const possible = expected.filter((onset) => onset >= 0.02);
    const met = possible.filter((onset) => onsets.some((other) => abs(other - onset) <= 0.03));
    linked = {
      onsetSeconds: onsets,
      linkedShare: possible.length === 0 ? 0 : met.length / possible.length,
      ...regularity(onsets),
    };
    if (linked.linkedShare >= 0.8) return linked;
  }
  const width = round(0.12 * searchHz);
  const bump = commonestBump(remainder, width);
  const linkedShare = linked?.linkedShare ?? 0;
  if (!bump) return { ...(linked ?? { onsetSeconds: [], ppMs: null, regularShare: 0 }), linkedShare };
  const onsets = occurrences(remainder, bump, width).map((from) => seconds(from + 1));
  const own = { onsetSeconds: onsets, linkedShare, ...regularity(onsets) };
  return linked && linked.regularShare >= own.regularShare && linked.onsetSeconds.length >= onsets.length
    ? linked
    : own;
}
