import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { at, signIn } from '../support/browser.ts';
import { openScene, SCENE_MS, type Scene } from '../support/scene.ts';
import { listenTo, withoutTouching } from '../support/untouched-window.ts';

// In browsers as users have them: a window that nobody has touched may not sound.

let scene: Scene;
let clinic: Page;
let desk: Page;

beforeAll(async () => {
  scene = await openScene({ autoplay: false });
  clinic = await scene.signedIn('clinic1');
  desk = await scene.window();
  await listenTo(desk);
  await signIn(desk, scene.hub.url, 'oncall1');
}, SCENE_MS);
afterAll(() => scene?.close());

const concern = (name: string) => clinic.locator(`[data-testid="alarm-concern-${name}"]`);

test('[JO10] coming on duty plays the ring aloud, and the clinic sees that the desk can be heard', async () => {
  await at(desk, 'start-duty').click();
  await desk.waitForFunction(() => (window as unknown as { heardEnergy(): number }).heardEnergy() > 0.05);
  await at(desk, 'sound-warning').waitFor({ state: 'detached' });
  await clinic.locator('[data-testid="desk-hint"] [data-tone="good"]').waitFor();
}, 120_000);

test('[JO10] a reloaded window says across its whole width that it cannot sound, and the clinic sees it', async () => {
  await desk.reload();
  const untouched = await withoutTouching(desk);
  const [width, pageWidth] = await untouched.until<[number, number]>(`(() => {
    const bar = document.querySelector('[data-testid="sound-warning"][data-reason="needs-gesture"]');
    return bar && [bar.getBoundingClientRect().width, document.documentElement.clientWidth];
  })()`);
  expect(width).toBe(pageWidth);
  await clinic.locator('[data-testid="desk-hint"] [data-tone="caution"]').waitFor();
}, 120_000);

test('[JO10] an alarm in that window is seen but not heard, which both sides read, until one press lets it ring', async () => {
  const untouched = await withoutTouching(desk);
  await at(clinic, 'chest-pain-button').click();
  await untouched.until(`document.querySelector('[data-testid="alarm-card"]') !== null`);
  expect(await untouched.until<string>(`String(window.heardEnergy())`)).toBe('0');
  await concern('no-sound').waitFor();
  await untouched.press('[data-testid="alarm-card"] [data-testid="enable-sound"]');
  await untouched.until(`window.heardEnergy() > 0.05`);
  await untouched.until(`!document.querySelector('[data-testid="sound-warning"]')`);
  await concern('no-sound').waitFor({ state: 'detached' });
}, 120_000);

test('[JO10] silencing stops the own sound only, and the alarm goes on', async () => {
  await at(desk, 'silence-alarm').click();
  await desk.waitForFunction(() => (window as unknown as { heardEnergy(): number }).heardEnergy() === 0);
  await clinic.locator('[data-testid="alarm-status"][data-state="ringing"]').waitFor();
  await at(desk, 'shrink-alarm').click();
  await at(desk, 'alarm-bar').waitFor();
}, 120_000);

test('[JO10] a window that its person muted says so, and the clinic reads that too', async () => {
  await at(desk, 'mute-window').click();
  await desk.locator('[data-testid="sound-warning"][data-reason="muted"]').waitFor();
  await concern('no-sound').waitFor();
  await at(desk, 'enable-sound').click();
  await at(desk, 'sound-warning').waitFor({ state: 'detached' });
  await concern('no-sound').waitFor({ state: 'detached' });
}, 120_000);
