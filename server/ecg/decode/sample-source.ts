import type { EcgDocument, EcgGroup, EcgGroupLabel } from '../../../shared/ecg/waveform.ts';
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

/** A document but for its samples. */
export type DescribedRecording = Omit<EcgDocument, 'groups'>;

/** A recording whose leads still lie in the file. */
export interface OpenedRecording {
  groups: GroupSource[];
  /** Everything but the samples; call it once. Reads all annotations, which of a day may take a while. */
  describe(): DescribedRecording;
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

// A hair of tolerance, so that 0.1 s at 500 Hz is sample 50 in spite of binary fractions.
const indexIn = (lead: LeadSource, seconds: number): number =>
  Math.min(lead.count, Math.max(0, Math.ceil(seconds * lead.sampleRateHz - 1e-6) + 0));

/**
 * The samples between `startSeconds` and `startSeconds + seconds` after the recording's start, `startMs` of each group
 * telling where its first sample lies. Groups without a sample in the window are left out.
 * @param names only leads of these names
 * @throws EcgDecodeError `too-large` when the window holds more samples than decodeLimits.totalSamples.
 */
export function readGroupWindow(
  groups: readonly GroupSource[],
  startSeconds: number,
  seconds: number,
  names?: readonly string[],
): EcgGroup[] {
  const budget = new SampleBudget();
  const found: EcgGroup[] = [];
  for (const { label, startMs = 0, leads } of groups) {
    const window: EcgGroup = { label, leads: [] };
    const begin = startSeconds - startMs / 1000;
    let earliest = Infinity;
    for (const lead of leads) {
      if (names?.includes(lead.name) === false) continue;
      const from = indexIn(lead, begin);
      const to = indexIn(lead, begin + seconds);
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

/** Least and greatest value of a lead in each span of `bucketSeconds`, microvolts; NaN where a span holds no sample. */
export interface LeadOverview {
  name: string;
  minimum: Float32Array;
  maximum: Float32Array;
}

const maximumBuckets = 1_000_000;

/**
 * What a strip of the whole recording needs, without holding its samples: for each lead name of the groups, in spans
 * that count from the recording's start. Read span by span, as the leads lie in the file.
 * @throws EcgDecodeError `too-large` when the spans of all leads are more than a million.
 */
export function readOverviewOf(groups: readonly GroupSource[], bucketSeconds: number): LeadOverview[] {
  if (!(bucketSeconds > 0)) throw new EcgDecodeError('malformed', 'The recording lasts no time');
  const names = [...new Set(groups.flatMap(({ leads }) => leads.map(({ name }) => name)))];
  const buckets = Math.ceil(lastSecond(groups) / bucketSeconds - 1e-9);
  if (!(buckets * names.length <= maximumBuckets)) {
    const wanted = buckets * names.length;
    throw new EcgDecodeError('too-large', `The overview needs ${wanted} spans, at most ${maximumBuckets} are made`);
  }
  const empty = () => new Float32Array(buckets).fill(Number.NaN);
  const made = new Map(
    names.map((name): [string, LeadOverview] => [name, { name, minimum: empty(), maximum: empty() }]),
  );
  for (let bucket = 0; bucket < buckets; bucket++) {
    for (const { startMs = 0, leads } of groups) {
      const begin = bucket * bucketSeconds - startMs / 1000;
      for (const lead of leads) {
        const { minimum, maximum } = made.get(lead.name)!;
        const end = indexIn(lead, begin + bucketSeconds);
        let least = minimum[bucket] ?? Number.NaN;
        let greatest = maximum[bucket] ?? Number.NaN;
        for (let index = indexIn(lead, begin); index < end; index++) {
          const value = lead.microvoltsAt(index);
          if (value === null) continue;
          // Turned round, so that the first value takes the place of NaN.
          if (!(value >= least)) least = value;
          if (!(value <= greatest)) greatest = value;
        }
        minimum[bucket] = least;
        maximum[bucket] = greatest;
      }
    }
  }
  return [...made.values()];
}

/** The end of the last sample of all groups, seconds after the recording's start. */
export function lastSecond(groups: readonly GroupSource[]): number {
  const ends = groups.flatMap(({ startMs = 0, leads }) =>
    leads.map((lead) => startMs / 1000 + lead.count / lead.sampleRateHz),
  );
  return ends.reduce((last, end) => Math.max(last, end), 0);
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
