import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import type {} from './call-page/page.tsx'; // what the page puts on its window
import { buildCallPage } from './build-page.ts';
import { consultId, startCallHub, type CallHub, type CallHubOptions } from './call-hub.ts';
import { openUdpRelay } from './udp-relay.ts';
import { workerForTests } from './worker-for-tests.ts';
import { chromiumFlags } from '../support/chromium-flags.ts';

const fakeDevices = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
const mayPlay = '--autoplay-policy=no-user-gesture-required';

// Two encoding browsers on a busy machine take their time; what is waited for are events, not seconds.
jest.setTimeout(300_000);
const patienceMs = 120_000;

let workerBin = '';
let files = new Map<string, string>();
let browser: Browser;
const opened: (() => Promise<unknown>)[] = [];

const launch = (args: string[]) =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', headless: true, args });

beforeAll(async () => {
  workerBin = await workerForTests();
  [files, browser] = await Promise.all([buildCallPage(), launch([...chromiumFlags, ...fakeDevices, mayPlay])]);
}, 900_000);
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});
afterAll(() => browser?.close());

async function startHub(options: Partial<CallHubOptions> = {}): Promise<CallHub> {
  const hub = await startCallHub({ workerBin, files, ...options });
  opened.push(() => hub.close());
  return hub;
}

/** Opens a window that enters the room at once. */
async function enter(hub: CallHub, name: string, from: Browser = browser): Promise<Page> {
  const context: BrowserContext = await from.newContext();
  opened.push(() => context.close());
  context.setDefaultTimeout(patienceMs);
  const page = await context.newPage();
  page.on('pageerror', (error) => hub.faults.push(`${name}: ${error.message}`));
  await page.addInitScript(`{
    window.connections = [];
    const Native = RTCPeerConnection;
    window.RTCPeerConnection = class extends Native { constructor(...args) { super(...args); window.connections.push(this); } };
  }`);
  await page.goto(`${hub.url}?name=${name}&consult=${consultId}`);
  return page;
}

const state = (page: Page, wanted: string) => page.waitForSelector(`[data-state="${wanted}"]`, { state: 'attached' });
const seen = (page: Page, label: string) => page.evaluate((it) => window.pictureOf(it), label);

/** Waits until a picture has shown so many more frames, and gives what it shows then. */
async function watch(page: Page, label: string, frames = 10) {
  const until = (await page.evaluate((it) => window.framesOf(it), label)) + frames;
  await page.waitForFunction(([it, count]) => window.framesOf(it) >= count, [label, until] as const, {
    polling: 50,
    timeout: patienceMs,
  });
  return await seen(page, label);
}

/** The fake microphone beeps once a second. */
const hears = (page: Page) => page.evaluate(async () => (await window.peak(30_000, 0.02)) >= 0.02);

/** Waits for a second and a half without a sound. */
async function silence(page: Page): Promise<void> {
  while ((await page.evaluate(() => window.peak(1_500, 0.001))) >= 0.001);
}

/** The WebRTC transports that carry something, as the browser counts them. */
async function transports(page: Page) {
  return await page.evaluate(async () => {
    const found: { dtls: string; srtp: string; protocol: string; framesDecoded: number }[] = [];
    for (const connection of (window as unknown as { connections: RTCPeerConnection[] }).connections) {
      const reports = [...(await connection.getStats()).values()] as Record<string, unknown>[];
      const transport = reports.find(({ type }) => type === 'transport');
      const pair = reports.find(({ id }) => id === transport?.selectedCandidatePairId);
      const remote = reports.find(({ id }) => id === pair?.remoteCandidateId);
      if (connection.connectionState !== 'connected') continue;
      found.push({
        dtls: String(transport?.dtlsState),
        srtp: String(transport?.srtpCipher),
        protocol: String(remote?.protocol),
        framesDecoded: reports
          .filter(({ type, kind }) => type === 'inbound-rtp' && kind === 'video')
          .reduce((sum, report) => sum + Number(report.framesDecoded), 0),
      });
    }
    return found;
  });
}

