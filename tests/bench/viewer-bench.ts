import type { Page } from 'playwright-core';
import { synthesizeCt, synthesizeDrSeries } from '../../server/imaging/synthesize/synthesize-studies.ts';
import { at, openBrowser } from '../support/browser.ts';
import { startBenchHub, takeSeat } from './bench-hub.ts';
import { behind, caseWith, imagesTab, openImages, SHOWN, type CaseWithImages } from './images-of-case.ts';
import { row, type BenchRow } from './measure.ts';
import { appeared } from './page-clock.ts';
import { inScope } from './scope.ts';
import { openSlowLine, type SlowLine } from './slow-line.ts';

const SLICES = 40;
/** One way; a county's line to its own hospital. */
const DELAY_MS = 15;
const STEPS = 120;
const patient = { name: 'Bench^Image=测^像', id: 'B-1' } as const;

/** What the hub draws of an image that is still on its way. */
const PREVIEW = '[data-testid="image-preview"] img';

/**
 * From the page that is open to the first picture on the screen, to the hub's small one where that was sooner; and the
 * bytes that this took.
 */
async function firstPicture(page: Page, line: SlowLine, consultId: string) {
  await page.goto(`${line.url}/consults/${consultId}`);
  await at(page, 'case-page').waitFor();
  await page.waitForLoadState('networkidle');
  line.moved();
  const shown = appeared(page, SHOWN);
  const preview = appeared(page, `${SHOWN}, ${PREVIEW}`);
  const asked = await page.evaluate(() => window.benchClock.now());
  await imagesTab(page).click();
  const [ms, firstLookMs] = [(await shown) - asked, (await preview) - asked];
  return { ms, firstLookMs, kilobytes: line.moved().down / 1000 };
}

/**
 * What a reader waits for over a line: the time to the first picture from opening the pictures of a case, and the bytes
 * for it, in a browser that has never shown any and in one that has. Real Chromium, no GPU.
 */
export function benchFirstImage(): Promise<BenchRow[]> {
  return inScope(async (keep) => {
    const hub = keep(await startBenchHub());
    const rows: BenchRow[] = [];
    const browser = keep(await openBrowser({ signals: false }));
    const ct = synthesizeCt({ patient, seed: 31, slices: SLICES });
    const dr = synthesizeDrSeries({ patient, seed: 32, rows: 3000, columns: 2500 });
    for (const [name, series, times] of [
      [`a CT of ${SLICES} slices of 512 x 512`, ct, 3],
      ['a DR of 3000 x 2500', dr, 1],
    ] as const) {
      const { consultId, reader } = await caseWith(hub, series);
      for (const megabitsPerSecond of [4, 50]) {
        const line = keep(await openSlowLine(hub.url, { megabitsPerSecond, delayMs: DELAY_MS }));
        const first: Awaited<ReturnType<typeof firstPicture>>[] = [];
        const again: typeof first = [];
        for (let index = 0; index < times; index += 1) {
          const page = await takeSeat(await browser.window(), behind(line, reader));
          first.push(await firstPicture(page, line, consultId));
          again.push(await firstPicture(page, line, consultId));
          await page.context().close();
        }
        for (const [how, values] of [
          ['first time', first],
          ['again', again],
        ] as const) {
          const where = `of ${name} at ${megabitsPerSecond} Mbit/s, ${how}`;
          rows.push(
            row(
              `first image ${where}`,
              'ms',
              values.map(({ ms }) => ms),
            ),
            row(
              `  first look ${where}`,
              'ms',
              values.map(({ firstLookMs }) => firstLookMs),
            ),
            row(
              `  bytes until the image ${where}`,
              'kB',
              values.map(({ kilobytes }) => kilobytes),
            ),
          );
        }
      }
    }
    return rows;
  });
}

/** Frames while a loaded series is leafed through. */
export function benchLeafing(): Promise<BenchRow[]> {
  return inScope(async (keep) => {
    const hub = keep(await startBenchHub());
    const browser = keep(await openBrowser({ signals: false }));
    const ofCt = await caseWith(hub, synthesizeCt({ patient, seed: 31, slices: SLICES }));
    return benchScroll(ofCt, browser, hub.url);
  });
}

type Browser = Awaited<ReturnType<typeof openBrowser>>;

/** Milliseconds between frames while the keys leaf to and fro through a series that is there. */
async function benchScroll({ consultId, reader }: CaseWithImages, browser: Browser, url: string): Promise<BenchRow[]> {
  const page = await takeSeat(await browser.window(), reader);
  await openImages(page, url, consultId);
  const gapsWhile = async (work: () => Promise<unknown>) => {
    await page.evaluate(() => window.benchClock.countFrames());
    await work();
    return page.evaluate(() => window.benchClock.frameGaps());
  };
  const rest = await gapsWhile(() => page.evaluate(() => window.benchClock.frames(90)));
  let blank = 0;
  const leafed = await gapsWhile(async () => {
    for (let step = 0; step < STEPS; step += 1) {
      await page.keyboard.press(Math.floor(step / (SLICES - 2)) % 2 === 0 ? 'ArrowDown' : 'ArrowUp');
      if ((await page.locator(SHOWN).count()) === 0) blank += 1;
    }
  });
  await page.context().close();
  return [
    row('between frames while a loaded CT is leafed through', 'ms', leafed, {
      name: 'the same page at rest',
      values: rest,
    }),
    row(`  slices without a picture, of ${STEPS}`, 'slices', [blank]),
  ];
}
