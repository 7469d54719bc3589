import type { PatientMismatch } from '../../shared/contracts/patients.ts';
import type { KeptUpload, UploadTarget } from './kept-uploads.ts';
import type { RefusalCode } from './refusal.ts';

export type UploadState =
  | { phase: 'queued' }
  /** `fraction` 0 to 1; at 1 the hub reads and stores it. */
  | { phase: 'sending'; fraction: number }
  /** The line or the hub is away; it goes on by itself. */
  | { phase: 'waiting-for-line' }
  /** The file names another patient: waits for the sender's word. */
  | { phase: 'mismatch'; mismatch: PatientMismatch }
  /** The hub has it on disk. `answer` is the body of its reply. */
  | { phase: 'done'; answer: unknown }
  | { phase: 'refused'; code: RefusalCode };

export interface Upload {
  id: string;
  /** Files that were added together. */
  batchId: string;
  fileName: string;
  byteLength: number;
  target: UploadTarget;
  state: UploadState;
  /** Left over from an earlier window. */
  restored: boolean;
  /** `kept`: closing the window loses nothing. `not-kept`: the browser has no room for it. */
  keeping: 'under-way' | 'kept' | 'not-kept';
}

/** What distinguishes one kind of upload from another. */
export interface UploadKind {
  name: KeptUpload['kind'];
  /** How many travel at once. */
  concurrency: number;
  /** The whole file in one request: the quicker way for small ones. */
  prepare(
    file: Blob,
    fileName: string,
    target: UploadTarget,
    confirmMismatch: boolean,
  ): { path: string; headers: Record<string, string>; body: Blob | FormData };
}

/** The hub has not got it yet and has not refused it. */
export function isUnsent(upload: Upload | undefined): boolean {
  return upload !== undefined && upload.state.phase !== 'done' && upload.state.phase !== 'refused';
}

/** The person that the file names, as a key. */
export function personOf({ file }: PatientMismatch): string {
  return JSON.stringify([file.identityNumber, file.name, file.sex, file.birthDate]);
}
