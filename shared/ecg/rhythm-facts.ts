import type { PWaves } from './p-waves.ts';

// Named once: looking them up at each sample costs much where globals are slow (Jest's contexts).
const { abs, max, min, sqrt } = Math;

/** One beat as the rhythm is judged from it. */
export interface RhythmBeat {
  /** QRS fiducial, seconds after the recording's start. */
  seconds: number;
  /** 0 is the dominant morphology. */
  classIndex: number;
  qrsDurationMs: number | null;
}

export const rhythmCodes = [
  'no-beats',
  'chaotic-ventricular',
  'sinus-rhythm',
  'ectopic-atrial-rhythm',
  'atrial-fibrillation',
  'pre-excited-atrial-fibrillation',
  'av-block-1',
  'av-block-2-type-1',
  'av-block-2-type-2',
  'av-block-2-two-to-one',
  'av-block-high-grade',
  'av-block-3',
  'pause',
  'premature-ventricular',
  'premature-atrial',
  'ventricular-run',
  'r-on-t',
  'wide-complex-tachycardia',
  'narrow-complex-tachycardia',
  'bradycardia',
  'tachycardia',
  'undetermined',
] as const;
export type RhythmCode = (typeof rhythmCodes)[number];

/** One statement: what was found, the figures it rests on, and how sure it is. Unconfirmed, as all computer readings. */
export interface RhythmFinding {
  code: RhythmCode;
  confidence: 'high' | 'low';
  evidence: Record<string, number>;
}

export type PRelation = 'one-to-one' | 'extra-p-waves' | 'dissociated' | 'varying' | 'none' | 'unknown';

export interface RhythmFacts {
  beatCount: number;
  ventricularRatePerMinute: number | null;
  rrMeanMs: number | null;
  rrShortestMs: number | null;
  rrLongestMs: number | null;
  /** Standard deviation of RR over its mean, all beats. */
  rrCoefficient: number | null;
  /** The same without the intervals before and after premature beats. */
  rrCoefficientDominant: number | null;
  atrialRatePerMinute: number | null;
  pRelation: PRelation;
  /** Share of dominant beats with a P wave at the usual distance. */
  pLinkedShare: number | null;
  /** Intervals of 2 s and more without a QRS complex. */
  pauses: { fromSeconds: number; lengthMs: number }[];
  prematureVentricularSeconds: number[];
  prematureAtrialSeconds: number[];
  /** Longest row of ventricular-like beats. */
  longestVentricularRun: number;
  findings: RhythmFinding[];
}

export interface RhythmInputs {
  beats: readonly RhythmBeat[];
  /** Parts without any judgeable lead: no pause is stated there. */
  unusableSeconds: readonly { from: number; to: number }[];
  durationSeconds: number;
  p: PWaves | null;
  /** Of the dominant beat, milliseconds. */
  prMs: number | null;
  qrsMs: number | null;
  qtMs: number | null;
  /** QRS onset and P onset of the dominant beat relative to the fiducial, seconds. */
  qrsOnsetOffsetSeconds: number;
  pAxisDegrees: number | null;
  /** Whether noise leaves the P waves open. */
  noisy: boolean;
  chaotic: boolean;
}

/** Thresholds of the statements below, each with its source. */
export const rhythmLimits = {
  /** Irregular beyond sinus arrhythmia; AF has 0.15 to 0.25 (Tateno and Glass, Med Biol Eng Comput 2001;39:664). */
  irregularCoefficient: 0.1,
  /** AHA/ACCF/HRS 2009: PR over 200 ms. */
  firstDegreePrMs: 200,
  /** AHA/ACCF/HRS 2009 part III: QRS of 120 ms and more is wide in adults. */
  wideQrsMs: 120,
  tachycardiaPerMinute: 100,
  bradycardiaPerMinute: 60,
  pauseMs: 2000,
  /** A beat this much early, as a share of the usual interval, is premature. */
  prematureShare: 0.86,
} as const;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function coefficient(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const average = mean(values);
  return sqrt(values.reduce((sum, value) => sum + (value - average) ** 2, 0) / (values.length - 1)) / average;
}

