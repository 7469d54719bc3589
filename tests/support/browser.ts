import { mkdtemp, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { chromiumFlags } from './chromium-flags.ts';

const candidates = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
];

/** Where Chromium stands; npm test has made sure that there is one, or has failed saying what to install. */
export function chromiumPath(): string {
  const found = candidates.find((path) => path !== undefined && existsSync(path));
  if (found === undefined) throw new Error('Chromium is not installed');
  return found;
}

export interface WindowOptions {
  language?: 'zh-CN' | 'en';
  viewport?: { width: number; height: number };
  /** What the person allows in a browser of denied devices. */
  allow?: ('microphone' | 'camera')[];
}

export interface TestBrowser {
  /** A window of its own browser profile: its own cookies, as another person at another PC. */
  window(options?: WindowOptions): Promise<Page>;
  close(): Promise<void>;
}

export interface BrowserOptions {
  /** False: pages may not sound before a gesture, as in a user's browser. */
  autoplay?: boolean;
  /** Camera and microphone. */
  devices?: 'fake' | 'denied';
  /** Of the camera; Chromium's own is 20. */
  framesPerSecond?: number;
  /** False where the caller ends the browser itself on SIGINT and SIGTERM, among other things. */
  signals?: boolean;
}

export async function openBrowser(options: BrowserOptions = {}): Promise<TestBrowser> {
  const profile = await mkdtemp(join(tmpdir(), 'lianzhen-chromium-'));
  const devices = options.devices ?? 'fake';
  const signals = options.signals ?? true;
  const browser: Browser = await chromium.launch({
    executablePath: chromiumPath(),
    handleSIGINT: signals,
    handleSIGTERM: signals,
    handleSIGHUP: signals,
    args: [
      ...chromiumFlags,
      `--use-fake-device-for-media-stream=fps=${options.framesPerSecond ?? 20}`,
      ...(devices === 'fake' ? ['--use-fake-ui-for-media-stream'] : ['--deny-permission-prompts']),
      ...(options.autoplay === false ? [] : ['--autoplay-policy=no-user-gesture-required']),
      // Journeys keep several windows open; none of them may be slowed down for standing behind another.
      '--disable-background-timer-throttling',
      '--disable-renderer-backgrounding',
      '--disable-backgrounding-occluded-windows',
    ],
    ignoreDefaultArgs: ['--autoplay-policy=no-user-gesture-required', '--mute-audio'],
    downloadsPath: profile,
  });
  const contexts: BrowserContext[] = [];
  return {
    async window({ language = 'zh-CN', viewport = { width: 1366, height: 768 }, allow = [] } = {}) {
      const context = await browser.newContext({ locale: language, viewport, permissions: allow });
      contexts.push(context);
      const page = await context.newPage();
      page.setDefaultTimeout(60_000);
      return page;
    },
    async close() {
      for (const context of contexts) await context.close().catch(() => undefined);
      await browser.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

/** The element with this data-testid. */
export const at = (page: Page, testId: string) => page.locator(`[data-testid="${testId}"]`);

export async function signIn(page: Page, url: string, username: string): Promise<void> {
  await page.goto(url);
  await at(page, `demo-${username}`).click();
  await at(page, 'signed-in-as').first().waitFor();
}
