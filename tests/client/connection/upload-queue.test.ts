import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TextEncoder } from 'node:util';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Http } from '../../../client/connection/http.ts';
import type { KeptUpload, UploadKeeping } from '../../../client/connection/kept-uploads.ts';
import { dicomUpload } from '../../../client/connection/upload-dicom.ts';
import { ecgUpload } from '../../../client/connection/upload-ecg.ts';
import { UploadQueue } from '../../../client/connection/upload-queue.ts';
import type { Upload, UploadKind } from '../../../client/connection/upload.ts';

interface Seen {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
  answer(status: number, body: unknown, headers?: Record<string, string>): void;
  cut(): void;
}

const target = { patientId: '0123456789abcdef01234567', consultId: '89abcdef0123456789abcdef' };
const mismatch = (name: string) => ({
  code: 'patient-mismatch',
  mismatch: {
    fields: ['name'],
    file: { identityNumber: null, name, sex: null, birthDate: null },
    patient: { identityNumber: null, name: '王小明', sex: null, birthDate: null },
    confirmedBy: null,
    confirmedAt: null,
  },
});

// Every browser has it, jsdom has not.
Object.assign(globalThis, { TextEncoder });

let server: Server;
let port = 0;
let seen: Seen[] = [];
let waiting: { count: number; done: () => void }[] = [];
let queue: UploadQueue;

function listen(): Promise<void> {
  server = createServer(onRequest);
  return new Promise((resolve) =>
    server.listen(port, '127.0.0.1', () => {
      port = (server.address() as AddressInfo).port;
      resolve();
    }),
  );
}

function onRequest(request: IncomingMessage, response: ServerResponse): void {
  const cors = {
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Allow-Headers':
      '*, content-type, idempotency-key, x-lianzhen-account, accept, tus-resumable, upload-length, upload-metadata, upload-offset',
    'Access-Control-Allow-Methods': 'GET, POST, PATCH',
    'Access-Control-Expose-Headers': 'Location, Upload-Offset',
    Connection: 'close',
  };
  if (request.method === 'OPTIONS') {
    response.writeHead(204, cors).end();
    return;
  }
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    seen.push({
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks).toString('latin1'),
      answer: (status, body, headers) => response.writeHead(status, { ...cors, ...headers }).end(JSON.stringify(body)),
      cut: () => request.socket.destroy(),
    });
    for (const { count, done } of waiting) if (seen.length >= count) done();
  });
}

function received(count: number): Promise<void> {
  if (seen.length >= count) return Promise.resolve();
  return new Promise((done) => waiting.push({ count, done }));
}

function request(at: number): Seen {
  const found = seen[at];
  if (!found) throw new Error(`no request ${at}`);
  return found;
}

function reaches(phase: Upload['state']['phase'], count = 1): Promise<readonly Upload[]> {
  return new Promise((resolve) => {
    const look = () => {
      const uploads = queue.uploads.get();
      if (uploads.filter(({ state }) => state.phase === phase).length < count) return;
      stop();
      resolve(uploads);
    };
    const stop = queue.uploads.subscribe(look);
    look();
  });
}

function open(kind: UploadKind, keeping: UploadKeeping | null = null, accountId = 'account-1'): UploadQueue {
  queue = new UploadQueue(kind, new Http({ accountId, base: `http://127.0.0.1:${port}` }), keeping);
  return queue;
}

beforeEach(async () => {
  seen = [];
  waiting = [];
  port = 0;
  await listen();
});

