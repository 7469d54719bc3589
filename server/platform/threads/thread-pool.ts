import type { Worker } from 'node:worker_threads';
import { HubError } from '../errors.ts';
import { startTypescriptWorker } from './typescript-worker.ts';

/** One kind of work that runs off the serving thread: a module's exported function, its clock and its memory. */
export interface ThreadJob<Input, Output> {
  /** `new URL('./decode-job.ts', import.meta.url).href` */
  moduleUrl: string;
  exportName: string;
  /** From the moment at which the code stands ready and the work begins. */
  timeoutMs: number;
  /** The thread ends with the job, and all memory that it took from the machine is given back. */
  endsThread?: true;
  /** Long work for which nobody waits at the bedside: one thread always stays free of it. */
  leavesRoom?: true;
  /** Ties the types of input and output; never set. */
  readonly types?: [Input, Output];
}

export interface ThreadPool {
  /** Resolves with what the job returns; an error that it throws arrives with name, message and code. */
  run<Input, Output>(job: ThreadJob<Input, Output>, input: Input): Promise<Output>;
  /** Fetches a job's code in every thread that waits, so that its first run need not. */
  warm(job: Pick<ThreadJob<unknown, unknown>, 'moduleUrl'>): void;
  close(): Promise<void>;
}

interface Task {
  job: ThreadJob<unknown, unknown>;
  input: unknown;
  resolve(value: unknown): void;
  reject(reason: unknown): void;
}

export type ThreadRequest = { moduleUrl: string; exportName: string; input: unknown } | { warm: string };

export interface ThreadAnswer {
  ok: boolean;
  value?: unknown;
  error?: { name: string; message: string; code?: unknown };
}

const MAX_WAITING = 500;
/** For a thread to start and fetch a job's code, on a machine that has much else to do. */
const BEGIN_WITHIN_MS = 60_000;

/**
 * A few worker threads that parse hostile bytes and draw documents, so that the thread which serves alarms never
 * does. A job over its time limit loses its thread, which is replaced; so does one that runs out of memory.
 */
export function openThreadPool(options: { threads: number; maxHeapMb: number }): ThreadPool {
  const waiting: Task[] = [];
  const idle: Worker[] = [];
  const all = new Set<Worker>();
  let closed = false;
  let longAtWork = 0;

  function start(): Worker {
    const worker = startTypescriptWorker(new URL('./thread-worker.ts', import.meta.url).href, {
      resourceLimits: { maxOldGenerationSizeMb: options.maxHeapMb },
    });
    worker.unref();
    all.add(worker);
    worker.once('exit', () => {
      all.delete(worker);
      const at = idle.indexOf(worker);
      if (at >= 0) idle.splice(at, 1);
    });
    // An error outside a job ends the thread; the next job gets a new one.
    worker.on('error', () => undefined);
    return worker;
  }

  function next() {
    while (!closed) {
      const isFull = longAtWork >= Math.max(1, options.threads - 1);
      const at = waiting.findIndex(({ job }) => !(isFull && job.leavesRoom === true));
      if (at < 0) return;
      const worker = idle.pop() ?? (all.size < options.threads ? start() : undefined);
      if (worker === undefined) return;
      give(worker, waiting.splice(at, 1)[0]!);
    }
  }

  function give(worker: Worker, task: Task) {
    if (task.job.leavesRoom === true) longAtWork += 1;
    const finish = (settle: () => void, reusable: boolean) => {
      if (task.job.leavesRoom === true) longAtWork -= 1;
      clearTimeout(timer);
      worker.off('message', onMessage);
      worker.off('error', onError);
      worker.off('exit', onExit);
      worker.unref();
      if (reusable && !closed && task.job.endsThread !== true) idle.push(worker);
      else {
        all.delete(worker);
        void worker.terminate();
        if (reusable && !closed) idle.push(start());
      }
      settle();
      next();
    };
    const limit = (ms: number) => setTimeout(() => finish(() => task.reject(new HubError('parse-timeout')), false), ms);
    const onMessage = (answer: ThreadAnswer | { begun: true }) => {
      if ('begun' in answer) {
        clearTimeout(timer);
        timer = limit(task.job.timeoutMs);
        return;
      }
      finish(() => {
        if (answer.ok) return task.resolve(answer.value);
        task.reject(
          Object.assign(new Error(answer.error?.message), { name: answer.error?.name, code: answer.error?.code }),
        );
      }, true);
    };
    const onError = (error: Error & { code?: string }) =>
      finish(() => task.reject(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? new HubError('too-large') : error), false);
    const onExit = () => finish(() => task.reject(new HubError(closed ? 'unavailable' : 'internal')), false);
    let timer = limit(BEGIN_WITHIN_MS);
    worker.on('message', onMessage);
    worker.once('error', onError);
    worker.once('exit', onExit);
    worker.ref();
    send(worker, { moduleUrl: task.job.moduleUrl, exportName: task.job.exportName, input: task.input });
  }

  const send = (worker: Worker, request: ThreadRequest) => worker.postMessage(request);

  // Started ahead, so that the first ECG of the night does not wait for a thread.
  for (let n = 0; n < options.threads; n += 1) idle.push(start());

  return {
    run: <Input, Output>(job: ThreadJob<Input, Output>, input: Input) =>
      new Promise<Output>((resolve, reject) => {
        if (closed || waiting.length >= MAX_WAITING) return reject(new HubError('unavailable'));
        waiting.push({
          job: job as ThreadJob<unknown, unknown>,
          input,
          resolve: resolve as (value: unknown) => void,
          reject,
        });
        next();
      }),
    warm(job) {
      for (const worker of idle) send(worker, { warm: job.moduleUrl });
    },
    async close() {
      closed = true;
      for (const task of waiting.splice(0)) task.reject(new HubError('unavailable'));
      await Promise.all([...all].map((worker) => worker.terminate()));
    },
  };
}
