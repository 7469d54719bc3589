import type { MedianBeat } from './beat-classes.ts';
import type { LeadMeasurements } from './beat-measurements.ts';
import { analysisRateHz } from './condition-leads.ts';
import type { AnalysisLead, MainsHum } from './condition-leads.ts';
import type { BeatBoundaries } from './delineate-beat.ts';
import { movingAverage } from './qrs-envelope.ts';

// Named once: looking them up at each sample costs much where globals are slow (Jest's contexts).
const { abs, floor, max, min, round, sqrt } = Math;

/**
 * What is wrong with a recording, so that it can be asked for again before the patient leaves the couch. Codes, no
 * sentences; the interface translates them.
 */
export const qualityCodes = [
  'lead-off-flat',
  'lead-saturated',
  'lead-gaps',
  'high-noise',
  'mains-hum',
  'baseline-wander',
  'arm-leads-reversed',
  'precordial-order',
  'recording-short',
  'leads-missing',
] as const;
export type QualityCode = (typeof qualityCodes)[number];

export interface QualityFinding {
  code: QualityCode;
  /** 'repeat': do it again; 'hint': readable, but the reader should know. */
  severity: 'repeat' | 'hint';
  leads: string[];
  /** The figure behind it: microvolts, seconds or a share, as the code says. */
  value: number | null;
}

/** Microvolts unless named otherwise. Our own limits, set on generated traces; no standard gives them. */
export const qualityLimits = {
  flatRange: 15,
  flatShare: 0.5,
  saturatedShare: 0.05,
  noiseHint: 30,
  noiseRepeat: 75,
  humHint: 40,
  humRepeat: 150,
  wanderHint: 400,
  wanderRepeat: 1200,
  shortestSeconds: 8,
  gapShare: 0.1,
} as const;

export interface LeadState {
  flatShare: number;
  saturatedShare: number;
  knownShare: number;
  wander: number;
}

/** One lead as recorded, before baseline and hum are taken away. */
export function judgeLead(lead: AnalysisLead): LeadState {
  const { values, known } = lead;
  const length = values.length;
  let knownCount = 0;
  let [highest, lowest] = [-1e12, 1e12];
  for (let i = 0; i < length; i++) {
    if (known[i] !== 1) continue;
    knownCount++;
    highest = max(highest, values[i] ?? 0);
    lowest = min(lowest, values[i] ?? 0);
  }
  const block = round(0.5 * analysisRateHz);
  let [blocks, flat, stuck] = [0, 0, 0];
  for (let from = 0; from + block <= length; from += block) {
    if (known[from] !== 1) continue;
    let [high, low] = [values[from] ?? 0, values[from] ?? 0];
    let atRail = 0;
    for (let i = from; i < from + block; i++) {
      const value = values[i] ?? 0;
      high = max(high, value);
      low = min(low, value);
      // A rail: the very same extreme value sample after sample, far from the middle.
      if ((value === highest || value === lowest) && abs(value) > 2000 && value === values[i + 1]) atRail++;
    }
    blocks++;
    if (high - low < qualityLimits.flatRange) flat++;
    if (atRail > 0.2 * block) stuck++;
  }
  return {
    flatShare: blocks === 0 ? 0 : flat / blocks,
    saturatedShare: blocks === 0 ? 0 : stuck / blocks,
    knownShare: length === 0 ? 0 : knownCount / length,
    wander: wanderOf(lead),
  };
}

/**
 * Root mean square outside QRS complexes of what is faster than about 20 Hz, in the noisier half seconds, microvolts.
 * @param lead without mains hum. @param busy 1 in and around QRS complexes.
 */
export function measureNoise({ values, known }: AnalysisLead, busy: Uint8Array): number {
  const slow = movingAverage(values, 11);
  const block = round(0.5 * analysisRateHz);
  const levels: number[] = [];
  for (let from = 0; from + block <= values.length; from += block) {
    let [power, used] = [0, 0];
    for (let i = from; i < from + block; i++) {
      if (busy[i] === 1 || known[i] !== 1) continue;
      power += ((values[i] ?? 0) - (slow[i] ?? 0)) ** 2;
      used++;
    }
    if (used > block / 4) levels.push(sqrt(power / used));
  }
  levels.sort((a, b) => a - b);
  return levels[floor(0.6 * levels.length)] ?? 0;
}

