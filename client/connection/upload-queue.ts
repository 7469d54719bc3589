import type { PatientMismatch } from '../../shared/contracts/patients.ts';
import type { Http } from './http.ts';
import { Observable } from './observable.ts';
import { newUuid } from './random-id.ts';
import { endsTheWindow, passesByItself, Refusal, refusalFromHttp, type RefusalCode } from './refusal.ts';
import { retryDelayMs } from './retry-delay.ts';
import { sendWithProgress } from './send-with-progress.ts';

export interface UploadTarget {
  patientId: string;
  consultId?: string;
}

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
}

/** What distinguishes one kind of upload from another. */
export interface UploadKind {
  /** How many travel at once. */
  concurrency: number;
  prepare(
    file: File,
    target: UploadTarget,
    confirmMismatch: boolean,
  ): { path: string; headers: Record<string, string>; body: Blob | FormData };
}

interface Job {
  file: File;
  key: string;
  confirmMismatch: boolean;
  failedAttempts: number;
  abort: AbortController;
  again: ReturnType<typeof setTimeout> | undefined;
}

/**
 * Files on their way to the hub. It belongs to the window, not to a screen: an upload goes on while the doctor moves
 * to another page, and through cuts and restarts of the hub, until it is acknowledged, refused or cancelled.
 */
export class UploadQueue {
  readonly uploads = new Observable<readonly Upload[]>([]);
  readonly #kind: UploadKind;
  readonly #http: Http;
  readonly #jobs = new Map<string, Job>();
  /** Per batch, the persons (as the files name them) that the sender has confirmed. */
  readonly #confirmed = new Map<string, Set<string>>();
  #closed = false;

  constructor(kind: UploadKind, http: Http) {
    this.#kind = kind;
    this.#http = http;
  }

