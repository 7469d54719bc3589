import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, link, mkdir, open, readdir, rm, stat, statfs, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { HubError } from '../errors.ts';
import type { StagedBlob } from './blob-store.ts';
import { syncFolder } from './sync-folder.ts';

export const checksumAlgorithms = ['sha1', 'sha256', 'md5'] as const;

export interface Append {
  id: string;
  /** How many bytes are durable by the owner's own record; what stands beyond them in the file is cut off. */
  offset: number;
  source: Readable;
  /** The blob may not become longer than this. */
  byteLength: number;
  /** Of the source's bytes: they count only once they are all there and this holds. */
  checksum: { algorithm: (typeof checksumAlgorithms)[number]; digest: Buffer } | null;
  /** Told each time more bytes have become durable. */
  durable: (offset: number) => Promise<void>;
}

/** Blobs that arrive piece by piece, over days and restarts if need be. Offsets are kept by whoever owns them. */
export interface PartialBlobs {
  create(id: string, byteLength: number): Promise<void>;
  /**
   * Appends and answers how far the bytes are durable, also where the source broke off in the middle. Throws too-large,
   * checksum-mismatch, or what the disk said; then nothing of what `durable` was not told of counts.
   */
  append(append: Append): Promise<number>;
  /** The whole blob, hashed; `discard` leaves it in place, since it is removed by its owner alone. */
  adopt(id: string): Promise<StagedBlob>;
  remove(id: string): Promise<void>;
  list(): Promise<string[]>;
  /**
   * One at a time for one blob; throws upload-busy. A source that has been silent for a while is given up, so that
   * whoever comes back over a new line need not wait for the old one's end.
   */
  exclusively<Result>(id: string, work: () => Promise<Result>): Promise<Result>;
}

/** How much may be lost of one long piece when the power fails. */
const BYTES_BETWEEN_SYNCS = 8 * 1024 * 1024;
const LONGEST_SILENCE_MS = 30_000;
const SILENT_FOR_NEWCOMER_MS = 3_000;
/** So that a large upload does not take from the store the room for its next commit. */
const ROOM_LEFT_BYTES = 64 * 1024 * 1024;

interface Turn {
  ended: Promise<void>;
  source: Readable | null;
  lastByteAt: number;
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, at, bytes.length - at, position + at);
    at += bytesWritten;
  }
}

/** @param pathOf where a whole blob stands, by its SHA-256; on the same disk as `folder`. */
export async function openPartialBlobs(folder: string, pathOf: (sha256: string) => string): Promise<PartialBlobs> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const turns = new Map<string, Turn>();
  const partialOf = (id: string) => {
    if (!/^[0-9a-f]{24}$/.test(id)) throw new HubError('not-found');
    return join(folder, id);
  };

  return {
    async create(id, byteLength) {
      const { bavail, bsize } = await statfs(folder);
      if (bavail * bsize < byteLength + ROOM_LEFT_BYTES) throw new HubError('storage-full');
      const handle = await open(partialOf(id), 'wx', 0o600);
      await handle.sync().finally(() => handle.close());
      await syncFolder(folder);
    },
    async append({ id, offset, source, byteLength, checksum, durable }) {
      const handle = await open(partialOf(id), 'r+');
      const turn = turns.get(id);
      if (turn !== undefined) Object.assign(turn, { source, lastByteAt: Date.now() });
      const giveUp = setTimeout(() => source.destroy(), LONGEST_SILENCE_MS);
      const hash: Hash | null = checksum === null ? null : createHash(checksum.algorithm);
      let kept = offset;
      let position = offset;
      const keep = async () => {
        await handle.sync();
        if (position > kept) await durable(position);
        kept = position;
      };
      try {
        await handle.truncate(offset);
        const input = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
        let whole = false;
        for (;;) {
          const next = await input.next().catch(() => null);
          if (next === null) break;
          whole = next.done === true;
          if (next.done === true) break;
          giveUp.refresh();
          if (turn !== undefined) turn.lastByteAt = Date.now();
          if (position + next.value.length > byteLength) throw new HubError('too-large', { limitBytes: byteLength });
          await writeAll(handle, next.value, position);
          position += next.value.length;
          hash?.update(next.value);
          if (checksum === null && position - kept >= BYTES_BETWEEN_SYNCS) await keep();
        }
        // Of a piece that broke off nothing can be checked.
        if (hash !== null && !whole) return kept;
        if (hash !== null && checksum !== null && !hash.digest().equals(checksum.digest))
          throw new HubError('checksum-mismatch');
        await keep();
        return kept;
      } finally {
        clearTimeout(giveUp);
        if (turn !== undefined) turn.source = null;
        if (position > kept) await handle.truncate(kept).catch(() => undefined);
        await handle.close();
      }
    },
    async adopt(id) {
      const path = partialOf(id);
      const hash = createHash('sha256');
      for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) hash.update(chunk as Buffer);
      const sha256 = hash.digest('hex');
      return {
        sha256,
        byteLength: (await stat(path)).size,
        path,
        async keep() {
          const target = pathOf(sha256);
          await mkdir(dirname(target), { recursive: true, mode: 0o700 });
          // A second name for the same bytes: whatever happens before the owner's record is written, both are whole.
          await link(path, target).catch(async (thrown: unknown) => {
            const { code } = thrown as NodeJS.ErrnoException;
            if (code === 'EEXIST') return;
            if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EXDEV' && code !== 'EMLINK') throw thrown;
            await copyFile(path, target);
          });
          const handle = await open(target, 'r+');
          await handle.sync().finally(() => handle.close());
          await syncFolder(dirname(target));
          await syncFolder(dirname(dirname(target)));
        },
        discard: async () => undefined,
      };
    },
    remove: (id) => rm(partialOf(id), { force: true }),
    list: () => readdir(folder),
    async exclusively(id, work) {
      const other = turns.get(id);
      if (other !== undefined) {
        if (other.source === null || Date.now() - other.lastByteAt < SILENT_FOR_NEWCOMER_MS)
          throw new HubError('upload-busy');
        other.source.destroy();
        await other.ended;
        if (turns.has(id)) throw new HubError('upload-busy');
      }
      let end: () => void = () => undefined;
      const ended = new Promise<void>((resolve) => (end = resolve));
      turns.set(id, { ended, source: null, lastByteAt: 0 });
      try {
        return await work();
      } finally {
        turns.delete(id);
        end();
      }
    },
  };
}
