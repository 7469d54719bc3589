import type { Page } from 'playwright-core';
import { synthesizeEcg } from '../../shared/ecg/synthesize.ts';
import { writeDicomEcg } from '../../server/ecg/encode/dicom-ecg.ts';
import { acceptedCase } from '../support/accepted-case.ts';
import { openBrowser } from '../support/browser.ts';
import { startBenchHub, takeSeat } from './bench-hub.ts';
import { row, type BenchRow } from './measure.ts';
import { inScope } from './scope.ts';
import { sendEcgFile } from './send-ecg.ts';

/** A township's old PC, as the browser's own throttle makes it. */
const slower = 4;
const dragSteps = 90;
const restFrames = 90;

/**
 * Milliseconds between two frames while a caliper is dragged over a trace and while a minute's recording is drawn along,
 * without a GPU and with the processor made slower. Floor: the same page at rest.
 */
export function benchDrag(): Promise<BenchRow[]> {
  return inScope(async (keep) => {
    const hub = keep(await startBenchHub());
    const clinic = await hub.signIn('clinic1');
    const reader = await hub.signIn('oncall1');
    const { consultId, patientId } = await acceptedCase(await clinic.connect(), await reader.connect(), '压测拖动');
    const { document } = synthesizeEcg({ seed: 5, durationSeconds: 60 });
    const ecgId = await sendEcgFile(clinic, patientId, writeDicomEcg(document) as Uint8Array<ArrayBuffer>);
    const browser = keep(await openBrowser({ signals: false }));
    const page = await takeSeat(await browser.window(), reader);
    await page.goto(`${hub.url}/consults/${consultId}`);
    await page.locator(`section.ecg-viewer[data-ecg-id="${ecgId}"][data-first-paint-ms]`).waitFor();
    await page.locator('[data-testid="ecg-page-time"]').waitFor();
    const devices = await page.context().newCDPSession(page);
    await devices.send('Emulation.setCPUThrottlingRate', { rate: slower });

    const rest = await framesWhile(page, async () =>
      page.evaluate((count) => window.benchClock.frames(count), restFrames),
    );
    const paper = (await page.locator('.ecg-viewer__overlay').boundingBox())!;
    const at = (x: number, y: number) => [paper.x + paper.width * x, paper.y + paper.height * y] as const;
    const drag = (from: readonly [number, number], to: readonly [number, number]) =>
      framesWhile(page, async () => {
        await page.mouse.move(...from);
        await page.mouse.down();
        await page.mouse.move(...to, { steps: dragSteps });
        await page.mouse.up();
      });
    const caliper = await drag(at(0.2, 0.8), at(0.8, 0.9));
    const handle = (await page.locator('.ecg-overview__window, .ant-slider-handle').first().boundingBox())!;
    const hold = [handle.x + handle.width / 2, handle.y + handle.height / 2] as const;
    const pan = await drag(hold, [hold[0] + 400, hold[1]]);
    const floor = { name: 'the same page at rest', values: rest };
    return [
      row(`between frames while a caliper is dragged, CPU ${slower} times slower`, 'ms', caliper, floor),
      row(`between frames while a minute is panned, CPU ${slower} times slower`, 'ms', pan, floor),
    ];
  });
}

async function framesWhile(page: Page, work: () => Promise<void>): Promise<number[]> {
  await page.evaluate(() => window.benchClock.countFrames());
  await work();
  return page.evaluate(() => window.benchClock.frameGaps());
}
