import { parentPort, workerData } from 'node:worker_threads';
import { purgeDropped } from './commands/catalog-commands.ts';
import { ChangeCounts } from './change-counts.ts';
import type { Engine } from './commands/command.ts';
import { Cursors } from './cursors.ts';
import { removeExpired } from './expiry.ts';
import { Sessions } from './sessions.ts';
import { Storage } from './storage.ts';
import { listen } from './wire.ts';

/** What the door gives the thread, and the thread answers. */
export interface WorkerOptions {
  readonly folder: string;
  readonly socketPath: string;
  readonly expiryIntervalMs: number;
  readonly changeCounts: SharedArrayBuffer;
}
export type WorkerMessage = { readonly kind: 'listening' } | { readonly kind: 'closed' };

const port = parentPort;
if (!port) throw new Error('worker.ts runs only as a worker thread');
const options = workerData as WorkerOptions;

const storage = new Storage(options.folder, new ChangeCounts(options.changeCounts));
const engine: Engine = {
  storage,
  sessions: new Sessions(storage),
  cursors: new Cursors(),
  address: options.socketPath,
};
const listener = await listen(engine, options.socketPath);
void purgeDropped(engine);

const housekeeping = setInterval(() => {
  const now = Date.now();
  engine.sessions.expire(now);
  engine.cursors.expire(now);
  void removeExpired(engine, now);
}, options.expiryIntervalMs);
housekeeping.unref();

port.on('message', () => {
  void (async () => {
    clearInterval(housekeeping);
    await listener.close();
    engine.cursors.closeAll();
    engine.sessions.forgetAll();
    await storage.close();
    port.postMessage({ kind: 'closed' } satisfies WorkerMessage);
    port.close();
  })();
});
port.postMessage({ kind: 'listening' } satisfies WorkerMessage);