/** States the rhythm from beats and P waves by fixed rules; every statement carries the figures it rests on. */
export function stateRhythm(inputs: RhythmInputs): RhythmFacts {
  const { beats, p } = inputs;
  const limits = rhythmLimits;
  const findings: RhythmFinding[] = [];
  const state = (code: RhythmCode, evidence: Record<string, number>, confidence: 'high' | 'low' = 'high'): void => {
    findings.push({ code, confidence, evidence });
  };
  const judged = (from: number, to: number): boolean =>
    !inputs.unusableSeconds.some((stretch) => stretch.from < to && stretch.to > from);
  const intervals = beats.slice(1).map((beat, i) => {
    const from = beats[i]?.seconds ?? 0;
    return { from, to: beat.seconds, ms: (beat.seconds - from) * 1000, judged: judged(from, beat.seconds) };
  });
  const rr = intervals.filter((interval) => interval.judged).map(({ ms }) => ms);
  const rrMeanMs = rr.length === 0 ? null : mean(rr);
  const rate = rrMeanMs === null ? null : 60_000 / rrMeanMs;
  const pauses = pausesIn(inputs, intervals);
  const wide = inputs.qrsMs !== null && inputs.qrsMs >= limits.wideQrsMs;

  const linkedShare = p === null || inputs.prMs === null ? null : p.linkedShare;
  const linked = (linkedShare ?? 0) >= 0.6;
  const early = prematureBeats(beats, rr, inputs, linked);
  const untouched = intervals
    .filter((interval, i) => interval.judged && !early.indices.has(i) && !early.indices.has(i + 1))
    .map(({ ms }) => ms);
  const dominantCoefficient = coefficient(untouched);
  const irregular = (coefficient(rr) ?? 0) > limits.irregularCoefficient;
  const block = p === null ? null : conduction(inputs, p, linked, rr);
  const relation = relationOf(inputs, block, linked);

  if (inputs.chaotic) state('chaotic-ventricular', {});
  else if (beats.length === 0) state('no-beats', { durationSeconds: inputs.durationSeconds });
  else if (rate !== null) {
    const successive = successiveChange(rr);
    if (!linked && block?.code === undefined && irregular && successive > 0.08 && rr.length >= 4) {
      const evidence = { rrCoefficient: coefficient(rr) ?? 0, successiveChange: successive, pShare: linkedShare ?? 0 };
      const sure = rr.length >= 6 && !inputs.noisy ? 'high' : 'low';
      if (wide && rate > 140) state('pre-excited-atrial-fibrillation', { ...evidence, ratePerMinute: rate }, sure);
      state('atrial-fibrillation', evidence, sure);
    } else if (linked && block?.code === undefined) {
      const axis = inputs.pAxisDegrees;
      const sinus = axis === null || inputs.noisy || (axis >= -20 && axis <= 100);
      state(sinus ? 'sinus-rhythm' : 'ectopic-atrial-rhythm', { pShare: linkedShare ?? 0 });
    }
    if (block?.code !== undefined) state(block.code, block.evidence, block.confidence);
    else if (linked && !inputs.noisy && inputs.prMs !== null && inputs.prMs > limits.firstDegreePrMs) {
      state('av-block-1', { prMs: inputs.prMs });
    }
    if (rate > limits.tachycardiaPerMinute) {
      // Sinus tachycardia with bundle branch block has its P waves; from 150 a minute on they are not trusted.
      if (wide && !(linked && rate < 150))
        state('wide-complex-tachycardia', { ratePerMinute: rate, qrsMs: inputs.qrsMs ?? 0 });
      else if (!linked && !irregular && rate > 140) {
        state('narrow-complex-tachycardia', { ratePerMinute: rate, qrsMs: inputs.qrsMs ?? 0 });
      }
      state('tachycardia', { ratePerMinute: rate });
    } else if (rate < limits.bradycardiaPerMinute) state('bradycardia', { ratePerMinute: rate });
    if (early.ventricular.length > 0) state('premature-ventricular', { count: early.ventricular.length });
    if (early.atrial.length > 0 && !findings.some(({ code }) => code === 'atrial-fibrillation')) {
      state('premature-atrial', { count: early.atrial.length });
    }
    if (early.longestRun >= 3) state('ventricular-run', { beats: early.longestRun });
    if (early.onT !== null) state('r-on-t', { couplingMs: early.onT });
  }
  const longest = pauses.reduce((most, pause) => max(most, pause.lengthMs), 0);
  if (longest > 0) state('pause', { longestMs: longest, count: pauses.length });
  if (findings.length === 0) state('undetermined', { beats: beats.length }, 'low');

  return {
    beatCount: beats.length,
    ventricularRatePerMinute: rate,
    rrMeanMs,
    rrShortestMs: rr.length === 0 ? null : rr.reduce((a, b) => min(a, b)),
    rrLongestMs: rr.length === 0 ? null : rr.reduce((a, b) => max(a, b)),
    rrCoefficient: coefficient(rr),
    rrCoefficientDominant: dominantCoefficient,
    atrialRatePerMinute: relation === 'none' || relation === 'unknown' || !p?.ppMs ? null : 60_000 / p.ppMs,
    pRelation: relation,
    pLinkedShare: linkedShare,
    pauses,
    prematureVentricularSeconds: early.ventricular,
    prematureAtrialSeconds: early.atrial,
    longestVentricularRun: early.longestRun,
    findings,
  };
}

