import { deriveLimbLeads } from './lead-derivation.ts';
import { gaussianSource, randomSource } from './random-source.ts';
import type { EcgDocument, EcgLead } from './waveform.ts';

// Named once: looking them up at each sample costs much where globals are slow (Jest's contexts).
const { cos, sin, sqrt, round, min, max, cbrt, PI, SQRT2 } = Math;

/**
 * A synthetic 12-lead ECG whose intervals are known exactly. Each wave is a raised cosine, which unlike a Gaussian
 * begins and ends at a definite moment, so that PR, QRS and QT can be stated and not only estimated. The idea of a sum of
 * kernels bound to the beat is that of McSharry et al., IEEE Trans Biomed Eng 2003;50:289-294. Amplitudes are ordinary
 * adult values; nothing comes from a person.
 */
export type SyntheticRhythm = 'sinus' | 'inferior-stemi';

export interface SynthesisOptions {
  rhythm?: SyntheticRhythm;
  /** The same seed gives the same ECG. Default 1. */
  seed?: number;
  durationSeconds?: number;
  sampleRateHz?: number;
  heartRatePerMinute?: number;
  /** Standard deviation of the RR interval as a share of its mean; half of it follows the breath. Default 0.02. */
  rrVariation?: number;
  prIntervalMs?: number;
  qrsDurationMs?: number;
  /** Default: 400 ms at a heart rate of 60, corrected by Fridericia, at most 62 % of RR. */
  qtIntervalMs?: number;
  /** ST level of leads I and II, at the J point; the others follow. Only for inferior-stemi; default -100 and 200. */
  stLevelMicrovolts?: { I: number; II: number };
  /** Standard deviation of white noise on each recorded lead. Default 0. */
  noiseMicrovolts?: number;
  /** Amplitude of slow baseline wander (0.25 Hz). Default 0. */
  wanderMicrovolts?: number;
  /** ISO 8601; default 2026-01-05T08:00:00+08:00. */
  acquiredAt?: string;
}

export interface SyntheticTruth {
  /** Seconds after the start at which the R wave of lead II peaks, of every beat whose peak is inside. */
  rPeakSeconds: number[];
  /** 60 / mean RR of these beats. */
  heartRatePerMinute: number;
  prIntervalMs: number;
  qrsDurationMs: number;
  qtIntervalMs: number;
  /** ST level at the J point by lead. */
  stLevelMicrovolts: Record<string, number>;
}

interface WaveAmplitudes {
  p: number;
  q: number;
  r: number;
  s: number;
  t: number;
  st: number;
}

