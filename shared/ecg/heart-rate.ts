import { detectRPeaks } from './detect-r-peaks.ts';
import type { RPeakDetection } from './detect-r-peaks.ts';
import type { EcgDocument, EcgLead } from './waveform.ts';

export interface HeartRate {
  /** 60 000 / mean RR, unrounded; null when there are not two beats in a row. Unconfirmed, as all computer readings. */
  ratePerMinute: number | null;
  /** Successive RR intervals, in milliseconds. Those across a stretch that could not be judged are left out. */
  rrIntervalsMs: number[];
  shortestRrMs: number | null;
  longestRrMs: number | null;
  peakSeconds: number[];
}

/** RR intervals of a detection; an interval that spans an unusable stretch is none. */
export function rrIntervals(detection: RPeakDetection): number[] {
  const intervals: number[] = [];
  for (let i = 1; i < detection.peakSeconds.length; i++) {
    const from = detection.peakSeconds[i - 1] ?? 0;
    const to = detection.peakSeconds[i] ?? 0;
    const broken = detection.unusableSeconds.some((stretch) => stretch.from < to && stretch.to > from);
    if (!broken) intervals.push(Math.round((to - from) * 1000));
  }
  return intervals;
}

/**
 * The mean ventricular rate over simultaneous leads, from our own R-peak detection.
 * @param leads microvolts, all starting at the same moment.
 */
export function measureHeartRate(leads: readonly EcgLead[]): HeartRate {
  const detection = detectRPeaks(leads);
  const intervals = rrIntervals(detection);
  const sum = intervals.reduce((total, interval) => total + interval, 0);
  return {
    ratePerMinute: intervals.length === 0 ? null : (60_000 * intervals.length) / sum,
    rrIntervalsMs: intervals,
    shortestRrMs: intervals.length === 0 ? null : intervals.reduce((a, b) => Math.min(a, b)),
    longestRrMs: intervals.length === 0 ? null : intervals.reduce((a, b) => Math.max(a, b)),
    peakSeconds: detection.peakSeconds,
  };
}

/** The leads on which a recording's rate is measured: its first rhythm group, else its first group. */
export function rhythmLeads(document: Pick<EcgDocument, 'groups'>): readonly EcgLead[] {
  return (document.groups.find((group) => group.label === 'rhythm') ?? document.groups[0])?.leads ?? [];
}
