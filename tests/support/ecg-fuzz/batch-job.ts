import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { ThreadJob } from '../../../server/platform/threads/thread-pool.ts';
import { randomSource } from '../../../shared/ecg/random-source.ts';
import { corpusOf, decoderOf, fuzzedFormats } from './corpus.ts';
import type { FuzzedFormat } from './corpus.ts';
import { judge } from './judge.ts';
import { mutate } from './mutators.ts';

// Runs in a worker thread, where the hub decodes too.

export interface BatchInput {
  format: FuzzedFormat;
  /** Numbers of the inputs: `from` to `from + count - 1`. */
  from: number;
  count: number;
}

export interface BatchResult {
  /** How many ended in each way. */
  ends: Record<string, number>;
  slowestMs: number;
  slowest: number;
  /** `number: what was wrong` of inputs that ended as none may. */
  failures: string[];
}

const corpora = new Map<FuzzedFormat, Uint8Array[]>();
function corpus(format: FuzzedFormat): Uint8Array[] {
  const known = corpora.get(format) ?? corpusOf(format);
  corpora.set(format, known);
  return known;
}

/** The same number gives the same file, so that a failure can be looked at alone. */
export function mutatedInput(format: FuzzedFormat, number: number): Uint8Array {
  const random = randomSource(number * 31 + fuzzedFormats.indexOf(format) + 1);
  const seeds = corpus(format);
  return mutate(seeds[Math.floor(random() * seeds.length)]!, seeds, random);
}

export function runBatch({ format, from, count }: BatchInput): BatchResult {
  const result: BatchResult = { ends: {}, slowestMs: 0, slowest: from, failures: [] };
  for (let number = from; number < from + count; number++) {
    const bytes = mutatedInput(format, number);
    const start = process.cpuUsage();
    try {
      const ended = judge(bytes, decoderOf(format));
      result.ends[ended] = (result.ends[ended] ?? 0) + 1;
    } catch (error) {
      result.failures.push(`${format} ${number}: ${error instanceof Error ? error.message : String(error)}`);
    }
    const spent = process.cpuUsage(start).user / 1000;
    if (spent > result.slowestMs) Object.assign(result, { slowestMs: spent, slowest: number });
  }
  return result;
}

/** Bytes that this thread holds after a collection of garbage. */
export function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

export const batchJob: ThreadJob<BatchInput, BatchResult> = {
  moduleUrl: import.meta.url,
  exportName: 'runBatch',
  timeoutMs: 60_000,
};
export const heldBytesJob: ThreadJob<undefined, number> = {
  moduleUrl: import.meta.url,
  exportName: 'heldBytes',
  timeoutMs: 60_000,
};
