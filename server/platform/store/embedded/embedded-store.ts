import { chmod, mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { startTypescriptWorker } from '../../threads/typescript-worker.ts';
import { ChangeCounts } from './change-counts.ts';
import { EmbeddedStoreLocked, lockFolder } from './folder-lock.ts';
import type { WorkerMessage, WorkerOptions } from './worker.ts';

export { EmbeddedStoreLocked };

export interface EmbeddedStoreOptions {
  /** Where the store keeps its files; made when it does not exist. The path may be of any length. */
  readonly folder: string;
  /** How often TTL indexes, idle cursors and idle sessions are looked at. Default one minute, as in MongoDB. */
  readonly expiryIntervalMs?: number;
}

export interface EmbeddedStore {
  /** A mongodb:// address without a database, for mongoose.connect(uri, { dbName }). */
  readonly uri: string;
  /** How often each collection has changed, for whoever keeps in memory what was read. */
  readonly changeCounts: ChangeCounts;
  /** Rejects when the store's thread ends without having been closed; never resolves otherwise. */
  readonly failed: Promise<never>;
  /** Ends open transactions, makes everything accepted durable and frees the folder. May be called again. */
  close(): Promise<void>;
}

/** Unix socket paths are silently cut by Node 20 above this length (sun_path is 108 bytes, 104 on macOS). */
const MAX_SOCKET_PATH_BYTES = 100;
/** The driver takes a host for a socket only when it ends so. */
const SOCKET_NAME = 'hub.sock';

/** A private folder for the socket, apart from the data folder, whose path may be too long for one. */
async function makeSocketFolder(): Promise<string> {
  for (const base of [tmpdir(), '/tmp']) {
    if (Buffer.byteLength(join(base, 'lianzhen-store-XXXXXX', SOCKET_NAME)) > MAX_SOCKET_PATH_BYTES) continue;
    const folder = await mkdtemp(join(base, 'lianzhen-store-'));
    await chmod(folder, 0o700);
    return folder;
  }
  throw new Error(`No temporary folder is short enough for a socket: ${tmpdir()}`);
}

/** Makes the names in a folder survive a power cut: LMDB flushes its file, but not the folder that it was made in. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Resolves with the next message of that kind; rejects when the thread fails or ends first. */
function message(worker: Worker, kind: WorkerMessage['kind']): Promise<void> {
  return new Promise((done, failed) => {
    worker.on('message', (received: WorkerMessage) => {
      if (received.kind === kind) done();
    });
    worker.once('error', failed);
    worker.once('exit', (code) => failed(new Error(`The store's thread ended with code ${code}`)));
  });
}

/**
 * Starts the embedded store: a thread that speaks MongoDB's wire protocol on a private Unix socket and keeps its data
 * in `folder`. Throws EmbeddedStoreLocked when another process holds the folder.
 */
export async function startEmbeddedStore(options: EmbeddedStoreOptions): Promise<EmbeddedStore> {
  const folder = resolve(options.folder);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const socketFolder = await makeSocketFolder();
  const removeSocketFolder = (): Promise<void> => rm(socketFolder, { recursive: true, force: true });
  const lock = await lockFolder(folder, socketFolder).catch(async (error: unknown) => {
    await removeSocketFolder();
    throw error;
  });
  const socketPath = join(socketFolder, SOCKET_NAME);
  const changeCounts = new ChangeCounts();
  const workerData: WorkerOptions = {
    folder,
    socketPath,
    expiryIntervalMs: options.expiryIntervalMs ?? 60_000,
    changeCounts: changeCounts.memory,
  };
  const worker = startTypescriptWorker(new URL('./worker.ts', import.meta.url).href, { workerData });
  const free = async (): Promise<void> => {
    await removeSocketFolder();
    await lock.release();
  };
  try {
    await message(worker, 'listening');
    await syncFolder(folder);
    await syncFolder(dirname(folder));
  } catch (error) {
    await worker.terminate();
    await free();
    throw error;
  }
  let closing: Promise<void> | undefined;
  const failed = new Promise<never>((_, reject) => {
    let cause: unknown;
    worker.once('error', (error) => (cause = error));
    worker.once('exit', (code) => {
      if (closing) return;
      void free();
      reject(new Error(`The embedded store stopped unexpectedly (code ${code})`, { cause }));
    });
  });
  // Whoever does not look at it must not be ended by an unhandled rejection before the next query fails.
  failed.catch(() => undefined);
  const ended = new Promise<void>((done) => worker.once('exit', () => done()));
  const close = async (): Promise<void> => {
    worker.postMessage('close');
    await ended;
    await free();
  };
  return {
    uri: `mongodb://${encodeURIComponent(socketPath)}/?directConnection=true`,
    changeCounts,
    failed,
    close: () => (closing ??= close()),
  };
}
