import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { removePatiently, renamePatiently, syncFolder } from './durable-files.ts';
import { encodeEntryHeader, encodeSeal, readEntryFile, type EntryFile, type EntryHeader } from './entry-file.ts';

/** There is no room for another file. */
export class SpoolFull extends Error {}

/** What is known of a waiting file's way to the hub; losing it costs a second sending, which the hub knows. */
export interface EntryState {
  uploadPath: string | null;
  /** Whether its packed form goes, or went so far; `plain`: never that. Null while it is not decided. */
  form: 'packed' | 'plain' | null;
  attempts: number;
  /** Why it is set aside, for a person. */
  held: { code: string; detail: string; at: string } | null;
}

export interface Entry extends EntryFile {
  id: string;
  path: string;
  state: EntryState;
}

export interface SpoolWriter {
  write(bytes: Uint8Array): Promise<void>;
  /** The file is durable and in the queue when this resolves. */
  commit(): Promise<Entry>;
  abandon(): Promise<void>;
}

export interface Spool {
  /** Throws SpoolFull. */
  begin(header: Omit<EntryHeader, 'receivedAt'>): Promise<SpoolWriter>;
  /** In the order in which they were acknowledged. */
  queue(): readonly Entry[];
  held(): readonly Entry[];
  /** Files that a power cut has torn although they were sealed; they are kept aside. */
  torn(): readonly string[];
  bytes(): number;
  hasBytes(sha256: string): boolean;
  saveState(entry: Entry): Promise<void>;
  hold(entry: Entry, why: { code: string; detail: string }): Promise<void>;
  /** Back into the queue, at its old place; false where there is no such entry. */
  release(id: string): Promise<boolean>;
  /** Out of the list of what is set aside, by a person: the file is kept in a folder of its own. False as above. */
  putAway(id: string): Promise<boolean>;
  /** How many files lie there, and where. */
  away(): { files: number; folder: string };
  setTornAside(entry: Entry): Promise<void>;
  remove(entry: Entry): Promise<void>;
  /** Called whenever the queue has grown. */
  onGrown(listener: () => void): void;
}

const NAME = /^(\d{12})-[0-9a-f]{8}$/;
const ROOM_LEFT_BYTES = 64 * 1024 * 1024;
const SUFFIX = '.spool';
const PACKED = '.packed';

/** Where an entry's packed form stands, if it has one; losing it costs a second packing. */
export const packedPathOf = ({ path }: Pick<Entry, 'path'>) => `${path}${PACKED}`;

/**
 * The files that the clinic has handed over and the hub has not taken yet, in a folder of their own. What was being
 * written when the power failed was never acknowledged and is removed; what was acknowledged is there.
 */
