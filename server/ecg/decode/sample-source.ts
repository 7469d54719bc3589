import type { EcgGroup, EcgGroupLabel } from '../../../shared/ecg/waveform.ts';
import { decodeLimits, SampleBudget } from './decode-limits.ts';
import { EcgDecodeError } from './ecg-decode-error.ts';

/** A lead whose samples still lie in the file's bytes; `microvoltsAt` reads one of `count`, null where there is none. */
export interface LeadSource {
  name: string;
  sampleRateHz: number;
  count: number;
  microvoltsAt(index: number): number | null;
}

/** A group of such leads; `startMs` as in EcgGroup. */
export interface GroupSource {
  label: EcgGroupLabel;
  startMs?: number;
  leads: LeadSource[];
}

function samplesBetween(lead: LeadSource, from: number, to: number): (number | null)[] {
  const samples: (number | null)[] = [];
  for (let index = from; index < to; index++) samples.push(lead.microvoltsAt(index));
  return samples;
}

/** All samples of all groups. @throws EcgDecodeError `too-large` before anything is allocated. */
export function readWhole(groups: readonly GroupSource[], where: string): EcgGroup[] {
  const budget = new SampleBudget();
  for (const group of groups) for (const lead of group.leads) budget.take(lead.count, where);
  return groups.map(({ label, startMs, leads }) => ({
    label,
    leads: leads.map((lead) => ({
      name: lead.name,
      sampleRateHz: lead.sampleRateHz,
      unit: 'uV',
      samples: samplesBetween(lead, 0, lead.count),
    })),
    ...(startMs ? { startMs } : {}),
  }));
}

/**
 * The samples between `startSeconds` and `startSeconds + seconds` after the recording's start, `startMs` of each group
 * telling where its first sample lies. Groups without a sample in the window are left out.
 * @throws EcgDecodeError `too-large` when the window holds more samples than decodeLimits.totalSamples.
 */
export function readGroupWindow(groups: readonly GroupSource[], startSeconds: number, seconds: number): EcgGroup[] {
  const budget = new SampleBudget();
  const found: EcgGroup[] = [];
  for (const { label, startMs = 0, leads } of groups) {
    const window: EcgGroup = { label, leads: [] };
    const begin = startSeconds - startMs / 1000;
    let earliest = Infinity;
    for (const lead of leads) {
      // A hair of tolerance, so that 0.1 s at 500 Hz is sample 50 in spite of binary fractions.
      const indexOf = (time: number) =>
        Math.min(lead.count, Math.max(0, Math.ceil(time * lead.sampleRateHz - 1e-6) + 0));
      const from = indexOf(begin);
      const to = indexOf(begin + seconds);
      if (!(to > from)) continue;
      budget.take(to - from, 'The window');
      earliest = Math.min(earliest, startMs + (from * 1000) / lead.sampleRateHz);
      const { name, sampleRateHz } = lead;
      window.leads.push({ name, sampleRateHz, unit: 'uV', samples: samplesBetween(lead, from, to) });
    }
    if (window.leads.length > 0) found.push({ ...window, ...(earliest ? { startMs: earliest } : {}) });
  }
  return found;
}

/** Least and greatest value of each lead in each span of `bucketSeconds`; NaN where a span holds no sample. */
export interface LeadOverview {
  name: string;
  minimum: Float32Array;
  maximum: Float32Array;
}

export interface GroupOverview {
  label: EcgGroupLabel;
  startMs: number;
  bucketSeconds: number;
  leads: LeadOverview[];
}

const maximumBuckets = 1_000_000;

/**
 * What a strip of the whole recording needs, microvolts, without holding its samples. Buckets of a group count from that
 * group's own start.
 * @throws EcgDecodeError `too-large` when the buckets of all leads are more than a million.
 */
export function readGroupOverview(groups: readonly GroupSource[], bucketSeconds: number): GroupOverview[] {
  if (!(bucketSeconds > 0)) throw new RangeError('A bucket lasts longer than no time');
  const bucketsOf = (lead: LeadSource) => Math.ceil(lead.count / lead.sampleRateHz / bucketSeconds);
  const wanted = groups.flatMap((group) => group.leads.map(bucketsOf)).reduce((sum, count) => sum + count, 0);
  if (!(wanted <= maximumBuckets)) {
    throw new EcgDecodeError('too-large', `The overview needs ${wanted} spans, at most ${maximumBuckets} are made`);
  }
  return groups.map(({ label, startMs = 0, leads }) => ({
    label,
    startMs,
    bucketSeconds,
    leads: leads.map((lead) => {
      const buckets = bucketsOf(lead);
      const minimum = new Float32Array(buckets).fill(Number.NaN);
      const maximum = new Float32Array(buckets).fill(Number.NaN);
      for (let bucket = 0; bucket < buckets; bucket++) {
        const perBucket = bucketSeconds * lead.sampleRateHz;
        const end = Math.min(lead.count, Math.ceil((bucket + 1) * perBucket));
        let least = Infinity;
        let greatest = -Infinity;
        for (let index = Math.ceil(bucket * perBucket); index < end; index++) {
          const value = lead.microvoltsAt(index);
          if (value === null) continue;
          if (value < least) least = value;
          if (value > greatest) greatest = value;
        }
        if (least <= greatest) {
          minimum[bucket] = least;
          maximum[bucket] = greatest;
        }
      }
      return { name: lead.name, minimum, maximum };
    }),
  }));
}

/** @throws EcgDecodeError `too-large` */
export function checkGroupCount(count: number, where: string): void {
  if (count > decodeLimits.groups) {
    throw new EcgDecodeError(
      'too-large',
      `${where}: ${count} separate pieces, at most ${decodeLimits.groups} are read`,
    );
  }
}
