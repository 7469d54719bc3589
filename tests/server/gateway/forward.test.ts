import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { synthesizeEcg } from '../../../shared/ecg/synthesize.ts';
import { writeDicomEcg } from '../../../server/ecg/encode/dicom-ecg.ts';
import type { Gateway } from '../../../server/gateway/gateway.ts';
import { smallInstance } from '../../support/dicom-web.ts';
import { dataSetOf, TestScu } from '../../support/dicom-scu.ts';
import { GatewayBench, settled, tokenFor, until } from '../../support/gateway.ts';
import { startTestHub, type TestClient, type TestHub, type TestWindow } from '../../support/hub.ts';

const SECONDARY = '1.2.840.10008.5.1.4.1.1.7';
const TWELVE_LEADS = '1.2.840.10008.5.1.4.1.1.9.1.1';
const EXPLICIT = '1.2.840.10008.1.2.1';
const contexts = [
  { id: 1, abstractSyntax: SECONDARY, transferSyntaxes: [EXPLICIT] },
  { id: 3, abstractSyntax: TWELVE_LEADS, transferSyntaxes: [EXPLICIT] },
];

let hub: TestHub;
let clinicPerson: TestClient;
let clinic: TestWindow;
let token: string;
const bench = new GatewayBench(() => token);
const gatewayTo = bench.gatewayTo.bind(bench);

beforeAll(async () => {
  hub = await startTestHub();
  clinicPerson = await hub.signIn('clinic1');
  clinic = await clinicPerson.connect();
  token = await tokenFor(clinicPerson, 'ecg:write', 'dicom:write');
}, 180_000);
afterAll(() => hub.close(), 60_000);
beforeEach(() => bench.begin());
afterEach(() => bench.end());

async function storeAll(gateway: Gateway, files: readonly { uid: string; file: Uint8Array }[]): Promise<number[]> {
  const { scu } = await TestScu.associated(gateway.port, contexts);
  const statuses = [];
  for (const { uid, file } of files) statuses.push(await scu.store(1, SECONDARY, uid, dataSetOf(file)));
  await scu.release();
  return statuses;
}
const pictureOf = (study: string, number = 1, bytes = 2) => {
  const uid = `${study}.1.${number}`;
  const native = new Uint8Array(bytes).map((_, i) => (i * 2_654_435_761 + number) >>> 24);
  const elements = [
    { tag: 0x00280010, vr: 'US', value: bytes > 60_000 ? bytes / 2000 : 1 },
    { tag: 0x00280011, vr: 'US', value: bytes > 60_000 ? 2000 : bytes },
  ];
  const pixelData = { native, bitsAllocated: 8 } as const;
  return {
    uid,
    file: smallInstance({ studyInstanceUid: study, sopInstanceUid: uid, name: 'Xu^Er=徐^二', elements, pixelData }),
  };
};
async function studiesOf(name: string) {
  const patients = (await clinic.request('patient:list', {})).patients.filter((patient) => patient.name === name);
  const lists = await Promise.all(patients.map(({ id }) => clinic.request('imaging:list', { patientId: id })));
  return lists.flatMap(({ studies }) => studies);
}
const instancesOf = async (study: string) =>
  (await studiesOf('徐二'))
    .filter(({ studyInstanceUid }) => studyInstanceUid === study)
    .flatMap(({ series }) => series.flatMap(({ instances }) => instances.map(({ sopInstanceUid }) => sopInstanceUid)));
async function retrieved(study: string): Promise<Buffer> {
  const accept = 'multipart/related; type="application/dicom"; transfer-syntax=*';
  return Buffer.from(
    await (await clinicPerson.http(`/dicom-web/studies/${study}`, { headers: { accept } })).arrayBuffer(),
  );
}

/** A line to the hub that can be cut: at once, or after so many bytes to the hub. */
class Line {
  sent = 0;
  connections = 0;
  cutAfter = Number.POSITIVE_INFINITY;
  private server: Server | null = null;
  private port = 0;
  private readonly sockets = new Set<Socket>();