describe('two windows in a room', () => {
  test.each(['udp', 'tcp'] as const)('see and hear each other over %s, encrypted', async (protocol) => {
    const hub = await startHub({
      offer: (it) => ({
        ...it,
        iceCandidates: it.iceCandidates.filter((candidate) => candidate.protocol === protocol),
      }),
    });
    const clinic = await enter(hub, '梅岭');
    const desk = await enter(hub, '示范');
    const pictures = await Promise.all([watch(desk, '梅岭 camera'), watch(clinic, '示范 camera')]);
    for (const picture of pictures) {
      expect(picture.colours).toBeGreaterThan(1); // the fake camera's pattern, not one black plane
      expect([180, 360]).toContain(picture.height);
    }
    const later = await watch(desk, '梅岭 camera');
    expect(later.checksum).not.toBe(pictures[0].checksum);
    expect(await hears(desk)).toBe(true);
    expect(await hears(clinic)).toBe(true);
    await desk.waitForSelector('[data-peer="梅岭"][data-speaking="true"]', { state: 'attached' });

    for (const page of [clinic, desk]) {
      const carrying = await transports(page);
      expect(carrying).toHaveLength(2);
      for (const { dtls, srtp, protocol: used } of carrying) {
        expect({ dtls, used }).toEqual({ dtls: 'connected', used: protocol });
        expect(srtp).toMatch(/AES/);
      }
      expect(Math.max(...carrying.map(({ framesDecoded }) => framesDecoded))).toBeGreaterThan(10);
    }
    expect(hub.faults).toEqual([]);
  });

  test('microphone, camera and screen are switched, and the other sees it', async () => {
    const hub = await startHub();
    const clinic = await enter(hub, 'clinic');
    const desk = await enter(hub, 'desk');
    await watch(desk, 'clinic camera', 3);
    const clinicAtDesk = (attribute: string) =>
      desk.waitForSelector(`[data-peer="clinic"]${attribute}`, { state: 'attached' });

    await clinic.evaluate(() => window.call.setMicrophone(false));
    await clinicAtDesk('[data-microphone="muted"]');
    await silence(desk);
    await clinic.evaluate(() => window.call.setMicrophone(true));
    await clinicAtDesk('[data-microphone="on"]');
    expect(await hears(desk)).toBe(true);

    await clinic.evaluate(() => window.call.setCamera(false));
    await clinicAtDesk(':not(:has([data-picture="clinic camera"] video))');
    expect(await clinic.evaluate(() => window.call.state.get().own.camera.track)).toBeNull();
    await clinic.evaluate(() => window.call.setCamera(true));
    await watch(desk, 'clinic camera', 3);

    await clinic.evaluate(() => window.call.shareScreen(true));
    await watch(desk, 'clinic screen', 1);
    await clinic.evaluate(() => window.call.shareScreen(false));
    await clinicAtDesk(':not(:has([data-picture="clinic screen"]))');
    await watch(desk, 'clinic camera', 3);
    expect(hub.faults).toEqual([]);
  });

  test('quick switching ends in what was asked for last', async () => {
    const hub = await startHub();
    const clinic = await enter(hub, 'clinic');
    const desk = await enter(hub, 'desk');
    await watch(desk, 'clinic camera', 3);
    await clinic.evaluate(async () => {
      const { call } = window;
      for (let round = 0; round < 6; round++) {
        void call.setCamera(round % 2 === 1);
        void call.setMicrophone(round % 2 === 0);
      }
      await call.setCamera(true);
      await call.setMicrophone(true);
    });
    await desk.waitForSelector('[data-peer="clinic"][data-microphone="on"]', { state: 'attached' });
    await watch(desk, 'clinic camera', 3);
    expect(
      hub
        .peerOf('clinic')
        .producers.map(({ source }) => source)
        .sort(),
    ).toEqual(['camera', 'microphone']);
  });

  test('a picture that is not wanted is not sent, and comes back small or large', async () => {
    const hub = await startHub();
    await enter(hub, 'clinic');
    const desk = await enter(hub, 'desk');
    await watch(desk, 'clinic camera');
    const size = (wanted: 'none' | 'small' | 'large') =>
      desk.evaluate(([peerId, it]) => window.call.setVideoSize(peerId, 'camera', it), [
        hub.peerOf('clinic').id,
        wanted,
      ] as const);
    await size('none');
    await desk.waitForSelector('[data-peer="clinic"]:not(:has(video))', { state: 'attached' });
    await size('small');
    await desk.waitForFunction(() => window.pictureOf('clinic camera').height === 180, null, { polling: 100 });
    await size('large');
    await desk.waitForFunction(() => window.pictureOf('clinic camera').height === 360, null, {
      polling: 100,
      timeout: patienceMs,
    });
    expect(hub.faults).toEqual([]);
  });
});

