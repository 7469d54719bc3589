import { deriveLimbLeads } from './lead-derivation.ts';
import { gaussianSource, randomSource } from './random-source.ts';
import { addArtefact, quantised, swapElectrodes } from './synthetic-artefacts.ts';
import type { SyntheticArtefact, SyntheticSwap } from './synthetic-artefacts.ts';
import { individualVariant, morphologyNamed, recordedLeads, ventricularBeat } from './synthetic-morphology.ts';
import type { LeadWaves, Morphology, RecordedLead, SyntheticMorphology } from './synthetic-morphology.ts';
import { planRhythm } from './synthetic-rhythm-plan.ts';
import type { PlannedBeat, SyntheticBeatKind, SyntheticRhythmName } from './synthetic-rhythm-plan.ts';
import type { EcgDocument, EcgLead } from './waveform.ts';

// Named once: looking them up at each sample costs much where globals are slow (Jest's contexts).
const { abs, cbrt, ceil, cos, max, min, round, sin, PI } = Math;

/**
 * Synthetic ECGs of rhythms, conduction, infarction and faults, with the truth of every beat. All waves are raised
 * cosines, which begin and end at a definite moment (see synthesize.ts); nothing comes from a person.
 */
export interface RhythmSynthesisOptions {
  rhythm?: SyntheticRhythmName;
  morphology?: SyntheticMorphology;
  /** The same seed gives the same ECG. Default 1. */
  seed?: number;
  durationSeconds?: number;
  sampleRateHz?: number;
  /** Of the ventricles; in second- and third-degree AV block that of the atria. */
  heartRatePerMinute?: number;
  rrVariation?: number;
  prIntervalMs?: number;
  qrsDurationMs?: number;
  /** Default: 400 ms at a heart rate of 60, corrected by Fridericia, at most 62 % of RR. */
  qtIntervalMs?: number;
  pauseSeconds?: number;
  escapePerMinute?: number;
  prematureEvery?: number;
  /** Standard deviation of each lead's amplitude factors, for different persons by seed. Default 0. */
  individualSpread?: number;
  /** Multiplies the ST levels of the morphology. Default 1. */
  stFactor?: number;
  /** V3R, V4R, V7, V8 and V9 beside the twelve. */
  extraLeads?: boolean;
  artefacts?: readonly SyntheticArtefact[];
  swap?: SyntheticSwap;
  acquiredAt?: string;
}

/** All times in seconds after the start of the recording. */
export interface SyntheticBeatTruth {
  kind: SyntheticBeatKind;
  pOnsetSeconds: number | null;
  pOffsetSeconds: number | null;
  qrsOnsetSeconds: number;
  rPeakSeconds: number;
  /** The J point. */
  qrsOffsetSeconds: number;
  tEndSeconds: number;
}

export interface RhythmSynthesisTruth {
  rhythm: SyntheticRhythmName;
  morphology: SyntheticMorphology;
  /** Beats whose R peak is inside the recording. */
  beats: SyntheticBeatTruth[];
  /** Onsets of all P waves inside the recording, conducted or not. */
  pOnsetSeconds: number[];
  /** 60 / mean RR; null with fewer than two beats. */
  heartRatePerMinute: number | null;
  /** Of conducted beats; null where no P wave is conducted or PR changes from beat to beat. */
  prIntervalMs: number | null;
  pDurationMs: number | null;
  /** Of the beats that the rhythm consists of, not of premature ones. */
  qrsDurationMs: number;
  qtIntervalMs: number;
  /** J-point level by lead before artefacts and swaps, microvolts. */
  stLevelMicrovolts: Record<string, number>;
}

interface Timing {
  qrs: number;
  tStart: number;
  tPeak: number;
  tEnd: number;
}

/** Where the main deflection peaks within the QRS complex. */
const peakShare = { narrow: 0.45, broad: 0.5 };
const pSeconds = 0.1;

/** Adds a raised cosine from `start` over `peak` to `end` (seconds). */
function addBump(into: Float64Array, rate: number, amplitude: number, start: number, peak: number, end: number): void {
  if (amplitude === 0) return;
  const last = min(into.length - 1, ceil(end * rate) - 1);
  for (let i = max(0, ceil(start * rate)); i <= last; i++) {
    const time = i / rate;
    const share = time < peak ? (time - start) / (peak - start) : (end - time) / (end - peak);
    into[i] = (into[i] ?? 0) + amplitude * (0.5 - 0.5 * cos(PI * max(0, min(1, share))));
  }
}

