import { analysisRateHz } from './condition-leads.ts';
import type { AnalysisLead } from './condition-leads.ts';

// Named once: looking them up at each sample costs much where globals are slow (Jest's contexts).
const { abs, max, min, round, sqrt } = Math;

const at = (seconds: number): number => round(seconds * analysisRateHz);
const before = at(0.1);
const after = at(0.12);
/** Beats are shifted by up to so much to lie on their class. */
const reach = at(0.04);
/** Beats as alike as this are one morphology (correlation over all leads). */
const likeness = 0.88;
/** More classes than this are noise, not hearts. */
const mostClasses = 8;

export interface AlignedBeat {
  /** Sample index that is the same point of the complex in all beats of a class. */
  fiducial: number;
  classIndex: number;
  /** Correlation with the mean of its class, over all leads known there. */
  correlation: number;
}

export interface BeatClass {
  /** How many beats. */
  size: number;
  /** Root mean square of the QRS window over all leads, microvolts. */
  strength: number;
}

export interface BeatClasses {
  beats: AlignedBeat[];
  classes: BeatClass[];
}

interface Template {
  sums: Float64Array[];
  counts: Float64Array[];
  size: number;
}

/** One beat's QRS window in each lead, its own mean taken away; null for a lead not wholly known there. */
function windowsAt(leads: readonly AnalysisLead[], centre: number): (Float64Array | null)[] {
  return leads.map(({ values, known }) => {
    const from = centre - before;
    const to = centre + after;
    if (from < 0 || to > values.length) return null;
    let sum = 0;
    for (let i = from; i < to; i++) {
      if (known[i] !== 1) return null;
      sum += values[i] ?? 0;
    }
    const mean = sum / (to - from);
    const window = new Float64Array(to - from);
    for (let i = from; i < to; i++) window[i - from] = (values[i] ?? 0) - mean;
    return window;
  });
}

function correlation(windows: readonly (Float64Array | null)[], template: Template): number {
  let [dot, own, other, common] = [0, 0, 0, 0];
  windows.forEach((window, leadIndex) => {
    const sums = template.sums[leadIndex];
    const count = template.counts[leadIndex]?.[0] ?? 0;
    if (window === null || sums === undefined || count === 0) return;
    common++;
    for (let i = 0; i < window.length; i++) {
      const value = window[i] ?? 0;
      const mean = (sums[i] ?? 0) / count;
      dot += value * mean;
      own += value * value;
      other += mean * mean;
    }
  });
  // Leads recorded one after another have nothing in common: nothing speaks against one morphology.
  if (common === 0) return likeness;
  if (own === 0 || other === 0) return 0;
  // A beat of less than half or more than twice the size is another morphology, however alike.
  const ratio = sqrt(own / other);
  return (dot / sqrt(own * other)) * (ratio < 0.5 || ratio > 2 ? 0.8 : 1);
}

function add(template: Template, windows: readonly (Float64Array | null)[]): void {
  windows.forEach((window, leadIndex) => {
    const sums = template.sums[leadIndex];
    const counts = template.counts[leadIndex];
    if (window === null || sums === undefined || counts === undefined) return;
    for (let i = 0; i < window.length; i++) sums[i] = (sums[i] ?? 0) + (window[i] ?? 0);
    counts[0] = (counts[0] ?? 0) + 1;
  });
  template.size++;
}

function emptyTemplate(leadCount: number): Template {
  return {
    sums: Array.from({ length: leadCount }, () => new Float64Array(before + after)),
    counts: Array.from({ length: leadCount }, () => new Float64Array(1)),
    size: 0,
  };
}

function bestShift(
  leads: readonly AnalysisLead[],
  centre: number,
  template: Template,
): { shift: number; value: number } {
  let best = { shift: 0, value: -2 };
  const consider = (shift: number): void => {
    const value = correlation(windowsAt(leads, centre + shift), template);
    if (value > best.value) best = { shift, value };
  };
  consider(0);
  for (let shift = -reach; shift <= reach; shift += 4) if (shift !== 0) consider(shift);
  const coarse = best.shift;
  for (let shift = coarse - 3; shift <= coarse + 3; shift++) if (shift !== coarse) consider(shift);
  return best;
}

/**
 * Sorts beats by the shape of their QRS complexes: each joins the class it correlates with best, or founds one
 * (template matching, as in Lagerholm et al., IEEE Trans Biomed Eng 2000;47:838, in its simplest form), then all are
 * aligned to their class's mean. Class 0 is the largest; of equal ones the first.
 * @param peaks sample indices of detected complexes, ascending.
 */
