import { readFile } from 'node:fs/promises';
import { acceptedCase } from '../support/accepted-case.ts';
import { at, openBrowser } from '../support/browser.ts';
import { startBenchHub, takeSeat } from './bench-hub.ts';
import { startBareProcess } from './bare-process.ts';
import { row, type BenchRow } from './measure.ts';
import { appeared, giveClock, loadedAt, pressedAt } from './page-clock.ts';
import { inScope } from './scope.ts';
import { sendEcg } from './send-ecg.ts';

const warmTimes = 12;
const coldTimes = 6;
const painted = (ecgId: string) => `[data-ecg-id="${ecgId}"][data-first-paint-ms]`;

/**
 * Opening a case to the first painted trace in Chromium: by a click with the code loaded, and by address in a browser
 * that has never been here. Floor: a bare canvas page that draws as many points from numbers that it has already.
 */
export function benchFirstPaint(): Promise<BenchRow[]> {
  return inScope(async (keep) => {
    const hub = keep(await startBenchHub());
    const files = new Map([['/', await readFile(new URL('./bare-paper.html', import.meta.url), 'utf8')]]);
    const bare = keep(await startBareProcess('./bare-sockets.mjs', files));
    const clinic = await hub.signIn('clinic1');
    const reader = await hub.signIn('oncall1');
    const sender = await clinic.connect();
    const desk = await reader.connect();
    const cases: { path: string; ecgId: string }[] = [];
    for (let index = 0; index <= warmTimes; index += 1) {
      const { consultId, patientId } = await acceptedCase(sender, desk, `压测心电${index}`);
      cases.push({ path: `/consults/${consultId}`, ecgId: await sendEcg(clinic, patientId, index + 1) });
    }
    const first = cases.pop()!;

    const browser = keep(await openBrowser({ signals: false }));
    const page = await takeSeat(await browser.window(), reader);
    await page.goto(`${hub.url}${first.path}`);
    await page.locator(painted(first.ecgId)).waitFor();
    await page.goto(hub.url);
    await at(page, 'signed-in-as').first().waitFor();
    // The case's code is loaded by a first visit within this document.
    await page.locator(`a[href="${first.path}"]`).first().click();
    await page.locator(painted(first.ecgId)).waitFor();
    await page.goBack();
    const barePage = await browser.window();
    await giveClock(barePage);
    await barePage.goto(bare.url);
    await barePage.locator('[data-drawn="1"]').waitFor();

    const warm: number[] = [];
    const viewer: number[] = [];
    const warmFloor: number[] = [];
    for (const [index, { path, ecgId }] of cases.entries()) {
      const link = page.locator(`a[href="${path}"]`).first();
      await link.waitFor();
      const seen = appeared(page, painted(ecgId));
      await link.click();
      warm.push((await seen) - (await pressedAt(page)));
      viewer.push(Number(await page.locator(painted(ecgId)).getAttribute('data-first-paint-ms')));
      await page.goBack();
      const drawn = appeared(barePage, `[data-drawn="${index + 2}"]`);
      await barePage.locator('#draw').click();
      warmFloor.push((await drawn) - (await pressedAt(barePage)));
    }

    const cold: number[] = [];
    const coldFloor: number[] = [];
    for (const { path, ecgId } of cases.slice(0, coldTimes)) {
      const fresh = await takeSeat(await browser.window(), reader);
      await fresh.goto(`${hub.url}${path}`, { waitUntil: 'commit' });
      cold.push((await appeared(fresh, painted(ecgId))) - (await loadedAt(fresh)));
      await fresh.context().close();
      const freshBare = await browser.window();
      await giveClock(freshBare);
      await freshBare.goto(bare.url, { waitUntil: 'commit' });
      coldFloor.push((await appeared(freshBare, '[data-drawn="1"]')) - (await loadedAt(freshBare)));
      await freshBare.context().close();
    }
    const drawing = { name: 'bare canvas, same points, from its click', values: warmFloor };
    return [
      row('ECG viewer rendered to first paint', 'ms', viewer, drawing),
      row('case clicked to first paint of its ECG, code loaded', 'ms', warm, drawing),
      row('case opened by address, nothing cached, to first paint', 'ms', cold, {
        name: 'bare canvas page, from its navigation',
        values: coldFloor,
      }),
    ];
  });
}
