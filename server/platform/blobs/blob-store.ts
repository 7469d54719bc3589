import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HubError } from '../errors.ts';
import { openPartialBlobs, type PartialBlobs } from './partial-blobs.ts';
import { syncFolderTogether } from './sync-folder.ts';

/** Bytes that have arrived whole but belong to no record yet. */
export interface StagedBlob {
  readonly sha256: string;
  readonly byteLength: number;
  /** Where the bytes stand until kept or discarded; for parsers in worker threads. */
  readonly path: string;
  /** Makes the bytes durable under their hash: file and folder are fsynced when this resolves. */
  keep(): Promise<void>;
  discard(): Promise<void>;
}

/** Bytes as they come, or as they are in hand already. */
export type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Told by the first bytes (256, or as many as there are) where kinds of files differ in size. */
export type ByteLimit = number | ((head: Uint8Array) => number);

export interface BlobStore {
  /** Takes a stream in; throws too-large beyond maxBytes, file-empty for no bytes. Nothing is kept on failure. */
  receive(source: Chunks, options: { maxBytes: ByteLimit }): Promise<StagedBlob>;
  /**
   * Takes in what a worker thread writes: it is told a path where nothing stands, and answers what it has written
   * there and flushed to the disk. Nothing is kept where it throws.
   */
  take(write: (path: string) => Promise<{ sha256: string; byteLength: number }>): Promise<StagedBlob>;
  read(sha256: string): NodeJS.ReadableStream;
  /** Some bytes out of the middle; fewer where the blob ends before. */
  readAt(sha256: string, offset: number, length: number): Promise<Buffer>;
  pathOf(sha256: string): string;
  byteLength(sha256: string): Promise<number>;
  /** Blobs that arrive piece by piece. */
  partials: PartialBlobs;
  ready(): Promise<boolean>;
}

const HEAD_BYTES = 256;
/** What has arrived is written so much at a time: each write costs as much as hashing a good part of it. */
const WRITE_BYTES = 1024 * 1024;

async function writeAll(handle: FileHandle, chunks: readonly Uint8Array[]): Promise<void> {
  const wanted = chunks.reduce((sum, { byteLength }) => sum + byteLength, 0);
  if (wanted === 0) return;
  const { bytesWritten } = await handle.writev(chunks);
  if (bytesWritten === wanted) return;
  // A disk that is nearly full takes some of it; the next write says why.
  const rest = Buffer.concat(chunks).subarray(bytesWritten);
  for (let at = 0; at < rest.length;) at += (await handle.write(rest, at)).bytesWritten;
}

/** Blobs on disk by SHA-256: folder/ab/abcdef... Equal bytes are stored once. */
export async function openBlobStore(folder: string): Promise<BlobStore> {
  /** Folders of blobs whose own names are known to be durable. */
  const durable = new Set<string>();
  const staging = join(folder, 'staging');
  await mkdir(staging, { recursive: true, mode: 0o700 });
  // Whatever a crash left half-received was never acknowledged.
  for (const name of await readdir(staging)) await rm(join(staging, name), { force: true });
  const pathOf = (sha256: string) => {
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw new HubError('not-found');
    return join(folder, sha256.slice(0, 2), sha256);
  };

  function staged(
    { path, sha256, byteLength }: Pick<StagedBlob, 'path' | 'sha256' | 'byteLength'>,
    synced: Promise<void>,
    closeOnce: () => Promise<void>,
  ): StagedBlob {
    return {
      sha256,
      byteLength,
      path,
      async keep() {
        await synced;
        await closeOnce();
        const target = pathOf(sha256);
        const parent = dirname(target);
        await mkdir(parent, { recursive: true, mode: 0o700 });
        await rename(path, target);
        await syncFolderTogether(parent);
        if (!durable.has(parent)) await syncFolderTogether(folder);
        durable.add(parent);
      },
      async discard() {
        await synced.catch(() => undefined);
        await closeOnce();
        await rm(path, { force: true });
      },
    };
  }

  return {
    pathOf,
    partials: await openPartialBlobs(join(folder, 'partial'), pathOf),
    async receive(source, { maxBytes }) {
      const path = join(staging, randomUUID());
      const handle = await open(path, 'wx', 0o600);
      const hash = createHash('sha256');
      let byteLength = 0;
      let waiting: Uint8Array[] = [];
      let waitingBytes = 0;
      const writeWaiting = async () => {
        const chunks = waiting;
        waiting = [];
        waitingBytes = 0;
        await writeAll(handle, chunks);
      };
      let head: Uint8Array = new Uint8Array(0);
      let limitBytes = typeof maxBytes === 'number' ? maxBytes : Number.POSITIVE_INFINITY;
      try {
        for await (const chunk of source) {
          byteLength += chunk.byteLength;
          if (typeof maxBytes === 'function' && head.length < HEAD_BYTES) {
            head = Buffer.concat([head, chunk.subarray(0, HEAD_BYTES - head.length)]);
            limitBytes = maxBytes(head);
          }
          if (byteLength > limitBytes) throw new HubError('too-large', { limitBytes });
          hash.update(chunk);
          waiting.push(chunk);
          waitingBytes += chunk.byteLength;
          if (waitingBytes >= WRITE_BYTES) await writeWaiting();
        }
        await writeWaiting();
        if (byteLength === 0) throw new HubError('file-empty');
      } catch (thrown) {
        await handle.close();
        await rm(path, { force: true });
        throw thrown;
      }
      // Begun at once: whoever reads the file meanwhile, the bytes are mostly on disk when they are to be kept.
      const synced = handle.sync();
      synced.catch(() => undefined);
      const sha256 = hash.digest('hex');
      let open_ = true;
      return staged({ path, sha256, byteLength }, synced, async () => {
        if (open_) await handle.close();
        open_ = false;
      });
    },
    async take(write) {
      const path = join(staging, randomUUID());
      try {
        return staged({ ...(await write(path)), path }, Promise.resolve(), async () => undefined);
      } catch (thrown) {
        await rm(path, { force: true });
        throw thrown;
      }
    },
    read: (sha256) => createReadStream(pathOf(sha256)),
    async readAt(sha256, offset, length) {
      const handle = await open(pathOf(sha256), 'r');
      try {
        const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(length), 0, length, offset);
        return buffer.subarray(0, bytesRead);
      } finally {
        // Nobody has to wait for it.
        handle.close().catch(() => undefined);
      }
    },
    byteLength: async (sha256) => (await stat(pathOf(sha256))).size,
    async ready() {
      return (await stat(staging).catch(() => null))?.isDirectory() ?? false;
    },
  };
}
