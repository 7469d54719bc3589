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
    quiet: true,
    lookEveryMs: 100,
    firstWaitMs: 50,
    longestWaitMs: 200,
    ...options,
  });

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
