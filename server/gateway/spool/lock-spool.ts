import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Two gateways on one spool would send and remove under each other's hands. */
export class SpoolInUse extends Error {}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Throws SpoolInUse. A lock whose process is gone is taken over, as after a power cut. */
export async function lockSpool(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, 'gateway.pid');
  for (;;) {
    try {
      await writeFile(path, String(process.pid), { flag: 'wx' });
      return () => rm(path, { force: true });
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
    }
    const pid = Number(await readFile(path, 'utf8').catch(() => ''));
    // A container's process has the same number at each start.
    if (Number.isSafeInteger(pid) && pid > 0 && pid !== process.pid && isRunning(pid))
      throw new SpoolInUse(
        `Another gateway (process ${pid}) uses ${folder}. If that process is something else, remove ${path}.`,
      );
    await rm(path, { force: true });
  }
}