export function classifyBeats(allLeads: readonly AnalysisLead[], peaks: readonly number[]): BeatClasses {
  // Derived leads add nothing but time.
  const independent = allLeads.filter(({ name }) => !['III', 'aVR', 'aVL', 'aVF'].includes(name));
  const throughout = independent.some(({ known }) => known.every((flag) => flag === 1));
  const leads = throughout ? independent : allLeads;
  const templates: Template[] = [];
  const place = (centre: number): { fiducial: number; classIndex: number; correlation: number } => {
    let best = { fiducial: centre, classIndex: -1, correlation: -2 };
    templates.forEach((template, classIndex) => {
      const { shift, value } = bestShift(leads, centre, template);
      if (value > best.correlation) best = { fiducial: centre + shift, classIndex, correlation: value };
    });
    return best;
  };
  const whole = (centre: number): boolean => windowsAt(leads, centre).some((window) => window !== null);
  for (const peak of peaks.filter(whole).slice(0, 60)) {
    const found = place(peak);
    let template = templates[found.classIndex];
    if (template === undefined || (found.correlation < likeness && templates.length < mostClasses)) {
      template = emptyTemplate(leads.length);
      templates.push(template);
      add(template, windowsAt(leads, peak));
    } else add(template, windowsAt(leads, found.fiducial));
  }
  // A second pass, now that each mean rests on many beats.
  const beats = peaks.filter(whole).map((peak) => place(peak));
  const kept = beats.filter((beat) => beat.classIndex >= 0);
  const sizes = templates.map((_, classIndex) => kept.filter((beat) => beat.classIndex === classIndex).length);
  const order = templates.map((_, i) => i).sort((a, b) => (sizes[b] ?? 0) - (sizes[a] ?? 0) || a - b);
  return {
    beats: kept.map((beat) => ({ ...beat, classIndex: order.indexOf(beat.classIndex) })),
    classes: order
      .filter((index) => (sizes[index] ?? 0) > 0)
      .map((index) => ({ size: sizes[index] ?? 0, strength: strengthOf(templates[index]) })),
  };
}

function strengthOf(template: Template | undefined): number {
  if (!template) return 0;
  let [power, used] = [0, 0];
  template.sums.forEach((sums, leadIndex) => {
    const count = template.counts[leadIndex]?.[0] ?? 0;
    if (count === 0) return;
    for (let i = 0; i < sums.length; i++) power += ((sums[i] ?? 0) / count) ** 2;
    used += sums.length;
  });
  return used === 0 ? 0 : sqrt(power / used);
}

/** The median beat of one lead: `values[i]` is at `(i - fiducialIndex) / analysisRateHz` seconds from the fiducial. */
export interface MedianLead {
  name: string;
  values: Float64Array;
  /** Over how many beats the median at each sample stands. */
  beats: Uint16Array;
}

export interface MedianBeat {
  leads: MedianLead[];
  fiducialIndex: number;
  length: number;
  /** How many beats were averaged. */
  beatCount: number;
}

export const medianBeforeSeconds = 0.5;
export const medianAfterSeconds = 0.76;
/** A median over more beats gains nothing. */
const mostBeats = 40;

/**
 * The median over beats at each sample and lead. A beat contributes only up to its neighbours' complexes.
 * @param fiducials of the beats to be averaged.
 * @param all fiducials of every beat found, ascending.
 */
export function medianBeat(
  leads: readonly AnalysisLead[],
  fiducials: readonly number[],
  all: readonly number[],
): MedianBeat {
  const fiducialIndex = at(medianBeforeSeconds);
  const length = fiducialIndex + at(medianAfterSeconds);
  const used = fiducials.slice(0, mostBeats).map((fiducial) => {
    const position = all.findIndex((other) => abs(other - fiducial) <= reach);
    const previous = all[position - 1];
    const next = all[position + 1];
    return {
      start: fiducial - fiducialIndex,
      from: previous === undefined ? 0 : previous + at(0.1),
      to: next === undefined ? Number.POSITIVE_INFINITY : next - at(0.09),
    };
  });
  const window = new Float64Array(used.length);
  const medians = leads.map(({ name, values, known }): MedianLead => {
    const result = new Float64Array(length);
    const beats = new Uint16Array(length);
    for (let i = 0; i < length; i++) {
      let size = 0;
      for (const { start, from, to } of used) {
        const index = start + i;
        if (index < from || index >= to || known[index] !== 1) continue;
        const value = values[index] ?? 0;
        let place = size++;
        while (place > 0 && (window[place - 1] ?? 0) > value) {
          window[place] = window[place - 1] ?? 0;
          place--;
        }
        window[place] = value;
      }
      beats[i] = size;
      result[i] = size === 0 ? 0 : ((window[(size - 1) >> 1] ?? 0) + (window[size >> 1] ?? 0)) / 2;
    }
    return { name, values: result, beats };
  });
  return { leads: medians, fiducialIndex, length, beatCount: min(used.length, max(0, mostBeats)) };
}