export async function openSpool(folder: string, { mostBytes }: { mostBytes: number }): Promise<Spool> {
  const tornFolder = join(folder, 'torn');
  const awayFolder = join(folder, 'put-away');
  for (const one of [tornFolder, awayFolder]) await mkdir(one, { recursive: true });
  const entries = new Map<string, Entry>();
  const listeners: (() => void)[] = [];
  let torn = await readdir(tornFolder);
  let away = (await readdir(awayFolder)).length;
  let next = 1;
  let bytes = 0;
  let arriving = 0;

  const names = (await readdir(folder)).sort();
  for (const name of names) {
    const path = join(folder, name);
    if (name.endsWith('.part')) await removePatiently(path);
    if (!name.endsWith(SUFFIX)) continue;
    const id = name.slice(0, -SUFFIX.length);
    const sequence = NAME.exec(id)?.[1];
    if (sequence !== undefined) next = Math.max(next, Number(sequence) + 1);
    const file = sequence === undefined ? null : await readEntryFile(path);
    if (file === null) await setAside(path, name);
    else {
      entries.set(id, { ...file, id, path, state: await readState(path) });
      bytes += file.byteLength;
    }
  }

  for (const name of names)
    if (name.endsWith(SUFFIX + PACKED) && !entries.has(name.slice(0, -(SUFFIX + PACKED).length)))
      await removePatiently(join(folder, name));

  async function setAside(path: string, name: string): Promise<void> {
    await renamePatiently(path, join(tornFolder, `${name}-${randomUUID().slice(0, 8)}`));
    torn = await readdir(tornFolder);
  }
  const forget = (entry: Entry) => {
    if (entries.delete(entry.id)) bytes -= entry.byteLength;
  };
  const inOrder = (isHeld: boolean) =>
    [...entries.values()]
      .filter(({ state }) => (state.held !== null) === isHeld)
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  const saveState = (entry: Entry) => writeFile(`${entry.path}.json`, JSON.stringify(entry.state));
  const grown = () => listeners.forEach((listener) => listener());

  async function checkRoom(): Promise<void> {
    const { bavail, bsize } = await statfs(folder);
    if (bytes + arriving >= mostBytes) throw new SpoolFull('the spool has reached its limit');
    if (bavail * bsize < ROOM_LEFT_BYTES) throw new SpoolFull('the disk of the spool is full');
  }

  return {
    async begin(header) {
      await checkRoom();
      const path = join(folder, `${randomUUID()}.part`);
      const full: EntryHeader = { ...header, receivedAt: new Date().toISOString() };
      const handle = await open(path, 'wx', 0o600);
      const hash = createHash('sha256');
      let byteLength = 0;
      let ended = false;
      const abandon = async () => {
        if (ended) return;
        ended = true;
        arriving -= byteLength;
        await handle.close();
        await removePatiently(path);
      };
      const head = encodeEntryHeader(full);
      try {
        await handle.appendFile(head);
      } catch (thrown) {
        await abandon();
        throw thrown;
      }
      return {
        async write(piece) {
          byteLength += piece.length;
          arriving += piece.length;
          if (bytes + arriving > mostBytes) throw new SpoolFull('the spool has reached its limit');
          hash.update(piece);
          await handle.appendFile(piece);
        },
        async commit() {
          const sha256 = hash.digest();
          await handle.appendFile(encodeSeal(sha256, byteLength));
          await handle.sync();
          ended = true;
          arriving -= byteLength;
          await handle.close();
          const id = `${String(next++).padStart(12, '0')}-${randomUUID().slice(0, 8)}`;
          const final = join(folder, id + SUFFIX);
          await renamePatiently(path, final);
          await syncFolder(folder);
          const file = { header: full, sha256: sha256.toString('hex'), byteLength, offset: head.length };
          const state: EntryState = { uploadPath: null, form: null, attempts: 0, held: null };
          const entry: Entry = { ...file, id, path: final, state };
          entries.set(id, entry);
          bytes += byteLength;
          grown();
          return entry;
        },
        abandon,
      };
    },
    queue: () => inOrder(false),
    held: () => inOrder(true),
    torn: () => torn,
    bytes: () => bytes,
    hasBytes: (sha256) => [...entries.values()].some((entry) => entry.sha256 === sha256),
    saveState,
    async hold(entry, { code, detail }) {
      entry.state = { ...entry.state, uploadPath: null, held: { code, detail, at: new Date().toISOString() } };
      await saveState(entry);
    },
    async release(id) {
      const entry = entries.get(id);
      if (entry === undefined || entry.state.held === null) return false;
      entry.state = { uploadPath: null, form: null, attempts: 0, held: null };
      await saveState(entry);
      grown();
      return true;
    },
    async putAway(id) {
      const entry = entries.get(id);
      if (entry === undefined || entry.state.held === null) return false;
      await renamePatiently(entry.path, join(awayFolder, `${entry.id}${SUFFIX}`));
      forget(entry);
      away += 1;
      await syncFolder(awayFolder);
      await syncFolder(folder);
      await removePatiently(`${entry.path}.json`);
      return true;
    },
    away: () => ({ files: away, folder: awayFolder }),
    async setTornAside(entry) {
      forget(entry);
      await setAside(entry.path, `${entry.id}${SUFFIX}`);
      await removePatiently(`${entry.path}.json`);
    },
    async remove(entry) {
      forget(entry);
      await removePatiently(entry.path);
      await removePatiently(`${entry.path}.json`);
    },
    onGrown: (listener) => void listeners.push(listener),
  };
}

async function readState(path: string): Promise<EntryState> {
  const fresh: EntryState = { uploadPath: null, form: null, attempts: 0, held: null };
  try {
    return { ...fresh, ...(JSON.parse(await readFile(`${path}.json`, 'utf8')) as Partial<EntryState>) };
  } catch {
    // None yet, or torn: it is only sent anew.
    return fresh;
  }
}
