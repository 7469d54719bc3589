import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { root } from './paths.mjs';

/**
 * Runs a program in the checkout and waits for its end. A signal that ends this process ends the program too.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options] by default its output goes to stderr
 * @returns {Promise<number>} its exit code; 128 + the signal's number when a signal ended it
 */
export function runChild(program, args, options = {}) {
  const child = spawn(program, args, { cwd: root, stdio: ['ignore', 2, 2], ...options });
  return exitOf(child);
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<number>}
 */
export async function exitOf(child) {
  // A terminal sends Ctrl-C to the whole process group: forwarding it would count as a second one, which means "at once".
  const forwarded = process.stdin.isTTY ? ['SIGTERM', 'SIGHUP'] : ['SIGTERM', 'SIGHUP', 'SIGINT'];
  const forward = (signal) => child.kill(signal);
  const stay = () => {};
  for (const signal of forwarded) process.on(signal, forward);
  if (process.stdin.isTTY) process.on('SIGINT', stay);
  try {
    return await new Promise((settle, fail) => {
      child.once('error', fail);
      child.once('exit', (code, signal) => settle(code ?? 128 + constants.signals[signal]));
    });
  } finally {
    for (const signal of forwarded) process.off(signal, forward);
    process.off('SIGINT', stay);
  }
}
