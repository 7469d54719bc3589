import { withoutCalibrationPulses } from './calibration-pulse.ts';
import { prepareLead } from './qrs-envelope.ts';
import type { EcgLead } from './waveform.ts';

// Named once: looking them up at each sample costs much where globals are slow (Jest's contexts).
const { abs, ceil, floor, max, min, round } = Math;

export interface RPeakDetection {
  /** Seconds after the group's start of each QRS complex (its largest deflection over all leads), ascending. */
  peakSeconds: number[];
  /** Stretches in which no lead could be judged (no samples, or noise), in seconds. A pause of the heart is not one. */
  unusableSeconds: { from: number; to: number }[];
}

/** All leads are brought to this rate after filtering: 4 ms are finer than any decision made here. */
const workingRateHz = 250;
/** Level and noise of a lead are judged once a second over so many seconds around. */
const judgedSeconds = 12;
/** Microvolts per millisecond: below this (about 0.05 mV) there is no QRS complex in a lead. */
const silentSlope = 0.8;
/** The heart's chambers cannot follow faster than this: one complex each 200 ms. */
const refractorySeconds = 0.2;

/** One lead at the working rate, and for each second what its QRS complexes and its noise are like. */
interface JudgedLead {
  envelope: Float32Array;
  amplitude: Float32Array;
  steepness: Float32Array;
  /** 1 where samples are real. */
  usable: Float32Array;
  /** Typical envelope of a QRS complex; 0 where silent. */
  level: Float32Array;
  /** 0 (useless) to 1, for each second. */
  weight: Float32Array;
  /** 1 for seconds without samples or full of noise. */
  unusable: Uint8Array;
}

function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) return 0;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[min(sorted.length - 1, floor(share * sorted.length))] ?? 0;
}

function atWorkingRate(values: Float64Array, sampleRateHz: number, length: number): Float32Array {
  const result = new Float32Array(length);
  for (let i = 0; i < length; i++) {
    const position = (i * sampleRateHz) / workingRateHz;
    const left = floor(position);
    const share = position - left;
    const here = values[min(left, values.length - 1)] ?? 0;
    const next = values[min(left + 1, values.length - 1)] ?? 0;
    result[i] = here + (next - here) * share;
  }
  return result;
}

/** For each second: the largest envelope, a low percentile of it, and the share of usable samples. */
function secondBySecond(envelope: Float32Array, usable: Float32Array) {
  const seconds = ceil(envelope.length / workingRateHz);
  const peaks = new Float32Array(seconds);
  const quiet = new Float32Array(seconds);
  const usableShare = new Float32Array(seconds);
  for (let second = 0; second < seconds; second++) {
    const from = second * workingRateHz;
    const to = min(envelope.length, from + workingRateHz);
    const here = envelope.subarray(from, to).filter((_, i) => (usable[from + i] ?? 0) === 1);
    here.sort();
    peaks[second] = here.at(-1) ?? 0;
    quiet[second] = here[floor(0.3 * here.length)] ?? 0;
    usableShare[second] = here.length / (to - from);
  }
  return { seconds, peaks, quiet, usableShare };
}

function judge(lead: EcgLead): JudgedLead {
  const prepared = prepareLead(lead.samples, lead.sampleRateHz);
  const length = floor((lead.samples.length / lead.sampleRateHz) * workingRateHz);
  const envelope = atWorkingRate(prepared.envelope, lead.sampleRateHz, length);
  const amplitude = atWorkingRate(prepared.filtered, lead.sampleRateHz, length);
  const steepness = atWorkingRate(prepared.steepness, lead.sampleRateHz, length);
  const usable = atWorkingRate(Float64Array.from(prepared.usable), lead.sampleRateHz, length);
  const { seconds, peaks, quiet, usableShare } = secondBySecond(envelope, usable);

  const known = (from: number, to: number, values: Float32Array): number[] => {
    const found: number[] = [];
    for (let s = max(0, from); s < min(seconds, to); s++) if ((usableShare[s] ?? 0) > 0.2) found.push(values[s] ?? 0);
    return found;
  };
  const whole = percentile(known(0, seconds, peaks), 0.8);
  const level = new Float32Array(seconds);
  const weight = new Float32Array(seconds);
  const unusable = new Uint8Array(seconds);
  for (let s = 0; s < seconds; s++) {
    const from = max(0, min(s - judgedSeconds / 2, seconds - judgedSeconds));
    const nearby = known(from, from + judgedSeconds, peaks);
    // The second-largest share: one artefact, or one extrasystole, does not set the measure for all other beats.
    const local = percentile(nearby, 0.75);
    const noise = percentile(known(from, from + judgedSeconds, quiet), 0.5);
    // A long pause must not raise P waves to QRS complexes.
    const measure = max(local, 0.25 * whole);
    const silent = measure < silentSlope;
    level[s] = silent ? 0 : measure;
    const clearness = measure / max(noise, 0.05);
    const usableHere = (usableShare[s] ?? 0) > 0.2;
    weight[s] = silent || nearby.length === 0 ? 0 : min(1, max(0, (clearness - 2.6) / 3));
    unusable[s] = !usableHere || (!silent && (weight[s] ?? 0) === 0) ? 1 : 0;
  }
  return { envelope, amplitude, steepness, usable, level, weight, unusable };
}

