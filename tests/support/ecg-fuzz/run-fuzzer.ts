import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { typescriptArgs } from '../typescript-args.ts';

/** Runs a script of this folder in a process of its own and returns the line of JSON that it prints. */
export async function runFuzzer<Report>(script: string, ...args: string[]): Promise<Report> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [...typescriptArgs, path, ...args], {
    maxBuffer: 64 * 2 ** 20,
  });
  return JSON.parse(stdout) as Report;
}
