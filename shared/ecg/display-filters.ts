import type { EcgViewState } from '../contracts/viewing.ts';
import type { PlacedLead } from './lead-selection.ts';

// Named once: looking it up at each sample costs much where globals are slow (Jest's contexts).
const { isFinite } = Number;

/**
 * Filters for looking at a trace, never for measuring on it. Every filter runs forward and backward over the samples, so
 * that nothing is delayed and no wave changes its shape by phase: with zero phase the ST segment also stands a high pass
 * of 0.5 Hz (Kligfield et al., Circulation 2007;115:1306, recommend 0.05 Hz, and up to 0.67 Hz for filters without phase
 * distortion). High and low pass are Butterworth filters of second order in each direction, mapped by the bilinear
 * transform and widened so that both directions together have -3 dB at the stated frequency; the amplitude response is
 * 1 / (1 + r^4), where r is the ratio of tan(pi f / fs) to that of the design frequency (its inverse for the high pass).
 * The notch is a second-order zero at 50 Hz with -3 dB at about 48 and 52 Hz.
 */
export type DisplayFilters = Pick<EcgViewState, 'highPassHz' | 'lowPassHz' | 'notchHz'>;

export const highPasses = [0.05, 0.5] as const;
export const lowPasses = [25, 35, 40, 100, 150] as const;

/** Second-order section, a0 = 1. */
interface Section {
  b0: number;
  b1: number;
  b2: number;
  a1: number;
  a2: number;
  /** How long its response to an edge lasts, seconds. */
  memorySeconds: number;
}

/** Two passes of -1.5 dB each are -3 dB: 1 + r^4 = 2^(1/2) there. */
const widening = (Math.SQRT2 - 1) ** 0.25;
const notchWidthHz = 4;
/** Both passes of the notch together are at -3 dB where its own power gain is 2^(-1/2). */
const notchWidening = Math.sqrt(1 / (Math.SQRT2 - 1));

/** Those that can act at a sampling rate: a low pass or notch at or above its half has nothing left to take away. */
export function actingFilters(filters: DisplayFilters, sampleRateHz: number): DisplayFilters {
  const half = sampleRateHz / 2;
  return {
    highPassHz: filters.highPassHz !== null && filters.highPassHz < half ? filters.highPassHz : null,
    lowPassHz: filters.lowPassHz !== null && filters.lowPassHz < 0.9 * half ? filters.lowPassHz : null,
    notchHz: filters.notchHz !== null && filters.notchHz + notchWidthHz < half ? filters.notchHz : null,
  };
}

export function hasFilters({ highPassHz, lowPassHz, notchHz }: DisplayFilters): boolean {
  return highPassHz !== null || lowPassHz !== null || notchHz !== null;
}

function sectionsOf(filters: DisplayFilters, sampleRateHz: number): Section[] {
  const { highPassHz, lowPassHz, notchHz } = actingFilters(filters, sampleRateHz);
  const warped = (hertz: number) => Math.tan((Math.PI * hertz) / sampleRateHz);
  const sections: Section[] = [];
  const butterworth = (k: number, isHighPass: boolean, hertz: number) => {
    const norm = 1 / (1 + Math.SQRT2 * k + k * k);
    const b0 = isHighPass ? norm : k * k * norm;
    sections.push({
      b0,
      b1: isHighPass ? -2 * b0 : 2 * b0,
      b2: b0,
      a1: 2 * (k * k - 1) * norm,
      a2: (1 - Math.SQRT2 * k + k * k) * norm,
      memorySeconds: 1 / hertz,
    });
  };
  if (highPassHz !== null) butterworth(warped(highPassHz) * widening, true, highPassHz);
  if (lowPassHz !== null) butterworth(warped(lowPassHz) / widening, false, lowPassHz);
  if (notchHz !== null) {
    const k = warped(notchHz);
    const width = Math.tan((Math.PI * notchWidthHz) / notchWidening / sampleRateHz);
    const norm = 1 / (1 + width);
    const turn = (2 * (k * k - 1)) / (1 + k * k);
    sections.push({
      b0: norm,
      b1: turn * norm,
      b2: norm,
      a1: turn * norm,
      a2: (1 - width) * norm,
      memorySeconds: 0.5,
    });
  }
  return sections;
}

/** In place, from `x[0]` at rest: as though the first value had stood for ever. Transposed direct form II. */
function run(x: Float64Array, { b0, b1, b2, a1, a2 }: Section): void {
  const first = x[0] ?? 0;
  const rest = (first * (b0 + b1 + b2)) / (1 + a1 + a2);
  let z2 = b2 * first - a2 * rest;
  let z1 = b1 * first - a1 * rest + z2;
  for (let i = 0; i < x.length; i++) {
    const value = x[i] ?? 0;
    const out = b0 * value + z1;
    z1 = b1 * value - a1 * out + z2;
    z2 = b2 * value - a2 * out;
    x[i] = out;
  }
}