  async open(): Promise<string> {
    const target = new URL(hub.url);
    this.server = createServer((socket) => {
      this.connections += 1;
      const upstream = connect(Number(target.port), target.hostname);
      for (const one of [socket, upstream]) {
        this.sockets.add(one);
        one.on('error', () => undefined);
        one.on('close', () => {
          socket.destroy();
          upstream.destroy();
        });
      }
      upstream.pipe(socket);
      socket.on('data', (chunk: Buffer) => {
        this.sent += chunk.length;
        upstream.write(chunk);
        if (this.sent >= this.cutAfter) {
          this.cutAfter = Number.POSITIVE_INFINITY;
          this.cut();
        }
      });
    });
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
    return `http://127.0.0.1:${this.port}`;
  }
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
    this.sockets.clear();
  }
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server?.close(() => resolve()) ?? resolve());
    this.cut();
    await closed;
  }
}
async function openLine() {
  const line = new Line();
  bench.own(line);
  return { line, url: await line.open() };
}

test('[GW1] what a modality stores is on the hub byte for byte, and its ECG waveform among the ECGs', async () => {
  const gateway = await gatewayTo(hub.url);
  const picture = pictureOf('2.25.1001');
  expect(await storeAll(gateway, [picture])).toEqual([0]);
  const waveform = writeDicomEcg(synthesizeEcg({ rhythm: 'sinus', seed: 3 }).document, { patient: { name: '钱心' } });
  const { scu } = await TestScu.associated(gateway.port, contexts);
  expect(await scu.store(3, TWELVE_LEADS, '2.25.5', dataSetOf(waveform))).toBe(0);
  await scu.release();
  const status = await settled(gateway);
  expect([status.sent, status.held]).toEqual([2, []]);
  expect((await retrieved('2.25.1001')).includes(dataSetOf(picture.file))).toBe(true);
  const owner = (await clinic.request('patient:list', {})).patients.find(({ name }) => name === '钱心')!;
  expect((await clinic.request('ecg:list', { patientId: owner.id })).ecgs).toMatchObject([{ format: 'dicom' }]);
}, 60_000);

describe('a hub that cannot be reached', () => {
  test('[GW5] finds everything in its order when it is back', async () => {
    const { line, url } = await openLine();
    await line.close();
    const gateway = await gatewayTo(url);
    const pictures = [1, 2, 3, 4, 5].map((number) => pictureOf('2.25.1002', number));
    expect(await storeAll(gateway, pictures)).toEqual([0, 0, 0, 0, 0]);
    const { waiting, trouble } = await until(
      () => gateway.status(),
      (status) => status.trouble !== null,
    );
    expect([waiting, trouble?.code]).toEqual([5, 'unreachable']);
    await line.open();
    expect((await settled(gateway)).sent).toBe(5);
    expect(await instancesOf('2.25.1002')).toEqual(pictures.map(({ uid }) => uid));
    const order = (await readLedger()).map(({ name }) => name.replace('.dcm', ''));
    expect(order).toEqual(pictures.map(({ uid }) => uid));
  }, 60_000);

  test('[GW5] goes on at the byte where the line broke', async () => {
    const { line, url } = await openLine();
    const gateway = await gatewayTo(url);
    const picture = pictureOf('2.25.1003', 1, 12_000_000);
    line.cutAfter = 5_000_000;
    expect(await storeAll(gateway, [picture])).toEqual([0]);
    expect(await settled(gateway)).toMatchObject({ sent: 1, held: [] });
    expect(line.connections).toBeGreaterThan(1);
    // Not more is sent again than the piece that was cut.
    expect(line.sent).toBeLessThan(12_000_000 + 4_500_000);
    expect((await retrieved('2.25.1003')).includes(dataSetOf(picture.file))).toBe(true);
  }, 60_000);

  test('[GW5] keeps everything while it refuses the token, and says so', async () => {
    const gateway = await gatewayTo(hub.url, { token: 'lz_0000000000000000000000000000000000000000000' });
    expect(await storeAll(gateway, [pictureOf('2.25.1004')])).toEqual([0]);
    const { waiting, trouble, held } = await until(
      () => gateway.status(),
      (status) => status.trouble !== null,
    );
    expect([waiting, trouble?.code, held]).toEqual([1, 'token-refused', []]);
    await bench.stop(gateway);
    expect((await settled(await gatewayTo(hub.url))).sent).toBe(1);
    expect(await instancesOf('2.25.1004')).toHaveLength(1);
  }, 60_000);
});

