import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ensureWorker } from '../../media/worker-build/ensure-worker.mjs';

/** A worker that runs here; built on the first call on a machine. */
export function workerForTests(): Promise<string> {
  const packageFolder = join(dirname(createRequire(import.meta.url).resolve('mediasoup')), '..', '..');
  return ensureWorker({ packageFolder, log: (line: string) => process.stderr.write(`${line}\n`) });
}
