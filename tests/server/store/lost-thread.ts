import type { Worker } from 'node:worker_threads';
import { startEmbeddedStore } from '../../../server/platform/store/embedded/embedded-store.ts';

/** A process whose store thread is ended from outside: `lost-thread.ts FOLDER`. Says what the door reported. */
const [folder = ''] = process.argv.slice(2);
// The loader may start a thread of its own before; the store's is the newest.
const threads: Worker[] = [];
process.on('worker', (thread) => threads.push(thread));
const store = await startEmbeddedStore({ folder });
await threads.at(-1)!.terminate();
const reported = await store.failed.catch((error: Error) => error.message);
await store.close();
const again = await startEmbeddedStore({ folder });
await again.close();
process.stdout.write(`${reported}; started again\n`);
