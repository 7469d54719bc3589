import { open, rename, rm } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';

/**
 * Makes new and changed names of a folder durable. Windows opens no folders; there the flushed file's own record holds
 * its name (NTFS journals it).
 */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** On Windows a virus scanner may hold a file for a moment after it was closed. */
const passing = new Set(['EPERM', 'EBUSY', 'EACCES']);
const TRIES = 20;

async function patiently(work: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (thrown) {
      const { code } = thrown as NodeJS.ErrnoException;
      if (process.platform !== 'win32' || !passing.has(code ?? '') || tries === TRIES) throw thrown;
      await wait(50 * tries);
    }
  }
}

/** Both files closed; the new name must be free. */
export const renamePatiently = (from: string, to: string) => patiently(() => rename(from, to));
export const removePatiently = (path: string) => patiently(() => rm(path, { force: true }));