describe('without devices or gestures', () => {
  test('refused microphone and camera still let one see and hear', async () => {
    const refusing = await launch([
      ...chromiumFlags,
      '--use-fake-device-for-media-stream',
      '--deny-permission-prompts',
      mayPlay,
    ]);
    opened.push(() => refusing.close());
    const hub = await startHub();
    await enter(hub, 'clinic');
    const desk = await enter(hub, 'desk', refusing);
    await state(desk, 'connected');
    await desk.waitForSelector('[data-problems^="denied denied"]', { state: 'attached' });
    await watch(desk, 'clinic camera');
    expect(await hears(desk)).toBe(true);
    expect(hub.peerOf('desk').producers).toEqual([]);
  });

  test('a machine without camera and microphone joins, sees and hears', async () => {
    const bare = await launch([...chromiumFlags, '--use-fake-ui-for-media-stream', mayPlay]);
    opened.push(() => bare.close());
    const hub = await startHub();
    await enter(hub, 'clinic');
    const desk = await enter(hub, 'desk', bare);
    await desk.waitForSelector('[data-problems^="missing missing"]', { state: 'attached' });
    await watch(desk, 'clinic camera');
    expect(await hears(desk)).toBe(true);
  });

  test('where the browser refuses to sound the page knows, and the next click ends it', async () => {
    const silent = await launch([
      ...chromiumFlags,
      '--use-fake-device-for-media-stream',
      '--deny-permission-prompts',
      '--autoplay-policy=document-user-activation-required',
    ]);
    opened.push(() => silent.close());
    const hub = await startHub();
    await enter(hub, 'clinic');
    const context = await silent.newContext();
    context.setDefaultTimeout(patienceMs);
    const desk = await context.newPage();
    const blocked = desk.waitForRequest(/sound-blocked$/);
    await desk.goto(`${hub.url}?name=desk&consult=${consultId}`);
    await blocked;
    await desk.mouse.click(5, 5);
    await desk.waitForSelector('[data-blocked="false"]', { state: 'attached' });
    expect(await hears(desk)).toBe(true);
  });
});

describe('after an interruption', () => {
  test('a cut of the line to the hub interrupts neither voice nor picture', async () => {
    const hub = await startHub();
    const clinic = await enter(hub, 'clinic');
    const desk = await enter(hub, 'desk');
    await Promise.all([watch(desk, 'clinic camera'), watch(clinic, 'desk camera')]);
    const before = hub.peerOf('clinic');
    const made = hub.requests.filter((request) => request.includes('create-transport')).length;
    hub.cutLine('clinic');
    await desk.evaluate(() => window.call.setMicrophone(false)); // told while clinic's line is away, or just after
    while (hub.requests.filter((request) => request === 'clinic call:join').length < 2) await clinic.waitForTimeout(50);
    await clinic.waitForSelector('[data-peer="desk"][data-microphone="muted"]', { state: 'attached' });
    await Promise.all([watch(desk, 'clinic camera'), watch(clinic, 'desk camera')]);
    expect(hub.peerOf('clinic')).toBe(before);
    expect(hub.requests.filter((request) => request.includes('create-transport'))).toHaveLength(made);
    expect(hub.faults).toEqual([]);
  });

  test('the network of the media goes away and comes back: ICE is restarted, the peer stays', async () => {
    let target = 0;
    const relay = await openUdpRelay(() => target);
    opened.push(async () => relay.close());
    const hub = await startHub({
      offer: (it) => ({
        ...it,
        iceCandidates: it.iceCandidates.flatMap((candidate) => {
          if (candidate.protocol !== 'udp') return [];
          target = candidate.port;
          return [{ ...candidate, port: relay.port }];
        }),
      }),
    });
    await enter(hub, 'clinic');
    const desk = await enter(hub, 'desk');
    await watch(desk, 'clinic camera');
    const before = hub.peerOf('desk');
    relay.down = true;
    await state(desk, 'reconnecting');
    while (!hub.requests.includes('desk call:restart-ice')) await desk.waitForTimeout(50);
    relay.down = false;
    await state(desk, 'connected');
    await watch(desk, 'clinic camera');
    expect(hub.peerOf('desk')).toBe(before);
  });

  test('a worker dies: everybody is back in the room with picture and voice', async () => {
    const hub = await startHub();
    const clinic = await enter(hub, 'clinic');
    const desk = await enter(hub, 'desk');
    await Promise.all([watch(desk, 'clinic camera'), watch(clinic, 'desk camera')]);
    const before = hub.peerOf('clinic');
    process.kill(hub.media.status().workers[0]?.pid ?? 0, 'SIGKILL');
    await Promise.all([state(desk, 'reconnecting'), state(clinic, 'reconnecting')]);
    await Promise.all([watch(desk, 'clinic camera'), watch(clinic, 'desk camera')]);
    await Promise.all([state(desk, 'connected'), state(clinic, 'connected')]);
    expect(hub.peerOf('clinic')).not.toBe(before);
    expect(await hears(desk)).toBe(true);
  });

  test('leaving lets go of the devices and is seen by the other', async () => {
    const hub = await startHub();
    const clinic = await enter(hub, 'clinic');
    const desk = await enter(hub, 'desk');
    await watch(desk, 'clinic camera', 3);
    const live = await clinic.evaluate(() => {
      const { camera, microphone } = window.call.state.get().own;
      window.call.leave();
      window.call.leave();
      return [camera.track?.readyState, microphone.track?.readyState];
    });
    expect(live).toEqual(['ended', 'ended']);
    await state(clinic, 'left');
    await desk.waitForFunction(() => document.querySelector('[data-peer="clinic"]') === null);
  });
});
