import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdir, truncate } from 'node:fs/promises';
import { createServer, request as ask, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { part10Head } from '../../../server/gateway/dicom/part-10-head.ts';
import type { Gateway } from '../../../server/gateway/gateway.ts';
import { openSlowLine, type SlowLine } from '../../bench/slow-line.ts';
import { dataSetOf, TestScu } from '../../support/dicom-scu.ts';
import { partsOf, smallInstance } from '../../support/dicom-web.ts';
import { GatewayBench, settled, tokenFor, until } from '../../support/gateway.ts';
import { startTestHub, type TestClient, type TestHub } from '../../support/hub.ts';
import { began, begin, patch, viewOf } from '../../support/tus.ts';

const SECONDARY = '1.2.840.10008.5.1.4.1.1.7';
const EXPLICIT = '1.2.840.10008.1.2.1';
const SLOW_BELOW = 20e6 / 8;

let hub: TestHub;
let person: TestClient;
let token: string;
const bench = new GatewayBench(() => token);
let line: SlowLine;

beforeAll(async () => {
  hub = await startTestHub();
  person = await hub.signIn('clinic1');
  token = await tokenFor(person, 'ecg:write', 'dicom:write');
}, 180_000);
afterAll(() => hub.close(), 60_000);
beforeEach(async () => {
  await bench.begin();
  line = await openSlowLine(hub.url, { megabitsPerSecond: 2, delayMs: 10 });
  bench.own(line);
});
afterEach(() => bench.end());

/** Slopes with noise of so many bits, signed. */
function pictureOf(study: string, number: number, side: number, noiseBits = 5) {
  const uid = `${study}.1.${number}`;
  const slope = Int16Array.from({ length: side }, (_, at) => 350 * Math.sin(at / 50));
  const samples = new Int16Array(side * side);
  for (let at = 0; at < samples.length; at += 1) {
    const noise = Math.imul(Math.imul(at + number, 0x9e3779b1) ^ at, 0x85ebca6b) >>> (32 - noiseBits);
    samples[at] = slope[at % side]! + slope[Math.floor(at / side)]! + noise;
  }
  const file = smallInstance({
    ...{ studyInstanceUid: study, sopInstanceUid: uid, name: 'Cao^Qi=曹^七' },
    elements: [
      { tag: 0x00280010, vr: 'US', value: side },
      { tag: 0x00280011, vr: 'US', value: side },
      { tag: 0x00280100, vr: 'US', value: 16 },
      { tag: 0x00280101, vr: 'US', value: 12 },
      { tag: 0x00280102, vr: 'US', value: 11 },
      { tag: 0x00280103, vr: 'US', value: 1 },
    ],
    pixelData: { native: new Uint8Array(samples.buffer), bitsAllocated: 16 },
  });
  const dataSet = dataSetOf(file);
  const head = part10Head({ sopClassUid: SECONDARY, sopInstanceUid: uid, transferSyntaxUid: EXPLICIT });
  return { uid, dataSet, kept: Buffer.concat([head, dataSet]) };
}
type Picture = ReturnType<typeof pictureOf>;

async function store(gateway: Gateway, pictures: readonly Picture[]): Promise<void> {
  const { scu } = await TestScu.associated(gateway.port, [
    { id: 1, abstractSyntax: SECONDARY, transferSyntaxes: [EXPLICIT] },
  ]);
  for (const { uid, dataSet } of pictures) expect(await scu.store(1, SECONDARY, uid, dataSet)).toBe(0);
  await scu.release();
}
async function onHub(study: string): Promise<Buffer[]> {
  const accept = 'multipart/related; type="application/dicom"; transfer-syntax=*';
  const answer = await person.http(`/dicom-web/studies/${study}`, { headers: { accept } });
  expect(answer.status).toBe(200);
  return (await partsOf(answer)).map(({ body }) => body);
}
async function expectOnHub(study: string, pictures: readonly Picture[]): Promise<void> {
  const hashes = (files: Buffer[]) => files.map((file) => createHash('sha256').update(file).digest('hex')).sort();
  expect(hashes(await onHub(study))).toEqual(hashes(pictures.map(({ kept }) => kept)));
}
const total = (pictures: readonly Picture[]) => pictures.reduce((sum, { kept }) => sum + kept.length, 0);

test('[GW12] over a slow line pictures go packed, and stand on the hub byte for byte as the modality sent them', async () => {
  const study = '2.25.8100';
  const pictures = [1, 2, 3, 4, 5].map((number) => pictureOf(study, number, 256));
  const gateway = await bench.gatewayTo(line.url, { slowBelowBytesPerSecond: SLOW_BELOW });
  await store(gateway, pictures);
  const { saved, sent, held } = await settled(gateway);
  expect([sent, held]).toEqual([5, []]);
  await expectOnHub(study, pictures);
  // Of the first it is not known yet how slow the line is; a machine that is very busy may pack more slowly still.
  expect(saved.files).toBeGreaterThan(0);
  expect(saved.files).toBeLessThan(5);
  expect(saved.ofBytes).toBe(total(pictures.slice(0, saved.files)));
  expect(saved.bytes).toBeGreaterThan(saved.ofBytes * 0.4);
  expect(line.moved().up).toBeLessThan(total(pictures) - saved.bytes + 20_000);
  expect(await (await fetch(gateway.statusUrl)).text()).toMatch(/无损压缩.*lossless compression.* kB · \d+ %/);
  expect(await readdir(join(bench.folder, 'spool'))).not.toContainEqual(expect.stringContaining('.packed'));
  // Sent once more by the modality it is the same instance.
  await store(gateway, pictures.slice(0, 2));
  expect((await settled(gateway)).held).toEqual([]);
  await expectOnHub(study, pictures);
}, 60_000);

test('[GW12] over a line that is fast enough everything goes as it is', async () => {
  const study = '2.25.8101';
  const pictures = [1, 2, 3].map((number) => pictureOf(study, number, 256));
  const gateway = await bench.gatewayTo(line.url, { slowBelowBytesPerSecond: 1000 });
  await store(gateway, pictures);
  expect((await settled(gateway)).saved.files).toBe(0);
  await expectOnHub(study, pictures);
}, 60_000);

/** A gateway that has learnt how slow its line is, begins a large picture, loses the line in the middle and ends. */
async function interrupted(study: string): Promise<Picture[]> {
  const pictures = [pictureOf(study, 1, 256), pictureOf(study, 2, 1000, 8)];
  const breaking = await openSlowLine(hub.url, { megabitsPerSecond: 8, delayMs: 10 });
  const gateway = await bench.gatewayTo(breaking.url, { slowBelowBytesPerSecond: SLOW_BELOW });
  await store(gateway, pictures);
  await until(
    () => gateway.status().sending,
    (sending) => sending !== null && sending.byteLength > 500_000 && sending.offset > 0,
  );
  await breaking.close();
  line.setRate(8);
  await bench.stop(gateway);
  return pictures;
}

test('[GW12] a packed picture that was under way when the gateway ended goes on at the byte where it stood', async () => {
  const study = '2.25.8102';
  const pictures = await interrupted(study);
  line.moved();
  const again = await bench.gatewayTo(line.url, { slowBelowBytesPerSecond: SLOW_BELOW });
  const { saved } = await settled(again);
  expect(saved.files).toBe(1);
  expect(line.moved().up).toBeLessThan(saved.ofBytes - saved.bytes - 400_000);
  await expectOnHub(study, pictures);
}, 60_000);

test('[GW12] a packed file that a power cut has torn is not continued with other bytes', async () => {
  const study = '2.25.8103';
  const pictures = await interrupted(study);
  const spool = join(bench.folder, 'spool');
  const [name] = (await readdir(spool)).filter((entry) => entry.endsWith('.packed'));
  await truncate(join(spool, name!), 100_000);
  const again = await bench.gatewayTo(line.url, { slowBelowBytesPerSecond: SLOW_BELOW });
  expect((await settled(again)).held).toEqual([]);
  await expectOnHub(study, pictures);
}, 60_000);

/** In front of the hub, with other headers on the way there or back. */
async function proxy(change: {
  request?(headers: IncomingHttpHeaders): void;
  response?(headers: IncomingHttpHeaders): void;
}) {
  const server: Server = createServer((incoming, outgoing) => {
    const headers = { ...incoming.headers };
    change.request?.(headers);
    const { hostname, port } = new URL(line.url);
    const passed = ask({ hostname, port, path: incoming.url, method: incoming.method, headers }, (answer) => {
      const back = { ...answer.headers };
      change.response?.(back);
      outgoing.writeHead(answer.statusCode ?? 502, back);
      answer.pipe(outgoing);
    });
    passed.on('error', () => outgoing.destroy());
    incoming.pipe(passed);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  bench.own({
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('[GW12] to a hub that says nothing of unpacking, everything goes as it is', async () => {
  const study = '2.25.8104';
  const pictures = [1, 2, 3].map((number) => pictureOf(study, number, 256));
  const url = await proxy({ response: (headers) => delete headers['upload-packings'] });
  const gateway = await bench.gatewayTo(url, { slowBelowBytesPerSecond: SLOW_BELOW });
  await store(gateway, pictures);
  expect((await settled(gateway)).saved.files).toBe(0);
  await expectOnHub(study, pictures);
}, 60_000);

test('[GW14] where the hub does not take the packed file, the file itself goes, and the next ones as they are', async () => {
  const study = '2.25.8105';
  const pictures = [1, 2, 3, 4].map((number) => pictureOf(study, number, 256));
  let packings = 0;
  const url = await proxy({
    // As a hub of before there was any packing would read it.
    request(headers) {
      const metadata = String(headers['upload-metadata'] ?? '');
      if (!metadata.includes('packing ')) return;
      packings += 1;
      headers['upload-metadata'] = metadata.replace('packing ', 'unknown ');
    },
  });
  const gateway = await bench.gatewayTo(url, { slowBelowBytesPerSecond: SLOW_BELOW });
  await store(gateway, pictures);
  const { saved, sent, held } = await settled(gateway);
  expect([saved.files, sent, held, packings]).toEqual([0, 4, [], 1]);
  await expectOnHub(study, pictures);
}, 60_000);

test('[GW14] a packed upload that is not what it says is refused with its reason, and leaves nothing behind', async () => {
  const bytes = Buffer.concat([Buffer.from('LZPACK01'), Buffer.alloc(5000, 3)]);
  const pairs = { kind: 'dicom', packing: 'lianzhen-1' };
  const view = await viewOf(await patch(person, await began(person, pairs, bytes.length), 0, bytes));
  expect(view.result).toMatchObject({ state: 'refused', problem: { status: 460, code: 'checksum-mismatch' } });
  for (const folder of ['staging', 'partial']) expect(await readdir(join(hub.dataFolder, 'blobs', folder))).toEqual([]);
  for (const other of [
    { ...pairs, kind: 'ecg' },
    { ...pairs, packing: 'lianzhen-9' },
  ]) {
    const answer = await begin(person, other, bytes.length);
    expect([answer.status, await answer.json()]).toEqual([422, expect.objectContaining({ code: 'invalid' })]);
  }
});
