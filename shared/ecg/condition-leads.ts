import { withoutCalibrationPulses } from './calibration-pulse.ts';
import type { PlacedLead } from './lead-selection.ts';
import { movingAverage } from './qrs-envelope.ts';
import type { EcgLead } from './waveform.ts';

// Named once: looking them up at each sample costs much where globals are slow (Jest's contexts).
const { ceil, cos, floor, hypot, max, min, round, sin, PI } = Math;
const { isFinite } = Number;

/** All leads are brought to this rate for measuring: 2 ms are finer than any boundary a reader would defend. */
export const analysisRateHz = 500;
/** Longer recordings are judged by their first part; the queue needs no more. */
export const longestAnalysedSeconds = 120;

/** One lead on the common time line. Made for measuring only and never shown. */
export interface AnalysisLead {
  name: string;
  /** Microvolts, baseline not yet removed; 0 where nothing is known. */
  values: Float64Array;
  /** 1 where `values` rests on real samples (gaps up to 20 ms are bridged). */
  known: Uint8Array;
}

export interface AnalysisLeads {
  leads: AnalysisLead[];
  sampleCount: number;
  /** The leads as given, from the same start, for the beat detector. */
  forDetection: EcgLead[];
  /** Whether the recording was longer than what is analysed. */
  shortened: boolean;
}

/**
 * Brings leads to one rate and one start by linear interpolation. Missing samples stay unknown; null, NaN and infinite
 * values count as missing, calibration pulses too.
 * @param leads microvolts; `startSeconds` after the start of the recording.
 */
export function alignLeads(leads: readonly PlacedLead[]): AnalysisLeads {
  const valid = leads.filter(
    (lead) =>
      isFinite(lead.sampleRateHz) && lead.sampleRateHz >= 50 && lead.samples.length > 0 && lead.startSeconds >= 0,
  );
  const seconds = valid.reduce((most, l) => max(most, l.startSeconds + l.samples.length / l.sampleRateHz), 0);
  const analysed = min(seconds, longestAnalysedSeconds);
  const sampleCount = floor(analysed * analysisRateHz);
  const shifted = valid.map((lead): EcgLead => {
    const offset = round(lead.startSeconds * lead.sampleRateHz);
    const last = min(lead.samples.length, ceil(analysed * lead.sampleRateHz) - offset);
    const own = lead.samples.slice(0, max(0, last));
    const samples = offset > 0 ? [...new Array<null>(offset).fill(null), ...own] : own;
    return { name: lead.name, sampleRateHz: lead.sampleRateHz, unit: 'uV', samples };
  });
  const forDetection = [...withoutCalibrationPulses(shifted)];
  return {
    leads: forDetection.map((lead) => resampled(lead, sampleCount)),
    sampleCount,
    forDetection,
    shortened: seconds > longestAnalysedSeconds,
  };
}

function resampled(lead: EcgLead, sampleCount: number): AnalysisLead {
  const { samples, sampleRateHz } = lead;
  const values = new Float64Array(sampleCount);
  const known = new Uint8Array(sampleCount);
  const bridged = max(1, floor(0.02 * sampleRateHz));
  const source = new Float64Array(samples.length);
  const real = new Uint8Array(samples.length);
  let last = -1;
  for (let i = 0; i < samples.length; i++) {
    const sample = samples[i];
    if (typeof sample !== 'number' || !isFinite(sample)) continue;
    source[i] = sample;
    real[i] = 1;
    if (last >= 0 && i - last > 1 && i - last - 1 <= bridged) {
      const before = source[last] ?? 0;
      for (let k = last + 1; k < i; k++) {
        source[k] = before + ((sample - before) * (k - last)) / (i - last);
        real[k] = 1;
      }
    }
    last = i;
  }
  for (let i = 0; i < sampleCount; i++) {
    const position = (i * sampleRateHz) / analysisRateHz;
    const left = floor(position);
    const right = min(left + 1, samples.length - 1);
    if (real[left] !== 1 || real[right] !== 1) continue;
    const here = source[left] ?? 0;
    values[i] = here + ((source[right] ?? 0) - here) * (position - left);
    known[i] = 1;
  }
  return { name: lead.name, values, known };
}

/** Amplitude of the mains hum by lead, microvolts (peak), and its frequency. */
export interface MainsHum {
  hertz: 50 | 60;
  microvoltsByLead: Map<string, number>;
}

/**
 * Fits a sine of 50 or 60 Hz to each second of each lead and takes it away where it is worth it (over 5 uV). The fit
 * leaves QRS complexes out, whose own content at 50 Hz must stay.
 * @param busy 1 at samples in and around QRS complexes.
 */
