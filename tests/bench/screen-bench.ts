import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { acceptedCase } from '../support/accepted-case.ts';
import { at, openBrowser } from '../support/browser.ts';
import { startBenchHub, takeSeat } from './bench-hub.ts';
import { startBareProcess } from './bare-process.ts';
import { row, type BenchRow } from './measure.ts';
import { appeared, giveClock, pressedAt } from './page-clock.ts';
import { inScope } from './scope.ts';
import { ecgFile, sendEcg } from './send-ecg.ts';

const times = 15;
const painted = (ecgId: string) => `[data-ecg-id="${ecgId}"][data-first-paint-ms]`;

/**
 * From the moment in which the clinic's window has the hub's acknowledgement of an ECG to its trace on the
 * specialist's screen, which shows the case; both windows in one Chromium. Floor: one window's bare socket.io emit
 * to the frame of another that shows it.
 */
export function benchScreen(): Promise<BenchRow[]> {
  return inScope(async (keep) => {
    const hub = keep(await startBenchHub());
    const files = new Map([['/', await readFile(new URL('./bare-notice.html', import.meta.url), 'utf8')]]);
    const bare = keep(await startBareProcess('./bare-sockets.mjs', files));
    const clinic = await hub.signIn('clinic1');
    const reader = await hub.signIn('oncall1');
    const { consultId, patientId } = await acceptedCase(await clinic.connect(), await reader.connect(), '压测心电');
    const firstEcg = await sendEcg(clinic, patientId, 1);

    const browser = keep(await openBrowser({ signals: false }));
    const sender = await takeSeat(await browser.window(), clinic);
    await sender.goto(hub.url);
    await at(sender, 'signed-in-as').first().waitFor();
    const screen = await takeSeat(await browser.window(), reader);
    await screen.goto(`${hub.url}/consults/${consultId}`);
    await screen.locator(painted(firstEcg)).waitFor();
    const [bareSender, bareScreen] = [await browser.window(), await browser.window()];
    for (const page of [bareSender, bareScreen]) {
      await giveClock(page);
      await page.goto(bare.url);
      await page.locator('[data-connected]').waitFor();
    }

    const ours: number[] = [];
    const viewer: number[] = [];
    const floor: number[] = [];
    for (let index = 0; index < times; index += 1) {
      const { ecgId, acknowledgedAt } = await sendFromPage(sender, patientId, ecgFile(index + 2));
      const paintedAt = await appeared(screen, painted(ecgId));
      ours.push(paintedAt - acknowledgedAt);
      viewer.push(Number(await screen.locator(painted(ecgId)).getAttribute('data-first-paint-ms')));

      const shown = appeared(bareScreen, `[data-shown="${index + 1}"]`);
      await bareSender.locator('#press').click();
      floor.push((await shown) - (await pressedAt(bareSender)));
    }
    const name = 'bare socket.io emit to the frame of another window';
    return [
      row('ECG acknowledged to its trace on the other screen', 'ms', ours, { name, values: floor }),
      row('of which in the viewer, rendered to painted', 'ms', viewer),
    ];
  });
}

/** Sends as the page does, by its own HTTP and cookie. */
async function sendFromPage(page: Page, patientId: string, file: Uint8Array) {
  return await page.evaluate(
    async ({ patient, bytes }) => {
      const form = new FormData();
      form.set('patientId', patient);
      form.set('file', new Blob([new Uint8Array(bytes)]), 'ecg.scp');
      const answer = await fetch('/api/ecgs', { method: 'POST', body: form });
      const acknowledgedAt = window.benchClock.now();
      if (!answer.ok) throw new Error(`The ECG was refused: ${answer.status}`);
      return { ecgId: ((await answer.json()) as { id: string }).id, acknowledgedAt };
    },
    { patient: patientId, bytes: [...file] },
  );
}
