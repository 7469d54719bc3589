import type { Page } from 'playwright-core';
import { synthesizeCt } from '../../server/imaging/synthesize/synthesize-studies.ts';
import { at, openBrowser } from '../support/browser.ts';
import { startBenchHub, takeSeat } from './bench-hub.ts';
import { behind, caseWith, openImages } from './images-of-case.ts';
import { row, type BenchRow } from './measure.ts';
import { inScope } from './scope.ts';
import { openSlowLine } from './slow-line.ts';

const SLICES = 40;
const DELAY_MS = 15;
const STEPS = 60;
/** A quick hand at the wheel. */
const EVERY_MS = 100;
/** Megabits a second: what a bad day leaves, and a usual line. */
const [BAD, USUAL] = [0.064, 50];
const patient = { name: 'Bench^Together=测^同看', id: 'B-2' } as const;

/**
 * Looking together: from a slice on the leader's screen to the same slice on the follower's, whose line is as bad as
 * 64 kbit/s and in the same run as usual; and the bytes that the follower's line carries a second meanwhile. Both have
 * the series, as after the first minutes of a consult. Real Chromium, no GPU.
 */
export function benchTogether(): Promise<BenchRow[]> {
  return inScope(async (keep) => {
    const hub = keep(await startBenchHub());
    const browser = keep(await openBrowser({ signals: false }));
    const { consultId, clinic, reader } = await caseWith(hub, synthesizeCt({ patient, seed: 33, slices: SLICES }));
    const line = keep(await openSlowLine(hub.url, { megabitsPerSecond: USUAL, delayMs: DELAY_MS }));
    const leader = await takeSeat(await browser.window(), reader);
    const follower = await takeSeat(await browser.window(), behind(line, clinic));
    await openImages(leader, hub.url, consultId);
    await openImages(follower, line.url, consultId);
    await at(leader, 'take-lead').click();
    await at(follower, 'lead-bar').and(follower.locator('[data-following="true"]')).waitFor();
    const lead = async (megabitsPerSecond: number) => {
      line.setRate(megabitsPerSecond);
      for (const page of [leader, follower]) await page.evaluate(() => window.benchClock.watchSlices());
      line.moved();
      const began = performance.now();
      await leaf(leader);
      const last = await leader.evaluate(() =>
        document.querySelector('[data-sop-instance-uid]')!.getAttribute('data-sop-instance-uid')!,
      );
      await follower.locator(`[data-testid="imaging-viewer"][data-sop-instance-uid="${last}"]`).waitFor();
      const seconds = (performance.now() - began) / 1000;
      const { down, up } = line.moved();
      const [led, followed] = await Promise.all(
        [leader, follower].map((page) => page.evaluate(() => window.benchClock.slices())),
      );
      return { delays: delaysOf(led!, followed!), bytesPerSecond: (down + up) / seconds };
    };
    await lead(USUAL);
    const usual = await lead(USUAL);
    const bad = await lead(BAD);
    return [
      row('a slice from the leader to a follower at 64 kbit/s', 'ms', bad.delays, {
        name: 'the same at 50 Mbit/s',
        values: usual.delays,
      }),
      row('  bytes a second on the follower’s line meanwhile', 'bytes/s', [bad.bytesPerSecond], {
        name: 'the same at 50 Mbit/s',
        values: [usual.bytesPerSecond],
      }),
    ];
  });
}

/** To and fro through the series, as fast as a hand turns the wheel. */
async function leaf(page: Page): Promise<void> {
  await page.locator('[data-testid="imaging-viewer"]').focus();
  for (let step = 0; step < STEPS; step += 1) {
    const next = page.evaluate((ms) => new Promise((resolve) => setTimeout(resolve, ms)), EVERY_MS);
    await page.keyboard.press(Math.floor(step / (SLICES / 2 - 2)) % 2 === 0 ? 'ArrowDown' : 'ArrowUp');
    await next;
  }
}

type Slice = [sopInstanceUid: string, at: number];

/** Of every slice of the leader's that the follower showed: how much later. What was passed over in between counts not. */
function delaysOf(led: readonly Slice[], followed: readonly Slice[]): number[] {
  const delays: number[] = [];
  let from = 0;
  for (const [uid, shownAt] of followed) {
    const place = led.findIndex(([one, ledAt], index) => index >= from && one === uid && ledAt <= shownAt);
    if (place < 0) continue;
    delays.push(shownAt - led[place]![1]);
    from = place + 1;
  }
  return delays;
}
