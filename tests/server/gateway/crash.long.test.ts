import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Gateway } from '../../../server/gateway/gateway.ts';
import { openSlowLine } from '../../bench/slow-line.ts';
import { partsOf, smallInstance } from '../../support/dicom-web.ts';
import { dataSetOf, TestScu } from '../../support/dicom-scu.ts';
import { makeFolder, removeFolder, tokenFor, until } from '../../support/gateway.ts';
import { typescriptArgs } from '../../support/typescript-args.ts';
import { startTestHub, type TestClient, type TestHub } from '../../support/hub.ts';

const SECONDARY = '1.2.840.10008.5.1.4.1.1.7';
const contexts = [{ id: 1, abstractSyntax: SECONDARY, transferSyntaxes: ['1.2.840.10008.1.2.1'] }];
type Status = ReturnType<Gateway['status']>;

let hub: TestHub;
let person: TestClient;
let token: string;
let folder: string;
const running: ChildProcess[] = [];

beforeAll(async () => {
  hub = await startTestHub();
  person = await hub.signIn('clinic1');
  token = await tokenFor(person, 'ecg:write', 'dicom:write');
}, 180_000);
afterAll(() => hub.close(), 60_000);
beforeEach(async () => {
  folder = await makeFolder();
});
afterEach(async () => {
  for (const child of running.splice(0)) await kill(child);
  await removeFolder(folder);
});

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

