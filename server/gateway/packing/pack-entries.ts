import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { openThreadPool, type ThreadPool } from '../../platform/threads/thread-pool.ts';
import { removePatiently, renamePatiently } from '../spool/durable-files.ts';
import { isSound, readEntryFile, type EntryFile } from '../spool/entry-file.ts';
import { packedPathOf, type Entry } from '../spool/spool.ts';
import { measureSpeed } from './measure-speed.ts';
import { packEntryJob } from './pack-entry-job.ts';

export interface FileToSend extends EntryFile {
  path: string;
}

/** Packs waiting files in a thread of its own, one at a time. */
export interface Packer {
  /** Packed, and on disk so that it stays the same over restarts; null where it is not worth while or failed. */
  pack(entry: Entry): Promise<FileToSend | null>;
  /** What this or an earlier run has packed; null where it is gone or torn. */
  find(entry: Entry): Promise<FileToSend | null>;
  /** Of the files that it packs; null while that is not known. */
  bytesPerSecond(): number | null;
  forget(entry: Entry): Promise<void>;
  close(): Promise<void>;
}

const HEAP_MB = 256;
/** The spool has the room first. */
const ROOM_LEFT_BYTES = 256 * 1024 * 1024;

export function openPacker(log: (message: string, fields?: Record<string, string | number>) => void): Packer {
  // A gateway on a fast line never starts it.
  let threads: ThreadPool | null = null;
  let closed = false;
  const work = new Map<string, Promise<FileToSend | null>>();
  const speed = measureSpeed();

  async function packed(entry: Entry): Promise<FileToSend | null> {
    const path = packedPathOf(entry);
    const target = `${path}.part`;
    try {
      const { bavail, bsize } = await statfs(dirname(path));
      if (closed || bavail * bsize < entry.byteLength + ROOM_LEFT_BYTES) return null;
      await removePatiently(target);
      await removePatiently(path);
      threads ??= openThreadPool({ threads: 1, maxHeapMb: HEAP_MB });
      const { header, sha256, byteLength, offset } = entry;
      const input = { path: entry.path, entry: { header, sha256, byteLength, offset }, target };
      const { file, tookMs } = await threads.run(packEntryJob, input);
      if (file === null) {
        await removePatiently(target);
        return null;
      }
      speed.note(byteLength, tookMs);
      await renamePatiently(target, path);
      return { ...file, path };
    } catch (thrown) {
      // The file itself is there, and goes.
      if (!closed) log('a file could not be packed', { entry: entry.id, reason: (thrown as Error).message });
      await removePatiently(target).catch(() => undefined);
      return null;
    }
  }

  return {
    pack(entry) {
      const begun = work.get(entry.id) ?? packed(entry);
      work.set(entry.id, begun);
      return begun;
    },
    async find(entry) {
      const known = work.get(entry.id);
      if (known !== undefined) return known;
      const path = packedPathOf(entry);
      const file = await readEntryFile(path).catch(() => null);
      return file !== null && (await isSound(path, file)) ? { ...file, path } : null;
    },
    bytesPerSecond: () => speed.bytesPerSecond(),
    async forget(entry) {
      await work.get(entry.id);
      work.delete(entry.id);
      await removePatiently(packedPathOf(entry)).catch(() => undefined);
    },
    async close() {
      closed = true;
      await threads?.close();
      await Promise.all(work.values());
    },
  };
}
