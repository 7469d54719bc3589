import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { at, openBrowser, signIn, type TestBrowser } from '../support/browser.ts';
import { startHubProcess, type HubProcess } from '../support/hub-process.ts';

// The windows of one browser profile share one sign-in.

let hub: HubProcess;
let browser: TestBrowser;
let first: Page;
let second: Page;

beforeAll(async () => {
  hub = await startHubProcess();
  browser = await openBrowser();
  first = await browser.window();
  await signIn(first, hub.url, 'clinic1');
  second = await first.context().newPage();
  second.setDefaultTimeout(60_000);
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await hub?.close();
});

test('[JO12] a second window of the same profile is the same person', async () => {
  await second.goto(hub.url);
  await at(second, 'signed-in-as').first().waitFor();
  expect(await at(second, 'chest-pain-button').count()).toBe(1);
}, 120_000);

test('[JO12] when somebody else signs in, the window that stands open says who, and its keys do nothing', async () => {
  // As somebody at the same PC who signs in beside a window that is still open.
  await second.evaluate(async () => {
    await fetch('/api/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'clinic2', password: 'lianzhen-demo' }),
    });
  });
  await at(first, 'session-replaced').getByText('柳河镇卫生院').waitFor();
  expect(await at(first, 'chest-pain-button').count()).toBe(0);
  await first.keyboard.press('F9');
  await second.reload();
  await at(second, 'clinic-home').waitFor();
  expect(await second.locator('a[href^="/consults/"]').count()).toBe(0);
}, 120_000);

test('[JO12] one press goes on under the new name', async () => {
  await at(first, 'go-to-session').click();
  await at(first, 'clinic-home').waitFor();
  expect(await at(first, 'signed-in-as').first().innerText()).not.toContain('林晓梅');
}, 120_000);
