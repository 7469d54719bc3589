import type { DisplayFrame } from '../../../../shared/dicom/pixels/display-frame.ts';
import { ImagingError } from '../../../../shared/dicom/pixels/imaging-error.ts';
import type { LineMeasure, WorkerReply, WorkerRequest } from './loader/worker-protocol.ts';
import { frameKey, type FrameAddress } from './series-frames.ts';

/** A worker as far as the store uses it, so that tests can answer for one. */
export interface DecodingWorker {
  postMessage(request: WorkerRequest): void;
  onmessage: ((event: MessageEvent<WorkerReply>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  terminate(): void;
}

export interface FrameStoreOptions {
  /** Address of the DICOMweb service, e.g. `/dicom-web`. */
  root: string;
  headers: Record<string, string>;
  startWorker: () => DecodingWorker;
  workers: number;
  /** Decoded pixels kept in memory. */
  capacityBytes: number;
}

export type FrameState =
  | { state: 'absent' | 'loading'; receivedBytes: number; totalBytes: number | null }
  | { state: 'ready'; frame: DisplayFrame }
  | { state: 'failed'; error: ImagingError };

interface Job {
  id: number;
  address: FrameAddress;
  worker: number;
  demanded: boolean;
  attempt: number;
  receivedBytes: number;
  totalBytes: number | null;
}

const DEMANDS_AT_ONCE = 2;
const PREFETCHES_AT_ONCE = 2;
/** On a line this slow, what the reader waits for must not share it with what may be wanted later. */
const SLOW_FETCH_MS = 400;
/** 50 Mbit/s: a line that carries more brings the bytes as they are sooner than hub and PC code and decode them. */
const FAST_BYTES_PER_MS = 6250;
const DECODING_LIMIT_MS = 20_000;
const RETRY_AFTER_MS = [500, 1500, 4000];

/**
 * Decoded frames by address: what the reader asks for first, then what lies around it, then nothing. Everything in
 * flight ends with {@link FrameStore.close}.
 */
export class FrameStore {
  readonly #options: FrameStoreOptions;
  readonly #workers: (DecodingWorker | undefined)[];
  readonly #frames = new Map<string, DisplayFrame>();
  readonly #problems = new Map<string, ImagingError>();
  readonly #jobs = new Map<string, Job>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #listeners = new Set<() => void>();
  #demands: FrameAddress[] = [];
  #prefetch: FrameAddress[] = [];
  /** Place of each frame in the reading order; what stands farthest off is given up first. */
  #ranks = new Map<string, number>();
  #bytes = 0;
  #full = false;
  #nextId = 1;
  #fetchMs = 0;
  /** What the line carried lately; null before anything came. */
  #bytesPerMs: number | null = null;
  #open = false;
  #version = 0;

  constructor(options: FrameStoreOptions) {
    this.#options = options;
    this.#workers = Array.from({ length: options.workers }, () => undefined);
  }

  /** Grows with every change; for React's useSyncExternalStore. */
  get version(): number {
    return this.#version;
  }

  /** Decoded pixels that are kept in memory at most. */
  get capacityBytes(): number {
    return this.#options.capacityBytes;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  stateOf(address: FrameAddress): FrameState {
    const key = frameKey(address);
    const frame = this.#frames.get(key);
    if (frame) return { state: 'ready', frame };
    const problem = this.#problems.get(key);
    if (problem) return { state: 'failed', error: problem };
    const job = this.#jobs.get(key);
    return {
      state: job ? 'loading' : 'absent',
      receivedBytes: job?.receivedBytes ?? 0,
      totalBytes: job?.totalBytes ?? null,
    };
  }

  /**
   * The frames that the reader waits for now, the most wanted first. They replace earlier wishes; what was already on
   * its way may finish.
   */
  demand(...addresses: readonly FrameAddress[]): void {
    this.#demands = [];
    for (const address of addresses) {
      const key = frameKey(address);
      const held = this.#frames.get(key);
      if (held) {
        // Seen last, dropped last.
        this.#frames.delete(key);
        this.#frames.set(key, held);
        continue;
      }
      const job = this.#jobs.get(key);
      if (job) job.demanded = true;
      this.#demands.push(address);
    }
    if (this.#demands.length > 0) this.#pump();
  }

  /** Asks again for a frame that failed. */
  retry(address: FrameAddress): void {
    this.#problems.delete(frameKey(address));
    this.demand(address);
    this.#changed();
  }

  /**
   * What to fetch while nobody waits, in this order, and what to keep when memory runs out; replaces the earlier list.
   * What is shown belongs at its beginning.
   */
  prefetch(addresses: readonly FrameAddress[]): void {
    this.#ranks = new Map(addresses.map((address, rank) => [frameKey(address), rank]));
    this.#prefetch = addresses.filter((address) => !this.#frames.has(frameKey(address)));
    this.#full = false;
    this.#pump();
  }

  /** Nothing is fetched before; may follow a {@link FrameStore.close}. */
  open(): void {
    this.#open = true;
    this.#pump();
  }

  /** Ends everything in flight and gives the memory back. */
  close(): void {
    this.#open = false;
    for (const [index, worker] of this.#workers.entries()) {
      worker?.terminate();
      this.#workers[index] = undefined;
    }
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#jobs.clear();
    this.#frames.clear();
    this.#problems.clear();
    this.#bytes = 0;
    this.#prefetch = [];
  }

  #pump(): void {
    if (!this.#open) return;
    const jobs = [...this.#jobs.values()];
    const demanded = jobs.filter((job) => job.demanded);
    this.#demands = this.#demands.filter((address) => {
      const key = frameKey(address);
      return !(this.#jobs.has(key) || this.#frames.has(key) || this.#problems.has(key) || this.#timers.has(key));
    });
    if (this.#demands.length > 0) {
      if (demanded.length >= DEMANDS_AT_ONCE) return;
      if (this.#fetchMs > SLOW_FETCH_MS) for (const job of jobs) if (!job.demanded) this.#cancel(job);
      for (const address of this.#demands.splice(0, DEMANDS_AT_ONCE - demanded.length)) this.#start(address, true, 0);
      return;
    }
    // The first picture has the line to itself.
    if (demanded.length > 0 || this.#full) return;
    while (this.#jobs.size < PREFETCHES_AT_ONCE) {
      const next = this.#prefetch.shift();
      if (!next) return;
      const key = frameKey(next);
      if (!this.#frames.has(key) && !this.#jobs.has(key) && !this.#problems.has(key)) this.#start(next, false, 0);
    }
  }

  #start(address: FrameAddress, demanded: boolean, attempt: number): void {
    const job: Job = {
      id: this.#nextId++,
      address,
      worker: this.#workerFor(address),
      demanded,
      attempt,
      receivedBytes: 0,
      totalBytes: null,
    };
    this.#jobs.set(frameKey(address), job);
    this.#post(job);
    this.#changed();
  }

  #post(job: Job): void {
    const { address } = job;
    const path = `studies/${address.studyInstanceUid}/series/${address.seriesInstanceUid}/instances/${address.sopInstanceUid}`;
    const url = new URL(`${this.#options.root.replace(/\/$/, '')}/${path}`, globalThis.location.href).href;
    this.#worker(job.worker).postMessage({
      type: 'load',
      id: job.id,
      url,
      headers: this.#options.headers,
      sopInstanceUid: address.sopInstanceUid,
      frameNumber: address.frameNumber,
      packed: this.#bytesPerMs === null || this.#bytesPerMs < FAST_BYTES_PER_MS,
    });
  }

  /** Frames of one instance go to one worker, which holds the instance's bytes. */
  #workerFor({ sopInstanceUid }: FrameAddress): number {
    let hash = 0;
    for (let index = 0; index < sopInstanceUid.length; index++)
      hash = (hash * 31 + sopInstanceUid.charCodeAt(index)) | 0;
    return Math.abs(hash) % this.#workers.length;
  }

  #worker(index: number): DecodingWorker {
    const running = this.#workers[index];
    if (running) return running;
    const worker = this.#options.startWorker();
    worker.onmessage = ({ data }) => this.#receive(data);
    worker.onerror = () => this.#replaceWorker(index, undefined);
    this.#workers[index] = worker;
    return worker;
  }

  #receive(reply: WorkerReply): void {
    const job = [...this.#jobs.values()].find(({ id }) => id === reply.id);
    if (!job) return;
    const key = frameKey(job.address);
    if (reply.type === 'progress') {
      job.receivedBytes = reply.receivedBytes;
      job.totalBytes = reply.totalBytes;
      if (job.demanded) this.#changed();
      return;
    }
    if (reply.type === 'decoding') {
      this.#timers.set(
        key,
        setTimeout(() => this.#replaceWorker(job.worker, job), DECODING_LIMIT_MS),
      );
      return;
    }
    this.#clearTimer(key);
    this.#jobs.delete(key);
    if (reply.type === 'loaded') {
      this.#fetchMs = this.#fetchMs === 0 ? reply.fetchMs : this.#fetchMs * 0.7 + reply.fetchMs * 0.3;
      if (reply.line !== null) this.#noteLine(reply.line);
      this.#keep(key, reply.frame, job.demanded);
    } else if (reply.code === 'network' && job.demanded && job.attempt < RETRY_AFTER_MS.length) {
      this.#timers.set(
        key,
        setTimeout(() => {
          this.#timers.delete(key);
          this.#start(job.address, true, job.attempt + 1);
        }, RETRY_AFTER_MS[job.attempt]),
      );
    } else if (reply.code !== 'cancelled') {
      // A prefetch that the line lost is asked for again when the reader comes there.
      if (reply.code !== 'network' || job.demanded) this.#problems.set(key, new ImagingError(reply.code, reply.detail));
    }
    this.#changed();
    this.#pump();
  }