const readLedger = async () => {
  const text = await readFile(join(bench.folder, 'spool', 'sent.jsonl'), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { name: string; outcome: string });
};

test('[GW6] what the hub refuses is set aside, holds nobody up, and goes again when a person wants it', async () => {
  const gateway = await gatewayTo(hub.url);
  const broken = {
    uid: '2.25.1005.1.1',
    file: Buffer.concat([pictureOf('2.25.1005').file.subarray(0, 500), Buffer.alloc(300, 0xa5)]),
  };
  expect(await storeAll(gateway, [broken, pictureOf('2.25.1006')])).toEqual([0, 0]);
  const { held, sent } = await settled(gateway);
  expect([sent, held.map(({ code }) => code)]).toEqual([1, ['dicom-damaged']]);
  const page = await (await fetch(gateway.statusUrl)).text();
  for (const text of ['DICOM 文件损坏', 'The DICOM file is damaged', '重发', 'Send again'])
    expect(page).toContain(text);
  const retry = await fetch(`${gateway.statusUrl}retry?id=${held[0]!.id}`, { method: 'POST', redirect: 'manual' });
  expect(retry.status).toBe(303);
  await until(
    () => gateway.status(),
    (status) => status.held.length === 1 && status.held[0]!.at !== held[0]!.at,
  );
  const press = async (what: string) =>
    (await fetch(`${gateway.statusUrl}${what}`, { method: 'POST', redirect: 'manual' })).status;
  for (const what of ['retry?id=none', 'put-away?id=none', 'put-away']) expect(await press(what)).toBe(404);

  // A person decides that it is not to be sent: it leaves the list, and its bytes stay on this PC.
  const { id } = gateway.status().held[0]!;
  expect(await press(`put-away?id=${id}`)).toBe(303);
  const { held: rest, away } = gateway.status();
  expect([rest, away.files]).toEqual([[], 1]);
  expect((await readFile(join(away.folder, `${id}.spool`))).includes(broken.file)).toBe(true);
  expect(await press(`put-away?id=${id}`)).toBe(404);
}, 60_000);

