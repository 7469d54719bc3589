import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { at } from '../support/browser.ts';
import { openScene, SCENE_MS, type Scene } from '../support/scene.ts';

// The windows of one browser profile share one sign-in.

let scene: Scene;
let first: Page;
let second: Page;

beforeAll(async () => {
  scene = await openScene();
  first = await scene.signedIn('clinic1');
  second = await first.context().newPage();
  second.setDefaultTimeout(60_000);
}, SCENE_MS);
afterAll(() => scene?.close());

test('[JO12] a second window of the same profile is the same person', async () => {
  await second.goto(scene.hub.url);
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
