import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureWorker } from '../../media/worker-build/ensure-worker.mjs';

// The real recipe is run by set-up, on which every other test here stands; these look at the ways around it.
const posix = process.platform === 'win32' ? test.skip : test;
const names = ['MEDIASOUP_WORKER_BIN', 'MEDIASOUP_WORKER_CACHE'] as const;
const before = names.map((name) => process.env[name]);
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ensure-worker-'));
  delete process.env.MEDIASOUP_WORKER_BIN;
  process.env.MEDIASOUP_WORKER_CACHE = join(folder, 'cache');
});
afterEach(async () => {
  names.forEach((name, index) => {
    const value = before[index];
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  });
  await rm(folder, { recursive: true, force: true });
});

async function program(path: string, exitCode: number): Promise<string> {
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, `#!/bin/sh\nexit ${exitCode}\n`);
  await chmod(path, 0o755);
  return path;
}

/** A package folder as npm leaves it, with an install step of the test's own. */
async function fakePackage(version: string, installStep: string): Promise<string> {
  const path = join(folder, 'mediasoup');
  await mkdir(path);
  await writeFile(join(path, 'package.json'), JSON.stringify({ version }));
  await writeFile(join(path, 'npm-scripts.mjs'), installStep);
  return path;
}

posix('a worker that the environment names is taken if it runs, and refused by name if not', async () => {
  process.env.MEDIASOUP_WORKER_BIN = await program(join(folder, 'good'), 41);
  expect(await ensureWorker({ packageFolder: folder })).toBe(join(folder, 'good'));
  process.env.MEDIASOUP_WORKER_BIN = await program(join(folder, 'bad'), 127);
  await expect(ensureWorker({ packageFolder: folder })).rejects.toThrow(join(folder, 'bad'));
});

posix('the official worker that is there already is taken without a download', async () => {
  const packageFolder = await fakePackage('0.0.0', 'process.exit(1)');
  const official = await program(join(packageFolder, 'worker', 'out', 'Release', 'mediasoup-worker'), 41);
  const lines: string[] = [];
  expect(await ensureWorker({ packageFolder, log: (line) => lines.push(line) })).toBe(official);
  expect(lines).toEqual([]);
});

posix('the package’s own install step brings the official worker, once for two that ask together', async () => {
  const packageFolder = await fakePackage(
    '0.0.0',
    `import fs from 'node:fs';
     fs.appendFileSync('runs', process.env.PYTHON + ' ');
     fs.mkdirSync('worker/out/Release', { recursive: true });
     fs.writeFileSync('worker/out/Release/mediasoup-worker', '#!/bin/sh\\nexit 41\\n', { mode: 0o755 });`,
  );
  const [one, two] = await Promise.all([ensureWorker({ packageFolder }), ensureWorker({ packageFolder })]);
  expect(one).toBe(join(packageFolder, 'worker', 'out', 'Release', 'mediasoup-worker'));
  expect(two).toBe(one);
  if (process.platform === 'linux') expect(await readFile(join(packageFolder, 'runs'), 'utf8')).toBe('false ');
});

posix(
  'a download that does not end is cut off with everything that it started, and its torn file removed',
  async () => {
    const packageFolder = await fakePackage(
      '0.0.0',
      `import fs from 'node:fs'; import { spawn } from 'node:child_process';
     fs.mkdirSync('worker/out/Release', { recursive: true });
     fs.writeFileSync('worker/out/Release/mediasoup-worker', 'torn', { mode: 0o755 });
     const child = spawn('sleep', ['600']);
     fs.writeFileSync('pids', process.pid + ' ' + child.pid);`,
    );
    const refused = ensureWorker({ packageFolder, downloadLimitMs: 1_500 });
    await expect(refused).rejects.toThrow(/no answer within 2 s.*not 0\.0\.0/);
    const pids = (await readFile(join(packageFolder, 'pids'), 'utf8')).split(' ').map(Number);
    expect(pids).toHaveLength(2);
    for (const pid of pids) {
      while (await runsStill(pid)) await new Promise((settle) => setTimeout(settle, 10));
    }
    await expect(readFile(join(packageFolder, 'worker', 'out', 'Release', 'mediasoup-worker'))).rejects.toThrow(
      'ENOENT',
    );
  },
);

posix('where neither download nor recipe fits, the message says what can be done', async () => {
  const packageFolder = await fakePackage('99.0.0', 'process.exit(1)');
  const refused = ensureWorker({ packageFolder });
  await expect(refused).rejects.toThrow(/99\.0\.0.*MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL.*MEDIASOUP_WORKER_BIN/);
});

/** A process that ended but was not collected by its parent yet doesn't run any more. */
async function runsStill(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return !status.includes(') Z ');
}