  #noteLine({ bytes, ms }: LineMeasure): void {
    const now = bytes / Math.max(1, ms);
    this.#bytesPerMs = this.#bytesPerMs === null ? now : this.#bytesPerMs * 0.7 + now * 0.3;
  }

  #keep(key: string, frame: DisplayFrame, demanded: boolean): void {
    this.#frames.set(key, frame);
    this.#bytes += frameBytes(frame);
    while (this.#bytes > this.#options.capacityBytes && this.#frames.size > 2) {
      const victim = this.#farthest(demanded ? key : undefined);
      if (victim === undefined) break;
      this.#bytes -= frameBytes(this.#frames.get(victim)!);
      this.#frames.delete(victim);
      // Whatever comes later in the order would only be given up again.
      if (victim === key) this.#full = true;
    }
  }

  /** The frame that is farthest from being looked at: first what is in no order, the longest unseen before others. */
  #farthest(except: string | undefined): string | undefined {
    let found: string | undefined;
    let greatest = -1;
    for (const key of this.#frames.keys()) {
      const rank = this.#ranks.get(key) ?? Number.POSITIVE_INFINITY;
      if (key === except || rank <= greatest) continue;
      found = key;
      greatest = rank;
    }
    return found;
  }

  #cancel(job: Job): void {
    this.#jobs.delete(frameKey(job.address));
    this.#clearTimer(frameKey(job.address));
    this.#worker(job.worker).postMessage({ type: 'cancel', id: job.id });
    this.#prefetch.unshift(job.address);
  }

  /** A worker that hangs or died is replaced; the frame that hung it is named, the others start again. */
  #replaceWorker(index: number, culprit: Job | undefined): void {
    this.#workers[index]?.terminate();
    this.#workers[index] = undefined;
    for (const [key, job] of [...this.#jobs]) {
      if (job.worker !== index) continue;
      this.#clearTimer(key);
      this.#jobs.delete(key);
      if (job === culprit) this.#problems.set(key, new ImagingError('timeout'));
      else if (job.attempt >= RETRY_AFTER_MS.length) this.#problems.set(key, new ImagingError('damaged', 'worker'));
      else this.#start(job.address, job.demanded, job.attempt + 1);
    }
    this.#changed();
    this.#pump();
  }

  #clearTimer(key: string): void {
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
  }

  #changed(): void {
    this.#version += 1;
    for (const listener of this.#listeners) listener();
  }
}

function frameBytes({ pixels }: DisplayFrame): number {
  return pixels.kind === 'grey' ? pixels.values.byteLength : pixels.rgba.byteLength;
}
