import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readdir, rm, stat } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { DEMONSTRATION_PASSWORD } from '../../../server/accounts/demonstration-accounts.ts';
import { startEmbeddedStore } from '../../../server/platform/store/embedded/embedded-store.ts';
import { bodyOf, partsOf, related, rowsOf, smallInstance, valuesOf } from '../../support/dicom-web.ts';
import { dataSetOf, TestScu } from '../../support/dicom-scu.ts';
import { makeFolder, startTestGateway, tokenFor, until } from '../../support/gateway.ts';
import { startHubProcess, type HubProcess } from '../../support/hub-process.ts';
import { machine } from '../../support/tus.ts';
import type { TestClient } from '../../support/hub.ts';

const SECONDARY = '1.2.840.10008.5.1.4.1.1.7';
const contexts = [{ id: 1, abstractSyntax: SECONDARY, transferSyntaxes: ['1.2.840.10008.1.2.1'] }];

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
}, 60_000);

async function started(): Promise<HubProcess> {
  const hub = await startHubProcess();
  closing.push(() => hub.close());
  return hub;
}

/** A sender that has its key for good: a session would have to be opened again after some of these nights. */
async function senderFor(hub: HubProcess): Promise<{ token: string } & Pick<TestClient, 'http'>> {
  const signedIn = await fetch(`${hub.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'clinic1', password: DEMONSTRATION_PASSWORD }),
  });
  const cookie = signedIn.headers
    .getSetCookie()
    .map((value) => value.split(';')[0])
    .join('; ');
  const person = {
    http: (path: string, init: RequestInit = {}) =>
      fetch(`${hub.url}${path}`, { ...init, headers: { cookie, ...(init.headers as object) } }),
  };
  const token = await tokenFor(person, 'dicom:read', 'dicom:write', 'ecg:write');
  return { token, ...machine(hub.url, token) };
}

/** @param rows of 500 pixels of noise, so that equal bytes come from equal numbers alone */
const pictureOf = (study: string, number: number, rows = 200) => {
  const native = new Uint8Array(rows * 500).map((_, i) => (i * 2_654_435_761 + number * 40_503) >>> 24);
  return Buffer.from(
    smallInstance({
      studyInstanceUid: study,
      sopInstanceUid: `${study}.1.${number}`,
      name: '郑一',
      pixelData: { native, bitsAllocated: 8 },
      elements: [
        { tag: 0x00280010, vr: 'US', value: rows },
        { tag: 0x00280011, vr: 'US', value: 500 },
      ],
    }),
  );
};

type Sender = Awaited<ReturnType<typeof senderFor>>;
/** The status, or 0 where the line broke. */
const send = (sender: Pick<Sender, 'http'>, files: readonly Uint8Array[]): Promise<number> =>
  sender
    .http('/dicom-web/studies', {
      method: 'POST',
      headers: { 'content-type': related },
      body: new Uint8Array(bodyOf(files)),
    })
    .then(
      async (response) => {
        await response.arrayBuffer();
        return response.status;
      },
      () => 0,
    );

async function expectExactly(sender: Sender, study: string, files: readonly Buffer[]): Promise<void> {
  const rows = await rowsOf(sender as unknown as TestClient, `/instances?StudyInstanceUID=${study}&limit=1000`);
  expect(rows).toHaveLength(files.length);
  const [one] = await rowsOf(sender as unknown as TestClient, `/studies?StudyInstanceUID=${study}`);
  expect(valuesOf([one!], '00201208')).toEqual([files.length]);
  const accept = 'multipart/related; type="application/dicom"; transfer-syntax=*';
  const parts = await partsOf(await sender.http(`/dicom-web/studies/${study}`, { headers: { accept } }));
  const there = new Set(parts.map(({ body }) => body.toString('base64')));
  expect(there).toEqual(new Set(files.map((file) => file.toString('base64'))));
}

/** Blobs that stand in the folder, by their names; what is still being staged counts as one. */
async function blobsOf(hub: HubProcess): Promise<string[]> {
  const folder = join(hub.dataFolder, 'blobs');
  const names: string[] = [];
  for (const part of await readdir(folder))
    if (part !== 'partial' && (await stat(join(folder, part))).isDirectory())
      names.push(...(await readdir(join(folder, part))));
  return names;
}

test('[IM11] after kill -9 in the middle of requests what was acknowledged is there, and the retry makes no copy', async () => {
  const hub = await started();
  const sender = await senderFor(hub);
  const study = '2.25.901';
  const files = Array.from({ length: 60 }, (_, i) => pictureOf(study, i + 1));
  const requests = Array.from({ length: 30 }, (_, i) => files.slice(i * 2, i * 2 + 2));
  const before = (await blobsOf(hub)).length;
  const open = [...requests];
  const acknowledged: (typeof files)[] = [];
  for (let round = 0; round < 4; round += 1) {
    const goal = acknowledged.length + 2 + round;
    let killed: Promise<void> | null = null;
    const senders = Array.from({ length: 3 }, async () => {
      while (killed === null) {
        const files = open.shift();
        if (files === undefined) return;
        if ((await send(sender, files)) === 200) acknowledged.push(files);
        else open.push(files);
        if (acknowledged.length >= goal) killed ??= hub.kill();
      }
    });
    await Promise.all(senders);
    await killed;
    await hub.start();
    // What had not arrived whole has gone with the start.
    expect(await readdir(join(hub.dataFolder, 'blobs', 'staging'))).toEqual([]);
    const uids = valuesOf(
      await rowsOf(sender as unknown as TestClient, `/instances?StudyInstanceUID=${study}&limit=1000`),
      '00080018',
    );
    const promised = acknowledged.flat().map((file) => `${study}.1.${files.indexOf(file) + 1}`);
    expect(promised.filter((uid) => !uids.includes(uid))).toEqual([]);
  }
  expect(acknowledged.length).toBeGreaterThanOrEqual(14);
  // A device that has missed its answers sends everything again.
  for (const files of requests) expect(await send(sender, files)).toBe(200);
  await expectExactly(sender, study, files);
  // Bytes that were durable before their record was are taken by the retry: none is left over.
  expect(await blobsOf(hub)).toHaveLength(before + files.length);
}, 240_000);

test('[IM11] a full disk refuses what it cannot keep with 507 and keeps the rest; the retry makes no copy', async () => {
  const hub = await started();
  const sender = await senderFor(hub);
  const study = '2.25.902';
  const files = Array.from({ length: 8 }, (_, i) => pictureOf(study, i + 1, 400));
  expect(await send(sender, files.slice(0, 2))).toBe(200);
  const before = (await blobsOf(hub)).length;
  // No file of the hub may grow beyond this: setrlimit(2), RLIMIT_FSIZE.
  const limitFiles = (bytes: string) =>
    execFileSync('prlimit', ['--pid', String(hub.pid), `--fsize=${bytes}:unlimited`]);
  // Below the size of one picture, above what the store holds so far.
  limitFiles('180000');
  for (const file of files.slice(2)) expect(await send(sender, [file])).toBe(507);
  // Also one that is refused in its middle, before all of it has come.
  expect(await send(sender, [pictureOf(study, 9, 3000)])).toBe(507);
  limitFiles('unlimited');
  expect(await blobsOf(hub)).toHaveLength(before);
  await expectExactly(sender, study, files.slice(0, 2));
  // Now the blobs have room and the store has none: it may not grow by a page.
  const data = (await readdir(join(hub.dataFolder, 'store'))).find((name) => name.startsWith('data'))!;
  limitFiles(String((await stat(join(hub.dataFolder, 'store', data))).size));
  let kept = 2;
  for (let status = 200; kept < files.length; kept += 1) {
    status = await send(sender, [files[kept]!]);
    if (status !== 200) {
      expect(status).toBe(507);
      break;
    }
  }
  limitFiles('unlimited');
  await expectExactly(sender, study, files.slice(0, kept));
  expect(await send(sender, files)).toBe(200);
  await expectExactly(sender, study, files);
}, 180_000);

/** A line to a store that can be cut, as the network to a database is. */
async function cuttableLine(socketPath: string): Promise<{ port: number; cut(): void; mend(): void }> {
  const sockets = new Set<Socket>();
  let whole = true;
  const server: Server = createServer((socket) => {
    if (!whole) return void socket.destroy();
    const far = connect(socketPath);
    for (const [one, other] of [
      [socket, far],
      [far, socket],
    ] as const) {
      sockets.add(one);
      one
        .on('error', () => undefined)
        .once('close', () => {
          sockets.delete(one);
          other.destroy();
        });
      one.pipe(other);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(async () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return {
    port: (server.address() as { port: number }).port,
    cut() {
      whole = false;
      for (const socket of sockets) socket.destroy();
    },
    mend() {
      whole = true;
    },
  };
}

test('[IM11] while its store cannot be reached nothing is acknowledged; what was is there, and the retry makes no copy', async () => {
  const folder = await makeFolder();
  closing.push(() => rm(folder, { recursive: true, force: true }));
  const store = await startEmbeddedStore({ folder });
  closing.push(() => store.close());
  const line = await cuttableLine(decodeURIComponent(/^mongodb:\/\/([^/]+)\//.exec(store.uri)![1]!));
  const uri = process.env.MONGODB_URI;
  process.env.MONGODB_URI = `mongodb://127.0.0.1:${line.port}/outage?directConnection=true`;
  const hub = await started().finally(() => {
    if (uri === undefined) delete process.env.MONGODB_URI;
    else process.env.MONGODB_URI = uri;
  });
  const sender = await senderFor(hub);
  const study = '2.25.903';
  const files = Array.from({ length: 8 }, (_, i) => pictureOf(study, i + 1));
  const acknowledged: typeof files = [];
  for (let round = 0; round < 2; round += 1) {
    const mine = files.slice(round * 4, round * 4 + 4);
    const sending = mine.map(async (file, index) => {
      const status = await send(sender, [file]);
      if (status === 200) acknowledged.push(file);
      if (index === 0) line.cut();
      return status;
    });
    for (const status of await Promise.all(sending)) expect([200, 500, 503]).toContain(status);
    expect(await send(sender, mine.slice(-1))).toBe(503);
    line.mend();
    await until(
      () => send(sender, mine.slice(0, 1)),
      (status) => status === 200,
    );
    const uids = valuesOf(
      await rowsOf(sender as unknown as TestClient, `/instances?StudyInstanceUID=${study}&limit=1000`),
      '00080018',
    );
    const promised = acknowledged.map((file) => `${study}.1.${files.indexOf(file) + 1}`);
    expect(promised.filter((uid) => !uids.includes(uid))).toEqual([]);
  }
  expect(await send(sender, files)).toBe(200);
  await expectExactly(sender, study, files);
}, 240_000);