afterEach(async () => {
  queue.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test('an ECG travels as multipart with its patient and consult, under the window’s account', async () => {
  open(ecgUpload).add([new File(['SCP bytes'], '心电.scp')], target);
  await received(1);
  const first = request(0);
  expect(first.url).toBe('/api/ecgs');
  expect(first.headers['x-lianzhen-account']).toBe('account-1');
  expect(first.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
  expect(first.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
  expect(first.body).toContain('name="patientId"\r\n\r\n0123456789abcdef01234567');
  expect(first.body).toContain('name="consultId"\r\n\r\n89abcdef0123456789abcdef');
  expect(first.body.indexOf('name="patientId"')).toBeLessThan(first.body.indexOf('name="file"'));
  expect(first.body).toContain('SCP bytes');
  first.answer(201, { id: 'ecg-1' });
  const [upload] = await reaches('done');
  expect(upload?.state).toEqual({ phase: 'done', answer: { id: 'ecg-1' } });
});

const ecg = { id: '0123456789abcdef01234560' };
const address = '/api/uploads/0123456789abcdef01234569';
const uploadAt = (offset: number, byteLength: number, result: object) => ({
  id: '0123456789abcdef01234569',
  kind: 'dicom',
  fileName: 'a.dcm',
  offset,
  byteLength,
  expiresAt: '2026-11-25T08:00:00.000Z',
  result,
});
const instance = {
  patientId: target.patientId,
  studyInstanceUid: '1.2',
  seriesInstanceUid: '1.2.3',
  sopInstanceUid: '1.2.3.4',
  sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
};
const stored = { state: 'stored', existing: false, instance };

test('a small file that was cut goes on by itself, piece by piece, once the hub is back', async () => {
  open(dicomUpload).add([new File(['DICM'], 'a.dcm')], target);
  await received(1);
  request(0).cut();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await reaches('waiting-for-line');
  expect(queue.busy).toBe(true);
  await listen();
  await received(2);
  expect(request(1)).toMatchObject({ method: 'POST', url: '/api/uploads', headers: { 'upload-length': '4' } });
  expect(request(1).headers['upload-metadata']).toContain(`patientId ${btoa(target.patientId)}`);
  request(1).answer(201, {}, { Location: address });
  await received(3);
  expect(request(2)).toMatchObject({ method: 'PATCH', url: address, body: 'DICM' });
  request(2).answer(200, uploadAt(4, 4, stored), { 'Upload-Offset': '4' });
  expect((await reaches('done'))[0]?.state).toEqual({ phase: 'done', answer: instance });
  expect(queue.busy).toBe(false);
});

test('a large file goes piece by piece, and after a cut from the byte where the hub stands', async () => {
  const byteLength = 1024 * 1024 + 10;
  open(dicomUpload).add([new File([new Uint8Array(byteLength)], 'a.dcm')], target);
  await received(1);
  request(0).answer(201, {}, { Location: address });
  await received(2);
  expect(request(1).headers).toMatchObject({ 'upload-offset': '0', 'content-length': String(1024 * 1024) });
  request(1).cut();
  await received(3);
  expect(request(2)).toMatchObject({ method: 'GET', url: address });
  request(2).answer(200, uploadAt(700_000, byteLength, { state: 'receiving' }));
  await received(4);
  expect(request(3).headers).toMatchObject({
    'upload-offset': '700000',
    'content-length': String(byteLength - 700_000),
  });
  // The answer says that a person must decide; the bytes are not sent again.
  const question = { state: 'question', problem: { status: 409, title: 'x', ...mismatch('李四') } };
  request(3).answer(200, uploadAt(byteLength, byteLength, question), { 'Upload-Offset': String(byteLength) });
  const [asking] = await reaches('mismatch');
  queue.confirmMismatch(asking?.id ?? '');
  await received(5);
  request(4).answer(200, uploadAt(byteLength, byteLength, question));
  await received(6);
  expect(request(5)).toMatchObject({ method: 'POST', url: `${address}/finish?confirmMismatch=true`, body: '' });
  request(5).answer(200, uploadAt(byteLength, byteLength, stored));
  await reaches('done');
});

/** Keeps in memory, as a browser does on its disk. */
function keepInMemory(room = Number.POSITIVE_INFINITY): UploadKeeping & { records: Map<string, KeptUpload> } {
  const records = new Map<string, KeptUpload>();
  const files = new Map<string, Blob>();
  return {
    records,
    async keep(upload, file) {
      if (file.size > room) throw new DOMException('full', 'QuotaExceededError');
      records.set(upload.id, upload);
      files.set(upload.id, file);
      return file;
    },
    async change(id, part) {
      const found = records.get(id);
      if (found) records.set(id, { ...found, ...part });
    },
    async forget(id) {
      records.delete(id);
      files.delete(id);
    },
    list: async (accountId, kind) =>
      [...records.values()].filter((upload) => upload.accountId === accountId && upload.kind === kind),
    fileOf: async (id) => files.get(id) ?? null,
  };
}

function keeps(keeping: Upload['keeping']): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (queue.uploads.get().some((upload) => upload.keeping !== keeping)) return;
      stop();
      resolve();
    };
    const stop = queue.uploads.subscribe(look);
    look();
  });
}

test('what a closed window has left goes on in the next one of the same account, and of no other', async () => {
  const keeping = keepInMemory();
  open(dicomUpload, keeping).add([new File([new Uint8Array(2_000_000)], 'a.dcm')], target);
  await received(1);
  request(0).answer(201, {}, { Location: address });
  await received(2);
  await keeps('kept');
  expect(queue.busy).toBe(false);
  queue.close();
  await open(dicomUpload, keeping, 'account-2').restore();
  expect(queue.uploads.get()).toEqual([]);
  queue.close();
  await open(dicomUpload, keeping).restore();
  await received(3);
  expect(queue.uploads.get()).toMatchObject([{ fileName: 'a.dcm', restored: true, target }]);
  expect(request(2)).toMatchObject({ method: 'GET', url: address });
  request(2).answer(200, uploadAt(1_999_999, 2_000_000, { state: 'receiving' }));
  await received(4);
  expect(request(3).headers).toMatchObject({ 'upload-offset': '1999999', 'content-length': '1' });
  request(3).answer(200, uploadAt(2_000_000, 2_000_000, stored), { 'Upload-Offset': '2000000' });
  await reaches('done');
  await queue.removeAll();
  expect(keeping.records.size).toBe(0);
});

