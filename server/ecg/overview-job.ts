import type { OverviewView } from '../../shared/contracts/ecg.ts';
import { rhythmLeadsOf } from '../../shared/ecg/lead-selection.ts';
import { rateOfEachMinute } from '../../shared/ecg/rate-trend.ts';
import type { ThreadJob } from '../platform/threads/thread-pool.ts';
import { withFileBytes } from './decode/file-bytes.ts';
import { openRecording } from './decode/long-recording.ts';

// Runs in a worker thread: the bytes are a stranger's.

/** More than a strip on any screen has pixels to tell apart by eye. */
const buckets = 2000;
/** One lead may be off for hours; two seldom are at once. */
const ratedLeads = 2;

const whole = (values: Float32Array) => Array.from(values, (value) => (Number.isNaN(value) ? null : Math.round(value)));

/** The JSON of GET /api/ecgs/:id/overview. Reads the whole file once for the strip and once for the rates. */
export function overviewJson(input: { path: string }): Uint8Array {
  return withFileBytes(input.path, (file) => {
    const { durationSeconds, leadNames, overview, window } = openRecording(file);
    const bucketSeconds = durationSeconds / buckets;
    const leads = overview(bucketSeconds).map(({ name, minimum, maximum }) => ({
      name,
      lows: whole(minimum),
      highs: whole(maximum),
    }));
    const rateLeads = rhythmLeadsOf(leadNames).slice(0, ratedLeads);
    const rates = rateOfEachMinute(durationSeconds, rateLeads, window).map((rate) =>
      rate === null ? null : Math.round(rate),
    );
    const view: OverviewView = { durationSeconds, bucketSeconds, leads, rates, rateLeads };
    return new TextEncoder().encode(JSON.stringify(view));
  });
}

/** A gigabyte takes half a minute of a slow processor. */
export const overviewJob: ThreadJob<{ path: string }, Uint8Array> = {
  moduleUrl: import.meta.url,
  exportName: 'overviewJson',
  timeoutMs: 120_000,
  leavesRoom: true,
};
