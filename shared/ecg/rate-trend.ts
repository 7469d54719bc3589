import { detectRPeaks } from './detect-r-peaks.ts';
import type { EcgGroup, EcgLead } from './waveform.ts';

/** Judged at a time: more, and the detector's arrays leave the processor's cache. */
const spanSeconds = 120;
/** Around each span, so that its edges are judged like its middle (a lead is judged over twelve seconds). */
const marginSeconds = 6;
/** Fewer intervals than these say nothing of a minute. */
const fewestIntervals = 3;
/** Complexes are found as well at this rate as at a higher one, in a fraction of the time. */
const enoughHz = 100;

type Read = (startSeconds: number, seconds: number, names: readonly string[]) => readonly EcgGroup[];

interface Interval {
  /** When its second beat comes, seconds after the recording's start. */
  end: number;
  seconds: number;
}

/**
 * The mean ventricular rate of each minute of a long recording, from our own R-peak detection: unconfirmed, for finding
 * one's way in a day and not for a diagnosis. An interval belongs to the minute in which it ends; one across a stretch
 * that could not be judged, or across a gap of the recording, is none.
 * @param names the leads that show rhythm best, the best one first: the others help where it says nothing
 * @param read the samples of a span on some of them
 * @returns beats per minute, unrounded; null where fewer than three intervals are known
 */
export function rateOfEachMinute(durationSeconds: number, names: readonly string[], read: Read): (number | null)[] {
  const rates: (number | null)[] = [];
  for (let start = 0; start < durationSeconds; start += spanSeconds) {
    const end = Math.min(durationSeconds, start + spanSeconds);
    const alone = ratesBetween(start, end, intervalsBetween(start, end, names.slice(0, 1), read));
    const isWhole = names.length < 2 || !alone.includes(null);
    rates.push(...(isWhole ? alone : ratesBetween(start, end, intervalsBetween(start, end, names, read))));
  }
  return rates;
}

function ratesBetween(start: number, end: number, intervals: readonly Interval[]): (number | null)[] {
  return Array.from({ length: Math.ceil((end - start) / 60) }, (_, minute) => {
    const from = start + 60 * minute;
    const own = intervals.filter((interval) => interval.end >= from && interval.end < from + 60);
    const sum = own.reduce((seconds, interval) => seconds + interval.seconds, 0);
    return own.length < fewestIntervals ? null : (60 * own.length) / sum;
  });
}

/** Intervals that end between two moments. */
function intervalsBetween(start: number, end: number, names: readonly string[], read: Read): Interval[] {
  const from = Math.max(0, start - marginSeconds);
  const found: Interval[] = [];
  for (const { startMs = 0, leads } of read(from, end + marginSeconds - from, names)) {
    const { peakSeconds, unusableSeconds } = detectRPeaks(leads.map(thinned));
    for (let i = 1; i < peakSeconds.length; i++) {
      const first = peakSeconds[i - 1] ?? 0;
      const second = peakSeconds[i] ?? 0;
      const at = startMs / 1000 + second;
      if (at < start || at >= end) continue;
      if (unusableSeconds.some((stretch) => stretch.from < second && stretch.to > first)) continue;
      found.push({ end: at, seconds: second - first });
    }
  }
  return found;
}

/** Means of neighbouring samples, down to at least 100 Hz; one that is missing takes its neighbours with it. */
function thinned(lead: EcgLead): EcgLead {
  const { samples, sampleRateHz } = lead;
  const together = Math.floor(sampleRateHz / enoughHz);
  if (together < 2) return lead;
  const means = new Array<number | null>(Math.floor(samples.length / together)).fill(null);
  for (let i = 0; i < means.length; i++) {
    let sum = 0;
    let known = 0;
    for (let k = i * together; k < (i + 1) * together; k++) {
      const value = samples[k];
      if (typeof value !== 'number') break;
      sum += value;
      known++;
    }
    if (known === together) means[i] = sum / together;
  }
  return { ...lead, sampleRateHz: sampleRateHz / together, samples: means };
}
