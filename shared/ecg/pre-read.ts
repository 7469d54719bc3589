import { classifyBeats, medianBeat } from './beat-classes.ts';
import type { AlignedBeat, BeatClass, MedianBeat } from './beat-classes.ts';
import { frontalAxes, measureLeads } from './beat-measurements.ts';
import type { FrontalAxes, LeadMeasurements } from './beat-measurements.ts';
import { alignLeads, analysisRateHz, removeBaseline, removeMainsHum } from './condition-leads.ts';
import type { AnalysisLead } from './condition-leads.ts';
import { defaultRuleTable } from './default-reading-rules.ts';
import { delineateBeat } from './delineate-beat.ts';
import type { BeatBoundaries } from './delineate-beat.ts';
import { detectRPeaks } from './detect-r-peaks.ts';
import type { Danger, RuleResult, WithheldRule } from './evaluate-rules.ts';
import { judgeByRules } from './judge-by-rules.ts';
import { selectLeads } from './lead-selection.ts';
import { findPWaves } from './p-waves.ts';
import type { PWaves } from './p-waves.ts';
import { correctQt } from './qt-correction.ts';
import type { CorrectedQt } from './qt-correction.ts';
import { measureWaviness, peaksOfRapidRhythm } from './rapid-rhythm.ts';
import type { EcgFeature, RuleTable } from './reading-rules.ts';
import { judgeLead, judgeQuality, measureNoise } from './recording-quality.ts';
import type { QualityFinding } from './recording-quality.ts';
import { stateRhythm } from './rhythm-facts.ts';
import type { RhythmBeat, RhythmFacts } from './rhythm-facts.ts';
import { standardLeads } from './waveform.ts';
import type { EcgDocument, EcgLead } from './waveform.ts';

// Named once: looking them up at each sample costs much where globals are slow (Jest's contexts).
const { max, min, round } = Math;

export interface PreReadOptions {
  sex?: 'male' | 'female' | 'other' | null;
  ageYears?: number | null;
  /** Whether symptoms (syncope, chest pain) are known to be present; rules may ask for it. */
  symptomatic?: boolean | null;
  ruleTable?: RuleTable;
}

/** Why an interval is missing or doubtful. */
export type IntervalReason =
  'no-beats' | 'no-p-wave' | 'p-not-linked' | 'no-t-wave' | 't-ends-differ' | 'few-beats' | 'noise';
export interface Interval {
  /** Milliseconds; null where it can't be measured. */
  ms: number | null;
  confidence: 'high' | 'low';
  reason?: IntervalReason;
}

/** Intervals over all leads of the dominant median beat. */
export interface PreReadIntervals {
  pDuration: Interval;
  pr: Interval;
  qrs: Interval;
  qt: Interval;
  rr: Interval;
  qtc: CorrectedQt | null;
}

/** The dominant median beat as it was measured, for showing the marks: microvolts (tenths) at `sampleRateHz`. */
export interface PreReadBeat {
  sampleRateHz: number;
  beatCount: number;
  leads: { name: string; samples: number[] }[];
  /** Sample indices. */
  boundaries: BeatBoundaries;
}

/** Everything the computer says about a recording. Unconfirmed: it orders the queue and asks for better recordings. */
export interface PreRead {
  unconfirmed: true;
  /** Smallest grade of all rules that fired, 4 when none did in a readable recording; null where nothing can be said. */
  danger: Danger | null;
  ruleTable: { id: string; edition: string };
  results: RuleResult[];
  withheld: WithheldRule[];
  features: EcgFeature[];
  rhythm: RhythmFacts;
  intervals: PreReadIntervals;
  axes: FrontalAxes;
  leads: LeadMeasurements[];
  quality: QualityFinding[];
  /** Enough of the recording had an electrode on for its silence to count as standstill. */
  silenceHeard: boolean;
  beat: PreReadBeat | null;
  /** Fiducials of all beats, seconds after the start, and their morphology class (0: dominant). */
  beats: { seconds: number; classIndex: number }[];
  classes: BeatClass[];
  durationSeconds: number;
  /** Whether only the first part of a long recording was judged. */
  shortened: boolean;
}

