import { createWorker, type types } from 'mediasoup';
import { listenInfos } from './listen-addresses.ts';
import { MediaError } from './media-error.ts';

/** Where lines for the log go; fields are plain data. */
export type MediaLog = (level: 'info' | 'warn' | 'error', message: string, fields?: Record<string, unknown>) => void;

export interface WorkerOptions {
  /** Path of mediasoup-worker; without it mediasoup's own place is tried. */
  workerBin?: string;
  workerCount: number;
  /** The first worker's port for UDP and TCP; the next worker has the next one. 0: free ports. */
  rtcPort: number;
  listenAddress: string;
  announcedAddress?: string;
  log: MediaLog;
}

/** A worker process that runs, with its one WebRtcServer. */
export interface RunningWorker {
  readonly index: number;
  readonly worker: types.Worker;
  readonly webRtcServer: types.WebRtcServer;
}

const restartDelaysMs = [0, 250, 1_000, 2_000, 5_000];
/** A hub that was killed leaves its workers' ports taken for a moment: a start waits that long for them. */
const startAttempts = 4;
const startLimitMs = 15_000;

/** Keeps as many worker processes running as asked for: one that dies is replaced on the same port. */
export class WorkerPool {
  readonly #options: WorkerOptions;
  readonly #running = new Map<number, RunningWorker>();
  readonly #waiting = new Set<() => void>();
  readonly #restarts = new Set<NodeJS.Timeout>();
  #closed = false;

  private constructor(options: WorkerOptions) {
    this.#options = options;
  }

  /** @throws {Error} when a worker does not start, e.g. because its port is taken */
  static async open(options: WorkerOptions): Promise<WorkerPool> {
    const pool = new WorkerPool(options);
    try {
      await Promise.all(Array.from({ length: options.workerCount }, (_, index) => pool.#startPatiently(index)));
    } catch (error) {
      pool.close();
      throw error;
    }
    return pool;
  }

  /** Those that can take a room now. */
  get running(): RunningWorker[] {
    return [...this.#running.values()].filter(({ worker }) => !worker.closed).sort((a, b) => a.index - b.index);
  }

  /**
   * Returns as soon as a worker runs, at once as a rule; while all are being replaced it waits for the first.
   *
   * @throws {MediaError} `unavailable` after 15 s, or when the pool is closed
   */
  async untilRunning(): Promise<void> {
    const deadline = Date.now() + startLimitMs;
    while (this.running.length === 0) {
      if (this.#closed || Date.now() >= deadline) throw new MediaError('unavailable', 'No media worker is running.');
      await this.#change(deadline - Date.now());
    }
  }

  /** Ends every worker process. May be called twice. */
  close(): void {
    this.#closed = true;
    for (const timer of this.#restarts) clearTimeout(timer);
    this.#restarts.clear();
    for (const { worker } of this.#running.values()) worker.close();
    this.#running.clear();
    this.#wake();
  }

  async #startPatiently(index: number): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#start(index);
      } catch (error) {
        if (attempt === startAttempts || this.#closed) throw error;
        await new Promise((settle) => setTimeout(settle, 500));
      }
    }
  }

  async #start(index: number): Promise<void> {
    const { workerBin, rtcPort, listenAddress, announcedAddress, log } = this.#options;
    const port = rtcPort === 0 ? 0 : rtcPort + index;
    const worker = await createWorker({ logLevel: 'warn', ...(workerBin === undefined ? {} : { workerBin }) });
    let webRtcServer: types.WebRtcServer;
    try {
      webRtcServer = await worker.createWebRtcServer({
        listenInfos: listenInfos(listenAddress, announcedAddress, port),
      });
    } catch (error) {
      worker.close();
      const where = port === 0 ? listenAddress : `${listenAddress}, port ${port} (UDP and TCP)`;
      throw new Error(`A media worker cannot listen on ${where}: ${error instanceof Error ? error.message : error}`, {
        cause: error,
      });
    }
    if (this.#closed) return worker.close();
    this.#running.set(index, { index, worker, webRtcServer });
    worker.on('died', (error) => {
      log('error', 'media worker died', { index, pid: worker.pid, reason: error.message });
      this.#running.delete(index);
      this.#restart(index, 0);
    });
    log('info', 'media worker started', { index, pid: worker.pid, port });
    this.#wake();
  }

  #restart(index: number, attempt: number): void {
    if (this.#closed) return;
    const timer = setTimeout(
      () => {
        this.#restarts.delete(timer);
        this.#start(index).catch((error: unknown) => {
          this.#options.log('error', 'media worker cannot be replaced yet', { index, reason: String(error) });
          this.#restart(index, attempt + 1);
        });
      },
      restartDelaysMs[Math.min(attempt, restartDelaysMs.length - 1)],
    );
    this.#restarts.add(timer);
  }

  #change(limitMs: number): Promise<void> {
    return new Promise((settle) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        settle();
      };
      const timer = setTimeout(done, limitMs);
      this.#waiting.add(done);
    });
  }

  #wake(): void {
    for (const done of [...this.#waiting]) done();
  }
}
