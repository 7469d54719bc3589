import { EcgDecodeError } from '../ecg-decode-error.ts';
import { decodeLimits } from '../decode-limits.ts';
import { leadNameFromCode } from '../lead-names.ts';
import type { ScpSection } from './scp-record.ts';

/** Section 3 (EN 1064 5.6): sample numbers count from 1. */
export interface ScpLeadDefinition {
  name: string;
  startSample: number;
  endSample: number;
}

export interface ScpLeadDefinitions {
  leads: ScpLeadDefinition[];
  /** Flag bit 0: section 6 holds what is left after the reference beat was subtracted. */
  referenceBeatSubtracted: boolean;
}

/** @throws EcgDecodeError `malformed`, `truncated` or `too-large`. */
export function readLeadDefinitions(section: ScpSection | undefined): ScpLeadDefinitions {
  if (!section) throw new EcgDecodeError('malformed', 'SCP-ECG: no lead definition (section 3)');
  const { view } = section;
  const count = view.byteLength > 0 ? view.getUint8(0) : 0;
  if (count === 0) throw new EcgDecodeError('malformed', 'SCP-ECG section 3: no leads');
  if (count > decodeLimits.leadsPerGroup) {
    throw new EcgDecodeError('too-large', `SCP-ECG section 3: ${count} leads, at most ${decodeLimits.leadsPerGroup}`);
  }
  if (2 + count * 9 > view.byteLength) {
    throw new EcgDecodeError('truncated', `SCP-ECG section 3: ${count} leads declared, but the section ends before`);
  }
  const leads: ScpLeadDefinition[] = [];
  for (let i = 0, at = 2; i < count; i++, at += 9) {
    const code = view.getUint8(at + 8);
    const startSample = view.getUint32(at, true);
    const endSample = view.getUint32(at + 4, true);
    const name = leadNameFromCode(code) ?? `SCP lead ${code}`;
    if (startSample === 0 || endSample < startSample) {
      throw new EcgDecodeError('malformed', `SCP-ECG section 3: lead ${name} runs from ${startSample} to ${endSample}`);
    }
    leads.push({ name, startSample, endSample });
  }
  return { leads, referenceBeatSubtracted: (view.getUint8(1) & 1) === 1 };
}

/** Section 4 (EN 1064 5.7): where reference beats were subtracted, and the zones kept at the full rate. */
export interface ScpBeats {
  referenceBeatMs: number;
  /** Sample number of the fiducial point in reference beat 0, from 1. */
  referenceFiducial: number;
  beats: { type: number; start: number; fiducial: number; end: number }[];
  protectedZones: { start: number; end: number }[];
}

export function readBeats(section: ScpSection | undefined): ScpBeats | undefined {
  if (!section || section.content.length < 6) return undefined;
  const { view } = section;
  const count = view.getUint16(4, true);
  if (6 + count * 14 > view.byteLength) {
    throw new EcgDecodeError('truncated', `SCP-ECG section 4: ${count} beats declared, but the section ends before`);
  }
  const beats: ScpBeats['beats'] = [];
  let at = 6;
  for (let i = 0; i < count; i++, at += 14) {
    beats.push({
      type: view.getUint16(at, true),
      start: view.getUint32(at + 2, true),
      fiducial: view.getUint32(at + 6, true),
      end: view.getUint32(at + 10, true),
    });
  }
  const protectedZones: ScpBeats['protectedZones'] = [];
  for (let i = 0; i < count && at + 8 <= view.byteLength; i++, at += 8) {
    const start = view.getUint32(at, true);
    const end = view.getUint32(at + 4, true);
    if (start > 0 && end >= start) protectedZones.push({ start, end });
  }
  protectedZones.sort((a, b) => a.start - b.start);
  return {
    referenceBeatMs: view.getUint16(0, true),
    referenceFiducial: view.getUint16(2, true),
    beats,
    protectedZones,
  };
}
