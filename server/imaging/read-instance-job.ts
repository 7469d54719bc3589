import { readFileSync } from 'node:fs';
import type { PersonFacts } from '../../shared/rules/patient-match.ts';
import type { SeriesSearchFacts, StudySearchFacts } from './search-facts.ts';
import type { ThreadJob } from '../platform/threads/thread-pool.ts';
import { readInstance } from './read-instance.ts';

/** What the hub keeps of an instance beside its bytes. */
export interface InstanceFacts {
  studyInstanceUid: string;
  seriesInstanceUid: string;
  sopInstanceUid: string;
  sopClassUid: string;
  transferSyntaxUid: string;
  modality: string;
  studyDescription: string | null;
  studyDate: string | null;
  seriesDescription: string | null;
  seriesNumber: number | null;
  instanceNumber: number | null;
  numberOfFrames: number;
  rows: number | null;
  columns: number | null;
  bitsAllocated: number | null;
  person: PersonFacts;
  study: StudySearchFacts;
  series: SeriesSearchFacts;
  /** A FrameTable as JSON; null where the file has no frames that can be served as they stand. */
  frameTableJson: string | null;
  metadataJson: string;
}

// Runs in a worker thread: the bytes are a stranger's.
export function readInstanceFile(input: { path: string }): InstanceFacts {
  return readInstance(readFileSync(input.path));
}

export const readInstanceJob: ThreadJob<{ path: string }, InstanceFacts> = {
  moduleUrl: import.meta.url,
  exportName: 'readInstanceFile',
  timeoutMs: 10_000,
};
