import type { PatientMismatch } from '../../shared/contracts/patients.ts';
import { holdBatch } from './hold-batch.ts';
import type { Http } from './http.ts';
import type { KeptUpload, UploadKeeping, UploadTarget } from './kept-uploads.ts';
import { LineRate } from './line-rate.ts';
import { Observable } from './observable.ts';
import { newUuid } from './random-id.ts';
import { endsTheWindow, passesByItself, Refusal, refusalFromHttp } from './refusal.ts';
import { retryDelayMs } from './retry-delay.ts';
import { sendWithProgress } from './send-with-progress.ts';
import { forgetAtHub, sendByTus } from './tus-upload.ts';
import { isUnsent, personOf, type Upload, type UploadKind, type UploadState } from './upload.ts';

interface Job {
  file: Blob;
  key: string;
  confirmMismatch: boolean;
  address: string | null;
  wasCut: boolean;
  failedAttempts: number;
  /** Settles when the file and what has changed about it is on the disk. */
  keeping: Promise<unknown>;
  abort: AbortController;
  again: ReturnType<typeof setTimeout> | undefined;
}

/** From this size on a file goes piece by piece, so that a cut costs a piece and not the file. */
const wholeUpToBytes = 1024 * 1024;

/**
 * Files on their way to the hub. It belongs to the window, not to a screen, and what it holds is kept in the browser:
 * an upload goes on while the doctor moves to another page, through cuts and restarts of the hub, and in the next
 * window after this one was closed, until it is acknowledged, refused or taken back.
 */
export class UploadQueue {
  readonly uploads = new Observable<readonly Upload[]>([]);
  readonly #kind: UploadKind;
  readonly #http: Http;
  readonly #keeping: UploadKeeping | null;
  readonly #rate = new LineRate();
  readonly #jobs = new Map<string, Job>();
  /** Batches of this window, and those that it waits for. */
  readonly #batches = new Set<string>();
  readonly #over = new AbortController();
  /** Per batch, the persons (as the files name them) that the sender has confirmed. */
  readonly #confirmed = new Map<string, Set<string>>();
  #lastKept: Promise<unknown> = Promise.resolve();

  constructor(kind: UploadKind, http: Http, keeping: UploadKeeping | null = null) {
    this.#kind = kind;
    this.#http = http;
    this.#keeping = keeping;
  }