/** Range of the mean over 1.2 s, in which beats nearly cancel out, without its outermost twentieths. */
function wanderOf({ values, known }: AnalysisLead): number {
  const slow = movingAverage(values, round(1.2 * analysisRateHz));
  const levels: number[] = [];
  const half = round(0.6 * analysisRateHz);
  for (let i = half; i < values.length - half; i += 100) {
    if (known[i] === 1 && known[i - half] === 1 && known[i + half] === 1) levels.push(slow[i] ?? 0);
  }
  if (levels.length < 5) return 0;
  levels.sort((a, b) => a - b);
  return (levels[floor(0.95 * levels.length)] ?? 0) - (levels[floor(0.05 * levels.length)] ?? 0);
}

export interface QualityInputs {
  states: ReadonlyMap<string, LeadState>;
  durationSeconds: number;
  hum: MainsHum;
  /** By lead, from measureNoise. */
  noise: ReadonlyMap<string, number>;
  median: MedianBeat | null;
  boundaries: BeatBoundaries | null;
  measurements: readonly LeadMeasurements[];
  expectedLeads: readonly string[];
}

/** Findings in the order in which they are best acted upon: electrodes first. */
export function judgeQuality(inputs: QualityInputs): QualityFinding[] {
  const { states, hum } = inputs;
  const limits = qualityLimits;
  const findings: QualityFinding[] = [];
  const report = (
    code: QualityCode,
    severity: QualityFinding['severity'],
    leads: readonly string[],
    value: number | null,
  ): void => {
    if (leads.length > 0) findings.push({ code, severity, leads: [...leads], value });
  };
  const names = [...states.keys()];
  const where = (condition: (state: LeadState, name: string) => boolean): string[] =>
    names.filter((name) => {
      const state = states.get(name);
      return state !== undefined && condition(state, name);
    });
  const worst = (leads: readonly string[], value: (name: string) => number): number =>
    leads.reduce((most, name) => max(most, value(name)), 0);

  const saturated = where((state) => state.saturatedShare > limits.saturatedShare);
  const flat = where((state, name) => state.flatShare > limits.flatShare && !saturated.includes(name));
  report('lead-off-flat', 'repeat', flat, null);
  report('lead-saturated', 'repeat', saturated, null);
  const off = new Set([...flat, ...saturated]);
  const gaps = where((state, name) => !off.has(name) && state.knownShare < 1 - limits.gapShare);
  // Leads shown one after another (3 x 4) are all partly empty; that is no fault.
  if (gaps.length < names.length / 2) report('lead-gaps', 'hint', gaps, null);

  const humOf = (name: string): number => (off.has(name) ? 0 : (hum.microvoltsByLead.get(name) ?? 0));
  const humming = names.filter((name) => humOf(name) > limits.humHint);
  const humWorst = worst(humming, humOf);
  report('mains-hum', humWorst > limits.humRepeat ? 'repeat' : 'hint', humming, humWorst);
  const noiseOfLead = (name: string): number => (off.has(name) ? 0 : (inputs.noise.get(name) ?? 0));
  const noisy = names.filter((name) => noiseOfLead(name) > limits.noiseHint);
  const noiseWorst = worst(noisy, noiseOfLead);
  report('high-noise', noiseWorst > limits.noiseRepeat ? 'repeat' : 'hint', noisy, noiseWorst);

  const wanderOf = (name: string): number => (off.has(name) ? 0 : (states.get(name)?.wander ?? 0));
  const wandering = names.filter((name) => wanderOf(name) > limits.wanderHint);
  const wanderWorst = worst(wandering, wanderOf);
  report('baseline-wander', wanderWorst > limits.wanderRepeat ? 'repeat' : 'hint', wandering, wanderWorst);

  const missing = inputs.expectedLeads.filter((name) => !states.has(name));
  report('leads-missing', 'hint', missing, null);
  if (inputs.durationSeconds < limits.shortestSeconds) {
    report('recording-short', 'hint', names, inputs.durationSeconds);
  }
  if (off.size === 0 || ![...off].some((name) => ['I', 'II', 'III'].includes(name))) {
    const arms = armLeadsReversed(inputs.measurements);
    if (arms) report('arm-leads-reversed', 'repeat', ['I', 'II', 'III', 'aVR', 'aVL'], null);
  }
  const swapped = precordialSwap(inputs, off);
  if (swapped) report('precordial-order', 'repeat', swapped.leads, swapped.gain);
  return findings;
}

