import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { at, openBrowser, signIn, type TestBrowser } from '../support/browser.ts';
import { hears, sees, seesAndHears } from '../support/call-tiles.ts';
import { startHubProcess, type HubProcess } from '../support/hub-process.ts';

// A clinic whose browser gives neither camera nor microphone still gets help.

let hub: HubProcess;
let refusing: TestBrowser;
let browser: TestBrowser;
let clinic: Page;
let desk: Page;
let colleague: Page;

beforeAll(async () => {
  hub = await startHubProcess();
  refusing = await openBrowser({ devices: 'denied' });
  browser = await openBrowser();
  clinic = await refusing.window();
  desk = await browser.window();
  await signIn(clinic, hub.url, 'clinic1');
  await signIn(desk, hub.url, 'oncall1');
  await at(desk, 'start-duty').click();
  await at(desk, 'end-duty').waitFor();
}, 180_000);
afterAll(async () => {
  await refusing?.close();
  await browser?.close();
  await hub?.close();
});

test('[JO11] with camera and microphone denied the clinic presses the key, enters the room, and sees and hears the desk', async () => {
  await at(clinic, 'chest-pain-button').click();
  await at(desk, 'accept-alarm').click();
  await at(clinic, 'case-page').waitFor();
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
  await signIn(colleague, hub.url, 'oncall2');
  await colleague.goto(clinic.url());
  await at(colleague, 'join-call').click();
  await sees(colleague, '周明远');
  await hears(desk, '沈怀安');
  await hears(clinic, '沈怀安');
  expect(await at(colleague, 'device-problem').count()).toBe(1);
}, 120_000);
