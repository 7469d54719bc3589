import { EcgDecodeError } from '../ecg-decode-error.ts';
import type { SampleBudget, WarningList } from '../decode-limits.ts';
import { decodeRun, integrate } from './scp-huffman.ts';
import type { HuffmanTables } from './scp-huffman.ts';
import type { ScpBeats, ScpLeadDefinition } from './scp-leads.ts';
import type { ScpSection } from './scp-record.ts';

/** What sections 5 and 6 share (EN 1064 5.8.3, 5.9.3): multiplier, interval, differences, then each lead's bytes. */
export interface ScpSignal {
  where: string;
  nanovoltsPerUnit: number;
  intervalMicroseconds: number;
  differences: number;
  bimodal: boolean;
  lengths: number[];
  data: Uint8Array;
}

/** @throws EcgDecodeError `truncated` or `malformed`. */
export function readSignalHeader(section: ScpSection, leads: number): ScpSignal {
  const where = `SCP-ECG section ${section.id}`;
  const { view, content } = section;
  const headerBytes = 6 + 2 * leads;
  if (content.length < headerBytes) throw new EcgDecodeError('truncated', `${where}: ends inside its header`);
  const nanovoltsPerUnit = view.getUint16(0, true);
  const intervalMicroseconds = view.getUint16(2, true);
  if (nanovoltsPerUnit === 0 || intervalMicroseconds === 0) {
    throw new EcgDecodeError('malformed', `${where}: the amplitude multiplier or the sample interval is zero`);
  }
  const lengths: number[] = [];
  for (let i = 0; i < leads; i++) lengths.push(view.getUint16(6 + 2 * i, true));
  return {
    where,
    nanovoltsPerUnit,
    intervalMicroseconds,
    differences: view.getUint8(4),
    bimodal: view.getUint8(5) === 1,
    lengths,
    data: content.subarray(headerBytes),
  };
}

/**
 * Decodes every lead's stored numbers. The count of a lead's bytes is a 16-bit field that long recordings overflow: when
 * its bytes do not hold the samples, and the section has room for it, 65536 is added as often as needed.
 * @param counts how many numbers each lead must hold.
 */
export function decodeLeads(
  signal: ScpSignal,
  counts: readonly number[],
  names: readonly string[],
  tables: HuffmanTables,
  budget: SampleBudget,
  warnings: WarningList,
): number[][] {
  let slack = signal.data.length - signal.lengths.reduce((sum, length) => sum + length, 0);
  if (slack < -1) {
    throw new EcgDecodeError('truncated', `${signal.where}: the leads' bytes reach past the section's end`);
  }
  let at = 0;
  return counts.map((count, lead) => {
    const where = `${signal.where}, lead ${names[lead] ?? lead + 1}`;
    let length = signal.lengths[lead] ?? 0;
    const overflows = Math.max(0, Math.floor(slack / 65536));
    const room = signal.data.subarray(at, at + length + overflows * 65536);
    // At least one bit a sample: a count beyond that cannot be met, and must not be believed.
    budget.take(Math.min(count, room.length * 8), where);
    const run = decodeRun(room, count, tables, where);
    if (run.bytes > length) {
      const added = Math.ceil((run.bytes - length) / 65536) * 65536;
      warnings.add(`${where}: its count of bytes overflowed 16 bits; read on by ${added} bytes`);
      length += added;
      slack -= added;
    }
    at += length;
    if (run.values.length < count) {
      warnings.add(`${where}: holds ${run.values.length} of the ${count} samples declared; the others are missing`);
    }
    integrate(run.values, signal.differences, where);
    return run.values;
  });
}

/** The stretches of one lead between and inside the protected zones, clipped to the lead; sample numbers from 1. */
function stretches(lead: ScpLeadDefinition, zones: ScpBeats['protectedZones']) {
  const parts: { start: number; end: number; protectedZone: boolean }[] = [];
  let next = lead.startSample;
  for (const zone of zones) {
    const start = Math.max(zone.start, next);
    const end = Math.min(zone.end, lead.endSample);
    if (end < start) continue;
    if (start > next) parts.push({ start: next, end: start - 1, protectedZone: false });
    parts.push({ start, end, protectedZone: true });
    next = end + 1;
  }
  if (next <= lead.endSample) parts.push({ start: next, end: lead.endSample, protectedZone: false });
  return parts;
}

/** How many numbers a lead stores under bimodal compression (EN 1064 5.9.5): all inside zones, one in `ratio` outside. */
export function bimodalCount(lead: ScpLeadDefinition, zones: ScpBeats['protectedZones'], ratio: number): number {
  return stretches(lead, zones).reduce((sum, part) => {
    const length = part.end - part.start + 1;
    return sum + (part.protectedZone ? length : Math.ceil(length / ratio));
  }, 0);
}

/**
 * Undoes bimodal compression: outside the protected zones each stored number stands for `ratio` samples (their
 * average), and the standard's reader joins the middles of neighbouring blocks by straight lines. What was not stored at
 * all stays missing.
 */
export function expandBimodal(
  stored: readonly number[],
  lead: ScpLeadDefinition,
  zones: ScpBeats['protectedZones'],
  ratio: number,
): number[] {
  const samples: number[] = [];
  let at = 0;
  for (const part of stretches(lead, zones)) {
    const length = part.end - part.start + 1;
    const count = part.protectedZone ? length : Math.ceil(length / ratio);
    const block = stored.slice(at, at + count);
    at += count;
    if (part.protectedZone) {
      for (const value of block) samples.push(value);
    } else {
      const known = Math.min(length, block.length * ratio);
      for (let i = 0; i < known; i++) {
        const position = (i + 0.5) / ratio - 0.5;
        const left = Math.min(block.length - 1, Math.max(0, Math.floor(position)));
        const right = Math.min(block.length - 1, left + 1);
        const share = Math.min(1, Math.max(0, position - left));
        samples.push(Math.round((block[left] ?? 0) * (1 - share) + (block[right] ?? 0) * share));
      }
    }
    if (block.length < count) break;
  }
  return samples;
}

/**
 * Adds the reference beat back where it was subtracted (EN 1064 5.7.4, beats of type 0), aligned at the fiducial points.
 * @param reference the lead's reference beat in the units of `residual`.
 */
export function addReferenceBeat(
  residual: number[],
  reference: readonly number[],
  lead: ScpLeadDefinition,
  beats: ScpBeats,
): void {
  // Neighbouring beats may touch; thousands that each cover the whole lead would only keep the reader busy.
  let allowed = 4 * residual.length;
  for (const beat of beats.beats) {
    if (beat.type !== 0) continue;
    const from = Math.max(beat.start, lead.startSample);
    const to = Math.min(beat.end, lead.startSample + residual.length - 1);
    allowed -= Math.max(0, to - from + 1);
    if (allowed < 0) throw new EcgDecodeError('malformed', 'SCP-ECG section 4: the beats cover each other');
    for (let sample = from; sample <= to; sample++) {
      const value = reference[beats.referenceFiducial - 1 + sample - beat.fiducial];
      const index = sample - lead.startSample;
      if (value !== undefined) residual[index] = (residual[index] ?? 0) + value;
    }
  }
}
