import './node-version.mjs';
import './end-with-npm.mjs';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from './chromium.mjs';
import { exitOf } from './child.mjs';
import { clientBuild } from './client-build.mjs';
import { dependencies } from './dependencies.mjs';
import { inRoot, root } from './paths.mjs';
import { runMain, runSteps } from './progress.mjs';
import { sfuWorker } from './sfu-worker.mjs';

// npm test: every missing set-up step, then Jest. `--long` adds the long tests; all else is handed to Jest,
// e.g. `npm test -- tests/server/alarms.test.ts`.
// The last line, `N passed, N failed`, also stands in .cache/test-summary, where .ci/run finds it.
const long = process.argv.includes('--long');
const jestArgs = process.argv.slice(2).filter((arg) => arg !== '--long');
const summaryFile = inRoot('.cache', 'test-summary');
/** Time for Jest to end after its last test; what keeps it open longer is a leak, and a failure. */
const leaveMs = 30_000;

rmSync(summaryFile, { force: true });
await runMain(() => runSteps([dependencies({ development: true }), sfuWorker(), clientBuild(), chromium()]));

const folder = mkdtempSync(join(tmpdir(), 'lianzhen-test-'));
const resultFile = join(folder, 'result.json');
try {
  const { code, leaked } = await runJest();
  const summary = judge(code, leaked);
  mkdirSync(inRoot('.cache'), { recursive: true });
  writeFileSync(summaryFile, `${summary.line}\n`);
  for (const remark of summary.remarks) process.stderr.write(`${remark}\n`);
  process.stdout.write(`${summary.line}\n`);
  process.exitCode = summary.failed > 0 ? code || 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function runJest() {
  const child = spawn(
    process.execPath,
    [
      ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
      ...[inRoot('node_modules', 'jest', 'bin', 'jest.js'), '--config', inRoot('jest.config.mjs')],
      ...['--json', '--outputFile', resultFile, ...jestArgs],
    ],
    {
      cwd: root,
      stdio: ['inherit', 'ignore', 'inherit'], // with --json the results go to stdout too; people read stderr
      env: { ...process.env, NODE_ENV: 'test', TEST_LONG: long ? '1' : '' },
    },
  );
  let leaked = false;
  let complete = 0;
  const watch = setInterval(() => {
    complete ||= existsSync(resultFile) ? Date.now() : 0;
    if (!complete || Date.now() - complete < leaveMs) return;
    leaked = true;
    child.kill('SIGKILL');
  }, 1_000);
  const code = await exitOf(child);
  clearInterval(watch);
  return { code, leaked };
}

/** @returns {{ failed: number, line: string, remarks: string[] }} */
function judge(code, leaked) {
  const result = existsSync(resultFile)
    ? JSON.parse(readFileSync(resultFile, 'utf8'))
    : { numPassedTests: 0, numFailedTests: 0, numRuntimeErrorTestSuites: 0, numPendingTests: 0, numTodoTests: 0 };
  const remarks = [];
  // A suite that could not run holds tests that nobody ran: it counts as one that failed.
  let failed = result.numFailedTests + result.numRuntimeErrorTestSuites;

  const skipped = result.numPendingTests + result.numTodoTests;
  const chosenByName = jestArgs.some((arg) => arg === '-t' || arg.startsWith('--testNamePattern'));
  if (skipped > 0 && !chosenByName) {
    remarks.push(`${skipped} skipped: a test runs or is removed, so each counts as failed`);
    failed += skipped;
  }
  if (leaked) {
    remarks.push(`Jest did not end within ${leaveMs / 1000} s of its last test: something was left open`);
    failed += 1;
  }
  if (result.numPassedTests === 0 && failed === 0) remarks.push('No test ran');
  if (failed === 0 && (code !== 0 || result.numPassedTests === 0)) failed = 1;
  return { failed, line: `${result.numPassedTests} passed, ${failed} failed`, remarks };
}
