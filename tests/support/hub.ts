import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { io, type Socket } from 'socket.io-client';
import type { Answer, RequestMeta } from '../../shared/contracts/contract.ts';
import type { Notice, NoticeName, RequestName, RequestPayload, RequestReply } from '../../shared/contracts/registry.ts';
import type { SessionView } from '../../shared/contracts/accounts.ts';
import { loadConfig } from '../../server/config.ts';
import { startHub, type RunningHub } from '../../server/hub.ts';
import type { Clock } from '../../server/platform/clock.ts';
import { DEMONSTRATION_PASSWORD } from '../../server/accounts/demonstration-accounts.ts';
import { ensureWorker } from '../../media/worker-build/ensure-worker.mjs';

/** What the hub answered instead of data. */
export class Refusal extends Error {
  readonly code: string;
  readonly details: Record<string, string | number> | undefined;
  constructor(code: string, details: Record<string, string | number> | undefined) {
    super(code);
    this.code = code;
    this.details = details;
  }
}

/** One window of a signed-in person: the real socket. */
export class TestWindow {
  readonly socket: Socket;
  readonly windowId: string;
  /** Why the socket is gone; it does not come back by itself. */
  private ended: string | null = null;
  private readonly seen: { name: string; notice: unknown }[] = [];
  private readonly waiting: { name: string; matches: (notice: never) => boolean; resolve: (notice: never) => void }[] =
    [];

  constructor(socket: Socket, windowId: string) {
    this.socket = socket;
    this.windowId = windowId;
    socket.on('disconnect', (reason) => (this.ended = reason));
    socket.onAny((name: string, notice: unknown) => {
      const at = this.waiting.findIndex((waiter) => waiter.name === name && waiter.matches(notice as never));
      if (at >= 0) this.waiting.splice(at, 1)[0]!.resolve(notice as never);
      else this.seen.push({ name, notice });
    });
  }

  /** Commands get a fresh idempotency key unless one is given. Throws Refusal. */
  async request<N extends RequestName>(
    name: N,
    payload: RequestPayload<N>,
    meta: RequestMeta = { idempotencyKey: randomUUID() },
  ): Promise<RequestReply<N>> {
    const answer = await this.raw<RequestReply<N>>(name, payload, meta);
    if (answer.ok) return answer.data;
    throw new Refusal(answer.error.code, answer.error.details);
  }

  /** Whatever is given goes out; for hostile tests. */
  raw<T = unknown>(name: string, ...values: unknown[]): Promise<Answer<T>> {
    if (this.ended !== null) return Promise.reject(new Error(`${name}: the window's socket has ended: ${this.ended}`));
    return this.socket.timeout(20_000).emitWithAck(name, ...values) as Promise<Answer<T>>;
  }

  /** The next notice of this name (one that has come already and was not taken counts). */
  next<N extends NoticeName>(name: N, matches: (notice: Notice<N>) => boolean = () => true): Promise<Notice<N>> {
    const at = this.seen.findIndex((entry) => entry.name === name && matches(entry.notice as Notice<N>));
    if (at >= 0) return Promise.resolve(this.seen.splice(at, 1)[0]!.notice as Notice<N>);
    return new Promise((resolve) =>
      this.waiting.push({
        name,
        matches: matches as (notice: never) => boolean,
        resolve: resolve as (notice: never) => void,
      }),
    );
  }

  /** Notices that have come and were not taken. */
  pending<N extends NoticeName>(name: N): Notice<N>[] {
    return this.seen.filter((entry) => entry.name === name).map((entry) => entry.notice as Notice<N>);
  }

  close() {
    this.socket.disconnect();
  }
}

/** A signed-in person with the session's cookie. */
export class TestClient {
  readonly url: string;
  readonly cookie: string;
  readonly account: SessionView;
  private readonly opened: TestWindow[];

  constructor(url: string, cookie: string, account: SessionView, opened: TestWindow[]) {
    this.url = url;
    this.cookie = cookie;
    this.account = account;
    this.opened = opened;
  }

  http(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.url}${path}`, {
      ...init,
      headers: { cookie: this.cookie, ...(init.headers as Record<string, string> | undefined) },
    });
  }

  async connect(auth: Record<string, unknown> = {}): Promise<TestWindow> {
    const windowId = randomUUID();
    const socket = io(this.url, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      extraHeaders: { cookie: this.cookie },
      auth: { accountId: this.account.accountId, windowId, ...auth },
    });
    const window = new TestWindow(socket, windowId);
    this.opened.push(window);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('connect_error', reject);
    });
    return window;
  }
}

export interface TestHub {
  url: string;
  running: RunningHub;
  dataFolder: string;
  signIn(username: string, password?: string): Promise<TestClient>;
  /** Ends the hub and starts it again on the same data. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The real hub on a data folder of its own with the demonstration county: real store (MONGODB_URI when it is set,
 * in a database of its own), real SFU worker, real sockets, free ports.
 */
export async function startTestHub(options: { clock?: Clock; env?: Record<string, string> } = {}): Promise<TestHub> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'lianzhen-test-'));
  const workerBin =
    process.env.MEDIASOUP_WORKER_BIN ??
    (await ensureWorker({ packageFolder: 'node_modules/mediasoup', log: () => undefined }));
  const env = {
    NODE_ENV: 'test',
    PORT: '0',
    HUB_DATA: dataFolder,
    RTC_PORT: '0',
    RTC_WORKERS: '1',
    LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'silent',
    MEDIASOUP_WORKER_BIN: workerBin,
    ...(process.env.MONGODB_URI && { MONGODB_URI: databaseOfItsOwn(process.env.MONGODB_URI) }),
    ...options.env,
  };
  // Hub and windows share this process: on a busy machine a test that works for long would end its own sockets.
  const silenceMs = 30_000;
  const start = () => startHub(loadConfig(env), { silenceMs, ...(options.clock && { clock: options.clock }) });
  let running = await start();
  const windows: TestWindow[] = [];
  const hub: TestHub = {
    get url() {
      return running.url;
    },
    get running() {
      return running;
    },
    dataFolder,
    async signIn(username, password = DEMONSTRATION_PASSWORD) {
      const response = await fetch(`${running.url}/api/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username, password }),
      });
      if (!response.ok) throw new Refusal(((await response.json()) as { code: string }).code, undefined);
      const cookie = response.headers
        .getSetCookie()
        .map((value) => value.split(';')[0])
        .join('; ');
      return new TestClient(running.url, cookie, (await response.json()) as SessionView, windows);
    },
    async restart() {
      await running.close();
      running = await start();
    },
    async close() {
      windows.forEach((window) => window.close());
      await running.close();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
  return hub;
}

function databaseOfItsOwn(uri: string): string {
  const url = new URL(uri);
  url.pathname = `/lianzhen-test-${randomUUID().slice(0, 8)}`;
  return url.href;
}
