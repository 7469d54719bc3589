import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip as gzipCompress } from 'node:zlib';
import { exitOf } from './child.mjs';
import { inRoot } from './paths.mjs';
import { SetupFailure } from './progress.mjs';

const brotli = promisify(brotliCompress);
const gzip = promisify(gzipCompress);

const output = inRoot('dist', 'client');
/** A dotfile: the hub serves none. It stands inside the output, so that the two are swapped in together. */
const stamp = join(output, '.sources');
const sources = [
  'client',
  'shared',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'server/setup/client-build.mjs',
];

/**
 * The client in dist/client, built where it is missing or its sources have changed.
 *
 * @param {{ always?: boolean }} [options]
 */
export const clientBuild = ({ always = false } = {}) => ({
  zh: '构建界面',
  en: 'Building the client',
  async run(log) {
    const hash = hashOfSources();
    if (!always && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
    log();
    // Built beside and then renamed: neither an interrupted nor a failed build leaves half a client.
    const fresh = inRoot('dist', `client-${process.pid}`);
    try {
      await build(fresh);
      await compress(join(fresh, 'assets'));
      writeFileSync(join(fresh, '.sources'), hash);
      rmSync(output, { recursive: true, force: true });
      renameSync(fresh, output);
    } finally {
      rmSync(fresh, { recursive: true, force: true });
    }
  },
});

async function build(folder) {
  mkdirSync(folder, { recursive: true });
  const vite = inRoot('node_modules', 'vite', 'bin', 'vite.js');
  const args = [vite, 'build', '--config', inRoot('client', 'vite.config.ts'), '--outDir', folder, '--emptyOutDir'];
  const child = spawn(process.execPath, [...args, '--logLevel', 'warn'], {
    cwd: inRoot(),
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  let said = '';
  child.stdout.on('data', (chunk) => (said += chunk));
  child.stderr.on('data', (chunk) => (said += chunk));
  const code = await exitOf(child);
  if (code !== 0) throw new SetupFailure(`${said}\n界面构建失败 · The client could not be built (vite, exit ${code}).`);
}

/**
 * Leaves FILE.br and FILE.gz beside what gains by it. The lines of village clinics are weak, and a hub that
 * compressed on each request would pay for it each time. Both, because browsers take brotli over TLS only.
 */
async function compress(folder) {
  const paths = readdirSync(folder)
    .filter((name) => /\.(js|css|svg|json|wasm)$/.test(name))
    .map((name) => join(folder, name));
  await Promise.all(
    paths.map(async (path) => {
      const bytes = readFileSync(path);
      const forms = {
        br: await brotli(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
        gz: await gzip(bytes, { level: 9 }),
      };
      for (const [ending, smaller] of Object.entries(forms)) {
        if (smaller.length < bytes.length * 0.9) writeFileSync(`${path}.${ending}`, smaller);
      }
    }),
  );
}

/** Contents, not times: a checkout sets times anew. */
function hashOfSources() {
  const hash = createHash('sha256').update(process.version);
  for (const path of sources.flatMap(filesUnder).sort()) {
    hash.update(`\0${path}\0`).update(readFileSync(inRoot(path)));
  }
  return hash.digest('hex');
}

function filesUnder(path) {
  if (!statSync(inRoot(path)).isDirectory()) return [path];
  return readdirSync(inRoot(path)).flatMap((name) => filesUnder(`${path}/${name}`));
}