/** Median of the change from one RR interval to the next, as a share of the mean. */
function successiveChange(rr: readonly number[]): number {
  const changes = rr.slice(1).map((ms, i) => abs(ms - (rr[i] ?? 0)));
  return changes.length === 0 ? 0 : median(changes) / mean(rr);
}

function pausesIn(
  inputs: RhythmInputs,
  intervals: readonly { from: number; ms: number; judged: boolean }[],
): RhythmFacts['pauses'] {
  const found = intervals
    .filter(({ ms, judged }) => judged && ms >= rhythmLimits.pauseMs)
    .map(({ from, ms }) => ({ fromSeconds: from, lengthMs: ms }));
  const last = inputs.beats.at(-1)?.seconds;
  const first = inputs.beats[0]?.seconds;
  const quiet = (from: number, to: number): boolean =>
    (to - from) * 1000 >= rhythmLimits.pauseMs &&
    !inputs.unusableSeconds.some((stretch) => stretch.from < to && stretch.to > from);
  // Also before the first beat and after the last: at least so long.
  if (first !== undefined && quiet(0, first)) found.unshift({ fromSeconds: 0, lengthMs: first * 1000 });
  if (last !== undefined && quiet(last, inputs.durationSeconds)) {
    found.push({ fromSeconds: last, lengthMs: (inputs.durationSeconds - last) * 1000 });
  }
  return found;
}

function relationOf(inputs: RhythmInputs, block: Conduction | null, linked: boolean): PRelation {
  if (inputs.p === null || inputs.beats.length === 0) return 'unknown';
  if (block?.code === 'av-block-3') return 'dissociated';
  if (block?.code === 'av-block-2-type-1') return 'varying';
  if (block?.code !== undefined) return 'extra-p-waves';
  if (linked) return 'one-to-one';
  return inputs.noisy ? 'unknown' : 'none';
}

interface Conduction {
  code?: RhythmCode;
  confidence: 'high' | 'low';
  evidence: Record<string, number>;
}

/**
 * AV conduction from regular P waves: those followed by no QRS complex before the next P wave, and how PR behaves around
 * them (definitions: ACC/AHA/HRS bradycardia guideline 2018, table 3). P waves that are not regular say nothing here: a
 * premature one may rightly not be conducted.
 */
