import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGateway, type Gateway, type GatewayOptions } from '../../server/gateway/gateway.ts';

export const makeFolder = () => mkdtemp(join(tmpdir(), 'lianzhen-gateway-'));
export const removeFolder = (folder: string) => rm(folder, { recursive: true, force: true });

/** A gateway on free ports that hurries; it logs into its spool alone. */
export const startTestGateway = (
  options: Pick<GatewayOptions, 'hub' | 'token' | 'spoolFolder'> & Partial<GatewayOptions>,
): Promise<Gateway> =>
  startGateway({
    aeTitle: 'LIANZHEN',
    port: 0,
    host: '127.0.0.1',
    statusPort: 0,
    watch: null,
    mostBytes: 1e9,
    slowBelowBytesPerSecond: 0,
    quiet: true,
    lookEveryMs: 100,
    firstWaitMs: 50,
    longestWaitMs: 200,
    ...options,
  });

/** Gateways of one token, each test in a folder of its own, that end with it; `close` after each test. */
export class GatewayBench {
  folder = '';
  readonly #token: () => string;
  readonly #opened: { close(): Promise<void> }[] = [];
  constructor(token: () => string) {
    this.#token = token;
  }

  async begin(): Promise<void> {
    this.folder = await makeFolder();
  }
  async end(): Promise<void> {
    for (const part of this.#opened.splice(0).reverse()) await part.close();
    await removeFolder(this.folder);
  }
  /** Ends with the test as well. */
  own(part: { close(): Promise<void> }): void {
    this.#opened.push(part);
  }
  async gatewayTo(url: string, options: Partial<GatewayOptions> = {}): Promise<Gateway> {
    const spoolFolder = join(this.folder, 'spool');
    const gateway = await startTestGateway({ hub: url, token: this.#token(), spoolFolder, ...options });
    this.own(gateway);
    return gateway;
  }
  /** Before its test ends. */
  async stop(gateway: Gateway): Promise<void> {
    this.#opened.splice(this.#opened.indexOf(gateway), 1);
    await gateway.close();
  }
}

/** Nothing waits any more. */
export const settled = (gateway: Gateway) =>
  until(
    () => gateway.status(),
    ({ waiting }) => waiting === 0,
  );

/** Asks until it is so; the test's own timeout ends it. */
export async function until<T>(look: () => T | Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await look();
    if (holds(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export const tokenFor = async (
  person: { http(path: string, init?: RequestInit): Promise<Response> },
  ...scopes: string[]
): Promise<string> => {
  const response = await person.http('/api/tokens', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: '网关', scopes }),
  });
  return ((await response.json()) as { token: string }).token;
};
