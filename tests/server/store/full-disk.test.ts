import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { makeFolder } from './store-in-test.ts';
import { typescriptArgs } from '../../support/typescript-args.ts';

let folder = '';
let child: ChildProcess | undefined;
beforeEach(async () => {
  folder = await makeFolder();
});
afterEach(async () => {
  if (child && child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await rm(folder, { recursive: true, force: true });
});

/**
 * A disk that is full, without being root: a process whose files may not grow over a soft limit (setrlimit(2),
 * RLIMIT_FSIZE; node ignores SIGXFSZ, so that the write fails), which is later lifted with prlimit(1).
 */
async function start(): Promise<{ ask: (command: string) => Promise<unknown>; pid: number }> {
  const writer = fileURLToPath(new URL('./full-disk-writer.ts', import.meta.url));
  const shell = spawn(
    'bash',
    ['-c', 'ulimit -S -f 4096; exec "$@"', 'bash', process.execPath, ...typescriptArgs, writer, folder],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  child = shell;
  const lines = createInterface({ input: shell.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => {
    const { value } = (await lines.next()) as { value: string };
    return JSON.parse(value);
  };
  expect(await next()).toBe('ready');
  return {
    pid: shell.pid as number,
    ask: (command) => {
      shell.stdin.write(`${command}\n`);
      return next();
    },
  };
}

test('a full disk refuses the write with 14031 OutOfDiskSpace, keeps everything else, and the store goes on when there is room', async () => {
  const { ask, pid } = await start();
  const { stored, code } = (await ask('fill')) as { stored: number; code: number };
  expect(code).toBe(14031);
  expect(stored).toBeGreaterThan(5);
  // The little room that is left may do for one of them.
  const { kept, codes, wrong } = (await ask('many')) as { kept: number; codes: number[]; wrong: number };
  expect(codes).toContain(14031);
  expect(wrong).toBe(0);
  expect(await ask('transaction')).toEqual({ code: 14031 });
  expect(await ask('count')).toEqual({ all: stored + kept, byIndex: 0, inTransaction: 0 });
  execFileSync('prlimit', ['--pid', String(pid), '--fsize=unlimited']);
  expect(await ask('small')).toEqual({ n: 7 });
  expect(await ask('transaction')).toEqual({ committed: true });
  expect(await ask('count')).toEqual({ all: stored + kept + 3, byIndex: 1, inTransaction: 2 });
});