/**
 * Right and left arm exchanged: P and QRS of lead I turned over while V5 and V6 keep a positive complex (Batchvarov,
 * Malik, Camm, Europace 2007;9:1081). In dextrocardia V5 and V6 are small and negative as well.
 */
function armLeadsReversed(measurements: readonly LeadMeasurements[]): boolean {
  const of = (name: string): LeadMeasurements | undefined => measurements.find((entry) => entry.name === name);
  const one = of('I');
  const chest = of('V6') ?? of('V5');
  const augmented = of('aVR');
  if (!one || !chest) return false;
  const area = one.qrsAreaMicrovoltMs ?? 0;
  const chestPositive = (chest.rMicrovolts ?? 0) > 300 && (chest.qrsAreaMicrovoltMs ?? 0) > 0;
  // Without P waves the T wave has to be turned as well.
  const pTurned = one.pMicrovolts === null ? area < -8000 && (one.tMicrovolts ?? 0) < 0 : one.pMicrovolts < -25;
  const augmentedUp =
    augmented === undefined || (augmented.qrsAreaMicrovoltMs ?? 0) > 0 || (augmented.pMicrovolts ?? 0) > 0;
  return area < -3000 && chestPositive && pTurned && augmentedUp;
}

const chestLeads = ['V1', 'V2', 'V3', 'V4', 'V5', 'V6'] as const;

/**
 * Chest electrodes exchanged: neighbouring leads resemble each other, so the right order has the smallest sum of
 * differences between neighbours over P, QRS and T. A pair is reported when exchanging it back makes the row so much
 * smoother that chance does not explain it.
 */
function precordialSwap(inputs: QualityInputs, off: ReadonlySet<string>): { leads: string[]; gain: number } | null {
  const { median, boundaries } = inputs;
  if (!median || !boundaries || median.beatCount < 3) return null;
  const traces: Float64Array[] = [];
  const from = max(0, boundaries.pOnset ?? boundaries.qrsOnset - round(0.02 * analysisRateHz));
  const to = min(median.length - 1, boundaries.tEnd ?? boundaries.qrsOffset + round(0.25 * analysisRateHz));
  for (const name of chestLeads) {
    const lead = median.leads.find((entry) => entry.name === name);
    if (!lead || off.has(name) || (lead.beats[from] ?? 0) === 0 || (lead.beats[to] ?? 0) === 0) return null;
    traces.push(lead.values.subarray(from, to + 1));
  }
  const distances = traces.map((one) => traces.map((other) => distance(one, other)));
  const cost = (order: readonly number[]): number => {
    let sum = 0;
    for (let i = 1; i < order.length; i++) sum += distances[order[i - 1] ?? 0]?.[order[i] ?? 0] ?? 0;
    return sum;
  };
  const natural = [0, 1, 2, 3, 4, 5];
  const present = cost(natural);
  if (present === 0) return null;
  let best: { pair: [number, number]; cost: number } | null = null;
  for (let a = 0; a < 6; a++) {
    for (let b = a + 1; b < 6; b++) {
      const order = natural.map((i) => (i === a ? b : i === b ? a : i));
      const value = cost(order);
      if (best === null || value < best.cost) best = { pair: [a, b], cost: value };
    }
  }
  if (!best) return null;
  const gain = 1 - best.cost / present;
  if (gain < 0.2) return null;
  return { leads: best.pair.map((i) => chestLeads[i] ?? ''), gain };
}

/** One minus the correlation, without means: shape counts, and sign, but not size alone. */
function distance(one: Float64Array, other: Float64Array): number {
  let [dot, a, b] = [0, 0, 0];
  for (let i = 0; i < one.length; i++) {
    dot += (one[i] ?? 0) * (other[i] ?? 0);
    a += (one[i] ?? 0) ** 2;
    b += (other[i] ?? 0) ** 2;
  }
  return a === 0 || b === 0 ? 1 : 1 - dot / sqrt(a * b);
}
