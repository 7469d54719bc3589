import type { Page } from 'playwright-core';
import { DEMONSTRATION_PASSWORD } from '../../server/accounts/demonstration-accounts.ts';
import type { SessionView } from '../../shared/contracts/accounts.ts';
import { startHubProcess } from '../support/hub-process.ts';
import { TestClient, type TestWindow } from '../support/hub.ts';
import { giveClock } from './page-clock.ts';

/** The hub in a process of its own, with the demonstration county. */
export interface BenchHub {
  readonly url: string;
  readonly pid: number;
  signIn(username: string): Promise<TestClient>;
  close(): Promise<void>;
}

export async function startBenchHub(): Promise<BenchHub> {
  const hub = await startHubProcess();
  const opened: TestWindow[] = [];
  return {
    url: hub.url,
    pid: hub.pid,
    async signIn(username) {
      const response = await fetch(`${hub.url}/api/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username, password: DEMONSTRATION_PASSWORD }),
      });
      if (!response.ok) throw new Error(`${username} could not sign in: ${response.status}`);
      const cookie = response.headers
        .getSetCookie()
        .map((value) => value.split(';')[0])
        .join('; ');
      return new TestClient(hub.url, cookie, (await response.json()) as SessionView, opened);
    },
    async close() {
      opened.forEach((window) => window.close());
      await hub.close();
    },
  };
}

/** Makes a browser window one of this person, with the clock of the measurements. */
export async function takeSeat(page: Page, client: TestClient): Promise<Page> {
  const cookies = client.cookie.split('; ').map((pair) => {
    const [name, ...value] = pair.split('=');
    return { name: name!, value: value.join('='), url: client.url };
  });
  await page.context().addCookies(cookies);
  await giveClock(page);
  return page;
}