test('[IM11] [GW5] a hub that is killed again and again takes all that C-STORE acknowledged, once', async () => {
  const hub = await started();
  const sender = await senderFor(hub);
  const folder = await makeFolder();
  closing.push(() => rm(folder, { recursive: true, force: true }));
  const gateway = await startTestGateway({ hub: hub.url, token: sender.token, spoolFolder: join(folder, 'spool') });
  closing.push(() => gateway.close());
  const study = '2.25.904';
  const files = Array.from({ length: 24 }, (_, i) => pictureOf(study, i + 1));
  for (let round = 0; round < 3; round += 1) {
    const { scu } = await TestScu.associated(gateway.port, contexts);
    for (const [index, file] of files.slice(round * 8, round * 8 + 8).entries()) {
      const uid = `${study}.1.${round * 8 + index + 1}`;
      expect(await scu.store(1, SECONDARY, uid, dataSetOf(file))).toBe(0);
      // While the earlier ones are on their way out.
      if (index === 3) void hub.kill();
    }
    await scu.release();
    await hub.kill();
    await hub.start();
  }
  await until(
    () => gateway.status(),
    ({ waiting }) => waiting === 0,
  );
  expect(gateway.status().held).toEqual([]);
  const rows = await rowsOf(sender as unknown as TestClient, `/instances?StudyInstanceUID=${study}&limit=1000`);
  expect(new Set(valuesOf(rows, '00080018'))).toEqual(new Set(files.map((_, i) => `${study}.1.${i + 1}`)));
  expect(rows).toHaveLength(files.length);
}, 240_000);
