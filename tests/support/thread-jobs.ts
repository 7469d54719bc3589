import { readFileSync } from 'node:fs';
import type { ThreadJob } from '../../server/platform/threads/thread-pool.ts';

// Jobs for tests of the thread pool; each runs in a worker thread.

/** Works until a file exists. */
export function waitForFile({ path }: { path: string }): string {
  for (;;) {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

export const echo = (input: string): string => input;

export const longJob: ThreadJob<{ path: string }, string> = {
  moduleUrl: import.meta.url,
  exportName: 'waitForFile',
  timeoutMs: 60_000,
  leavesRoom: true,
};
export const shortJob: ThreadJob<string, string> = {
  moduleUrl: import.meta.url,
  exportName: 'echo',
  timeoutMs: 60_000,
};
