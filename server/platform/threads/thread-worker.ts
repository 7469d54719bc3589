import { parentPort } from 'node:worker_threads';
import type { ThreadAnswer, ThreadRequest } from './thread-pool.ts';

// The far side of thread-pool.ts: takes one job at a time, says that it has begun, answers it, waits for the next.
parentPort!.on('message', async (task: ThreadRequest) => {
  if ('warm' in task) {
    await import(task.warm).catch(() => undefined);
    return;
  }
  let answer: ThreadAnswer;
  const transfer: ArrayBuffer[] = [];
  try {
    const module = (await import(task.moduleUrl)) as Record<string, (input: unknown) => unknown>;
    parentPort!.postMessage({ begun: true });
    const value = await module[task.exportName]!(task.input);
    // A copy of a large document costs more than making it; its memory is handed over instead.
    if (value instanceof Uint8Array && value.byteLength === value.buffer.byteLength)
      transfer.push(value.buffer as ArrayBuffer);
    answer = { ok: true, value };
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    answer = {
      ok: false,
      error: { name: error.name, message: error.message, code: (error as { code?: unknown }).code },
    };
  }
  parentPort!.postMessage(answer, transfer);
});
