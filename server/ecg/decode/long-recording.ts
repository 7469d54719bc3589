import type { EcgDocument, EcgGroup } from '../../../shared/ecg/waveform.ts';
import { decodeEcg } from './decode-ecg.ts';
import { decodeLimits } from './decode-limits.ts';
import { EcgDecodeError } from './ecg-decode-error.ts';
import { openEdf } from './edf/decode-edf.ts';
import { openIshne } from './ishne/decode-ishne.ts';
import { recogniseEcg } from './recognise-ecg.ts';
import { readGroupOverview, readGroupWindow } from './sample-source.ts';
import type { GroupOverview, GroupSource } from './sample-source.ts';

/**
 * A recording of any length, of which only what is asked for is decoded: for Holter recordings of 24 hours, whose whole
 * document would fill gigabytes. EDF and ISHNE are read where their bytes lie; of every other format the document is
 * made first, within its caps. Synchronous and for a stranger's bytes: call it in a worker thread.
 */
export interface LongRecording {
  durationSeconds: number;
  leads: { group: EcgGroup['label']; name: string; sampleRateHz: number; startMs: number; samples: number }[];
  /** Groups that have samples in the span, with only these; `startMs` says where the first lies. */
  window(startSeconds: number, seconds: number): EcgGroup[];
  /** Least and greatest value of each lead in each span of `bucketSeconds`. */
  overview(bucketSeconds: number): GroupOverview[];
}

/** @throws EcgDecodeError as decodeEcg does */
export function openRecording(bytes: Uint8Array): LongRecording {
  if (bytes.length > decodeLimits.fileBytes) {
    throw new EcgDecodeError(
      'too-large',
      `The file has ${bytes.length} bytes; at most ${decodeLimits.fileBytes} are read`,
    );
  }
  const groups = openGroups(bytes);
  const leads = groups.flatMap(({ label, startMs = 0, leads: ofGroup }) =>
    ofGroup.map(({ name, sampleRateHz, count }) => ({ group: label, name, sampleRateHz, startMs, samples: count })),
  );
  return {
    durationSeconds: Math.max(0, ...leads.map((lead) => lead.startMs / 1000 + lead.samples / lead.sampleRateHz)),
    leads,
    window: (startSeconds, seconds) => readGroupWindow(groups, startSeconds, seconds),
    overview: (bucketSeconds) => readGroupOverview(groups, bucketSeconds),
  };
}

/** One window of a recording: openRecording(bytes).window(startSeconds, seconds). @throws EcgDecodeError */
export function readWindow(bytes: Uint8Array, startSeconds: number, seconds: number): EcgGroup[] {
  return openRecording(bytes).window(startSeconds, seconds);
}

/** One overview of a recording: openRecording(bytes).overview(bucketSeconds). @throws EcgDecodeError */
export function readOverview(bytes: Uint8Array, bucketSeconds: number): GroupOverview[] {
  return openRecording(bytes).overview(bucketSeconds);
}

function openGroups(bytes: Uint8Array): GroupSource[] {
  const format = recogniseEcg(bytes);
  if (format === 'edf') return openEdf(bytes);
  if (format === 'ishne') return openIshne(bytes);
  return groupsOf(decodeEcg(bytes));
}

function groupsOf(document: EcgDocument): GroupSource[] {
  return document.groups.map(({ label, startMs, leads }) => ({
    label,
    ...(startMs === undefined ? {} : { startMs }),
    leads: leads.map(({ name, sampleRateHz, samples }) => ({
      name,
      sampleRateHz,
      count: samples.length,
      microvoltsAt: (index) => samples[index] ?? null,
    })),
  }));
}