/** Whatever stands where the hub should: a proxy, or a hub in trouble. */
async function answering(status: number, type: string, body: string) {
  let asked = 0;
  const server = createHttpServer((request, response) => {
    request.resume();
    request.once('end', () => {
      asked += 1;
      response.writeHead(status, { 'content-type': type }).end(body);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  bench.own({
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked: () => asked };
}

test("[GW5] a proxy's error page sets nothing aside, however often it comes", async () => {
  const { url, asked } = await answering(502, 'text/html', '<h1>Bad Gateway</h1>');
  const gateway = await gatewayTo(url, { longestWaitMs: 20, firstWaitMs: 5 });
  expect(await storeAll(gateway, [pictureOf('2.25.1010'), pictureOf('2.25.1010', 2)])).toEqual([0, 0]);
  await until(asked, (times) => times > 12);
  expect(gateway.status()).toMatchObject({ waiting: 2, held: [], trouble: { code: 'hub-failed' } });
}, 60_000);

test('[GW6] a file over which the hub breaks each time does not keep the others waiting', async () => {
  const problem = JSON.stringify({ status: 500, code: 'internal', title: 'Something went wrong in the hub.' });
  const { url, asked } = await answering(500, 'application/problem+json', problem);
  const gateway = await gatewayTo(url, { longestWaitMs: 20, firstWaitMs: 5 });
  const pictures = [1, 2].map((number) => pictureOf('2.25.1011', number));
  expect(await storeAll(gateway, pictures)).toEqual([0, 0]);
  const { held } = await until(
    () => gateway.status(),
    (status) => status.held.length === 2,
  );
  expect(held.map(({ name, code }) => [name, code])).toEqual(pictures.map(({ uid }) => [`${uid}.dcm`, 'file-failed']));
  expect(asked()).toBe(12);
}, 60_000);

test('[GW6] other bytes under a known UID have arrived once the hub keeps them for a person', async () => {
  const gateway = await gatewayTo(hub.url);
  const first = pictureOf('2.25.1007');
  const other = smallInstance({ studyInstanceUid: '2.25.1007', sopInstanceUid: first.uid, name: 'Xu^Er=徐^二' });
  expect(await storeAll(gateway, [first, { uid: first.uid, file: other }])).toEqual([0, 0]);
  expect(await settled(gateway)).toMatchObject({ sent: 2, held: [] });
  expect((await readLedger()).map(({ outcome }) => outcome)).toEqual(['stored', 'quarantined']);
}, 60_000);

test('[GW2] a full spool refuses with A700, and takes again when there is room', async () => {
  const { line, url } = await openLine();
  await line.close();
  const gateway = await gatewayTo(url, { mostBytes: 250_000 });
  const pictures = [1, 2, 3, 4].map((number) => pictureOf('2.25.1008', number, 100_000));
  expect(await storeAll(gateway, pictures)).toEqual([0, 0, 0xa700, 0xa700]);
  expect((await readdir(join(bench.folder, 'spool'))).filter((name) => name.endsWith('.part'))).toEqual([]);
  await line.open();
  expect((await settled(gateway)).sent).toBe(2);
  expect(await storeAll(gateway, pictures)).toEqual([0, 0, 0, 0].map((_, i) => (i < 2 ? 0 : expect.any(Number))));
  await settled(gateway);
  expect(await storeAll(gateway, pictures.slice(2))).toEqual([0, 0]);
  await settled(gateway);
  expect(await instancesOf('2.25.1008')).toHaveLength(4);
}, 60_000);

test('[GW8] two gateways that bring the same instance make one record', async () => {
  const [one, two] = [
    await gatewayTo(hub.url),
    await gatewayTo(hub.url, { spoolFolder: join(bench.folder, 'second') }),
  ];
  const pictures = [1, 2, 3].map((number) => pictureOf('2.25.1009', number));
  expect(await Promise.all([storeAll(one, pictures), storeAll(two, pictures)])).toEqual([
    [0, 0, 0],
    [0, 0, 0],
  ]);
  expect(await settled(one)).toMatchObject({ sent: 3, held: [] });
  expect(await settled(two)).toMatchObject({ sent: 3, held: [] });
  expect(await instancesOf('2.25.1009')).toHaveLength(3);
  expect(
    (await clinic.request('imaging:list-quarantine', {})).instances.filter(
      ({ studyInstanceUid }) => studyInstanceUid === '2.25.1009',
    ),
  ).toEqual([]);
}, 60_000);

test('[GW9] the status page answers this machine alone', async () => {
  const gateway = await gatewayTo(hub.url);
  const { port } = new URL(gateway.statusUrl);
  const ask = async (request: string) => {
    const socket = connect(Number(port), '127.0.0.1');
    socket.end(request);
    let answer = '';
    for await (const chunk of socket) answer += String(chunk);
    return answer.split('\r\n')[0];
  };
  const get = (path: string, ...headers: string[]) =>
    ask([`GET ${path} HTTP/1.1`, ...headers, 'Connection: close', '', ''].join('\r\n'));
  const post = (...headers: string[]) =>
    ask(['POST /wake HTTP/1.1', ...headers, 'Content-Length: 0', 'Connection: close', '', ''].join('\r\n'));
  expect(await get('/', `Host: 127.0.0.1:${port}`)).toContain('200');
  expect(await get('/', 'Host: evil.example')).toContain('403');
  expect(await get('/../spool', `Host: localhost:${port}`)).toContain('404');
  expect(await post(`Host: 127.0.0.1:${port}`, 'Origin: http://evil.example')).toContain('403');
  expect(await post(`Host: 127.0.0.1:${port}`, `Origin: http://127.0.0.1:${port}`)).toContain('303');
  const status = (await (await fetch(`${gateway.statusUrl}status.json`)).json()) as object;
  expect(status).toMatchObject({ aeTitle: 'LIANZHEN', waiting: 0, held: [], torn: [], trouble: null });
  const page = await fetch(gateway.statusUrl);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(await page.text()).toContain('一切正常');
});
