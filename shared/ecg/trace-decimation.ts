import type { PlacedLead } from './lead-selection.ts';

/**
 * Thins a lead to what a screen can show: in each bucket of time the first, lowest, highest and last sample survive, in
 * their order, so that no peak is lost and no point is invented. Returns one run per stretch without missing samples:
 * seconds after the recording's start and microvolts by turns. A lone sample between two gaps is a run of one point.
 *
 * @param bucketsPerSecond usually the device pixels per second
 */
export function decimateTrace(
  lead: PlacedLead,
  fromSeconds: number,
  toSeconds: number,
  bucketsPerSecond: number,
): Float64Array[] {
  const { samples, sampleRateHz, startSeconds } = lead;
  if (!(sampleRateHz > 0) || !(toSeconds > fromSeconds)) return [];
  const first = Math.max(0, Math.ceil((fromSeconds - startSeconds) * sampleRateHz - 1e-6));
  const last = Math.min(samples.length - 1, Math.floor((toSeconds - startSeconds) * sampleRateHz + 1e-6));
  const runs: Float64Array[] = [];
  const isDense = sampleRateHz / bucketsPerSecond > 2;
  // A bucket yields at most four points; the buffer is reused for every run.
  const buffer = new Float64Array(2 * Math.max(0, last - first + 1));
  let used = 0;
  let bucket = -1;
  let lowest = 0;
  let highest = 0;
  let previous = -1;
  let bucketFirst = -1;
  const put = (index: number) => {
    buffer[used++] = startSeconds + index / sampleRateHz;
    buffer[used++] = samples[index] as number;
  };
  const closeBucket = () => {
    if (bucketFirst < 0) return;
    put(bucketFirst);
    const early = Math.min(lowest, highest);
    const late = Math.max(lowest, highest);
    if (early > bucketFirst && early < previous) put(early);
    if (late > early && late > bucketFirst && late < previous) put(late);
    if (previous > bucketFirst) put(previous);
    bucketFirst = -1;
  };
  const closeRun = () => {
    closeBucket();
    if (used > 0) runs.push(buffer.slice(0, used));
    used = 0;
    bucket = -1;
  };
  for (let i = first; i <= last; i++) {
    const value = samples[i];
    if (value === null || value === undefined || !Number.isFinite(value)) {
      closeRun();
      continue;
    }
    if (!isDense) {
      put(i);
      continue;
    }
    const here = Math.floor((startSeconds + i / sampleRateHz - fromSeconds) * bucketsPerSecond);
    if (here !== bucket || bucketFirst < 0) {
      closeBucket();
      bucket = here;
      bucketFirst = lowest = highest = i;
    } else {
      if (value < (samples[lowest] as number)) lowest = i;
      if (value > (samples[highest] as number)) highest = i;
    }
    previous = i;
  }
  closeRun();
  return runs;
}