/** The ST shift: complete at the J point, kept until the T wave's top, gone at its end. */
function addShift(into: Float64Array, rate: number, level: number, onset: number, timing: Timing): void {
  if (level === 0) return;
  const rise = onset + 0.7 * timing.qrs;
  const full = onset + timing.qrs;
  const top = onset + timing.tPeak;
  const end = onset + timing.tEnd;
  for (let i = max(0, ceil(rise * rate)); i < min(into.length, end * rate); i++) {
    const time = i / rate;
    const share = time < full ? (time - rise) / (full - rise) : time > top ? (end - time) / (end - top) : 1;
    into[i] = (into[i] ?? 0) + level * (0.5 - 0.5 * cos(PI * share));
  }
}

function drawBeat(into: Float64Array, rate: number, waves: LeadWaves, onset: number, timing: Timing): void {
  for (const [amplitude, from, peak, to] of waves.qrs) {
    addBump(into, rate, amplitude, onset + from * timing.qrs, onset + peak * timing.qrs, onset + to * timing.qrs);
  }
  addShift(into, rate, waves.st, onset, timing);
  const { tStart, tPeak, tEnd } = timing;
  if (waves.lateT === undefined) addBump(into, rate, waves.t, onset + tStart, onset + tPeak, onset + tEnd);
  else {
    const middle = (tStart + tEnd) / 2;
    addBump(into, rate, waves.t, onset + tStart, onset + (tStart + middle) / 2, onset + middle);
    addBump(into, rate, waves.lateT, onset + middle, onset + (middle + tEnd) / 2, onset + tEnd);
  }
}

function timingOf(qrs: number, qt: number, tShare = 0.5): Timing {
  const tLength = min(tShare * qt, qt - qrs - 0.02);
  if (!(qrs > 0.03 && tLength > 0.03)) throw new RangeError('synthesize: QRS and QT leave no room for the waves');
  return { qrs, tStart: qt - tLength, tPeak: qt - 0.42 * tLength, tEnd: qt };
}

/** How much of QT the T wave takes: little in hyperkalaemia, much where ST rises straight into it. */
const tShares: Partial<Record<SyntheticMorphology, number>> = { hyperkalaemia: 0.36, 'de-winter': 0.7 };

const isBroadKind = (kind: SyntheticBeatKind): boolean => kind === 'premature-ventricular' || kind === 'ventricular';

function defaultRate(rhythm: SyntheticRhythmName): number {
  if (rhythm === 'wide-complex-tachycardia') return 170;
  if (rhythm === 'supraventricular-tachycardia') return 190;
  if (rhythm === 'pre-excited-atrial-fibrillation') return 220;
  return rhythm === 'third-degree-av-block' ? 84 : rhythm === 'atrial-fibrillation' ? 92 : 72;
}

/** Fibrillation waves: two sines of changing frequency, 5 to 7 a second, largest in V1 and II. */
function addFibrillation(into: Float64Array, rate: number, amplitude: number, phase: number): void {
  let angle = phase;
  for (let i = 0; i < into.length; i++) {
    const time = i / rate;
    angle += (2 * PI * (6 + 0.9 * sin(2 * PI * 0.31 * time + phase) + 0.5 * sin(2 * PI * 0.83 * time))) / rate;
    into[i] = (into[i] ?? 0) + amplitude * (sin(angle) + 0.35 * sin(1.7 * angle + 1)) * (1 + 0.3 * sin(2 * time));
  }
}

function addVentricularFibrillation(into: Float64Array, rate: number, leadIndex: number, seedPhase: number): void {
  let angle = seedPhase;
  for (let i = 0; i < into.length; i++) {
    const time = i / rate;
    angle += (2 * PI * (5 + 0.8 * sin(2 * PI * 0.4 * time + seedPhase))) / rate;
    const size = 500 * (0.7 + 0.3 * sin(2 * PI * 0.27 * time + leadIndex));
    into[i] = (into[i] ?? 0) + size * (sin(angle + 0.4 * leadIndex) + 0.3 * sin(1.37 * angle));
  }
}

