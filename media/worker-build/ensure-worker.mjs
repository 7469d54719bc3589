// Plain JavaScript on Node's own modules: set-up calls it before anything is compiled.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const recipeFolder = dirname(fileURLToPath(import.meta.url));
/** The recipe's shims stand for exactly what this version's worker calls. */
const recipeVersion = '3.27.1';
const workerName = process.platform === 'win32' ? 'mediasoup-worker.exe' : 'mediasoup-worker';

/**
 * Finds or makes a mediasoup-worker that runs on this machine. In order: MEDIASOUP_WORKER_BIN; the official
 * worker inside the npm package; the one compiled here earlier; mediasoup's own download of the official
 * worker, cut off after a short time; a build from the package's sources against Debian's libraries
 * (about four minutes of CPU, once a machine).
 *
 * Environment: MEDIASOUP_WORKER_CACHE (folder of compiled workers; default $XDG_CACHE_HOME/mediasoup-worker or
 * ~/.cache/mediasoup-worker), MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL (a mirror; read by mediasoup itself).
 *
 * @param {object} options
 * @param {string} options.packageFolder folder of the npm package mediasoup
 * @param {(line: string) => void} [options.log] gets one line of progress at a time
 * @param {number} [options.downloadLimitMs]
 * @returns {Promise<string>} absolute path of a worker that runs
 * @throws {Error} whose message says what a person has to do, e.g. the one apt command
 */
export async function ensureWorker({ packageFolder, log = () => {}, downloadLimitMs = 25_000 }) {
  const chosen = process.env.MEDIASOUP_WORKER_BIN;
  if (chosen) {
    if (runs(chosen)) return resolve(chosen);
    throw new Error(`MEDIASOUP_WORKER_BIN points to ${chosen}, which does not run as a mediasoup-worker.`);
  }
  const folder = resolve(packageFolder);
  const version = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;
  const official = join(folder, 'worker', 'out', 'Release', workerName);
  const built = join(cacheFolder(), `${version}-${recipeHash()}`, workerName);
  const present = () => [official, built].find(runs);

  const ready = present();
  if (ready) return ready;

  const release = await lock(join(cacheFolder(), 'ensure.lock'), log);
  try {
    const madeMeanwhile = present();
    if (madeMeanwhile) return madeMeanwhile;

    log('SFU worker: fetching mediasoup’s prebuilt worker');
    const failure = await downloadOfficial(folder, downloadLimitMs);
    if (runs(official)) {
      log('SFU worker: the prebuilt worker is in place');
      return official;
    }
    rmSync(official, { force: true }); // a torn or foreign binary would be taken for mediasoup's default
    log(`SFU worker: not fetched (${failure}); building it here instead`);

    refuseWhereTheRecipeDoesNotFit(version, failure);
    await build(folder, built, log);
    log('SFU worker: built');
    return built;
  } finally {
    release();
  }
}

/** Started by hand a worker refuses with 41; one that lacks a library, or is of another machine, doesn't get so far. */
function runs(binary) {
  return (
    existsSync(binary) && spawnSync(resolve(binary), [], { env: {}, stdio: 'ignore', timeout: 10_000 }).status === 41
  );
}

function cacheFolder() {
  const { MEDIASOUP_WORKER_CACHE, XDG_CACHE_HOME } = process.env;
  return resolve(MEDIASOUP_WORKER_CACHE || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'mediasoup-worker'));
}

/** Changes with the CMake file and the shims, so that a better recipe builds anew. */
function recipeHash() {
  const shims = readdirSync(join(recipeFolder, 'shim'), { recursive: true })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.h'))
    .sort((a, b) => a.split('/').length - b.split('/').length || (a < b ? -1 : 1));
  const hash = createHash('sha256');
  for (const file of ['CMakeLists.txt', ...shims.map((path) => `shim/${path}`)]) {
    hash.update(readFileSync(join(recipeFolder, file)));
  }
  return hash.digest('hex').slice(0, 12);
}

/**
 * Two set-ups on one machine take turns. The kernel's lock is held by a child that lives as long as its
 * standard input is open, so it falls when this process ends in whatever way. Where there is no flock
 * (macOS, Windows) there is no build either, and a second download only does the same again.
 */