type RecordedLead = 'I' | 'II' | 'V1' | 'V2' | 'V3' | 'V4' | 'V5' | 'V6';
const recordedLeads: readonly RecordedLead[] = ['I', 'II', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'];

/** Microvolts, after the normal limits of adult textbooks. */
const normal: Record<RecordedLead, WaveAmplitudes> = {
  I: { p: 80, q: -40, r: 700, s: -120, t: 220, st: 0 },
  II: { p: 130, q: -60, r: 1200, s: -150, t: 320, st: 0 },
  V1: { p: 50, q: 0, r: 220, s: -1000, t: -60, st: 0 },
  V2: { p: 60, q: 0, r: 450, s: -1350, t: 480, st: 0 },
  V3: { p: 60, q: 0, r: 800, s: -900, t: 520, st: 0 },
  V4: { p: 60, q: -40, r: 1300, s: -480, t: 460, st: 0 },
  V5: { p: 60, q: -60, r: 1350, s: -200, t: 380, st: 0 },
  V6: { p: 60, q: -70, r: 1050, s: -80, t: 300, st: 0 },
};

/** Inferior infarction with reciprocal depression in I, aVL and the right chest leads; deeper Q in the inferior leads. */
function amplitudes(rhythm: SyntheticRhythm, st: { I: number; II: number }): Record<RecordedLead, WaveAmplitudes> {
  if (rhythm === 'sinus') return normal;
  return {
    ...normal,
    I: { ...normal.I, st: st.I, t: 120 },
    II: { ...normal.II, q: -150, r: 950, s: -40, st: st.II, t: 380 },
    V1: { ...normal.V1, st: -40 },
    V2: { ...normal.V2, st: -140, t: 380 },
    V3: { ...normal.V3, st: -80 },
    V6: { ...normal.V6, st: 40 },
  };
}

/** Raised cosine: 1 at `peak`, exactly 0 at and outside `start` and `end`; the two flanks may differ. */
function bump(time: number, start: number, peak: number, end: number): number {
  if (time <= start || time >= end) return 0;
  const share = time < peak ? (time - start) / (peak - start) : (end - time) / (end - peak);
  return 0.5 - 0.5 * cos(PI * share);
}

function ramp(time: number, from: number, to: number): number {
  if (time <= from) return 0;
  if (time >= to) return 1;
  return 0.5 - 0.5 * cos((PI * (time - from)) / (to - from));
}

/** The moments of one beat in seconds after the onset of its QRS complex. */
interface BeatTiming {
  pStart: number;
  pEnd: number;
  qrs: number;
  tStart: number;
  tPeak: number;
  tEnd: number;
}

/** Where the R wave peaks within the QRS complex. */
const rShare = 0.45;

function beatPotential(time: number, timing: BeatTiming, wave: WaveAmplitudes): number {
  const { qrs } = timing;
  return (
    wave.p * bump(time, timing.pStart, (timing.pStart + timing.pEnd) / 2, timing.pEnd) +
    wave.q * bump(time, 0, 0.12 * qrs, 0.24 * qrs) +
    wave.r * bump(time, 0.2 * qrs, rShare * qrs, 0.7 * qrs) +
    wave.s * bump(time, 0.62 * qrs, 0.8 * qrs, qrs) +
    wave.t * bump(time, timing.tStart, timing.tPeak, timing.tEnd) +
    // ST shift: complete at the J point, kept until the T wave's top, gone at its end.
    wave.st * ramp(time, 0.7 * qrs, qrs) * (1 - ramp(time, timing.tPeak, timing.tEnd))
  );
}

function beatTiming(rr: number, options: SynthesisOptions): BeatTiming {
  const qrs = (options.qrsDurationMs ?? 90) / 1000;
  const pr = (options.prIntervalMs ?? 160) / 1000;
  const qt = qtSeconds(rr, options);
  const tLength = min(0.5 * qt, qt - qrs - 0.04);
  if (!(qrs > 0.03 && pr > 0.05 && tLength > 0.03)) {
    throw new RangeError('synthesize: PR, QRS and QT leave no room for the waves');
  }
  return {
    pStart: -pr,
    pEnd: -pr + min(0.1, pr * 0.65),
    qrs,
    tStart: qt - tLength,
    tPeak: qt - 0.42 * tLength,
    tEnd: qt,
  };
}

function qtSeconds(rr: number, options: SynthesisOptions): number {
  if (options.qtIntervalMs !== undefined) return options.qtIntervalMs / 1000;
  return round(min(0.4 * cbrt(rr), 0.62 * rr) * 1000) / 1000;
}

/** QRS onsets from one beat before the start to one after the end, in seconds. */
function beatOnsets(duration: number, rr: number, variation: number, gaussian: () => number): number[] {
  const onsets: number[] = [];
  for (let time = 0.35 * rr - rr; time < duration + rr;) {
    onsets.push(time);
    const breath = sin(2 * PI * 0.25 * time) * SQRT2;
    const deviation = variation * (0.5 * breath + sqrt(0.75) * max(-2, min(2, gaussian())));
    time += rr * (1 + deviation);
  }
  return onsets;
}

/**
 * Makes the ECG. Samples are whole microvolts (leads I and II even ones, so that the derived limb leads are whole too),
 * hence every writer keeps them exactly.
 * @throws RangeError when the intervals asked for do not fit into each other.
 */
export function synthesizeEcg(options: SynthesisOptions = {}): { document: EcgDocument; truth: SyntheticTruth } {
  const rhythm = options.rhythm ?? 'sinus';
  const rate = options.sampleRateHz ?? 500;
  const duration = options.durationSeconds ?? 10;
  const heartRate = options.heartRatePerMinute ?? (rhythm === 'sinus' ? 72 : 84);
  const count = round(duration * rate);
  if (!(rate >= 50 && rate <= 10_000 && count >= 1 && count <= 5_000_000 && heartRate >= 10 && heartRate <= 300)) {
    throw new RangeError('synthesize: sampling rate, duration or heart rate out of range');
  }
  const rr = 60 / heartRate;
  const gaussian = gaussianSource(randomSource(options.seed ?? 1));
  const onsets = beatOnsets(duration, rr, options.rrVariation ?? 0.02, gaussian);
  const timing = beatTiming(rr, options);
  const st = options.stLevelMicrovolts ?? { I: -100, II: 200 };
  const waves = amplitudes(rhythm, st);
  const noise = options.noiseMicrovolts ?? 0;
  const wander = options.wanderMicrovolts ?? 0;

  const recorded = {} as Record<RecordedLead, number[]>;
  recordedLeads.forEach((name, leadIndex) => {
    const step = name === 'I' || name === 'II' ? 2 : 1;
    const samples = new Array<number>(count);
    let beat = 0;
    for (let i = 0; i < count; i++) {
      const time = i / rate;
      while (beat + 1 < onsets.length && (onsets[beat] ?? 0) + timing.tEnd < time) beat++;
      let value = 0;
      // Waves of neighbouring beats may overlap at high rates: add up all that can reach this moment.
      for (let b = beat; b < onsets.length && (onsets[b] ?? 0) + timing.pStart < time; b++) {
        value += beatPotential(time - (onsets[b] ?? 0), timing, waves[name]);
      }
      if (wander > 0) value += wander * sin(2 * PI * 0.25 * time + leadIndex);
      if (noise > 0) value += noise * gaussian();
      samples[i] = round(value / step) * step + 0;
    }
    recorded[name] = samples;
  });

  const limbs = deriveLimbLeads(recorded.I, recorded.II);
  const all: [string, (number | null)[]][] = [
    ['I', recorded.I],
    ['II', recorded.II],
    ['III', limbs.III],
    ['aVR', limbs.aVR],
    ['aVL', limbs.aVL],
    ['aVF', limbs.aVF],
    ...recordedLeads.slice(2).map((name): [string, number[]] => [name, recorded[name]]),
  ];
  const leads = all.map(([name, samples]): EcgLead => ({ name, sampleRateHz: rate, unit: 'uV', samples }));
  const rPeakSeconds = onsets
    .map((onset) => onset + rShare * timing.qrs)
    .filter((time) => time >= 0 && time < duration);
  const truth: SyntheticTruth = {
    rPeakSeconds,
    heartRatePerMinute: meanRate(rPeakSeconds, heartRate),
    prIntervalMs: round(-timing.pStart * 1000),
    qrsDurationMs: round(timing.qrs * 1000),
    qtIntervalMs: round(timing.tEnd * 1000),
    stLevelMicrovolts: stLevels(waves),
  };
  return { document: toDocument(leads, truth, rhythm, options), truth };
}

function meanRate(peaks: readonly number[], fallback: number): number {
  const first = peaks[0];
  const last = peaks.at(-1);
  return first === undefined || last === undefined || last === first
    ? fallback
    : (60 * (peaks.length - 1)) / (last - first);
}

function stLevels(waves: Record<RecordedLead, WaveAmplitudes>): Record<string, number> {
  const { I, II } = { I: waves.I.st, II: waves.II.st };
  const chest = recordedLeads.slice(2).map((name): [string, number] => [name, waves[name].st]);
  return { I, II, III: II - I, aVR: -(I + II) / 2 + 0, aVL: I - II / 2, aVF: II - I / 2, ...Object.fromEntries(chest) };
}

function toDocument(
  leads: EcgLead[],
  truth: SyntheticTruth,
  rhythm: SyntheticRhythm,
  options: SynthesisOptions,
): EcgDocument {
  const rrIntervalMs = round(60_000 / truth.heartRatePerMinute);
  return {
    format: 'dicom',
    acquiredAt: options.acquiredAt ?? '2026-01-05T08:00:00+08:00',
    device: { manufacturer: 'Lianzhen', model: 'Synth' },
    groups: [{ label: 'rhythm', leads }],
    measurements: {
      heartRatePerMinute: round(truth.heartRatePerMinute),
      rrIntervalMs,
      prIntervalMs: truth.prIntervalMs,
      qrsDurationMs: truth.qrsDurationMs,
      qtIntervalMs: truth.qtIntervalMs,
      qtcIntervalMs: round(truth.qtIntervalMs / cbrt(rrIntervalMs / 1000)),
    },
    statements: [
      'SYNTHETIC ECG, NOT OF A PERSON',
      rhythm === 'sinus' ? 'Sinus rhythm' : 'ST elevation in II, III, aVF: consider acute inferior infarction',
    ],
    warnings: [],
  };
}
