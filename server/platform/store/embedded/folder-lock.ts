import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { constants, copyFile, link, readFile, rename, rm, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Another hub has the folder. `holder` is its process number, as it wrote it. */
export class EmbeddedStoreLocked extends Error {
  readonly folder: string;
  readonly holder: number;

  constructor(folder: string, holder: number) {
    super(
      `The data folder ${folder} is in use by another hub (process ${holder}). Stop that one first, or give this one another HUB_DATA.`,
    );
    this.name = 'EmbeddedStoreLocked';
    this.folder = folder;
    this.holder = holder;
  }
}

export interface FolderLock {
  /** Lets the folder go, if it is still this process's. */
  release(): Promise<void>;
}

interface Holder {
  readonly token: string;
  readonly pid: number;
  /** When that process began, so that a later process with the same number is not taken for it. */
  readonly started: string;
  /** Where that process number means something: the machine, its boot and the PID namespace. */
  readonly scope: string;
  /** A folder that the holder would have removed itself. */
  readonly socketFolder: string;
}

/** A holder elsewhere (another container) shows that it lives by touching the file this often. */
const HEARTBEAT_MS = 2_000;
const FOREIGN_WAIT_MS = 7_000;

function textOf(read: () => string): string {
  try {
    return read().trim();
  } catch {
    return '';
  }
}

const scopeOfThisProcess = (): string =>
  [
    hostname(),
    textOf(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')),
    textOf(() => readlinkSync('/proc/self/ns/pid')),
  ].join(' ');

/** The start time of a living process, '' when there is none (proc(5): field 22 of stat; elsewhere ps). */
function startOf(pid: number): string {
  if (process.platform === 'linux') {
    const stat = textOf(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
    // The command may hold spaces and brackets: fields are counted from its closing one. A zombie has ended.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? '' : (fields[19] ?? '');
  }
  return textOf(() =>
    execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
  );
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    const holder: unknown = JSON.parse(await readFile(path, 'utf8'));
    const valid =
      typeof holder === 'object' && holder !== null && 'token' in holder && 'pid' in holder && 'scope' in holder;
    return valid ? (holder as Holder) : undefined;
  } catch {
    return undefined;
  }
}

async function touchedAt(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.mtimeMs ?? 0;
}

async function isAlive(path: string, holder: Holder): Promise<boolean> {
  if (holder.scope === scopeOfThisProcess()) return startOf(holder.pid) === holder.started && holder.started !== '';
  const before = await touchedAt(path);
  const until = Date.now() + FOREIGN_WAIT_MS;
  while (Date.now() < until) {
    await delay(250);
    if ((await touchedAt(path)) !== before) return true;
  }
  return false;
}

/** Gives the file a second name unless that is taken (EEXIST); a copy where the file system knows no hard links. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  await link(from, to).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') throw error;
    return copyFile(from, to, constants.COPYFILE_EXCL);
  });
}

/**
 * Takes the folder for this process, or throws EmbeddedStoreLocked. The lock of a dead process is taken over, and the
 * `socketFolder` that it had named is removed. The file
 * appears and disappears by link and rename only, so no reader ever sees half of it.
 */
export async function lockFolder(folder: string, socketFolder: string): Promise<FolderLock> {
  const path = join(folder, 'hub.lock');
  const own: Holder = {
    token: randomUUID(),
    pid: process.pid,
    started: startOf(process.pid),
    scope: scopeOfThisProcess(),
    socketFolder,
  };
  const draft = `${path}.${own.token}`;
  await writeFile(draft, JSON.stringify(own), { mode: 0o600, flag: 'wx' });
  try {
    for (;;) {
      try {
        await linkOrCopy(draft, path);
        break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const holder = await readHolder(path);
      if (holder && (await isAlive(path, holder))) throw new EmbeddedStoreLocked(folder, holder.pid);
      await takeAway(path, holder);
    }
  } finally {
    await unlink(draft).catch(() => undefined);
  }
  const heartbeat = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => undefined), HEARTBEAT_MS);
  heartbeat.unref();
  return {
    release: async () => {
      clearInterval(heartbeat);
      if ((await readHolder(path))?.token === own.token) await unlink(path).catch(() => undefined);
    },
  };
}

/** Removes a dead holder's lock, unless somebody else has replaced it meanwhile. */
async function takeAway(path: string, dead: Holder | undefined): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  const taken = await readHolder(aside);
  if (taken && taken.token !== dead?.token) await linkOrCopy(aside, path).catch(() => undefined);
  else if (dead?.socketFolder.includes('lianzhen-store-'))
    await rm(dead.socketFolder, { recursive: true, force: true });
  await unlink(aside).catch(() => undefined);
}