/** Plain numbers, which survive JSON. */
const toTenths = (values: Float64Array): number[] => Array.from(values, (value) => round(value * 10) / 10 + 0);

const indexOf = (seconds: number): number => round(seconds * analysisRateHz);

/** 1 in and around the complexes, where no noise is measured. */
function busyAround(peaks: readonly number[], sampleCount: number): Uint8Array {
  const busy = new Uint8Array(sampleCount);
  for (const peak of peaks) busy.fill(1, max(0, peak - indexOf(0.07)), min(sampleCount, peak + indexOf(0.08)));
  return busy;
}

/** III and the augmented leads add nothing where I and II are whole, but time. */
function withoutDerived(leads: readonly EcgLead[]): readonly EcgLead[] {
  const whole = ['I', 'II'].every((name) => leads.find((lead) => lead.name === name)?.samples.every((s) => s !== null));
  return whole ? leads.filter(({ name }) => !['III', 'aVR', 'aVL', 'aVF'].includes(name)) : leads;
}

interface Dominant {
  median: MedianBeat;
  boundaries: BeatBoundaries;
}

/** Median beat of class 0 with its boundaries; takes the baseline away from `leads` on the way. */
function dominantBeat(leads: AnalysisLead[], beats: readonly AlignedBeat[], rrSeconds: number | null): Dominant | null {
  const all = beats.map(({ fiducial }) => fiducial);
  const own = beats.filter(({ classIndex }) => classIndex === 0).map(({ fiducial }) => fiducial);
  if (own.length === 0) return null;
  const first = medianBeat(leads, own, all);
  const rough = delineateBeat(first, rrSeconds);
  // 12 ms before the complex, after P: the place that ST levels refer to.
  const place = (rough?.qrsOnset ?? first.fiducialIndex - indexOf(0.05)) - first.fiducialIndex - 6;
  const knots = own.map((fiducial) => fiducial + place);
  for (const lead of leads) removeBaseline(lead, knots);
  if (!rough) return null;
  const median = medianBeat(leads, own, all);
  const boundaries = delineateBeat(median, rrSeconds);
  return boundaries ? { median, boundaries } : null;
}

/** QRS duration of each other class, from its own median beat. */
function durationsOfClasses(
  leads: readonly AnalysisLead[],
  beats: readonly AlignedBeat[],
  count: number,
): (number | null)[] {
  const all = beats.map(({ fiducial }) => fiducial);
  return Array.from({ length: count }, (_, classIndex) => {
    if (classIndex === 0) return null;
    const own = beats.filter((beat) => beat.classIndex === classIndex).map(({ fiducial }) => fiducial);
    const found = delineateBeat(medianBeat(leads, own, all), null);
    return found ? ((found.qrsOffset - found.qrsOnset) * 1000) / analysisRateHz : null;
  });
}

/** Mean RR of neighbouring dominant beats, seconds. */
function dominantRr(beats: readonly AlignedBeat[]): number | null {
  const intervals: number[] = [];
  beats.forEach((beat, i) => {
    const previous = beats[i - 1];
    if (previous && previous.classIndex === 0 && beat.classIndex === 0)
      intervals.push(beat.fiducial - previous.fiducial);
  });
  if (intervals.length === 0) return null;
  intervals.sort((a, b) => a - b);
  return (intervals[intervals.length >> 1] ?? 0) / analysisRateHz;
}

/** Noise of the median beat (root mean square over the leads) up to which intervals are sure. */
const sureNoise = 15;
/** Above this nothing is measured on the beat: levels and boundaries would be those of the noise. */
const measurableNoise = 40;
const fewBeats = 3;
/** Leads that disagree by more than this about the T end leave QT open (dispersion of ordinary people: up to 65 ms). */
const tEndsDifferSeconds = 0.08;

/**
 * By what remains in the median beat, and by the noise between complexes over the root of the beats: very fast rhythms
 * leave steep waves between complexes, which only the first mistakes for noise.
 */
function isDrowned({ boundaries, median }: Dominant, noise: readonly number[]): boolean {
  const usual = [...noise].sort((a, b) => a - b)[noise.length >> 1] ?? 0;
  const expected = (1.25 * usual) / Math.sqrt(max(1, median.beatCount));
  return min(boundaries.noiseMicrovolts, 1.3 * expected) > measurableNoise;
}

