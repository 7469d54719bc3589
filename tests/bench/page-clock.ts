import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';

declare global {
  interface Window {
    /** See page-clock.mjs. */
    benchClock: {
      loadedAt: number;
      pressedAt: number;
      appeared(selector: string): Promise<number>;
      firstFrame(selector: string): Promise<number>;
      frames(count: number): Promise<void>;
      countFrames(): void;
      frameGaps(): number[];
      watchSlices(): void;
      slices(): [sopInstanceUid: string, at: number][];
      now(): number;
    };
  }
}

const program = fileURLToPath(new URL('./page-clock.mjs', import.meta.url));

/** Every page that this window opens from now on has the clock. */
export const giveClock = (page: Page) => page.addInitScript({ path: program });

export const pressedAt = (page: Page) => page.evaluate(() => window.benchClock.pressedAt);
export const loadedAt = (page: Page) => page.evaluate(() => window.benchClock.loadedAt);

/** To be asked before what makes it appear. */
export const appeared = (page: Page, selector: string) =>
  page.evaluate((wanted) => window.benchClock.appeared(wanted), selector);

/** To be asked before what makes it play. */
export const firstFrame = (page: Page, selector: string) =>
  page.evaluate((wanted) => window.benchClock.firstFrame(wanted), selector);