  /** @returns the ids of the new uploads, in the order of the files. */
  add(files: readonly File[], target: UploadTarget): string[] {
    const batchId = newUuid();
    this.#batches.add(batchId);
    void holdBatch(batchId, this.#over.signal).catch(() => undefined);
    const addedAt = Date.now();
    const added = files.map((file, at): Upload => {
      const about = { id: newUuid(), batchId, fileName: file.name, byteLength: file.size, target };
      const job = this.#begin(about.id, file);
      job.keeping = this.#keep({ ...about, addedAt: addedAt + at / 100_000 }, job);
      return {
        ...about,
        state: { phase: 'queued' },
        restored: false,
        keeping: this.#keeping === null ? 'not-kept' : 'under-way',
      };
    });
    this.uploads.set([...this.uploads.get(), ...added]);
    this.#startNext();
    return added.map(({ id }) => id);
  }

  /** Takes over what an earlier window of this account has left, and what another one leaves when it is closed. */
  async restore(): Promise<void> {
    const { accountId } = this.#http;
    if (this.#keeping === null || accountId === undefined) return;
    const left = await this.#keeping.list(accountId, this.#kind.name).catch(() => []);
    for (const batchId of new Set(left.map((upload) => upload.batchId))) {
      if (this.#batches.has(batchId) || this.#over.signal.aborted) continue;
      this.#batches.add(batchId);
      void holdBatch(batchId, this.#over.signal).then(
        () => this.#adopt(accountId, batchId).catch(() => undefined),
        () => undefined,
      );
    }
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
    const job = this.#jobs.get(id);
    if (!job || this.#find(id)?.state.phase !== 'refused') return;
    this.#note(id, job, { refusedCode: null });
    this.#set(id, { phase: 'queued' });
    this.#startNext();
  }

  /** Takes an upload off the list and out of the browser; one that is under way is stopped. */
  remove(id: string): void {
    const job = this.#jobs.get(id);
    const unsent = isUnsent(this.#find(id));
    this.#jobs.delete(id);
    this.uploads.set(this.uploads.get().filter((upload) => upload.id !== id));
    if (job) {
      clearTimeout(job.again);
      job.abort.abort();
      this.#forget(id, job);
      if (unsent && job.address !== null) forgetAtHub(this.#http, job.address);
    }
    this.#startNext();
  }

  /** Removes everything, and resolves when nothing of it is in the browser any more. */
  async removeAll(): Promise<void> {
    const jobs = [...this.#jobs.values()];
    for (const { id } of this.uploads.get()) this.remove(id);
    await Promise.allSettled(jobs.map(({ keeping }) => keeping));
  }

  /** What is being sent, to show it to its sender again. */
  fileOf(id: string): File | undefined {
    const file = this.#jobs.get(id)?.file;
    return file && new File([file], this.#find(id)?.fileName ?? '', { type: file.type });
  }

  /** The line is back: what waits for it is tried at once. */
  wake(): void {
    for (const upload of this.uploads.get()) if (upload.state.phase === 'waiting-for-line') this.#send(upload.id);
    void this.restore();
  }

  /** What the hub has not got yet and is not refused. */
  get unsent(): readonly Upload[] {
    return this.uploads.get().filter(isUnsent);
  }

  /** True while leaving the page would lose something. */
  get busy(): boolean {
    return this.unsent.some(({ keeping }) => keeping !== 'kept');
  }

  /** The window goes: what is kept waits for the next one. */
  close(): void {
    this.#over.abort();
    for (const job of this.#jobs.values()) {
      clearTimeout(job.again);
      job.abort.abort();
    }
  }

  #begin(id: string, file: Blob, kept?: KeptUpload): Job {
    const job: Job = {
      file,
      key: newUuid(),
      confirmMismatch: kept?.confirmMismatch ?? false,
      address: kept?.address ?? null,
      // An earlier window was closed in the middle, and so may this one be.
      wasCut: kept !== undefined,
      failedAttempts: 0,
      keeping: Promise.resolve(),
      abort: new AbortController(),
      again: undefined,
    };
    this.#jobs.set(id, job);
    return job;
  }

  /** One after the other: the disk writes one file no faster beside a hundred others. */
  #keep(about: Pick<KeptUpload, 'id' | 'batchId' | 'addedAt' | 'fileName' | 'byteLength' | 'target'>, job: Job) {
    const keeping = this.#keeping;
    const { accountId } = this.#http;
    if (keeping === null || accountId === undefined) return Promise.resolve();
    const turn = this.#lastKept.then(async () => {
      if (!this.#jobs.has(about.id) || this.#find(about.id)?.state.phase === 'done') return;
      const { confirmMismatch, address } = job;
      const upload = { ...about, accountId, kind: this.#kind.name, confirmMismatch, address, refusedCode: null };
      try {
        job.file = await keeping.keep(upload, job.file);
        this.#change(about.id, { keeping: 'kept' });
      } catch {
        this.#change(about.id, { keeping: 'not-kept' });
      }
    });
    this.#lastKept = turn;
    return turn;
  }

  #note(id: string, job: Job, part: Parameters<UploadKeeping['change']>[1]): void {
    const keeping = this.#keeping;
    if (keeping) job.keeping = job.keeping.then(() => keeping.change(id, part)).catch(() => undefined);
  }

  #forget(id: string, job: Job): void {
    const keeping = this.#keeping;
    if (keeping) job.keeping = job.keeping.then(() => keeping.forget(id)).catch(() => undefined);
  }

  async #adopt(accountId: string, batchId: string): Promise<void> {
    const keeping = this.#keeping;
    if (keeping === null) return;
    // Read again: the window that had it may have sent some before it was closed.
    const left = (await keeping.list(accountId, this.#kind.name)).filter((upload) => upload.batchId === batchId);
    const adopted: Upload[] = [];
    for (const kept of left) {
      const file = await keeping.fileOf(kept.id).catch(() => null);
      if (this.#over.signal.aborted) return;
      if (file === null) {
        void keeping.forget(kept.id).catch(() => undefined);
        continue;
      }
      this.#begin(kept.id, file, kept);
      const { id, fileName, byteLength, target, refusedCode } = kept;
      const state: UploadState = refusedCode === null ? { phase: 'queued' } : { phase: 'refused', code: refusedCode };
      adopted.push({ id, batchId, fileName, byteLength, target, state, restored: true, keeping: 'kept' });
    }
    if (this.#over.signal.aborted || adopted.length === 0) return;
    this.uploads.set([...this.uploads.get(), ...adopted]);
    this.#startNext();
  }

  #startNext(): void {
    if (this.#over.signal.aborted) return;
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
    this.#note(id, job, { confirmMismatch: true });
    // Another request than the first one, so another key.
    job.key = newUuid();
    this.#set(id, { phase: 'queued' });
  }

  #send(id: string): void {
    const job = this.#jobs.get(id);
    const upload = this.#find(id);
    if (!job || !upload || this.#over.signal.aborted) return;
    clearTimeout(job.again);
    this.#set(id, { phase: 'sending', fraction: 0 });
    const piecemeal = job.address !== null || job.wasCut || job.file.size > wholeUpToBytes || this.#rate.isWeak;
    if (!piecemeal) this.#rate.sent(id, 0);
    const sent = (bytes: number, total: number) => {
      this.#rate.sent(id, bytes);
      if (this.#find(id)?.state.phase !== 'sending') return;
      this.#set(id, { phase: 'sending', fraction: total > 0 ? bytes / total : 0 });
    };
    (piecemeal ? this.#sendPiecemeal(id, job, upload, sent) : this.#sendWhole(job, upload, sent))
      .then(
        (answer) => {
          this.#forget(id, job);
          this.#settle(id, { phase: 'done', answer });
        },
        (failure: unknown) =>
          this.#refused(id, failure instanceof Refusal ? failure : new Refusal('internal', String(failure))),
      )
      .finally(() => this.#rate.end(id));
  }

  async #sendWhole(job: Job, { fileName, target }: Upload, onProgress: (sent: number, total: number) => void) {
    const { path, headers, body } = this.#kind.prepare(job.file, fileName, target, job.confirmMismatch);
    const { status, body: answer } = await sendWithProgress({
      method: 'POST',
      url: this.#http.url(path),
      headers: { Accept: 'application/json', ...this.#http.headers(), 'Idempotency-Key': job.key, ...headers },
      body,
      signal: job.abort.signal,
      onProgress,
    });
    if (status < 200 || status >= 300) throw refusalFromHttp(status, answer);
    return answer;
  }

  #sendPiecemeal(id: string, job: Job, upload: Upload, onProgress: (sent: number, total: number) => void) {
    const { fileName, target } = upload;
    const { confirmMismatch, address } = job;
    return sendByTus(
      job.file,
      { kind: this.#kind.name, fileName, target, confirmMismatch, address },
      {
        http: this.#http,
        signal: job.abort.signal,
        onProgress: (sent) => onProgress(sent, upload.byteLength),
        onAddress: (known) => {
          job.address = known;
          this.#note(id, job, { address: known });
        },
      },
    );
  }

  #refused(id: string, refusal: Refusal): void {
    const job = this.#jobs.get(id);
    const upload = this.#find(id);
    if (!job || !upload || this.#over.signal.aborted) return;
    const { code } = refusal;
    if (passesByItself(code) || code === 'too-many-requests' || code === 'upload-busy') {
      job.wasCut ||= code === 'line-away';
      job.failedAttempts += 1;
      this.#set(id, { phase: 'waiting-for-line' });
      job.again = setTimeout(() => this.#send(id), retryDelayMs(job.failedAttempts));
      return;
    }
    const mismatch = code === 'patient-mismatch' ? (refusal.problem.mismatch as PatientMismatch) : undefined;
    if (mismatch && this.#confirmed.get(upload.batchId)?.has(personOf(mismatch)) && !job.confirmMismatch) {
      this.#sendConfirmed(id);
      this.#startNext();
      return;
    }
    if (mismatch) this.#settle(id, { phase: 'mismatch', mismatch });
    else {
      // What is no image will be none tomorrow; anything else its owner may try again.
      if (code === 'not-dicom' || code === 'file-empty') this.#forget(id, job);
      else if (!endsTheWindow(code)) this.#note(id, job, { refusedCode: code });
      this.#settle(id, { phase: 'refused', code });
    }
    if (endsTheWindow(code)) this.#http.noteRefusal(code);
  }

  #settle(id: string, state: UploadState): void {
    this.#set(id, state);
    this.#startNext();
  }

  #find(id: string): Upload | undefined {
    return this.uploads.get().find((upload) => upload.id === id);
  }

  #set(id: string, state: UploadState): void {
    this.#change(id, { state });
  }

  #change(id: string, part: Partial<Pick<Upload, 'state' | 'keeping'>>): void {
    this.uploads.set(this.uploads.get().map((upload) => (upload.id === id ? { ...upload, ...part } : upload)));
  }
}
