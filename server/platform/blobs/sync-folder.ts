import { open } from 'node:fs/promises';

/** Syncs that have not begun yet, by folder: they make durable whatever is in the folder when they begin. */
const next = new Map<string, Promise<void>>();
const running = new Map<string, Promise<void>>();

/** The same for many who ask at once: whoever comes while a sync is under way shares the one after it. */
export function syncFolderTogether(folder: string): Promise<void> {
  const waiting = next.get(folder);
  if (waiting !== undefined) return waiting;
  const sync = async () => {
    await running.get(folder)?.catch(() => undefined);
    next.delete(folder);
    const now = syncFolder(folder);
    running.set(folder, now);
    try {
      await now;
    } finally {
      if (running.get(folder) === now) running.delete(folder);
    }
  };
  const mine = sync();
  next.set(folder, mine);
  return mine;
}

/** Makes new and changed names of a folder durable (fsync(2) on the folder itself). */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