function intervalsOf(
  found: Dominant | null,
  rhythm: RhythmFacts,
  p: PWaves | null,
  otherwise: IntervalReason,
): PreReadIntervals {
  const missing = (reason: IntervalReason): Interval => ({ ms: null, confidence: 'low', reason });
  const rr: Interval = rhythm.rrMeanMs === null ? missing('few-beats') : { ms: rhythm.rrMeanMs, confidence: 'high' };
  if (!found) {
    const none = missing(otherwise);
    return { pDuration: none, pr: none, qrs: none, qt: none, rr, qtc: null };
  }
  const { boundaries, median } = found;
  const { qrsOnset, qrsOffset, pOnset, pOffset, tEnd } = boundaries;
  const ms = (from: number, to: number): Interval => {
    const value = ((to - from) * 1000) / analysisRateHz;
    if (boundaries.noiseMicrovolts > sureNoise) return { ms: value, confidence: 'low', reason: 'noise' };
    if (median.beatCount < fewBeats) return { ms: value, confidence: 'low', reason: 'few-beats' };
    return { ms: value, confidence: 'high' };
  };
  const linked = p !== null && p.linkedShare >= 0.6 && rhythm.pRelation !== 'dissociated';
  const hasP = pOnset !== null && pOffset !== null;
  const whole = tEnd === null ? missing('no-t-wave') : ms(qrsOnset, tEnd);
  const differing = boundaries.tEndSpread > indexOf(tEndsDifferSeconds);
  const qt: Interval = differing ? { ...whole, confidence: 'low', reason: 't-ends-differ' } : whole;
  return {
    pDuration: hasP && linked ? ms(pOnset, pOffset) : missing(hasP ? 'p-not-linked' : 'no-p-wave'),
    pr: hasP && linked ? ms(pOnset, qrsOnset) : missing(hasP ? 'p-not-linked' : 'no-p-wave'),
    qrs: ms(qrsOnset, qrsOffset),
    qt,
    rr,
    qtc: qt.ms === null || rr.ms === null ? null : correctQt(qt.ms, rr.ms),
  };
}

/**
 * Reads a recording: quality, beats, intervals, axes, ST levels, rhythm, and the rules of the table. Pure, and robust to
 * short, partial and odd recordings: what cannot be said is null. Does not throw for any samples, rates or lead names.
 * @param document its rhythm groups are read; a recording with averaged beats only says nothing about rhythm.
 */
