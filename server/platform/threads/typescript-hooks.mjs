import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { threadId } from 'node:worker_threads';

// Node's module hooks for the hub's own TypeScript, of which types are all that must go (erasableSyntaxOnly) and every
// import names its file in full. So a thread starts with a third of the work that a loader for any TypeScript costs.

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '.cache', 'typescript');
const require = createRequire(import.meta.url);
/** Another compiler may write other code. */
const edition = require('esbuild/package.json').version;
/** A name that no other thread or process writes to. */
const ownEnd = `${process.pid}-${threadId}`;
let mayKeep = true;

/** @param {string} url @param {object} context @param {(url: string, context: object) => Promise<object>} nextLoad */
export async function load(url, context, nextLoad) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return nextLoad(url, context);
  const source = readFileSync(fileURLToPath(url), 'utf8');
  return { format: 'module', source: await compiled(source, url), shortCircuit: true };
}

/** The JavaScript of this source, kept by what it was made of: a changed file has another name. */
async function compiled(source, url) {
  const path = `${folder}/${createHash('sha256').update(edition).update(url).update(source).digest('hex')}.mjs`;
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Not compiled yet.
  }
  const { code } = await require('esbuild').transform(source, {
    ...{ loader: 'ts', format: 'esm', target: 'node20' },
    // What is logged names the lines that people read.
    ...{ sourcemap: 'inline', sourcesContent: false, sourcefile: url },
  });
  keep(path, code);
  return code;
}

/** Whole or not at all, whoever else writes it; where the program's folder is read-only, each start compiles anew. */
function keep(path, code) {
  if (!mayKeep) return;
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${path}.${ownEnd}`, code);
    renameSync(`${path}.${ownEnd}`, path);
  } catch {
    mayKeep = false;
  }
}