/**
 * Makes the ECG with its truth. Samples are whole microvolts (leads I and II even ones), so every writer keeps them.
 * @throws RangeError when rates, duration or intervals are out of range.
 */
export function synthesizeRhythm(options: RhythmSynthesisOptions = {}): {
  document: EcgDocument;
  truth: RhythmSynthesisTruth;
} {
  const rhythm = options.rhythm ?? 'sinus';
  const morphologyName = options.morphology ?? 'normal';
  const rate = options.sampleRateHz ?? 500;
  const duration = options.durationSeconds ?? 10;
  const heartRate = options.heartRatePerMinute ?? defaultRate(rhythm);
  const count = round(duration * rate);
  if (!(rate >= 50 && rate <= 10_000 && count >= 1 && count <= 2_000_000 && heartRate >= 10 && heartRate <= 300)) {
    throw new RangeError('synthesize: sampling rate, duration or heart rate out of range');
  }
  const seed = options.seed ?? 1;
  const uniform = randomSource(seed);
  const gaussian = gaussianSource(uniform);
  const wideByNature = morphologyName === 'left-bundle-branch-block' || morphologyName === 'right-bundle-branch-block';
  const ventricular = rhythm === 'wide-complex-tachycardia' || rhythm === 'pre-excited-atrial-fibrillation';
  const qrs = (options.qrsDurationMs ?? (wideByNature ? 150 : ventricular ? 140 : 90)) / 1000;
  const firstDegree = rhythm === 'first-degree-av-block';
  const pr = (options.prIntervalMs ?? (firstDegree ? 260 : heartRate > 120 ? 120 : 160)) / 1000;
  const escapePerMinute = options.escapePerMinute ?? 36;
  const rr = 60 / (rhythm === 'third-degree-av-block' ? escapePerMinute : heartRate);
  const qt =
    options.qtIntervalMs === undefined
      ? max(qrs + 0.09, round(min(0.4 * cbrt(rr) + (qrs > 0.12 ? qrs - 0.1 : 0), 0.62 * rr) * 1000) / 1000)
      : options.qtIntervalMs / 1000;
  const plan = planRhythm(
    {
      rhythm,
      durationSeconds: duration,
      ratePerMinute: heartRate,
      rrVariation: options.rrVariation ?? (ventricular || rhythm === 'supraventricular-tachycardia' ? 0.005 : 0.02),
      prSeconds: pr,
      pauseSeconds: options.pauseSeconds ?? 3.4,
      escapePerMinute,
      prematureEvery: options.prematureEvery ?? 5,
    },
    uniform,
    gaussian,
  );
  const spread = options.individualSpread ?? 0;
  const base = morphologyNamed(morphologyName);
  const morphology = spread > 0 ? individualVariant(base, spread, gaussian) : base;
  const stFactor = options.stFactor ?? 1;
  const timing = timingOf(qrs, qt, tShares[morphologyName] ?? 0.5);
  const prematureTiming = timingOf(0.15, max(0.3, min(0.42, qt + 0.04)));
  const pLength = min(pSeconds, pr * 0.65);
  const names = recordedLeads.filter((_, i) => i < 8 || options.extraLeads === true);
  const phase = 2 * PI * uniform();

  const samplesByLead = new Map<string, Float64Array>();
  names.forEach((name, leadIndex) => {
    const into = new Float64Array(count);
    const waves = { ...morphology[name], st: morphology[name].st * stFactor };
    for (const pOnset of plan.pOnsets) addBump(into, rate, waves.p, pOnset, pOnset + pLength / 2, pOnset + pLength);
    for (const beat of plan.beats) {
      const broad = isBroadKind(beat.kind);
      const shape = broad ? ventricularBeat[name] : waves;
      drawBeat(into, rate, shape, beat.onset, beat.kind === 'premature-ventricular' ? prematureTiming : timing);
    }
    if (plan.fibrillationWaves > 0) {
      const size = plan.fibrillationWaves * waves.p * (name === 'V1' ? 1.6 : name === 'II' ? 0.8 : 0.6);
      addFibrillation(into, rate, size, phase);
    }
    if (rhythm === 'ventricular-fibrillation') addVentricularFibrillation(into, rate, leadIndex, phase);
    samplesByLead.set(name, into);
  });
  (options.artefacts ?? []).forEach((artefact, i) => addArtefact(samplesByLead, artefact, rate, seed * 7919 + i + 1));

  const leads = toLeads(samplesByLead, rate);
  const truth = truthOf(plan.beats, plan.pOnsets, {
    rhythm,
    morphologyName,
    morphology,
    names,
    stFactor,
    duration,
    pLength,
    pr,
    timing,
    prematureTiming,
  });
  const document: EcgDocument = {
    format: 'dicom',
    acquiredAt: options.acquiredAt ?? '2026-01-05T08:00:00+08:00',
    device: { manufacturer: 'Lianzhen', model: 'Synth' },
    groups: [{ label: 'rhythm', leads: options.swap === undefined ? leads : swapElectrodes(leads, options.swap) }],
    statements: ['SYNTHETIC ECG, NOT OF A PERSON'],
    warnings: [],
  };
  return { document, truth };
}

