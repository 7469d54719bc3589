import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { at, signIn, type TestBrowser } from '../support/browser.ts';
import { hears, sees, seesAndHears } from '../support/call-tiles.ts';
import { openScene, SCENE_MS, type Scene } from '../support/scene.ts';
import { goOnDuty, meetInCase } from '../support/steps.ts';

// A clinic whose browser gives neither camera nor microphone still gets help.

let scene: Scene;
let refusing: TestBrowser;
let clinic: Page;
let desk: Page;
let colleague: Page;

beforeAll(async () => {
  scene = await openScene();
  refusing = await scene.anotherBrowser({ devices: 'denied' });
  clinic = await refusing.window();
  await signIn(clinic, scene.hub.url, 'clinic1');
  desk = await scene.signedIn('oncall1');
  await goOnDuty(desk);
}, SCENE_MS);
afterAll(() => scene?.close());

test('[JO11] with camera and microphone denied the clinic presses the key, enters the room, and sees and hears the desk', async () => {
  await meetInCase(clinic, desk);
  await at(desk, 'join-call').click();
  await at(clinic, 'join-call').click();
  await clinic.locator('[data-testid="call"][data-connection="connected"]').waitFor();
  await seesAndHears(clinic, '周明远');
  expect(await at(clinic, 'device-problem').count()).toBe(2);
  await desk.locator('[data-testid="peer-tile"][data-peer-name="林晓梅"]').waitFor();
}, 120_000);

test('[JO11] what cannot be said is written, and reaches the other side', async () => {
  await at(clinic, 'message-text').fill('麦克风不能用，请看心电图');
  await at(clinic, 'send-message').click();
  await at(desk, 'messages').getByText('麦克风不能用，请看心电图').waitFor();
}, 120_000);

test('[JO11] with the camera denied alone one speaks and sees', async () => {
  colleague = await refusing.window({ allow: ['microphone'] });
  await signIn(colleague, scene.hub.url, 'oncall2');
  await colleague.goto(clinic.url());
  await at(colleague, 'join-call').click();
  await sees(colleague, '周明远');
  await hears(desk, '沈怀安');
  await hears(clinic, '沈怀安');
  expect(await at(colleague, 'device-problem').count()).toBe(1);
}, 120_000);