  /** @returns the ids of the new uploads, in the order of the files. */
  add(files: readonly File[], target: UploadTarget): string[] {
    const batchId = newUuid();
    const added = files.map((file): Upload => {
      const id = newUuid();
      this.#jobs.set(id, {
        file,
        key: newUuid(),
        confirmMismatch: false,
        failedAttempts: 0,
        abort: new AbortController(),
        again: undefined,
      });
      return { id, batchId, fileName: file.name, byteLength: file.size, target, state: { phase: 'queued' } };
    });
    this.uploads.set([...this.uploads.get(), ...added]);
    this.#startNext();
    return added.map(({ id }) => id);
  }

  /** The sender says that the file belongs to the patient all the same. */
  confirmMismatch(id: string): void {
    const upload = this.#find(id);
    if (upload?.state.phase !== 'mismatch') return;
    const confirmed = this.#confirmed.get(upload.batchId) ?? new Set<string>();
    confirmed.add(personOf(upload.state.mismatch));
    this.#confirmed.set(upload.batchId, confirmed);
    for (const other of this.uploads.get()) {
      if (other.batchId !== upload.batchId || other.state.phase !== 'mismatch') continue;
      if (confirmed.has(personOf(other.state.mismatch))) this.#sendConfirmed(other.id);
    }
    this.#startNext();
  }

  /** Tries again what was refused (after the disk was cleared, after a new sign-in). */
  retry(id: string): void {
    if (this.#find(id)?.state.phase !== 'refused') return;
    this.#set(id, { phase: 'queued' });
    this.#startNext();
  }

  /** Takes an upload off the list; one that is under way is stopped. */
  remove(id: string): void {
    const job = this.#jobs.get(id);
    this.#jobs.delete(id);
    this.uploads.set(this.uploads.get().filter((upload) => upload.id !== id));
    clearTimeout(job?.again);
    job?.abort.abort();
    this.#startNext();
  }

  /** What is being sent, to show it to its sender again. */
  fileOf(id: string): File | undefined {
    return this.#jobs.get(id)?.file;
  }

  /** The line is back: what waits for it is tried at once. */
  wake(): void {
    for (const upload of this.uploads.get()) if (upload.state.phase === 'waiting-for-line') this.#send(upload.id);
  }

  /** True while leaving the page would lose something. */
  get busy(): boolean {
    return this.uploads.get().some(({ state }) => state.phase !== 'done' && state.phase !== 'refused');
  }

  close(): void {
    this.#closed = true;
    for (const job of this.#jobs.values()) {
      clearTimeout(job.again);
      job.abort.abort();
    }
  }

  #startNext(): void {
    if (this.#closed) return;
    const uploads = this.uploads.get();
    const asking = new Set(uploads.filter(({ state }) => state.phase === 'mismatch').map(({ batchId }) => batchId));
    let free =
      this.#kind.concurrency -
      uploads.filter(({ state }) => state.phase === 'sending' || state.phase === 'waiting-for-line').length;
    for (const upload of uploads) {
      if (free <= 0) return;
      // A batch whose first file names somebody else waits for the sender's word before more of it is sent.
      if (upload.state.phase !== 'queued' || asking.has(upload.batchId)) continue;
      free -= 1;
      this.#send(upload.id);
    }
  }

  #sendConfirmed(id: string): void {
    const job = this.#jobs.get(id);
    if (!job) return;
    job.confirmMismatch = true;
    // Another request than the first one, so another key.
    job.key = newUuid();
    this.#set(id, { phase: 'queued' });
  }

  #send(id: string): void {
    const job = this.#jobs.get(id);
    const upload = this.#find(id);
    if (!job || !upload || this.#closed) return;
    clearTimeout(job.again);
    this.#set(id, { phase: 'sending', fraction: 0 });
    const { path, headers, body } = this.#kind.prepare(job.file, upload.target, job.confirmMismatch);
    sendWithProgress({
      method: 'POST',
      url: this.#http.url(path),
      headers: { Accept: 'application/json', ...this.#http.headers(), 'Idempotency-Key': job.key, ...headers },
      body,
      signal: job.abort.signal,
      onProgress: (sent, total) => {
        if (this.#find(id)?.state.phase !== 'sending') return;
        this.#set(id, { phase: 'sending', fraction: total > 0 ? sent / total : 0 });
      },
    }).then(
      ({ status, body: answer }) => {
        if (status >= 200 && status < 300) this.#settle(id, { phase: 'done', answer });
        else this.#refused(id, refusalFromHttp(status, answer));
      },
      (failure: unknown) =>
        this.#refused(id, failure instanceof Refusal ? failure : new Refusal('internal', String(failure))),
    );
  }

  #refused(id: string, refusal: Refusal): void {
    const job = this.#jobs.get(id);
    const upload = this.#find(id);
    if (!job || !upload || this.#closed) return;
    if (passesByItself(refusal.code) || refusal.code === 'too-many-requests') {
      job.failedAttempts += 1;
      this.#set(id, { phase: 'waiting-for-line' });
      job.again = setTimeout(() => this.#send(id), retryDelayMs(job.failedAttempts));
      return;
    }
    const mismatch = refusal.code === 'patient-mismatch' ? (refusal.problem.mismatch as PatientMismatch) : undefined;
    if (mismatch && this.#confirmed.get(upload.batchId)?.has(personOf(mismatch)) && !job.confirmMismatch) {
      this.#sendConfirmed(id);
      this.#startNext();
      return;
    }
    if (mismatch) this.#settle(id, { phase: 'mismatch', mismatch });
    else this.#settle(id, { phase: 'refused', code: refusal.code });
    if (endsTheWindow(refusal.code)) this.#http.noteRefusal(refusal.code);
  }

  #settle(id: string, state: UploadState): void {
    this.#set(id, state);
    this.#startNext();
  }

  #find(id: string): Upload | undefined {
    return this.uploads.get().find((upload) => upload.id === id);
  }

  #set(id: string, state: UploadState): void {
    this.uploads.set(this.uploads.get().map((upload) => (upload.id === id ? { ...upload, state } : upload)));
  }
}

function personOf({ file }: PatientMismatch): string {
  return JSON.stringify([file.identityNumber, file.name, file.sex, file.birthDate]);
}
