import { open } from 'node:fs/promises';

/** Makes new and changed names of a folder durable (fsync(2) on the folder itself). */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