/**
 * The samples as the filters show them, microvolts. Missing samples stay missing; for the filters alone a gap is bridged
 * by a straight line, and the ends are continued by their point reflection (as in Gustafsson, IEEE Trans Signal Process
 * 1996;44:988, in the simpler form of odd extension). Returns the very array where no filter acts.
 */
export function filterForDisplay(
  samples: readonly (number | null)[],
  sampleRateHz: number,
  filters: DisplayFilters,
): readonly (number | null)[] {
  const sections = sampleRateHz > 0 ? sectionsOf(filters, sampleRateHz) : [];
  const isKnown = (value: number | null | undefined): value is number => typeof value === 'number' && isFinite(value);
  let first = 0;
  let last = samples.length - 1;
  while (first <= last && !isKnown(samples[first])) first++;
  while (last >= first && !isKnown(samples[last])) last--;
  const length = last - first + 1;
  if (sections.length === 0 || length < 2) return samples;

  const memory = Math.max(...sections.map(({ memorySeconds }) => memorySeconds));
  const pad = Math.min(length - 1, Math.ceil(2 * memory * sampleRateHz));
  const x = new Float64Array(length + 2 * pad);
  let known = first;
  for (let i = first; i <= last; i++) {
    const value = samples[i];
    if (!isKnown(value)) continue;
    const from = samples[known] as number;
    for (let j = known + 1; j <= i; j++) x[pad + j - first] = from + ((value - from) * (j - known)) / (i - known);
    if (i === first) x[pad] = value;
    known = i;
  }
  const start = x[pad] ?? 0;
  const end = x[pad + length - 1] ?? 0;
  for (let i = 1; i <= pad; i++) {
    x[pad - i] = 2 * start - (x[pad + i] ?? 0);
    x[pad + length - 1 + i] = 2 * end - (x[pad + length - 1 - i] ?? 0);
  }
  for (const section of sections) {
    run(x, section);
    x.reverse();
    run(x, section);
    x.reverse();
  }
  const result = new Array<number | null>(samples.length).fill(null);
  for (let i = first; i <= last; i++) if (isKnown(samples[i])) result[i] = x[pad + i - first] ?? 0;
  return result;
}

/** Longer recordings are filtered by blocks of so many seconds. */
const blockSeconds = 10;

/** So much around a block keeps its edges out of sight: some ten time constants of the slowest filter. */
function aroundSeconds({ highPassHz }: DisplayFilters): number {
  return highPassHz === 0.05 ? 20 : highPassHz === 0.5 ? 5 : 1;
}

/** The block of a recording that shows `fromSeconds` and the page after it: the same for every moment of its block. */
export function filterBlock(
  fromSeconds: number,
  durationSeconds: number,
  pageSeconds: number,
  filters: DisplayFilters,
): { from: number; to: number } {
  const around = aroundSeconds(filters);
  if (durationSeconds <= blockSeconds + pageSeconds + 2 * around) return { from: 0, to: durationSeconds };
  const block = Math.floor(Math.max(0, fromSeconds) / blockSeconds) * blockSeconds;
  return {
    from: Math.max(0, block - around),
    to: Math.min(durationSeconds, block + blockSeconds + pageSeconds + around),
  };
}

/**
 * A lead as the filters show it between two moments of the recording; the very lead where no filter acts.
 * @param baselineMicrovolts what the paper shows on this lead's base line: a high pass takes the offset off, and it is
 * put back, so that the trace stays where its microvolts are read
 */
export function filteredLead(
  lead: PlacedLead,
  filters: DisplayFilters,
  block: { from: number; to: number },
  baselineMicrovolts = 0,
): PlacedLead {
  const acting = actingFilters(filters, lead.sampleRateHz);
  if (!hasFilters(acting)) return lead;
  const rate = lead.sampleRateHz;
  const first = Math.max(0, Math.floor((block.from - lead.startSeconds) * rate));
  const last = Math.max(first, Math.min(lead.samples.length, Math.ceil((block.to - lead.startSeconds) * rate)));
  const isWhole = first === 0 && last === lead.samples.length;
  const filtered = filterForDisplay(isWhole ? lead.samples : lead.samples.slice(first, last), rate, filters);
  const shift = acting.highPassHz === null ? 0 : baselineMicrovolts;
  return {
    ...lead,
    startSeconds: lead.startSeconds + first / rate,
    samples: filtered.map((value) => (value === null ? null : value + shift)),
  };
}
