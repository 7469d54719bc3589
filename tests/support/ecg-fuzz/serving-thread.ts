/**
 * A process that serves nothing but has the hub's threads: its main thread hands files to them as the hub does while it
 * measures its own delay, and prints what came of it as one line of JSON. Started by fuzz.long.test.ts with
 * `serving-thread.ts FORMAT COUNT`; a process of its own, so that no test runner's work is counted.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { summariseJob, waveformJob } from '../../../server/ecg/ecg-job.ts';
import { openThreadPool } from '../../../server/platform/threads/thread-pool.ts';
import { batchJob, heldBytes, heldBytesJob, mutatedInput } from './batch-job.ts';
import type { BatchResult } from './batch-job.ts';
import { fuzzedFormats } from './corpus.ts';

export interface FuzzReport extends BatchResult {
  count: number;
  seconds: number;
  /** The longest time in which the serving thread did not get round to its next turn. */
  stallMs: number;
  /** The same of a process that did nothing meanwhile: what the machine's other programs cause. */
  floorMs: number;
  /** What serving thread and worker hold after a collection of garbage, and the process's resident memory, in MiB. */
  before: { serving: number; worker: number; resident: number };
  after: { serving: number; worker: number; resident: number };
  /** Where resident memory has grown much: what another such round adds. A heap that found its size adds little. */
  againResident: number | null;
}

/** MiB, of resident memory. */
const muchGrown = 64;

const [name = '', countText = ''] = process.argv.slice(2);
const format = fuzzedFormats.find((known) => known === name);
const count = Number(countText);
if (format === undefined || !(count > 0)) throw new Error('serving-thread.ts FORMAT COUNT');

// One thread, so that the memory asked for is that of the thread that worked; the hub's own cap.
const pool = openThreadPool({ threads: 1, maxHeapMb: 768 });
const folder = mkdtempSync(join(tmpdir(), 'ecg-fuzz-'));
const mebibytes = (bytes: number) => Math.round((bytes / 2 ** 20) * 10) / 10;

async function held() {
  let worker = 0;
  // Buffers are given back a turn after the collection that finds them unused, in either thread.
  for (let turn = 0; turn < 3; turn++) {
    worker = await pool.run(heldBytesJob, undefined);
    heldBytes();
    await nextTurn();
  }
  return { serving: mebibytes(heldBytes()), worker: mebibytes(worker), resident: mebibytes(process.memoryUsage().rss) };
}

async function batches(from: number, to: number, total: BatchResult): Promise<void> {
  for (let at = from; at < to; at += 250) {
    const part = await pool.run(batchJob, { format: format!, from: at, count: Math.min(250, to - at) });
    for (const [end, times] of Object.entries(part.ends)) total.ends[end] = (total.ends[end] ?? 0) + times;
    total.failures.push(...part.failures);
    if (part.slowestMs > total.slowestMs) {
      total.slowestMs = part.slowestMs;
      total.slowest = part.slowest;
    }
  }
}

/** The hub's own jobs on files, as an upload runs them: whatever they answer or refuse comes back to this thread. */
async function uploads(from: number, to: number, failures: string[]): Promise<void> {
  for (let number = from; number < to; number++) {
    const path = join(folder, 'upload');
    writeFileSync(path, mutatedInput(format!, number));
    const person = { sex: null, ageYears: null };
    for (const work of [() => pool.run(summariseJob, { path, person }), () => pool.run(waveformJob, { path })]) {
      try {
        await work();
      } catch (error) {
        const kind = error instanceof Error ? error.name : String(error);
        if (kind !== 'EcgDecodeError')
          failures.push(`${name} ${number}: the hub's job ended with ${kind}: ${String(error)}`);
      }
    }
  }
}

/** A process that only measures its own delay, until it is asked for the longest. */
function idleProcess(): () => Promise<number> {
  const code = `const d = require('node:perf_hooks').monitorEventLoopDelay({ resolution: 5 });
    d.enable(); process.stdin.on('data', () => process.stdout.write(String(d.max / 1e6), () => process.exit(0)))`;
  const child = spawn(process.execPath, ['-e', code], { stdio: ['pipe', 'pipe', 'inherit'] });
  return async () => {
    child.stdin.write('.');
    const [text] = (await once(child.stdout, 'data')) as [Buffer];
    return Number(text.toString());
  };
}

try {
  const warmUp: BatchResult = { ends: {}, slowestMs: 0, slowest: 0, failures: [] };
  // Another range than the measured one: code is compiled, heaps have grown to their working size.
  await batches(1_000_000, 1_000_000 + Math.min(2000, count), warmUp);
  await uploads(1_000_000, 1_000_050, warmUp.failures);
  const before = await held();
  const delay = monitorEventLoopDelay({ resolution: 5 });
  const floor = idleProcess();
  const start = performance.now();
  delay.enable();
  const total: BatchResult = { ends: {}, slowestMs: 0, slowest: 0, failures: warmUp.failures };
  await batches(0, count, total);
  await uploads(count, count + 200, total.failures);
  // The last stall, if there was one, is counted by the first look after it.
  for (const looks = delay.count; delay.count === looks;) await nextTurn();
  delay.disable();
  const seconds = (performance.now() - start) / 1000;
  const floorMs = await floor();
  const after = await held();
  let againResident: number | null = null;
  if (after.resident - before.resident >= muchGrown) {
    await batches(2 * count, 3 * count, { ...warmUp, ends: {} });
    againResident = (await held()).resident - after.resident;
  }
  const report: FuzzReport = {
    ...total,
    count,
    seconds,
    stallMs: delay.max / 1e6,
    floorMs,
    before,
    after,
    againResident,
  };
  process.stdout.write(`${JSON.stringify(report)}\n`);
} finally {
  await pool.close();
  rmSync(folder, { recursive: true, force: true });
}
