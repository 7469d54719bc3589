import { setTimeout as after } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { buildPage } from '../media/build-page.ts';
import { acceptedCase } from '../support/accepted-case.ts';
import { openBrowser } from '../support/browser.ts';
import { startBenchHub, takeSeat } from './bench-hub.ts';
import { startBareProcess } from './bare-process.ts';
import { row, type BenchRow, type Measured } from './measure.ts';
import { firstFrame, giveClock, pressedAt } from './page-clock.ts';
import { canMeasureLoad, watchLoad, type Load } from './process-load.ts';
import { inScope } from './scope.ts';

/** Ours and the floor take turns, so that the machine's moods hit both; only one of the two calls encodes at a time. */
const rounds = 2;
const joinsEachRound = 6;
const callMs = 5_000;

/** Two windows of one room: one is in it already, the other comes and goes. */
interface Room {
  pid: number;
  host: Page;
  guest: Page;
  join: string;
  leave: string;
  /** The other person's picture. */
  video: string;
}

interface Joins {
  /** From the guest's click to the first decoded frame of the host's picture at the guest. */
  sees: number[];
  /** From the guest's click to the first decoded frame of the guest's picture at the host. */
  seen: number[];
  loads: Load[];
}

/**
 * Click on "enter the room" to the first decoded frame, in Chromium with fake devices, and what the hub and its SFU
 * workers need while two talk. Floor: a bare mediasoup router of the same worker program with bare mediasoup clients.
 */
export function benchCall(): Promise<BenchRow[]> {
  return inScope(async (keep) => {
    const hub = keep(await startBenchHub());
    const files = await buildPage(fileURLToPath(new URL('./bare-room-page', import.meta.url)));
    const bare = keep(await startBareProcess('./bare-room.mjs', files));
    const clinic = await hub.signIn('clinic1');
    const reader = await hub.signIn('oncall1');
    const { consultId } = await acceptedCase(await clinic.connect(), await reader.connect(), '压测会诊');

    const browser = keep(await openBrowser({ signals: false }));
    const ours: Room = {
      pid: hub.pid,
      host: await takeSeat(await browser.window(), clinic),
      guest: await takeSeat(await browser.window(), reader),
      join: '[data-testid="join-call"]',
      leave: '[data-testid="leave-call"]',
      video: '[data-testid="peer-tile"] video',
    };
    for (const page of [ours.host, ours.guest]) await page.goto(`${hub.url}/consults/${consultId}`);
    const floor: Room = {
      pid: bare.pid,
      host: await browser.window(),
      guest: await browser.window(),
      join: '#join',
      leave: '#leave',
      video: 'video',
    };
    for (const page of [floor.host, floor.guest]) {
      await giveClock(page);
      await page.goto(bare.url);
      await page.locator('[data-connected]').waitFor();
    }

    const measured: Joins = { sees: [], seen: [], loads: [] };
    const beside: Joins = { sees: [], seen: [], loads: [] };
    for (let round = 0; round < rounds; round += 1) {
      await meet(ours, measured);
      await meet(floor, beside);
    }
    const name = 'bare mediasoup router and clients';
    const rows = [
      row('click to join, to first decoded frame at who joins', 'ms', measured.sees, { name, values: beside.sees }),
      row('click to join, to their first decoded frame at the other', 'ms', measured.seen, {
        name,
        values: beside.seen,
      }),
    ];
    if (canMeasureLoad) {
      const cpu = (joins: Joins) => means(joins.loads.map((load) => load.cpu));
      const memory = (joins: Joins) => means(joins.loads.map((load) => load.memory));
      rows.push(row('hub CPU, two talk in one room', '%', cpu(measured), { name, ...cpu(beside) }));
      rows.push(row('hub memory, two talk in one room', 'MB', memory(measured), { name, ...memory(beside) }));
    }
    return rows;
  });
}

async function meet({ pid, host, guest, join, leave, video }: Room, into: Joins): Promise<void> {
  await host.locator(join).click();
  await host.locator(leave).waitFor();
  for (let index = 0; index < joinsEachRound; index += 1) {
    const sees = firstFrame(guest, video);
    const seen = firstFrame(host, video);
    await guest.locator(join).click();
    const [seesAt, seenAt] = await Promise.all([sees, seen]);
    const from = await pressedAt(guest);
    into.sees.push(seesAt - from);
    into.seen.push(seenAt - from);
    if (canMeasureLoad && index === joinsEachRound - 1) {
      const watch = watchLoad(pid);
      await after(callMs);
      into.loads.push(watch.stop());
    }
    await guest.locator(leave).click();
    await host.locator(video).waitFor({ state: 'detached' });
  }
  await host.locator(leave).click();
}

/** Periods of equal length as one. */
function means(periods: Measured[]): Measured {
  const values = periods.flatMap((period) => period.values);
  return { values, value: values.reduce((sum, value) => sum + value, 0) / values.length };
}