test('a file that the browser has no room for is sent all the same, and its window must stay until then', async () => {
  open(ecgUpload, keepInMemory(0)).add([new File(['x'], 'a.scp')], target);
  await received(1);
  await keeps('not-kept');
  expect(queue.busy).toBe(true);
  request(0).answer(201, ecg);
  await reaches('done');
  expect(queue.busy).toBe(false);
});

test('a hub that is not ready (503) or overrun (429) is asked again', async () => {
  open(ecgUpload).add([new File(['x'], 'a.scp')], target);
  await received(1);
  request(0).answer(503, { code: 'unavailable' });
  await received(2);
  request(1).answer(429, { code: 'too-many-requests' });
  await received(3);
  request(2).answer(201, { id: 'ecg-1' });
  await reaches('done');
});

test('a refused file keeps its reason and can be tried again', async () => {
  const uploads = open(ecgUpload);
  const [id = ''] = uploads.add([new File(['x'], 'a.txt')], target);
  await received(1);
  request(0).answer(422, { code: 'not-an-ecg' });
  const [upload] = await reaches('refused');
  expect(upload?.state).toEqual({ phase: 'refused', code: 'not-an-ecg' });
  uploads.retry(id);
  await received(2);
  request(1).answer(507, { code: 'storage-full' });
  expect((await reaches('refused'))[0]?.state).toEqual({ phase: 'refused', code: 'storage-full' });
});

test('a file that names another patient waits for the sender, and is then sent again as confirmed', async () => {
  const uploads = open(ecgUpload);
  const [id = ''] = uploads.add([new File(['x'], 'a.scp')], target);
  await received(1);
  request(0).answer(409, mismatch('李四'));
  const [asking] = await reaches('mismatch');
  expect(asking?.state).toMatchObject({ mismatch: { file: { name: '李四' } } });
  expect(request(0).body).not.toContain('confirmMismatch');
  uploads.confirmMismatch(id);
  await received(2);
  expect(request(1).body).toContain('name="confirmMismatch"\r\n\r\ntrue');
  expect(request(1).headers['idempotency-key']).not.toBe(request(0).headers['idempotency-key']);
  request(1).answer(201, { id: 'ecg-1' });
  await reaches('done');
});

test('a DICOM instance travels as STOW-RS, one instance a request, two at once (PS3.18 10.5)', async () => {
  open(dicomUpload).add(
    [new File(['DICM one'], '1.dcm'), new File(['DICM two'], '2.dcm'), new File(['3'], '3.dcm')],
    target,
  );
  await received(2);
  expect(queue.uploads.get().filter(({ state }) => state.phase === 'queued')).toHaveLength(1);
  const { url, headers, body } = request(0);
  expect(url).toBe('/dicom-web/studies?patientId=0123456789abcdef01234567&consultId=89abcdef0123456789abcdef');
  const boundary = /boundary=([\w-]+)$/.exec(headers['content-type'] ?? '')?.[1];
  expect(headers['content-type']).toContain('multipart/related; type="application/dicom"');
  expect(body).toMatch(new RegExp(`^--${boundary}\r\nContent-Type: application/dicom\r\n`));
  expect(body).toMatch(new RegExp(`\r\n\r\nDICM (one|two)\r\n--${boundary}--\r\n$`));
  request(0).answer(200, {});
  await received(3);
  request(1).answer(200, {});
  request(2).answer(200, {});
  await reaches('done', 3);
});

test('of a study that names somebody else no more is sent until the sender has decided, once for the whole study', async () => {
  const uploads = open({ ...dicomUpload, concurrency: 1 });
  uploads.add(
    ['1', '2', '3'].map((name) => new File([name], name)),
    target,
  );
  await received(1);
  request(0).answer(409, mismatch('李四'));
  const asking = await reaches('mismatch');
  expect(asking.map(({ state }) => state.phase)).toEqual(['mismatch', 'queued', 'queued']);
  expect(seen).toHaveLength(1);
  uploads.confirmMismatch(asking[0]?.id ?? '');
  await received(2);
  expect(request(1).url).toContain('confirmMismatch=true');
  request(1).answer(200, {});
  await received(3);
  request(2).answer(409, mismatch('李四'));
  // The same person again: confirmed already. Another person: asked anew.
  await received(4);
  expect(request(3).url).toContain('confirmMismatch=true');
  request(3).answer(200, {});
  await received(5);
  request(4).answer(409, mismatch('赵五'));
  expect((await reaches('mismatch')).at(-1)?.state).toMatchObject({ mismatch: { file: { name: '赵五' } } });
});