interface Combined {
  /** Weighted mean of the leads' envelopes, 1 being a typical QRS complex. */
  envelope: Float32Array;
  /** Weighted mean of the leads' absolute amplitudes, each by its own measure: its top is the R wave. */
  amplitude: Float32Array;
  /** The same of the leads' slopes. */
  steepness: Float32Array;
  unusable: Uint8Array;
}

function combine(leads: readonly JudgedLead[]): Combined {
  const length = leads.reduce((longest, lead) => max(longest, lead.envelope.length), 0);
  const envelope = new Float32Array(length);
  const amplitude = new Float32Array(length);
  const steepness = new Float32Array(length);
  const unusable = new Uint8Array(ceil(length / workingRateHz)).fill(1);
  for (const lead of leads) {
    for (let s = 0; s < lead.unusable.length; s++) if (lead.unusable[s] === 0) unusable[s] = 0;
  }
  for (let i = 0; i < length; i++) {
    const second = floor(i / workingRateHz);
    let total = 0;
    let heightSum = 0;
    let amplitudeSum = 0;
    let steepnessSum = 0;
    for (const lead of leads) {
      const weight = lead.weight[second] ?? 0;
      if (weight === 0 || lead.unusable[second] === 1 || (lead.usable[i] ?? 0) < 1) continue;
      const level = lead.level[second] ?? 1;
      total += weight;
      heightSum += weight * min(3, (lead.envelope[i] ?? 0) / level);
      amplitudeSum += (weight * abs(lead.amplitude[i] ?? 0)) / level;
      steepnessSum += (weight * (lead.steepness[i] ?? 0)) / level;
    }
    if (total > 0) {
      envelope[i] = heightSum / total;
      amplitude[i] = amplitudeSum / total;
      steepness[i] = steepnessSum / total;
    }
  }
  return { envelope, amplitude, steepness, unusable };
}

interface Candidate {
  index: number;
  height: number;
  /** The steepest slope within 80 ms: what tells a QRS complex from a tall T wave. */
  steepness: number;
}

function steepest(steepness: Float32Array, index: number): number {
  const reach = round(0.08 * workingRateHz);
  let most = 0;
  for (let i = max(0, index - reach); i <= min(steepness.length - 1, index + reach); i++) {
    most = max(most, steepness[i] ?? 0);
  }
  return most;
}

/** Local maxima of the envelope, the highest within each refractory period. */
function candidates({ envelope, steepness }: Combined): Candidate[] {
  const found: Candidate[] = [];
  const apart = refractorySeconds * workingRateHz;
  for (let i = 0; i < envelope.length; i++) {
    const height = envelope[i] ?? 0;
    if (height < 0.08 || height < (envelope[i - 1] ?? 0) || height <= (envelope[i + 1] ?? 0)) continue;
    const previous = found.at(-1);
    if (previous && i - previous.index < apart) {
      if (height > previous.height) found[found.length - 1] = { index: i, height, steepness: 0 };
    } else found.push({ index: i, height, steepness: 0 });
  }
  for (const candidate of found) candidate.steepness = steepest(steepness, candidate.index);
  return found;
}

function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/**
 * Decides on each candidate by running levels of complexes and of what lies between (Pan and Tompkins), with a look back
 * after a gap, and with their rule against T waves: soon after a complex, only one nearly as steep counts.
 */