export function removeMainsHum(leads: readonly AnalysisLead[], busy: Uint8Array): MainsHum {
  const found = ([50, 60] as const).map((hertz) => {
    const byLead = new Map(leads.map((lead) => [lead.name, fitHum(lead, busy, hertz, false)]));
    let total = 0;
    for (const value of byLead.values()) total += value;
    return { hertz, microvoltsByLead: byLead, total };
  });
  const [at50, at60] = found;
  const chosen = (at60?.total ?? 0) > 1.5 * (at50?.total ?? 0) ? at60 : at50;
  const hum: MainsHum = { hertz: chosen?.hertz ?? 50, microvoltsByLead: chosen?.microvoltsByLead ?? new Map() };
  for (const lead of leads) if ((hum.microvoltsByLead.get(lead.name) ?? 0) > 5) fitHum(lead, busy, hum.hertz, true);
  return hum;
}

/** Median over the seconds of the fitted amplitude; takes the sine away when `remove`. */
function fitHum(lead: AnalysisLead, busy: Uint8Array, hertz: number, remove: boolean): number {
  const { values, known } = lead;
  const block = analysisRateHz;
  const angle = (2 * PI * hertz) / analysisRateHz;
  const cosines = Float64Array.from({ length: block }, (_, i) => cos(angle * i));
  const sines = Float64Array.from({ length: block }, (_, i) => sin(angle * i));
  const amplitudes: number[] = [];
  for (let from = 0; from + block / 2 <= values.length; from += block) {
    const to = min(values.length, from + block);
    let [a, b, used] = [0, 0, 0];
    // Second differences over 3 samples take slow waves away; their gain at the hum's frequency is divided out.
    for (let i = max(3, from); i < min(to, values.length - 3); i++) {
      if (busy[i] === 1 || known[i] !== 1 || known[i - 3] !== 1 || known[i + 3] !== 1) continue;
      const sharp = (values[i] ?? 0) - ((values[i - 3] ?? 0) + (values[i + 3] ?? 0)) / 2;
      a += sharp * (cosines[i - from] ?? 0);
      b += sharp * (sines[i - from] ?? 0);
      used++;
    }
    if (used < block / 5) continue;
    const gain = 1 - cos(3 * angle);
    const x = (2 * a) / used / gain;
    const y = (2 * b) / used / gain;
    amplitudes.push(hypot(x, y));
    if (!remove) continue;
    for (let i = from; i < to; i++) {
      values[i] = (values[i] ?? 0) - x * (cosines[i - from] ?? 0) - y * (sines[i - from] ?? 0);
    }
  }
  amplitudes.sort((p, q) => p - q);
  return amplitudes[amplitudes.length >> 1] ?? 0;
}

/** Triangular low pass by two moving averages of `milliseconds` each; delays nothing. */
export function smoothed(values: Float64Array, milliseconds: number): Float64Array {
  const width = max(1, round((milliseconds / 1000) * analysisRateHz));
  return movingAverage(movingAverage(values, width), width);
}

/**
 * Takes the baseline away: a cubic (Catmull and Rom) through the level at each given moment, the mean over 16 ms there.
 * Unlike a high-pass filter this leaves the ST segment where it is (Meyer and Keiser, Comput Biomed Res 1977;10:459).
 * @param knots sample indices, ascending: quiet places before the QRS complexes. None: the mean is taken away.
 */
export function removeBaseline(lead: AnalysisLead, knots: readonly number[]): void {
  const { values, known } = lead;
  const places: { at: number; level: number }[] = [];
  for (const at of knots) {
    let [sum, used] = [0, 0];
    for (let i = max(0, at - 4); i <= min(values.length - 1, at + 4); i++) {
      if (known[i] !== 1) continue;
      sum += values[i] ?? 0;
      used++;
    }
    if (used >= 5) places.push({ at, level: sum / used });
  }
  if (places.length === 0) {
    let [sum, used] = [0, 0];
    for (let i = 0; i < values.length; i++) {
      if (known[i] !== 1) continue;
      sum += values[i] ?? 0;
      used++;
    }
    for (let i = 0; i < values.length; i++) values[i] = known[i] === 1 ? (values[i] ?? 0) - sum / used : 0;
    return;
  }
  let k = 0;
  for (let i = 0; i < values.length; i++) {
    while (k + 1 < places.length && (places[k + 1]?.at ?? 0) <= i) k++;
    if (known[i] === 1) values[i] = (values[i] ?? 0) - levelAt(places, k, i);
  }
}

function levelAt(places: readonly { at: number; level: number }[], k: number, i: number): number {
  const from = places[k];
  const to = places[k + 1];
  if (!from) return 0;
  if (!to || i < from.at) return from.level;
  const before = places[k - 1] ?? from;
  const after = places[k + 2] ?? to;
  const span = to.at - from.at;
  const share = (i - from.at) / span;
  const slopeFrom = ((to.level - before.level) / max(1, to.at - before.at)) * span;
  const slopeTo = ((after.level - from.level) / max(1, after.at - from.at)) * span;
  const s2 = share * share;
  const s3 = s2 * share;
  return (
    (2 * s3 - 3 * s2 + 1) * from.level +
    (s3 - 2 * s2 + share) * slopeFrom +
    (3 * s2 - 2 * s3) * to.level +
    (s3 - s2) * slopeTo
  );
}