export function preReadEcg(document: Pick<EcgDocument, 'groups'>, options: PreReadOptions = {}): PreRead {
  const table = options.ruleTable ?? defaultRuleTable;
  const sex = options.sex === 'male' || options.sex === 'female' ? options.sex : null;
  const ageYears = typeof options.ageYears === 'number' && Number.isFinite(options.ageYears) ? options.ageYears : null;
  const { leads, sampleCount, forDetection, shortened } = alignLeads([...selectLeads(document).byName.values()]);
  const durationSeconds = sampleCount / analysisRateHz;

  const detection = detectRPeaks(withoutDerived(forDetection));
  let peaks = detection.peakSeconds.map(indexOf).filter((peak) => peak < sampleCount);
  let unusableSeconds = detection.unusableSeconds;
  const busy = busyAround(peaks, sampleCount);
  const states = new Map(leads.map((lead) => [lead.name, judgeLead(lead)]));
  // Leads that are off say nothing about the heart.
  const off = (name: string): boolean =>
    (states.get(name)?.knownShare ?? 0) === 0 ||
    (states.get(name)?.flatShare ?? 0) > 0.5 ||
    (states.get(name)?.saturatedShare ?? 0) > 0.2;
  const living = leads.filter(({ name }) => !off(name));
  const hum = removeMainsHum(leads, busy);
  const noise = new Map(leads.map((lead) => [lead.name, measureNoise(lead, busy)]));

  const waviness = peaks.length >= 3 && unusableSeconds.length === 0 ? null : measureWaviness(living);
  if (waviness && waviness.strength > 150 && waviness.hertz > 2 && waviness.hertz < 12 && waviness.leakage < 0.75) {
    const rapid = peaksOfRapidRhythm(living);
    if (rapid.length > peaks.length) [peaks, unusableSeconds] = [rapid, []];
  }
  let { beats, classes } = classifyBeats(living, peaks);
  const chaotic = isChaotic(living, beats, classes);
  if (chaotic) [beats, classes] = [[], []];

  const found = dominantBeat(living, beats, dominantRr(beats));
  const drowned = found !== null && isDrowned(found, [...noise.values()]);
  const dominant = drowned ? null : found;
  const p = dominant ? findPWaves(living, beats, dominant.median, dominant.boundaries) : null;
  const measured = dominant ? measureLeads(dominant.median, dominant.boundaries) : [];
  const axes = frontalAxes(measured);
  const otherDurations = durationsOfClasses(living, beats, classes.length);
  const toMs = (from: number | null, to: number | null): number | null =>
    from === null || to === null ? null : ((to - from) * 1000) / analysisRateHz;
  const b = dominant?.boundaries ?? null;
  const qrsMs = b ? toMs(b.qrsOnset, b.qrsOffset) : null;
  const rhythmBeats = beats.map(({ fiducial, classIndex }): RhythmBeat => ({
    seconds: fiducial / analysisRateHz,
    classIndex,
    qrsDurationMs: classIndex === 0 ? qrsMs : (otherDurations[classIndex] ?? null),
  }));
  const rhythm = stateRhythm({
    beats: rhythmBeats,
    unusableSeconds,
    durationSeconds,
    p,
    prMs: b ? toMs(b.pOnset, b.qrsOnset) : null,
    qrsMs,
    qtMs: b ? toMs(b.qrsOnset, b.tEnd) : null,
    qrsOnsetOffsetSeconds: b && dominant ? (b.qrsOnset - dominant.median.fiducialIndex) / analysisRateHz : 0,
    pAxisDegrees: axes.pDegrees,
    noisy: drowned || (b?.noiseMicrovolts ?? 0) > sureNoise,
    chaotic,
  });
  const quality = judgeQuality({
    states,
    durationSeconds,
    hum,
    noise,
    median: dominant?.median ?? null,
    boundaries: b,
    measurements: measured,
    expectedLeads: leads.some(({ name }) => /^(V\d|aV)/.test(name)) ? standardLeads : [],
  });
  const intervals = intervalsOf(dominant, rhythm, p, drowned ? 'noise' : 'no-beats');
  // Silence counts as standstill only where an electrode was on: a dead lead is flat to the last bit.
  const deafSeconds = unusableSeconds.reduce((sum, { from, to }) => sum + to - from, 0);
  const silenceHeard = living.length > 0 && durationSeconds - deafSeconds >= 3;
  const beat: PreReadBeat | null = dominant
    ? {
        sampleRateHz: analysisRateHz,
        beatCount: dominant.median.beatCount,
        leads: dominant.median.leads.map(({ name, values }) => ({ name, samples: toTenths(values) })),
        boundaries: dominant.boundaries,
      }
    : null;
  const known = {
    rhythm,
    intervals,
    axes,
    leads: measured,
    quality,
    beat,
    beats: rhythmBeats.map(({ seconds, classIndex }) => ({ seconds, classIndex })),
    silenceHeard,
  };
  const judgement = judgeByRules(known, table, { sex, ageYears, symptomatic: options.symptomatic ?? null });
  return {
    unconfirmed: true,
    ruleTable: { id: table.id, edition: table.edition },
    ...judgement,
    ...known,
    classes,
    durationSeconds,
    shortened,
  };
}

/** Waves without complexes: like a sine, 2.5 to 9 a second, and no morphology that repeats. */
function isChaotic(
  leads: readonly AnalysisLead[],
  beats: readonly AlignedBeat[],
  classes: readonly BeatClass[],
): boolean {
  const largest = classes[0]?.size ?? 0;
  if (beats.length >= 3 && largest >= 0.7 * beats.length) return false;
  const waviness = measureWaviness(leads);
  return (
    waviness !== null &&
    waviness.leakage < 0.5 &&
    waviness.hertz >= 2.5 &&
    waviness.hertz <= 9 &&
    waviness.strength > 80
  );
}