function conduction(inputs: RhythmInputs, p: PWaves, linked: boolean, rr: readonly number[]): Conduction {
  const none: Conduction = { confidence: 'high', evidence: {} };
  if (p.onsetSeconds.length < 4 || p.ppMs === null || p.regularShare < 0.75 || rr.length < 2) return none;
  const onsets = inputs.beats.map((beat) => beat.seconds + inputs.qrsOnsetOffsetSeconds);
  const atrialRate = 60_000 / p.ppMs;
  const ventricularRate = 60_000 / mean(rr);
  // Faster atria (tachycardia, flutter) are conducted in part by any healthy node.
  if (atrialRate > 150) return none;
  // PR of each beat from the P wave before it, in the order of beats.
  const reach = max(0.6, (1.05 * p.ppMs) / 1000);
  const pr = onsets.map((onset) => {
    const before = p.onsetSeconds.filter((time) => time < onset - 0.06 && time > onset - reach);
    const last = before.at(-1);
    return last === undefined ? null : (onset - last) * 1000;
  });
  const blocked = p.onsetSeconds.filter((time, i) => {
    const until = min(p.onsetSeconds[i + 1] ?? time + 0.6, time + max(0.6, (p.ppMs ?? 0) / 1000));
    const lastSeen = (onsets.at(-1) ?? 0) + 0.1;
    return time < lastSeen && !onsets.some((onset) => onset > time + 0.06 && onset < until + 0.06);
  });
  const known = pr.filter((value) => value !== null);
  const prSpread = known.length < 2 ? 0 : sqrt(known.reduce((s, v) => s + (v - mean(known)) ** 2, 0) / known.length);
  const evidence = {
    atrialRatePerMinute: atrialRate,
    ventricularRatePerMinute: ventricularRate,
    blockedPWaves: blocked.length,
    prSpreadMs: prSpread,
  };
  const regularVentricles = (coefficient(rr) ?? 1) < 0.08;
  if (!linked && regularVentricles && prSpread > 45 && atrialRate > 1.15 * ventricularRate) {
    return { code: 'av-block-3', confidence: known.length >= 4 ? 'high' : 'low', evidence };
  }
  if (blocked.length === 0 || atrialRate < 1.1 * ventricularRate) return none;
  const inRow = longestRow(blocked, p.ppMs / 1000);
  if (inRow >= 2) return { code: 'av-block-high-grade', confidence: 'high', evidence: { ...evidence, inRow } };
  if (regularVentricles && abs(atrialRate / ventricularRate - 2) < 0.2) {
    return { code: 'av-block-2-two-to-one', confidence: 'high', evidence };
  }
  let [growing, constant] = [0, 0];
  for (const time of blocked) {
    const after = onsets.findIndex((onset) => onset > time);
    const prAfter = pr[after];
    const prBefore = pr[after - 1];
    if (typeof prAfter !== 'number' || typeof prBefore !== 'number') continue;
    if (prBefore - prAfter >= 30) growing++;
    else if (abs(prBefore - prAfter) < 25) constant++;
  }
  if (growing + constant === 0) return none;
  return {
    code: growing >= constant ? 'av-block-2-type-1' : 'av-block-2-type-2',
    confidence: growing === 0 || constant === 0 ? 'high' : 'low',
    evidence,
  };
}

function longestRow(times: readonly number[], period: number): number {
  let [row, longest] = [0, 0];
  times.forEach((time, i) => {
    const before = times[i - 1];
    row = before !== undefined && time - before < 1.3 * period ? row + 1 : 1;
    longest = max(longest, row);
  });
  return longest;
}

/** Early beats: of another, wide shape (ventricular-like), or of the dominant shape (atrial). */
function prematureBeats(beats: readonly RhythmBeat[], rr: readonly number[], inputs: RhythmInputs, linked: boolean) {
  const usual = median(rr) / 1000;
  const ventricular: number[] = [];
  const atrial: number[] = [];
  const indices = new Set<number>();
  let [run, longestRun] = [0, 0];
  let onT: number | null = null;
  const dominantQrs = inputs.qrsMs ?? 100;
  beats.forEach((beat, i) => {
    const coupling = beat.seconds - (beats[i - 1]?.seconds ?? Number.NEGATIVE_INFINITY);
    const early = usual > 0 && coupling < rhythmLimits.prematureShare * usual;
    // Without a measured dominant beat a different one may be noise; beside a bundle branch block it need not be wider.
    const { qrsDurationMs: own } = beat;
    const wider = own === null || own >= max(116, dominantQrs >= rhythmLimits.wideQrsMs ? 0 : dominantQrs + 15);
    const broad = inputs.qrsMs !== null && beat.classIndex !== 0 && wider;
    run = broad ? run + 1 : 0;
    longestRun = max(longestRun, run);
    if (broad && (early || run > 1)) {
      ventricular.push(beat.seconds);
      indices.add(i);
      const qt = inputs.qtMs;
      // On the T wave's top: within the last third of QT (consensus on R-on-T beats), the beat before being dominant.
      if (run === 1 && qt !== null && coupling * 1000 < 0.9 * qt) onT = min(onT ?? 1e9, coupling * 1000);
    } else if (early && linked && coupling < 0.82 * usual) {
      // Shorter than both intervals beside it: sinus arrhythmia shortens step by step.
      const previous = i >= 2 ? (beats[i - 1]?.seconds ?? 0) - (beats[i - 2]?.seconds ?? 0) : null;
      const next = beats[i + 1] ? (beats[i + 1]?.seconds ?? 0) - beat.seconds : null;
      const beside = [previous, next].filter((interval) => interval !== null);
      if (beside.length > 0 && beside.every((interval) => coupling < 0.86 * interval)) {
        atrial.push(beat.seconds);
        indices.add(i);
      }
    }
  });
  return { ventricular, atrial, indices, longestRun, onT };
}
