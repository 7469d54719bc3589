import type { EcgGroup, EcgLead } from './waveform.ts';

/**
 * How the screen holds a part of a long recording: spans that begin every half minute and reach half a minute further
 * to both sides, so that the page that begins in their middle is whole, also for the slowest filter, and a span stays
 * of use while its neighbour is fetched.
 */
const stepSeconds = 30;

export interface WaveformSpan {
  index: number;
  fromSeconds: number;
  seconds: number;
}

export function spanOfIndex(index: number): WaveformSpan {
  const fromSeconds = Math.max(0, (index - 1) * stepSeconds);
  return { index, fromSeconds, seconds: (index + 2) * stepSeconds - fromSeconds };
}

export function spanIndexAt(seconds: number): number {
  return Math.floor(Math.max(0, seconds) / stepSeconds);
}

interface Piece {
  startMs: number;
  lead: EcgLead;
}

/**
 * One group of what a span holds: pieces of a lead between which the recorder stood still become one lead, with missing
 * samples between them. A lead without samples in the span is there, empty, so that it does not count as not recorded.
 * @param groups as GET /api/ecgs/:id/waveform answers a span
 * @param leadNames of the whole recording
 */
export function joinPieces(groups: readonly EcgGroup[], leadNames: readonly string[]): EcgGroup {
  const rhythm = groups.filter(({ label }) => label === 'rhythm');
  const label = rhythm.length > 0 ? 'rhythm' : (groups[0]?.label ?? 'rhythm');
  const pieces = new Map<string, Piece[]>(leadNames.map((name) => [name, []]));
  for (const group of groups) {
    if (group.label !== label) continue;
    for (const lead of group.leads) {
      const known = pieces.get(lead.name) ?? [];
      // A lead has one rate; a namesake at another is another signal.
      if (known.length > 0 && known[0]?.lead.sampleRateHz !== lead.sampleRateHz) continue;
      pieces.set(lead.name, [...known, { startMs: group.startMs ?? 0, lead }]);
    }
  }
  const all = [...pieces.values()].flat();
  const startMs = all.reduce((earliest, piece) => Math.min(earliest, piece.startMs), all[0]?.startMs ?? 0);
  const rate = all[0]?.lead.sampleRateHz ?? 250;
  const leads = [...pieces].map(([name, ofLead]) =>
    ofLead.length === 0 ? { name, sampleRateHz: rate, unit: 'uV' as const, samples: [] } : joined(ofLead, startMs),
  );
  return { label, leads, ...(startMs > 0 ? { startMs } : {}) };
}

function joined(pieces: readonly Piece[], startMs: number): EcgLead {
  const [first] = pieces;
  if (first === undefined) throw new RangeError('A lead has at least one piece');
  if (pieces.length === 1 && first.startMs === startMs) return first.lead;
  const { sampleRateHz } = first.lead;
  const samples: (number | null)[] = [];
  for (const { startMs: at, lead } of [...pieces].sort((a, b) => a.startMs - b.startMs)) {
    const begin = Math.round(((at - startMs) * sampleRateHz) / 1000);
    while (samples.length < begin) samples.push(null);
    // Pieces that overlap by a rounding keep the earlier sample.
    for (let i = samples.length - begin; i < lead.samples.length; i++) samples.push(lead.samples[i] ?? null);
  }
  return { ...first.lead, samples };
}

/** From the first sample to the last, seconds after the recording's start. */
export function secondsHeldBy(groups: readonly EcgGroup[]): { from: number; to: number } {
  let from = Number.POSITIVE_INFINITY;
  let to = 0;
  for (const { startMs = 0, leads } of groups) {
    for (const { samples, sampleRateHz } of leads) {
      if (samples.length === 0) continue;
      from = Math.min(from, startMs / 1000);
      to = Math.max(to, startMs / 1000 + samples.length / sampleRateHz);
    }
  }
  return from < to ? { from, to } : { from: 0, to: 0 };
}

/** The same samples as a recording of their own, which begins with the first of them. */
export function fromTheirStart(groups: readonly EcgGroup[]): EcgGroup[] {
  const first = groups.reduce((earliest, { startMs = 0 }) => Math.min(earliest, startMs), groups[0]?.startMs ?? 0);
  return groups.map(({ startMs = 0, ...group }) => ({
    ...group,
    ...(startMs > first ? { startMs: startMs - first } : {}),
  }));
}
