import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A floor that stands in a process of its own, as the hub does. */
export interface BareProcess {
  readonly url: string;
  readonly pid: number;
  close(): Promise<void>;
}

/**
 * Starts a plain JavaScript program of this folder: no TypeScript loader weighs on the floor. It gets the files that
 * it is to serve, by path, answers with its port, and ends when this process does.
 */
export async function startBareProcess(
  program: string,
  files: ReadonlyMap<string, string | Uint8Array>,
): Promise<BareProcess> {
  const child = fork(fileURLToPath(new URL(program, import.meta.url)), { execArgv: [], serialization: 'advanced' });
  const gone = once(child, 'exit');
  child.send(files);
  const port = await Promise.race([
    once(child, 'message').then(([message]) => message as number),
    gone.then(([code]) => Promise.reject(new Error(`${program} ended with ${String(code)}`))),
  ]);
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid!,
    async close() {
      if (child.connected) child.disconnect();
      await gone;
    },
  };
}
