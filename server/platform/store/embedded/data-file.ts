import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { endianness } from 'node:os';
import { join } from 'node:path';

/**
 * LMDB maps its file into memory and trusts it: a file that is none, or that was cut by a broken copy, ends the whole
 * process with a signal. So the two meta pages are looked at first (lmdb's mdb.c, MDB_page_header and MDB_meta).
 */
const MAGIC = 0xbeefc0de;
const META_BYTES = 160;
/** Offsets of a meta page's fields from the start of its page. */
const AT = { magic: 24, version: 28, pageSize: 48, freeRoot: 88, mainRoot: 136, transaction: 152 } as const;
const KNOWN_VERSION = 2;
const NO_PAGE = 0xffffffffffffffffn;

interface Meta {
  readonly pageSize: number;
  readonly roots: readonly bigint[];
  readonly transaction: bigint;
}

function readMeta(file: number, at: number): Meta | undefined {
  const bytes = Buffer.alloc(META_BYTES);
  if (readSync(file, bytes, 0, META_BYTES, at) < META_BYTES) return undefined;
  if (bytes.readUInt32LE(AT.magic) !== MAGIC || bytes.readUInt32LE(AT.version) !== KNOWN_VERSION) return undefined;
  return {
    pageSize: bytes.readUInt32LE(AT.pageSize),
    roots: [bytes.readBigUInt64LE(AT.freeRoot), bytes.readBigUInt64LE(AT.mainRoot)],
    transaction: bytes.readBigUInt64LE(AT.transaction),
  };
}

/** Throws a clear error when the folder's data file cannot be a whole store. No file, or an empty one, is a new store. */
export function checkDataFile(folder: string): void {
  if (endianness() !== 'LE') return;
  const path = join(folder, 'data.mdb');
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  try {
    const { size } = fstatSync(file);
    if (size === 0) return;
    const first = readMeta(file, 0);
    const second = first && readMeta(file, first.pageSize);
    const newest = first && second && second.transaction > first.transaction ? second : first;
    const inside = (root: bigint): boolean =>
      root === NO_PAGE || (root + 1n) * BigInt(newest?.pageSize ?? 0) <= BigInt(size);
    if (!newest || !second || !newest.roots.every(inside))
      throw new Error(
        `The store's file ${path} is damaged or is no store. Bring it back from a backup, or move it away to begin with an empty store.`,
      );
  } finally {
    closeSync(file);
  }
}