async function lock(file, log) {
  mkdirSync(dirname(file), { recursive: true });
  const holder = spawn('flock', ['--exclusive', file, 'sh', '-c', 'echo held; cat'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const waiting = setTimeout(() => log('SFU worker: waiting for another set-up on this machine'), 2_000);
  await new Promise((settle) => {
    holder.once('error', settle);
    holder.once('exit', settle);
    holder.stdout.once('data', settle);
  });
  clearTimeout(waiting);
  return () => holder.stdin?.destroy();
}

/**
 * Runs mediasoup's own install step, which downloads the official worker. When its download fails that step
 * would go on to build from downloaded sources: PYTHON names a program that does nothing but fail, and the
 * whole process group ends with the time limit.
 *
 * @returns {Promise<string>} why there is no worker, should there be none
 */
async function downloadOfficial(packageFolder, limitMs) {
  const posix = process.platform !== 'win32';
  const child = spawn(process.execPath, ['npm-scripts.mjs', 'postinstall'], {
    cwd: packageFolder,
    detached: posix,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, MEDIASOUP_FORCE_WORKER_PREBUILT_DOWNLOAD: '1', PYTHON: 'false' },
  });
  let output = '';
  const keep = (chunk) => (output = (output + chunk).slice(-20_000));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const end = () => {
    if (child.exitCode !== null || child.pid === undefined) return;
    try {
      if (posix) process.kill(-child.pid, 'SIGKILL');
      else child.kill('SIGKILL');
    } catch {
      // It ended by itself in this moment.
    }
  };
  process.once('exit', end);
  let late = false;
  const limit = setTimeout(() => {
    late = true;
    end();
  }, limitMs);
  await new Promise((settle) => child.once('error', settle).once('close', settle));
  clearTimeout(limit);
  process.off('exit', end);
  if (late) return `no answer within ${Math.round(limitMs / 1000)} s`;
  const reason = /failed to download mediasoup-worker prebuilt binary: (?:.*reason: )?(.*)/.exec(output)?.[1];
  return reason?.trim() ?? (/no available/.test(output) ? 'none offered for this machine' : 'its download failed');
}

/** @throws {Error} on machines for which this recipe was not made, saying what else can be done */
function refuseWhereTheRecipeDoesNotFit(version, failure) {
  const wrong = whyTheRecipeDoesNotFit(version);
  if (!wrong) return;
  throw new Error(
    `No SFU worker: mediasoup’s prebuilt worker could not be fetched (${failure}), and ${wrong}. ` +
      'Connect to the internet (or set MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL to a mirror) and start again, ' +
      'set MEDIASOUP_WORKER_BIN to a worker that you have, or use the docker image.',
  );
}

function whyTheRecipeDoesNotFit(version) {
  if (version !== recipeVersion) return `the build recipe is made for mediasoup ${recipeVersion}, not ${version}`;
  if (process.platform !== 'linux') return `the build recipe is made for Debian, not ${process.platform}`;
  if (process.arch !== 'x64') return `the build recipe is made for x86_64, not ${process.arch}`;
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  const debian = /^ID(_LIKE)?=.*\bdebian\b/m.test(release);
  return debian ? undefined : 'the build recipe is made for Debian, which this system is not';
}

async function build(packageFolder, binary, log) {
  const child = spawn('bash', [join(recipeFolder, 'build-worker.sh'), packageFolder, binary], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let answer = '';
  child.stdout.on('data', (chunk) => (answer += chunk));

  let told = -10;
  let last = [];
  let rest = '';
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    last = [...last, ...lines].slice(-15);
    for (const line of lines) {
      const step = /^\[(\d+)\/(\d+)\]/.exec(line);
      const percent = step ? Math.floor((100 * Number(step[1])) / Number(step[2])) : 0;
      if (step && percent >= told + 10) {
        told = percent - (percent % 10);
        log(`SFU worker: building, ${percent} %`);
      } else if (line.startsWith('Installing ')) {
        log(`SFU worker: ${line.replace('Installing', 'installing')}`);
      }
    }
  });
  const code = await new Promise((settle, fail) => child.once('error', fail).once('close', settle));
  if (code === 77) {
    throw new Error(
      `The SFU worker has to be built, and compiler packages are missing. Please run:\n  ${answer.trim()}`,
    );
  }
  if (code !== 0 || !runs(binary)) {
    throw new Error(`The SFU worker could not be built (exit ${code}):\n${[...last, rest].join('\n')}`);
  }
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const packageFolder = process.argv[2] ?? join(recipeFolder, '..', '..', 'node_modules', 'mediasoup');
  ensureWorker({ packageFolder, log: (line) => process.stderr.write(`${line}\n`) }).then(
    (path) => process.stdout.write(`${path}\n`),
    (error) => {
      process.stderr.write(`${error.message}\n`);
      process.exitCode = 1;
    },
  );
}