function toLeads(samplesByLead: ReadonlyMap<string, Float64Array>, rate: number): EcgLead[] {
  const made = new Map<string, (number | null)[]>();
  for (const [name, samples] of samplesByLead)
    made.set(name, quantised(samples, name === 'I' || name === 'II' ? 2 : 1));
  const limbs = deriveLimbLeads(made.get('I') ?? [], made.get('II') ?? []);
  const chest = [...made.keys()].filter((name) => name !== 'I' && name !== 'II');
  const order = ['I', 'II', 'III', 'aVR', 'aVL', 'aVF', ...chest];
  return order.map((name) => ({
    name,
    sampleRateHz: rate,
    unit: 'uV',
    samples: made.get(name) ?? limbs[name as keyof typeof limbs],
  }));
}

interface TruthInputs {
  rhythm: SyntheticRhythmName;
  morphologyName: SyntheticMorphology;
  morphology: Morphology;
  names: readonly RecordedLead[];
  stFactor: number;
  duration: number;
  pLength: number;
  pr: number;
  timing: Timing;
  prematureTiming: Timing;
}

function truthOf(planned: readonly PlannedBeat[], pOnsets: readonly number[], made: TruthInputs): RhythmSynthesisTruth {
  const inside = (time: number): boolean => time >= 0 && time < made.duration;
  const beats = planned
    .map((beat): SyntheticBeatTruth => {
      const premature = beat.kind === 'premature-ventricular';
      const timing = premature ? made.prematureTiming : made.timing;
      const share = isBroadKind(beat.kind) ? peakShare.broad : peakShare.narrow;
      return {
        kind: beat.kind,
        pOnsetSeconds: beat.pOnset,
        pOffsetSeconds: beat.pOnset === null ? null : beat.pOnset + made.pLength,
        qrsOnsetSeconds: beat.onset,
        rPeakSeconds: beat.onset + share * timing.qrs,
        qrsOffsetSeconds: beat.onset + timing.qrs,
        tEndSeconds: beat.onset + timing.tEnd,
      };
    })
    .filter((beat) => inside(beat.rPeakSeconds));
  const peaks = beats.map((beat) => beat.rPeakSeconds);
  const span = (peaks.at(-1) ?? 0) - (peaks[0] ?? 0);
  const st: Record<string, number> = {};
  for (const name of made.names) st[name] = made.morphology[name].st * made.stFactor;
  const { I = 0, II = 0 } = st;
  Object.assign(st, { III: II - I, aVR: -(I + II) / 2 + 0, aVL: I - II / 2, aVF: II - I / 2 });
  const linked = beats.some((beat) => beat.pOnsetSeconds !== null) && made.rhythm !== 'second-degree-av-block-type-1';
  return {
    rhythm: made.rhythm,
    morphology: made.morphologyName,
    beats,
    pOnsetSeconds: pOnsets.filter(inside),
    heartRatePerMinute: peaks.length < 2 ? null : abs((60 * (peaks.length - 1)) / span),
    prIntervalMs: linked ? round(made.pr * 1000) : null,
    pDurationMs: linked ? round(made.pLength * 1000) : null,
    qrsDurationMs: round(made.timing.qrs * 1000),
    qtIntervalMs: round(made.timing.tEnd * 1000),
    stLevelMicrovolts: st,
  };
}
