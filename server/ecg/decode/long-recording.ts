import type { EcgDocument, EcgGroup } from '../../../shared/ecg/waveform.ts';
import { decodeEcg } from './decode-ecg.ts';
import { decodeLimits } from './decode-limits.ts';
import { EcgDecodeError } from './ecg-decode-error.ts';
import { openEdf } from './edf/decode-edf.ts';
import type { FileBytes } from './file-bytes.ts';
import { openIshne } from './ishne/decode-ishne.ts';
import { holterFormatOf } from './recognise-ecg.ts';
import { lastSecond, readGroupWindow, readOverviewOf } from './sample-source.ts';
import type { DescribedRecording, GroupSource, LeadOverview, OpenedRecording } from './sample-source.ts';

/**
 * A recording of any length, of which only what is asked for is decoded: for Holter recordings of 24 hours, whose whole
 * document would fill gigabytes. EDF and ISHNE are read where their bytes lie; of every other format the document is
 * made first, within its caps. Synchronous and for a stranger's bytes: call it in a worker thread.
 */
export interface LongRecording {
  /** Of what readers mean by "the ECG": its rhythm groups, else its first group. */
  durationSeconds: number;
  /** Of the first of those groups. */
  leadNames: string[];
  /** Everything but the samples; call it once. */
  describe(): DescribedRecording;
  /** Groups that have samples in the span, with only these; `startMs` says where the first lies. */
  window(startSeconds: number, seconds: number, names?: readonly string[]): EcgGroup[];
  /** Least and greatest value of each of those leads in each span of `bucketSeconds` after the recording's start. */
  overview(bucketSeconds: number): LeadOverview[];
}

/** @throws EcgDecodeError as decodeEcg does, here and in each reading */
export function openRecording(file: FileBytes): LongRecording {
  const { durationSeconds, leadNames, describe, window, overview } = guarded(() => recordingOf(openFile(file)));
  return {
    durationSeconds,
    leadNames,
    describe: () => guarded(describe),
    window: (...span) => guarded(() => window(...span)),
    overview: (bucketSeconds) => guarded(() => overview(bucketSeconds)),
  };
}

/** Whatever a hostile file breaks is the file's fault, as in decodeEcg; what the disk breaks is not. */
function guarded<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof EcgDecodeError || (error as NodeJS.ErrnoException).syscall !== undefined) throw error;
    throw new EcgDecodeError('malformed', 'The file is damaged in a way that stops the reader');
  }
}

function openFile(file: FileBytes): OpenedRecording {
  const format = holterFormatOf(file.slice(0, 1024));
  if (format !== undefined && file.length > decodeLimits.holterFileBytes) {
    const words = `The file has ${file.length} bytes; at most ${decodeLimits.holterFileBytes} are read`;
    throw new EcgDecodeError('too-large', words);
  }
  if (format === 'edf') return openEdf(file);
  if (format === 'ishne') return openIshne(file);
  // decodeEcg has a cap of its own, but the bytes must not be fetched before.
  return openDocument(decodeEcg(file.slice(0, decodeLimits.fileBytes + 1)));
}

function recordingOf({ groups, describe }: OpenedRecording): LongRecording {
  const rhythm = groups.filter(({ label }) => label === 'rhythm');
  const main = rhythm.length > 0 ? rhythm : groups.slice(0, 1);
  return {
    durationSeconds: lastSecond(main),
    leadNames: main[0]?.leads.map(({ name }) => name) ?? [],
    describe,
    window: (startSeconds, seconds, names) => readGroupWindow(groups, startSeconds, seconds, names),
    overview: (bucketSeconds) => readOverviewOf(main, bucketSeconds),
  };
}

function openDocument({ groups, ...described }: EcgDocument): OpenedRecording {
  return {
    describe: () => described,
    groups: groups.map(({ label, startMs, leads }): GroupSource => ({
      label,
      ...(startMs === undefined ? {} : { startMs }),
      leads: leads.map(({ name, sampleRateHz, samples }) => ({
        name,
        sampleRateHz,
        count: samples.length,
        microvoltsAt: (index) => samples[index] ?? null,
      })),
    })),
  };
}
