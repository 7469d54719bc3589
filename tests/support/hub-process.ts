import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureWorker } from '../../media/worker-build/ensure-worker.mjs';

/** The hub as users run it: a process of its own that can be killed and started again on the same data and ports. */
export interface HubProcess {
  readonly url: string;
  readonly dataFolder: string;
  /** Of the process that runs now. */
  readonly pid: number;
  /** SIGKILL, as a power cut would; resolves when the process is gone. */
  kill(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** As npm start goes on once everything is set up. */
const program = `
  import { runTypeScript } from './server/setup/run-typescript.mjs';
  await runTypeScript('server/main.ts', []);`;

export async function startHubProcess(): Promise<HubProcess> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'lianzhen-journey-'));
  // The hub makes sample files where there are none: seconds of work, for people who try it out.
  await mkdir(join(dataFolder, 'demonstration'));
  const port = await freePort();
  const workerBin =
    process.env.MEDIASOUP_WORKER_BIN ??
    (await ensureWorker({ packageFolder: 'node_modules/mediasoup', log: () => undefined }));
  const url = `http://127.0.0.1:${port}`;
  let child: ChildProcess | null = null;

  async function start() {
    const started = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      env: {
        ...process.env,
        NODE_ENV: 'development',
        PORT: String(port),
        HUB_DATA: dataFolder,
        RTC_PORT: '0',
        RTC_WORKERS: '2',
        LOG_LEVEL: 'warn',
        MEDIASOUP_WORKER_BIN: workerBin,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child = started;
    let said = '';
    await new Promise<void>((resolve, reject) => {
      started.stdout!.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        if (said.includes(url)) resolve();
      });
      started.once('exit', (code) => reject(new Error(`the hub ended with ${code}: ${said}`)));
    });
  }
  async function end(signal: NodeJS.Signals) {
    const ending = child;
    child = null;
    if (ending === null || ending.exitCode !== null || ending.signalCode !== null) return;
    const gone = once(ending, 'exit');
    ending.kill(signal);
    await gone;
  }
  // Whatever ends this process in between must not leave a hub behind.
  const endNow = () => child?.kill('SIGKILL');
  process.once('exit', endNow);
  await start();
  return {
    url,
    dataFolder,
    get pid() {
      if (child?.pid === undefined) throw new Error('the hub is not running');
      return child.pid;
    },
    start,
    kill: () => end('SIGKILL'),
    async close() {
      await end('SIGTERM');
      process.off('exit', endNow);
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}
