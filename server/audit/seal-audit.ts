import { AsyncResource } from 'node:async_hooks';
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../platform/log.ts';
import type { Store } from '../platform/store/store.ts';
import { auditRecord } from './audit-record.ts';
import { CHAIN_START, checkpointHolds, entryHash, signCheckpoint, type Checkpoint } from './audit-chain.ts';

export const checkpointPath = (dataFolder: string) => join(dataFolder, 'audit-checkpoint.json');

export async function readCheckpoint(dataFolder: string): Promise<Checkpoint | null> {
  try {
    return JSON.parse(await readFile(checkpointPath(dataFolder), 'utf8')) as Checkpoint;
  } catch (thrown) {
    if ((thrown as { code?: string }).code === 'ENOENT') return null;
    throw thrown;
  }
}

async function writeCheckpoint(dataFolder: string, checkpoint: Checkpoint) {
  const path = checkpointPath(dataFolder);
  const handle = await open(`${path}.new`, 'w', 0o600);
  try {
    await handle.writeFile(JSON.stringify(checkpoint));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${path}.new`, path);
}

/** Longer than a transaction lasts. */
const SOON_MS = 250;

export interface AuditSealer {
  wake(): void;
  /** Resolves when all that was written before the call is sealed. */
  settled(): Promise<void>;
}

/**
 * Links audit entries into the hash chain, in order, behind the writers' backs: a request never waits for it. An
 * entry without a hash is simply not sealed yet; a crash between sealing and checkpoint is caught up at the next wake.
 */
export function openAuditSealer(options: { store: Store; dataFolder: string; key: string; log: Log }): AuditSealer {
  const model = options.store.model(auditRecord);
  let running: Promise<void> | null = null;
  let again = false;

  async function sealWaiting() {
    const last = await model
      .findOne({ sequence: { $ne: null } })
      .sort({ sequence: -1 })
      .lean();
    let count = last?.sequence ?? 0;
    let head = last?.hash ?? CHAIN_START;
    for (;;) {
      const waiting = await model.find({ sequence: null }).sort({ _id: 1 }).limit(500).lean();
      if (waiting.length === 0) break;
      const writes = waiting.map((entry) => {
        count += 1;
        head = entryHash(entry, count, head);
        return {
          updateOne: { filter: { _id: entry._id, sequence: null }, update: { $set: { sequence: count, hash: head } } },
        };
      });
      await model.bulkWrite(writes);
    }
    if (count > 0 && (await extendsCheckpoint(count)))
      await writeCheckpoint(options.dataFolder, signCheckpoint(count, head, options.key));
  }

  /** A chain that was cut or rewritten must not get a new checkpoint, which would hide it: the old one stays. */
  async function extendsCheckpoint(count: number): Promise<boolean> {
    const checkpoint = await readCheckpoint(options.dataFolder);
    if (checkpoint === null) return true;
    const sealed = await model.findOne({ sequence: checkpoint.count }).lean();
    if (checkpointHolds(checkpoint, options.key) && sealed?.hash === checkpoint.head) return true;
    options.log.error({ count, checkpoint: checkpoint.count }, 'audit: the chain does not continue its checkpoint');
    return false;
  }

  // Woken from inside a transaction, the sealer would join it: it always runs in the context in which it was made.
  const outside = new AsyncResource('AuditSealer');
  let due: NodeJS.Timeout | null = null;

  /** Soon, so that one walk seals what a busy moment wrote; what is missed is sealed at the next wake or start. */
  function wake() {
    due ??= outside.runInAsyncScope(() =>
      setTimeout(() => {
        due = null;
        seal();
      }, SOON_MS).unref(),
    );
  }

  function seal() {
    if (running !== null) {
      again = true;
      return;
    }
    running = outside
      .runInAsyncScope(sealWaiting)
      .catch((error: unknown) => options.log.error({ err: error }, 'audit: sealing failed; it is tried again'))
      .finally(() => {
        running = null;
        if (again) {
          again = false;
          seal();
        }
      });
  }
  return {
    wake,
    async settled() {
      if (due !== null) clearTimeout(due);
      due = null;
      seal();
      while (running !== null) await running;
    },
  };
}
