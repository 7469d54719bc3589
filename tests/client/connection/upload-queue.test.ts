import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Http } from '../../../client/connection/http.ts';
import { dicomUpload } from '../../../client/connection/upload-dicom.ts';
import { ecgUpload } from '../../../client/connection/upload-ecg.ts';
import { UploadQueue, type Upload, type UploadKind } from '../../../client/connection/upload-queue.ts';

interface Seen {
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
  answer(status: number, body: unknown): void;
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
    'Access-Control-Allow-Headers': '*, content-type, idempotency-key, x-lianzhen-account, accept',
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
      url: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks).toString('latin1'),
      answer: (status, body) => response.writeHead(status, cors).end(JSON.stringify(body)),
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

function open(kind: UploadKind): UploadQueue {
  queue = new UploadQueue(kind, new Http({ accountId: 'account-1', base: `http://127.0.0.1:${port}` }));
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

test('an upload that is cut goes on by itself with the same key once the hub is back', async () => {
  open(ecgUpload).add([new File(['x'], 'a.scp')], target);
  await received(1);
  const key = request(0).headers['idempotency-key'];
  request(0).cut();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await reaches('waiting-for-line');
  expect(queue.busy).toBe(true);
  await listen();
  await received(2);
  expect(request(1).headers['idempotency-key']).toBe(key);
  request(1).answer(201, { id: 'ecg-1' });
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
