import { createReadStream } from 'node:fs';
import { createHash } from 'node:crypto';
import { mkdir, open, readdir, rename, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, relative } from 'node:path';
import { isWaveform, sopClassOfFile } from './dicom/part-10-head.ts';
import type { SentLedger } from './spool/sent-ledger.ts';
import type { Spool } from './spool/spool.ts';

export interface WatchFolder {
  /** Files that are there and cannot be read or moved, with the system's reason. */
  troubles(): readonly { name: string; reason: string }[];
  close(): Promise<void>;
}

export interface WatchOptions {
  folder: string;
  spool: Spool;
  ledger: SentLedger;
  log: (message: string, fields?: Record<string, string | number>) => void;
  /** Between two looks; a file is taken once it was the same in two of them and is at least so old. */
  everyMs?: number;
}

/** Files that cardiographs and their PCs write beside the recordings. */
const PASSED_OVER = /^(\.|~)|^(thumbs\.db|desktop\.ini)$|\.(tmp|part|partial|crdownload|lock)$/i;
const DONE = 'done';
const DEEPEST = 4;
const LARGEST_FILE = 1024 * 1024 * 1024;
const HEAD_BYTES = 4096;

/**
 * Looks into a folder, shares included, at intervals, since those announce nothing reliably. A file that has stopped
 * growing goes into the spool and then into the folder `done`; where it cannot be moved its bytes are remembered.
 */
export function watchFolder({ folder, spool, ledger, log, everyMs = 2000 }: WatchOptions): WatchFolder {
  const seen = new Map<string, string>();
  /** Path, size and time of what was taken and could not be moved. */
  const taken = new Set<string>();
  let troubles: { name: string; reason: string }[] = [];
  let closed = false;
  let wakeUp: () => void = () => undefined;

  async function look(): Promise<void> {
    const found: { name: string; reason: string }[] = [];
    const still = new Set<string>();
    for (const path of await filesOf(folder, 0)) {
      if (closed) return;
      const name = relative(folder, path);
      try {
        const { size, mtimeMs } = await stat(path);
        const looks = `${size} ${mtimeMs}`;
        still.add(path);
        const before = seen.get(path);
        seen.set(path, looks);
        if (before !== looks || size === 0 || Date.now() - mtimeMs < everyMs || taken.has(`${path} ${looks}`)) continue;
        if (size > LARGEST_FILE) found.push({ name, reason: 'too-large' });
        else if (await take(path, name, looks)) taken.add(`${path} ${looks}`);
      } catch (thrown) {
        const { code, message } = thrown as NodeJS.ErrnoException;
        // Gone again, or still held by who writes it (Windows): looked at again.
        if (code !== 'ENOENT') found.push({ name, reason: code ?? message });
      }
    }
    for (const path of seen.keys()) if (!still.has(path)) seen.delete(path);
    for (const { name, reason } of found)
      if (!troubles.some((known) => known.name === name && known.reason === reason))
        log('a file in the watched folder cannot be taken', { reason });
    troubles = found;
  }

  /** True where the file stays in place and must not be taken again. */
  async function take(path: string, name: string, looks: string): Promise<boolean> {
    const sha256 = await hashOf(path);
    if (!ledger.hasBytes(sha256) && !spool.hasBytes(sha256)) {
      const writer = await spool.begin({ kind: await kindOf(path), name: basename(path), source: 'FOLDER' });
      try {
        const hash = createHash('sha256');
        for await (const piece of createReadStream(path, { highWaterMark: 256 * 1024 })) {
          hash.update(piece as Buffer);
          await writer.write(piece as Buffer);
        }
        const { size, mtimeMs } = await stat(path);
        // It went on growing after all.
        if (`${size} ${mtimeMs}` !== looks || hash.digest('hex') !== sha256) {
          await writer.abandon();
          return false;
        }
        const entry = await writer.commit();
        log('taken from the watched folder', { entry: entry.id, bytes: entry.byteLength });
      } catch (thrown) {
        await writer.abandon();
        throw thrown;
      }
    }
    try {
      await moveToDone(path, name, sha256);
      return false;
    } catch (thrown) {
      log('a file cannot be moved out of the watched folder; it is remembered', {
        reason: (thrown as NodeJS.ErrnoException).code ?? '',
      });
      return true;
    }
  }

  async function moveToDone(path: string, name: string, sha256: string): Promise<void> {
    const wanted = join(folder, DONE, name);
    await mkdir(dirname(wanted), { recursive: true });
    const isFree = await stat(wanted).then(
      () => false,
      () => true,
    );
    const extension = extname(wanted);
    const stem = wanted.slice(0, wanted.length - extension.length);
    await rename(path, isFree ? wanted : `${stem}-${sha256.slice(0, 8)}-${Date.now()}${extension}`);
  }

  async function run(): Promise<void> {
    while (!closed) {
      await look().catch((thrown: unknown) => {
        const reason = (thrown as NodeJS.ErrnoException).code ?? (thrown as Error).message;
        if (troubles[0]?.reason !== reason) log('the watched folder cannot be read', { reason });
        troubles = [{ name: '', reason }];
      });
      await new Promise<void>((resolve) => {
        if (closed) return resolve();
        const timer = setTimeout(resolve, everyMs);
        wakeUp = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
  const ended = run();
  return {
    troubles: () => troubles,
    async close() {
      closed = true;
      wakeUp();
      await ended;
    },
  };
}

/** Oldest name first, as cardiographs number them; `done` is not looked into. */
async function filesOf(folder: string, depth: number): Promise<string[]> {
  const files: string[] = [];
  const names = await readdir(folder, { withFileTypes: true });
  for (const entry of names.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (PASSED_OVER.test(entry.name)) continue;
    if (entry.isFile()) files.push(path);
    else if (entry.isDirectory() && depth < DEEPEST && !(depth === 0 && entry.name === DONE))
      files.push(...(await filesOf(path, depth + 1)));
  }
  return files;
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path, { highWaterMark: 256 * 1024 })) hash.update(piece as Buffer);
  return hash.digest('hex');
}

async function kindOf(path: string): Promise<'ecg' | 'dicom'> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const head = buffer.subarray(0, bytesRead);
    const isDicom = head.subarray(128, 132).toString('latin1') === 'DICM';
    return isDicom && !isWaveform(sopClassOfFile(head)) ? 'dicom' : 'ecg';
  } finally {
    await handle.close();
  }
}
