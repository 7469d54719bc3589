import type { PlacedLead } from './lead-selection.ts';

// Named once: looking them up at each sample costs much where globals are slow (Jest's contexts).
const { floor, max } = Math;
const { isFinite } = Number;
const none = { low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY };

/** Lowest and highest potential of each bucket, microvolts; NaN where a bucket holds no sample. */
export interface TraceOverview {
  lows: Float32Array;
  highs: Float32Array;
}

/**
 * A whole recording in as many buckets as a strip has pixels, so that every extreme of a day is still there.
 * @param durationSeconds the length of the strip, from the recording's start
 */
export function overviewOf(lead: PlacedLead, durationSeconds: number, buckets: number): TraceOverview {
  const count = max(1, floor(buckets));
  const lows = new Float32Array(count).fill(Number.NaN);
  const highs = new Float32Array(count).fill(Number.NaN);
  const { samples, sampleRateHz, startSeconds } = lead;
  if (!(sampleRateHz > 0) || !(durationSeconds > 0)) return { lows, highs };
  const perSample = count / (durationSeconds * sampleRateHz);
  const offset = startSeconds * sampleRateHz;
  let bucket = -1;
  let low = none.low;
  let high = none.high;
  const close = () => {
    if (bucket < 0 || bucket >= count || low > high) return;
    lows[bucket] = low;
    highs[bucket] = high;
  };
  for (let i = 0; i < samples.length; i++) {
    const here = floor((i + offset) * perSample);
    if (here !== bucket) {
      close();
      bucket = here;
      low = none.low;
      high = none.high;
    }
    const value = samples[i];
    if (typeof value !== 'number' || !isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  close();
  return { lows, highs };
}

/**
 * An overview that was made elsewhere, in as many buckets as a strip has pixels: none of its extremes is lost.
 * @param lows least value of each of its spans, null where it holds no sample; `highs` likewise
 */
export function fitOverview(
  { lows, highs }: { lows: readonly (number | null)[]; highs: readonly (number | null)[] },
  buckets: number,
): TraceOverview {
  const count = max(1, floor(buckets));
  const fitted = { lows: new Float32Array(count).fill(Number.NaN), highs: new Float32Array(count).fill(Number.NaN) };
  for (let bucket = 0; bucket < count; bucket++) {
    const first = floor((bucket * lows.length) / count);
    const end = max(first + 1, floor(((bucket + 1) * lows.length) / count));
    let low = none.low;
    let high = none.high;
    for (let i = first; i < end; i++) {
      const [least, greatest] = [lows[i], highs[i]];
      if (typeof least === 'number' && least < low) low = least;
      if (typeof greatest === 'number' && greatest > high) high = greatest;
    }
    if (low > high) continue;
    fitted.lows[bucket] = low;
    fitted.highs[bucket] = high;
  }
  return fitted;
}