function launch(args: string[]): { child: ChildProcess; said: () => string } {
  const child = spawn(process.execPath, [...typescriptArgs, 'server/gateway/main.ts', ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  running.push(child);
  let text = '';
  child.stderr!.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { child, said: () => text };
}

/** The gateway as a clinic runs it. */
async function startProcess(url = hub.url) {
  const options = ['--hub', url, '--token', token, '--port', '0', '--status-port', '0', '--host', '127.0.0.1'];
  const { child, said } = launch([...options, '--spool', join(folder, 'spool')]);
  await until(
    () => said().includes('status page') || child.exitCode !== null,
    (ready) => ready,
  );
  const port = Number(/@ (\d+)/.exec(said())?.[1]);
  const statusUrl = /http:\/\/127\.0\.0\.1:\d+\/\s*$/.exec(said())?.[0].trim() ?? '';
  const status = async () => (await (await fetch(`${statusUrl}status.json`)).json()) as Status;
  return { child, port, status, said };
}

const pictureOf = (study: string, number: number, rows = 1) => {
  const uid = `${study}.1.${number}`;
  const native = new Uint8Array(rows * 2000).map((_, i) => (i * 2_654_435_761 + number) >>> 24);
  const elements = [
    { tag: 0x00280010, vr: 'US', value: rows },
    { tag: 0x00280011, vr: 'US', value: 2000 },
  ];
  const pixelData = { native, bitsAllocated: 8 } as const;
  return {
    uid,
    file: smallInstance({ studyInstanceUid: study, sopInstanceUid: uid, name: '徐三', elements, pixelData }),
  };
};
async function instancesOnHub(study: string): Promise<string[]> {
  const answer = await person.http(`/dicom-web/instances?StudyInstanceUID=${study}&limit=500`, {
    headers: { accept: 'application/dicom+json' },
  });
  if (answer.status === 204) return [];
  const rows = (await answer.json()) as Record<string, { Value?: string[] }>[];
  return rows.map((row) => row['00080018']?.Value?.[0] ?? '');
}
const spooled = async () => (await readdir(join(folder, 'spool'))).filter((name) => name.endsWith('.spool')).sort();

test('[GW4] killed in the middle of associations and forwards, what was acknowledged reaches the hub, once', async () => {
  const acknowledged: string[] = [];
  const pictures = Array.from({ length: 60 }, (_, i) => pictureOf('2.25.2001', i + 1, 100));
  for (let round = 0; round < 4; round += 1) {
    const gateway = await startProcess();
    const { scu } = await TestScu.associated(gateway.port, contexts);
    const mine = pictures.slice(round * 15, round * 15 + 15);
    const storing = (async () => {
      for (const { uid, file } of mine) {
        if ((await scu.store(1, SECONDARY, uid, dataSetOf(file))) === 0) acknowledged.push(uid);
      }
    })().catch(() => undefined);
    const goal = acknowledged.length + 3 + round * 2;
    await until(
      () => acknowledged.length,
      (count) => count >= goal,
    );
    // One is on its way in, and others out.
    await kill(gateway.child);
    await storing;
    scu.socket.destroy();
  }
  const last = await startProcess();
  expect((await readdir(join(folder, 'spool'))).filter((name) => name.endsWith('.part'))).toEqual([]);
  await until(last.status, ({ waiting }) => waiting === 0);
  expect((await last.status()).held).toEqual([]);
  const there = await instancesOnHub('2.25.2001');
  expect(acknowledged.length).toBeGreaterThan(20);
  expect(acknowledged.filter((uid) => !there.includes(uid))).toEqual([]);
  expect(new Set(there).size).toBe(there.length);
  // Whoever was not answered sends again, and makes no copy.
  const { scu } = await TestScu.associated(last.port, contexts);
  for (const { uid, file } of pictures) expect(await scu.store(1, SECONDARY, uid, dataSetOf(file))).toBe(0);
  await until(last.status, ({ waiting }) => waiting === 0);
  expect((await instancesOnHub('2.25.2001')).sort()).toEqual(pictures.map(({ uid }) => uid).sort());
}, 180_000);

test('[GW4] what a power cut has torn is known, kept aside and shown, and the rest goes out', async () => {
  const away = await startProcess('http://127.0.0.1:9');
  const pictures = [1, 2, 3, 4].map((number) => pictureOf('2.25.2002', number));
  const { scu } = await TestScu.associated(away.port, contexts);
  for (const { uid, file } of pictures) expect(await scu.store(1, SECONDARY, uid, dataSetOf(file))).toBe(0);
  await kill(away.child);
  const spool = join(folder, 'spool');
  const [first = '', second = '', third = ''] = await spooled();
  await truncate(join(spool, first), (await stat(join(spool, first))).size - 10);
  const flipped = await readFile(join(spool, second));
  flipped[flipped.length - 100]! ^= 1;
  await writeFile(join(spool, second), flipped);
  await copyFile(join(spool, third), join(spool, '00000000-half.part'));
  await writeFile(join(spool, `${third}.json`), '{"uploadPath": "/api/upl');
  await writeFile(join(spool, 'sent.jsonl'), '{"id":"0000');
  const back = await startProcess();
  await until(back.status, ({ waiting }) => waiting === 0);
  const status = await back.status();
  expect([status.sent, status.torn.length, status.held]).toEqual([2, 2, []]);
  expect((await instancesOnHub('2.25.2002')).sort()).toEqual(pictures.slice(2).map(({ uid }) => uid));
  expect((await readdir(spool)).filter((name) => name.endsWith('.part'))).toEqual([]);
  await kill(back.child);
  expect((await (await startProcess()).status()).torn).toHaveLength(2);
}, 120_000);

test('[GW4] what had arrived when the gateway was killed is not sent again', async () => {
  const gateway = await startProcess();
  const picture = pictureOf('2.25.2003', 1);
  const { scu } = await TestScu.associated(gateway.port, contexts);
  expect(await scu.store(1, SECONDARY, picture.uid, dataSetOf(picture.file))).toBe(0);
  await until(gateway.status, ({ sent }) => sent === 1);
  await kill(gateway.child);
  const { id } = JSON.parse(await readFile(join(folder, 'spool', 'sent.jsonl'), 'utf8')) as { id: string };
  // As if it had been killed before its file was gone; a hub that is away is not asked.
  await writeFile(join(folder, 'source'), '');
  const elsewhere = await startProcess('http://127.0.0.1:9');
  const { scu: again } = await TestScu.associated(elsewhere.port, contexts);
  expect(await again.store(1, SECONDARY, picture.uid, dataSetOf(picture.file))).toBe(0);
  await kill(elsewhere.child);
  const [name = ''] = await spooled();
  const spool = join(folder, 'spool');
  await copyFile(join(spool, name), join(spool, `${id}.spool`));
  const last = await startProcess('http://127.0.0.1:9');
  const status = await until(last.status, ({ waiting }) => waiting === 1);
  expect(status.sent).toBe(0);
  expect(await spooled()).toEqual([name]);
}, 120_000);

/** 16 bits, smooth with a little noise. */
const largePictureOf = (study: string, number: number) => {
  const uid = `${study}.1.${number}`;
  const samples = new Uint16Array(512 * 512).map((_, at) => {
    const noise = Math.imul(Math.imul(at + number, 0x9e3779b1) ^ at, 0x85ebca6b) >>> 26;
    return (at % 512) + Math.floor(at / 512) + noise;
  });
  const elements = [0x00280010, 0x00280011].map((tag) => ({ tag, vr: 'US', value: 512 }));
  elements.push({ tag: 0x00280100, vr: 'US', value: 16 });
  const pixelData = { native: new Uint8Array(samples.buffer), bitsAllocated: 16 } as const;
  return {
    uid,
    file: smallInstance({ studyInstanceUid: study, sopInstanceUid: uid, name: '徐三', elements, pixelData }),
  };
};

test('[GW12] killed while it packs and while the packed files are on a slow line, it brings every byte', async () => {
  const study = '2.25.2004';
  const line = await openSlowLine(hub.url, { megabitsPerSecond: 16, delayMs: 5 });
  try {
    const pictures = Array.from({ length: 14 }, (_, i) => largePictureOf(study, i + 1));
    const first = await startProcess(line.url);
    const { scu } = await TestScu.associated(first.port, contexts);
    for (const { uid, file } of pictures) expect(await scu.store(1, SECONDARY, uid, dataSetOf(file))).toBe(0);
    scu.socket.destroy();
    let gateway = first;
    const names = () => readdir(join(folder, 'spool'));
    for (const stage of ['.packed.part', '.packed', '.packed.part', '.packed']) {
      await until(names, (list) => list.some((name) => name.endsWith(stage)));
      await kill(gateway.child);
      gateway = await startProcess(line.url);
    }
    const { held, torn, saved } = await until(gateway.status, ({ waiting }) => waiting === 0);
    expect([held, torn]).toEqual([[], []]);
    expect(saved.files).toBeGreaterThan(0);
    expect((await names()).filter((name) => name.includes('.packed'))).toEqual([]);
    const answer = await person.http(`/dicom-web/studies/${study}`, {
      headers: { accept: 'multipart/related; type="application/dicom"; transfer-syntax=*' },
    });
    const hashOf = (bytes: Buffer) => createHash('sha256').update(dataSetOf(bytes)).digest('hex');
    const there = (await partsOf(answer)).map(({ body }) => hashOf(body));
    expect(there.sort()).toEqual(pictures.map(({ file }) => hashOf(Buffer.from(file))).sort());
  } finally {
    for (const child of running.splice(0)) await kill(child);
    await line.close();
  }
}, 180_000);

test('[GW8] a second gateway on the same spool is refused', async () => {
  await startProcess();
  const second = launch([
    '--hub',
    hub.url,
    '--token',
    token,
    '--port',
    '0',
    '--status-port',
    '0',
    '--spool',
    join(folder, 'spool'),
  ]);
  await once(second.child, 'exit');
  expect([second.child.exitCode, second.said()]).toEqual([2, expect.stringContaining('Another gateway')]);
}, 60_000);

test.each<[string, string[], string]>([
  ['without a hub', ['--token', 'x'.repeat(30), '--spool', '.'], '--hub URL'],
  ['with a hub that is no address', ['--hub', 'hub', '--token', 'x'.repeat(30), '--spool', '.'], '--hub is an address'],
  ['with a token that is none', ['--hub', 'http://h', '--token', 'x y', '--spool', '.'], '--token is not a token'],
  [
    'with a title of 17 letters',
    ['--hub', 'http://h', '--token', 'x'.repeat(30), '--spool', '.', '--aet', 'A'.repeat(17)],
    '--aet has',
  ],
  [
    'with another port',
    ['--hub', 'http://h', '--token', 'x'.repeat(30), '--spool', '.', '--port', '70000'],
    '--port is a port',
  ],
  [
    'with a modality without its port',
    ['--hub', 'http://h', '--token', 'x'.repeat(30), '--spool', '.', '--modality', 'CT1=192.168.1.20'],
    '--modality is like',
  ],
  [
    'with a speed that is none',
    ['--hub', 'http://h', '--token', 'x'.repeat(30), '--spool', '.', '--slow-below-mbit', 'fast'],
    '--slow-below-mbit is a number',
  ],
  ['with an option that is none', ['--spol', '.'], '--spol'],
])(
  '[GW10] %s it says what is wrong and ends',
  async (_, args, line) => {
    const { child, said } = launch(args);
    await once(child, 'exit');
    expect([child.exitCode, said()]).toEqual([2, expect.stringContaining(line)]);
  },
  60_000,
);
