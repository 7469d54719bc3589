/**
 * The filters behind QRS detection, at any sampling rate: all windows are given in seconds. The chain is that of Pan and
 * Tompkins (IEEE Trans Biomed Eng 1985;32:230-236: band-pass, slope, square, moving window), built of moving averages,
 * which delay nothing when centred.
 */

// Named once: looking them up at each sample costs much where globals are slow (Jest's contexts).
const { abs, floor, max, min, round, sqrt } = Math;
const { isFinite } = Number;

/** Centred moving average over `width` samples (made odd); shorter at the edges. */
export function movingAverage(values: Float64Array, width: number): Float64Array {
  const half = max(0, round((width - 1) / 2));
  const sums = new Float64Array(values.length + 1);
  for (let i = 0; i < values.length; i++) sums[i + 1] = (sums[i] ?? 0) + (values[i] ?? 0);
  const result = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const from = max(0, i - half);
    const to = min(values.length, i + half + 1);
    result[i] = ((sums[to] ?? 0) - (sums[from] ?? 0)) / (to - from);
  }
  return result;
}

/**
 * Centred running median over `width` samples (made odd). Takes away what is narrower than half the window: pacemaker
 * pulses last 0.2 to 2 ms, a QRS complex 60 ms and more.
 */
export function runningMedian(values: Float64Array, width: number): Float64Array {
  const half = floor(width / 2);
  if (half < 1) return values;
  const result = new Float64Array(values.length);
  const window = new Float64Array(2 * half + 1);
  for (let i = 0; i < values.length; i++) {
    let size = 0;
    for (let k = max(0, i - half); k <= min(values.length - 1, i + half); k++) {
      const value = values[k] ?? 0;
      let at = size++;
      while (at > 0 && (window[at - 1] ?? 0) > value) {
        window[at] = window[at - 1] ?? 0;
        at--;
      }
      window[at] = value;
    }
    result[i] = window[size >> 1] ?? 0;
  }
  return result;
}

/** One lead made ready for detection. All arrays have one value for each sample. */
export interface PreparedLead {
  /** Microvolts without spikes, baseline wander and high-frequency noise (about 6 to 25 Hz). */
  filtered: Float64Array;
  /** Root mean square of the slope over 100 ms, in microvolts per millisecond: high in QRS complexes. */
  envelope: Float64Array;
  /** The slope itself, without sign, in microvolts per millisecond. */
  steepness: Float64Array;
  /** 1 where the envelope rests on real samples, 0 in and beside gaps. */
  usable: Uint8Array;
}

/** Gaps longer than this are not bridged: what stands in them says nothing. */
const bridgedGapSeconds = 0.02;
const gapMarginSeconds = 0.06;

function fillGaps(
  samples: readonly (number | null)[],
  sampleRateHz: number,
): { values: Float64Array; usable: Uint8Array } {
  const values = new Float64Array(samples.length);
  const usable = new Uint8Array(samples.length).fill(1);
  const margin = round(gapMarginSeconds * sampleRateHz);
  let last = -1;
  for (let i = 0; i <= samples.length; i++) {
    const sample = i < samples.length ? samples[i] : undefined;
    const known = typeof sample === 'number' && isFinite(sample);
    if (!known && i < samples.length) continue;
    if (i - last > 1) {
      // A line from the last real sample to the next; at an end of the recording the nearest one is held.
      const before = last >= 0 ? (values[last] ?? 0) : known ? sample : 0;
      const after = known ? sample : before;
      for (let k = last + 1; k < i; k++) values[k] = before + ((after - before) * (k - last)) / (i - last);
      if (i - last - 1 > bridgedGapSeconds * sampleRateHz) {
        usable.fill(0, max(0, last + 1 - margin), min(samples.length, i + margin));
      }
    }
    if (known) values[i] = sample;
    last = i;
  }
  return { values, usable };
}

/** Filters one lead. @param samples microvolts; null, NaN and infinite values count as missing. */
export function prepareLead(samples: readonly (number | null)[], sampleRateHz: number): PreparedLead {
  const { values, usable } = fillGaps(samples, sampleRateHz);
  const width = (seconds: number): number => max(1, round(seconds * sampleRateHz));
  const despiked = runningMedian(values, width(0.012));
  const baseline = movingAverage(movingAverage(despiked, width(0.12)), width(0.12));
  const raised = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) raised[i] = (despiked[i] ?? 0) - (baseline[i] ?? 0);
  const filtered = movingAverage(movingAverage(raised, width(0.02)), width(0.016));
  const reach = max(1, round(0.008 * sampleRateHz));
  const spanMs = (2000 * reach) / sampleRateHz;
  const power = new Float64Array(values.length);
  const steepness = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const from = max(0, i - reach);
    const to = min(values.length - 1, i + reach);
    const slope = ((filtered[to] ?? 0) - (filtered[from] ?? 0)) / spanMs;
    power[i] = slope * slope;
    steepness[i] = abs(slope);
  }
  const envelope = movingAverage(power, width(0.1));
  for (let i = 0; i < envelope.length; i++) envelope[i] = usable[i] === 1 ? sqrt(max(0, envelope[i] ?? 0)) : 0;
  return { filtered, envelope, steepness, usable };
}