function decide(found: readonly Candidate[]): Candidate[] {
  const accepted: Candidate[] = [];
  const intervals: number[] = [];
  let signal = 1;
  let noise = percentile(
    found.filter((candidate) => candidate.height < 0.5).map((candidate) => candidate.height),
    0.5,
  );
  const threshold = (): number => min(0.55, max(0.2, noise + 0.28 * (signal - noise)));
  const accept = (candidate: Candidate): void => {
    const previous = accepted.at(-1);
    if (previous) {
      intervals.push(candidate.index - previous.index);
      if (intervals.length > 8) intervals.shift();
    }
    accepted.push(candidate);
    signal += 0.125 * (min(candidate.height, 1.5) - signal);
  };
  const tooSoon = (candidate: Candidate): boolean => {
    const previous = accepted.at(-1);
    if (!previous) return false;
    const distance = (candidate.index - previous.index) / workingRateHz;
    if (distance >= 0.4) return false;
    return candidate.height < 0.6 * previous.height || candidate.steepness < 0.55 * previous.steepness;
  };
  let skipped: Candidate[] = [];
  const lookBack = (until: number): void => {
    const previous = accepted.at(-1);
    if (!previous || intervals.length < 3 || until - previous.index < 1.66 * median(intervals)) return;
    const margin = 0.36 * workingRateHz;
    const between = skipped.filter(
      (candidate) => candidate.index > previous.index + margin && candidate.index < until - margin,
    );
    const best = between.reduce<Candidate | undefined>(
      (top, c) => (top && top.height >= c.height ? top : c),
      undefined,
    );
    if (best && best.height > 0.5 * threshold() && best.height > 2 * noise) {
      skipped = skipped.filter((candidate) => candidate.index > best.index);
      accept(best);
      lookBack(until);
    }
  };
  for (const candidate of found) {
    if (candidate.height >= threshold() && !tooSoon(candidate)) {
      lookBack(candidate.index);
      accept(candidate);
      skipped = [];
    } else {
      skipped.push(candidate);
      noise += 0.125 * (min(candidate.height, 0.5) - noise);
    }
  }
  // The recording may begin in a T wave, which no complex before it gives away.
  const [first, ...others] = accepted;
  const usual = median(others.map((candidate) => candidate.steepness));
  return first && others.length >= 3 && first.steepness < 0.55 * usual && first.height < 0.9 ? others : accepted;
}

/** The largest deflection within 80 ms of the envelope's top. */
function refine(candidate: Candidate, amplitude: Float32Array): number {
  const reach = round(0.08 * workingRateHz);
  let best = candidate.index;
  for (let i = max(0, candidate.index - reach); i <= min(amplitude.length - 1, candidate.index + reach); i++) {
    if ((amplitude[i] ?? 0) > (amplitude[best] ?? 0)) best = i;
  }
  return best / workingRateHz;
}

/**
 * Finds QRS complexes in any number of simultaneous leads at any rates from 50 Hz. Leads that are off, flat or noisy lose
 * their vote for that time; pacemaker and
 * calibration pulses are taken away before; missing samples (null) are never a beat.
 * Made for the heart rate and for looking, not for a diagnosis.
 * @param leads microvolts, all starting at the same moment.
 */
export function detectRPeaks(leads: readonly EcgLead[]): RPeakDetection {
  const long = leads.filter((lead) => lead.sampleRateHz >= 50 && lead.samples.length >= lead.sampleRateHz);
  const judged = withoutCalibrationPulses(long).map(judge);
  if (judged.length === 0) return { peakSeconds: [], unusableSeconds: [] };
  const combined = combine(judged);
  const { amplitude, unusable } = combined;
  const peakSeconds: number[] = [];
  for (const candidate of decide(candidates(combined))) {
    const second = refine(candidate, amplitude);
    const previous = peakSeconds.at(-1);
    if (previous === undefined || second - previous >= refractorySeconds * 0.75) peakSeconds.push(second);
  }
  const unusableSeconds: RPeakDetection['unusableSeconds'] = [];
  unusable.forEach((flag, second) => {
    if (flag === 0) return;
    const last = unusableSeconds.at(-1);
    if (last && last.to === second) last.to = second + 1;
    else unusableSeconds.push({ from: second, to: second + 1 });
  });
  return { peakSeconds, unusableSeconds };
}
