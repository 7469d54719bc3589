import { readdir, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { synthesizeEcg } from '../../../shared/ecg/synthesize.ts';
import { auditRecord } from '../../../server/audit/audit-record.ts';
import { accountRecord } from '../../../server/accounts/account-record.ts';
import { writeDicomEcg } from '../../../server/ecg/encode/dicom-ecg.ts';
import { writeScpEcg } from '../../../server/ecg/encode/scp-ecg.ts';
import type { Clock } from '../../../server/platform/clock.ts';
import { smallInstance } from '../../support/dicom-web.ts';
import { startTestHub, type TestClient, type TestHub, type TestWindow } from '../../support/hub.ts';
import { ask, began, begin, checksum, forget, head, machine, offsetOf, patch, viewOf } from '../../support/tus.ts';

const { document } = synthesizeEcg({ rhythm: 'sinus', seed: 9 });
const ecg = Buffer.from(writeScpEcg(document));
let skewMs = 0;
const clock: Clock = { now: () => new Date(Date.now() + skewMs) };

let hub: TestHub;
let sender: TestClient;
let stranger: TestClient;
let clinic: TestWindow;
let patientId: string;

beforeAll(async () => {
  hub = await startTestHub({ clock });
  sender = await hub.signIn('clinic1');
  stranger = await hub.signIn('clinic2');
  clinic = await sender.connect();
  patientId = await newPatient('郑一');
}, 180_000);
afterAll(() => hub.close(), 60_000);

const tokenOf = async (...scopes: string[]) => {
  const response = await sender.http('/api/tokens', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: '网关', scopes }),
  });
  return machine(hub.url, ((await response.json()) as { token: string }).token);
};
const newPatient = async (name: string) => (await clinic.request('patient:register', { name, sex: 'male' })).patient.id;
const partial = () => readdir(join(hub.dataFolder, 'blobs', 'partial'));
const refusal = async (response: Response) => ({
  status: response.status,
  code: ((await response.json()) as { code: string }).code,
});
const idOf = (address: string) => address.split('/').at(-1)!;

describe('the protocol', () => {
  test('[UP1] says what it offers', async () => {
    const response = await fetch(`${hub.url}/api/uploads`, { method: 'OPTIONS' });
    expect(response.status).toBe(204);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'tus-version': '1.0.0',
      'tus-extension': 'creation,creation-with-upload,termination,checksum,expiration',
      'tus-checksum-algorithm': 'sha1,sha256,md5',
      'tus-max-size': String(1024 * 1024 * 1024),
    });
  });

  test.each<[string, Record<string, string>, number, string]>([
    ['another version', { 'tus-resumable': '0.2.2' }, 412, 'tus-version'],
    ['no length', { 'upload-length': '' }, 400, 'malformed'],
    ['a negative length', { 'upload-length': '-1' }, 400, 'malformed'],
    ['a length in another notation', { 'upload-length': '1e3' }, 400, 'malformed'],
    ['a length beyond all numbers', { 'upload-length': '9'.repeat(30) }, 400, 'malformed'],
    ['metadata that is no base64', { 'upload-metadata': 'kind {}' }, 400, 'malformed'],
    ['a key twice', { 'upload-metadata': 'kind ZWNn,kind ZWNn' }, 400, 'malformed'],
    ['text that is no UTF-8', { 'upload-metadata': 'kind ZWNn,filename /w==' }, 400, 'malformed'],
    ['another kind', { 'upload-metadata': 'kind dG9vbA==' }, 422, 'invalid'],
    ['no kind', { 'upload-metadata': '' }, 422, 'invalid'],
    ['a patient that cannot be', { 'upload-metadata': 'kind ZWNn,patientId eA==' }, 422, 'invalid'],
  ])('[UP1] refuses %s', async (_, headers, status, code) => {
    expect(await refusal(await begin(sender, { kind: 'ecg', patientId }, 10, headers))).toEqual({ status, code });
  });

  test('[UP2] an ECG in pieces, by any of its verbs, is the one that was sent', async () => {
    const address = await began(sender, { kind: 'ecg', patientId, filename: '心电\\1.scp' }, ecg.length);
    const cut = [0, 1, 1000, 5000, ecg.length] as const;
    const answers = [];
    for (let i = 0; i < 3; i += 1) {
      answers.push(await patch(sender, address, cut[i]!, ecg.subarray(cut[i], cut[i + 1])));
      expect(await offsetOf(sender, address)).toBe(cut[i + 1]);
    }
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204]);
    expect((await ask(sender, address)).result).toEqual({ state: 'receiving' });
    const last = await sender.http(address, {
      method: 'POST',
      headers: {
        'tus-resumable': '1.0.0',
        'x-http-method-override': 'PATCH',
        'upload-offset': String(cut[3]),
        'content-type': 'application/offset+octet-stream',
        'upload-checksum': checksum(ecg.subarray(cut[3])),
      },
      body: new Uint8Array(ecg.subarray(cut[3])),
    });
    expect([last.status, last.headers.get('upload-offset')]).toEqual([200, String(ecg.length)]);
    const view = await viewOf(last);
    expect(view).toMatchObject({
      fileName: '心电_1.scp',
      offset: ecg.length,
      result: { state: 'stored', existing: false },
    });
    expect(await ask(sender, address)).toEqual(view);
    // The empty piece of a sender who missed the answer gets it again.
    expect(await viewOf(await patch(sender, address, ecg.length, new Uint8Array(0)))).toEqual(view);
    if (view.result.state !== 'stored') throw new Error('not stored');
    expect(await (await sender.http(`/api/ecgs/${view.result.ecg!.id}`)).json()).toEqual(view.result.ecg);
    const { sha256 } = view.result.ecg!;
    expect(checksum(ecg)).toBe(`sha256 ${Buffer.from(sha256, 'hex').toString('base64')}`);
    expect(await partial()).not.toContain(idOf(address));
  });

  test('[UP2] an instance sent whole with its beginning is retrieved unchanged', async () => {
    const file = smallInstance({ studyInstanceUid: '2.25.71', name: '郑一', elements: [] });
    const response = await begin(
      sender,
      { kind: 'dicom' },
      file.length,
      { 'upload-checksum': checksum(file, 'sha1') },
      file,
    );
    expect(response.status).toBe(201);
    const { result } = await viewOf(response);
    expect(result).toMatchObject({ state: 'stored', instance: { studyInstanceUid: '2.25.71' } });
    const path = '/dicom-web/studies/2.25.71/series/2.25.71.1/instances/2.25.71.1.1';
    const got = Buffer.from(
      await (
        await sender.http(path, {
          headers: { accept: 'multipart/related; type="application/dicom"; transfer-syntax=*' },
        })
      ).arrayBuffer(),
    );
    expect(got.includes(Buffer.from(file))).toBe(true);
  });

  test('[UP3] a wrong piece is refused and changes nothing', async () => {
    const address = await began(sender, { kind: 'ecg', patientId }, 1000);
    const bytes = ecg.subarray(0, 400);
    expect((await patch(sender, address, 0, bytes)).status).toBe(204);
    const at = (offset: number, piece: Uint8Array, headers = {}) => patch(sender, address, offset, piece, headers);
    expect(await refusal(await at(399, bytes))).toEqual({ status: 409, code: 'offset-conflict' });
    expect(await refusal(await at(0, bytes))).toEqual({ status: 409, code: 'offset-conflict' });
    expect(await refusal(await at(1000, bytes))).toEqual({ status: 409, code: 'offset-conflict' });
    expect(await refusal(await at(400, ecg.subarray(400, 1001)))).toEqual({ status: 413, code: 'too-large' });
    const wrong = { 'upload-checksum': checksum(ecg.subarray(0, 399)) };
    expect(await refusal(await at(400, bytes, wrong))).toEqual({ status: 460, code: 'checksum-mismatch' });
    for (const value of ['crc32 AAAA', 'sha256', 'sha256 {}', 'sha256 AA AA'])
      expect(await refusal(await at(400, bytes, { 'upload-checksum': value }))).toEqual({
        status: 400,
        code: 'malformed',
      });
    for (const offset of ['', '-1', '4e2', '400.0'])
      expect(await refusal(await at(400, bytes, { 'upload-offset': offset }))).toEqual({
        status: 400,
        code: 'malformed',
      });
    expect(await refusal(await at(400, bytes, { 'content-type': 'application/octet-stream' }))).toEqual({
      status: 415,
      code: 'unsupported-media',
    });
    expect(await refusal(await at(400, bytes, { 'tus-resumable': '1.0.1' }))).toEqual({
      status: 412,
      code: 'tus-version',
    });
    // Without a length that could be checked first, what comes too much is noticed on the way.
    const streamed = await sender.http(address, {
      method: 'PATCH',
      headers: { 'tus-resumable': '1.0.0', 'upload-offset': '400', 'content-type': 'application/offset+octet-stream' },
      body: new Blob([new Uint8Array(5000)]).stream(),
      duplex: 'half',
    } as RequestInit);
    expect(await refusal(streamed)).toEqual({ status: 413, code: 'too-large' });
    expect(await offsetOf(sender, address)).toBe(400);
    expect((await ask(sender, address)).result).toEqual({ state: 'receiving' });
  });
});

const bytesOnDisk = async (address: string) =>
  (await stat(join(hub.dataFolder, 'blobs', 'partial', idOf(address)))).size;

/** A PATCH whose body comes by hand. */
async function slowPatch(address: string, offset: number, byteLength: number) {
  const { hostname, port } = new URL(hub.url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  socket.write(
    [
      `PATCH ${address} HTTP/1.1`,
      `Host: ${hostname}:${port}`,
      `Cookie: ${sender.cookie}`,
      'Tus-Resumable: 1.0.0',
      `Upload-Offset: ${offset}`,
      'Content-Type: application/offset+octet-stream',
      `Content-Length: ${byteLength}`,
      '',
      '',
    ].join('\r\n'),
  );
  return socket;
}

/** Asks until it is so; the hub is the clock. */
async function until<T>(look: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await look();
    if (holds(value)) return value;
  }
}

describe('one upload', () => {
  test('[UP4] is written to by one request at a time, and a silent line gives way', async () => {
    const address = await began(sender, { kind: 'ecg', patientId }, ecg.length);
    const slow = await slowPatch(address, 0, 4000);
    slow.write(ecg.subarray(0, 1000));
    await until(
      () => bytesOnDisk(address),
      (bytes) => bytes === 1000,
    );
    expect(await refusal(await patch(sender, address, 0, ecg))).toEqual({ status: 423, code: 'upload-busy' });
    expect((await forget(sender, address)).status).toBe(423);
    // Some seconds later nobody waits for the rest of it: what had arrived counts.
    const closed = once(slow, 'close');
    const taken = await until(
      () => patch(sender, address, 1000, ecg.subarray(1000)),
      (response) => response.status !== 423 && response.status !== 409,
    );
    await closed;
    expect((await viewOf(taken)).result.state).toBe('stored');
  }, 60_000);

  test('[UP6] keeps what had arrived when the line breaks off, and a checked piece whole or not at all', async () => {
    const address = await began(sender, { kind: 'ecg', patientId }, ecg.length);
    const slow = await slowPatch(address, 0, ecg.length);
    slow.write(ecg.subarray(0, 3000));
    await until(
      () => bytesOnDisk(address),
      (bytes) => bytes === 3000,
    );
    slow.destroy();
    expect(
      await until(
        () => offsetOf(sender, address),
        (offset) => offset > 0,
      ),
    ).toBe(3000);
    await hub.restart();
    sender = await hub.signIn('clinic1');
    stranger = await hub.signIn('clinic2');
    clinic = await sender.connect();
    expect(await offsetOf(sender, address)).toBe(3000);
    expect((await viewOf(await patch(sender, address, 3000, ecg.subarray(3000)))).result.state).toBe('stored');
  }, 60_000);

  test('[UP5] does not exist for another account, and needs the right to send there', async () => {
    expect((await begin(stranger, { kind: 'ecg', patientId }, 10)).status).toBe(404);
    expect((await begin(stranger, { kind: 'dicom', patientId }, 10)).status).toBe(404);
    expect((await begin(await hub.signIn('office1'), { kind: 'ecg' }, 10)).status).toBe(403);
    expect((await fetch(`${hub.url}/api/uploads`, { method: 'POST' })).status).toBe(401);
    const address = await began(sender, { kind: 'ecg', patientId }, ecg.length);
    const colleague = await hub.signIn('village1');
    for (const other of [stranger, colleague]) {
      const answers = [
        await head(other, address),
        await patch(other, address, 0, ecg),
        await forget(other, address),
        await other.http(address),
        await other.http(`${address}/finish`, { method: 'POST' }),
        await head(other, '/api/uploads/0123456789abcdef01234567'),
        await head(other, '/api/uploads/..%2f..%2fstore'),
      ];
      expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404, 404, 404]);
    }
    expect(await offsetOf(sender, address)).toBe(0);
    // The right ends while the file is on its way.
    expect((await patch(sender, address, 0, ecg.subarray(0, 100))).status).toBe(204);
    const accounts = hub.running.hub.store.model(accountRecord);
    const { roles } = (await accounts.findOne({ username: 'clinic1' }).lean())!;
    await accounts.updateOne({ username: 'clinic1' }, { $set: { roles: ['ecg-reporter'] } });
    const elsewhere = await began(sender, { kind: 'ecg', patientId }, ecg.length);
    await accounts.updateOne({ username: 'clinic1' }, { $set: { roles: ['community-manager'] } });
    expect((await patch(sender, address, 100, ecg.subarray(100))).status).toBe(403);
    await accounts.updateOne({ username: 'clinic1' }, { $set: { roles } });
    expect(await offsetOf(sender, address)).toBe(100);
    expect((await forget(sender, elsewhere)).status).toBe(204);
  });

  test('[UP7] of another patient is a question that is answered without sending it again', async () => {
    const other = await newPatient('王建国');
    const file = writeDicomEcg(document, { patient: { name: '李秀英', sex: 'female', birthDate: '1962-08-25' } });
    const response = await begin(sender, { kind: 'ecg', patientId: other }, file.length, {}, file);
    const address = response.headers.get('location')!;
    const { result } = await viewOf(response);
    expect(result).toMatchObject({
      state: 'question',
      problem: { status: 409, code: 'patient-mismatch', mismatch: { fields: ['name', 'sex'] } },
    });
    expect((await ask(sender, address)).result).toEqual(result);
    expect((await viewOf(await sender.http(`${address}/finish`, { method: 'POST' }))).result).toEqual(result);
    const confirmed = await sender.http(`${address}/finish?confirmMismatch=true`, { method: 'POST' });
    expect((await viewOf(confirmed)).result).toMatchObject({
      state: 'stored',
      ecg: { mismatch: { confirmedBy: '林晓梅' } },
    });
    expect(await partial()).not.toContain(idOf(address));
  });

  test.each<[string, 'ecg' | 'dicom', Uint8Array, string]>([
    ['a text', 'ecg', Buffer.from('血压 130/80'.repeat(40)), 'not-an-ecg'],
    ['half an ECG', 'ecg', ecg.subarray(0, ecg.length / 2), 'ecg-damaged'],
    ['a text as DICOM', 'dicom', Buffer.from('x'.repeat(400)), 'not-dicom'],
  ])('[UP7] that is %s is refused for good and leaves nothing', async (_, kind, bytes, code) => {
    const response = await begin(sender, { kind, patientId }, bytes.length, {}, bytes);
    const { result, id } = await viewOf(response);
    expect(result).toMatchObject({ state: 'refused', problem: { status: 422, code } });
    expect((await ask(sender, `/api/uploads/${id}`)).result).toEqual(result);
    expect(await partial()).not.toContain(id);
    const entries = await hub.running.hub.store.model(auditRecord).find({ code, outcome: 'refused' }).lean();
    expect(entries.length).toBeGreaterThan(0);
  });

  test('[UP8] of the same bytes is the same record, by this way and the ordinary one', async () => {
    const whose = await newPatient('郑八');
    const twice = await Promise.all(
      [1, 2].map(() => begin(sender, { kind: 'ecg', patientId: whose }, ecg.length, {}, ecg)),
    );
    const views = await Promise.all(twice.map(viewOf));
    const form = new FormData();
    form.set('patientId', whose);
    form.set('file', new Blob([new Uint8Array(ecg)]), 'a.scp');
    const ordinary = await sender.http('/api/ecgs', { method: 'POST', body: form });
    expect(ordinary.status).toBe(200);
    const { id } = (await ordinary.json()) as { id: string };
    expect(views.map(({ result }) => (result.state === 'stored' ? result.ecg?.id : null))).toEqual([id, id]);
    expect(views.map(({ result }) => result.state === 'stored' && result.existing).sort()).toEqual([false, true]);
    expect((await clinic.request('ecg:list', { patientId: whose })).ecgs).toHaveLength(1);
  });

  test('[UP9] is removed when it is forgotten, and when nobody comes back for it', async () => {
    const forgotten = await began(sender, { kind: 'ecg', patientId }, ecg.length);
    expect((await forget(sender, forgotten)).status).toBe(204);
    expect((await head(sender, forgotten)).status).toBe(404);
    // A token outlives the days that pass here.
    const device = await tokenOf('ecg:write');
    const abandoned = await began(device, { kind: 'ecg', patientId }, ecg.length);
    await patch(device, abandoned, 0, ecg.subarray(0, 100));
    const expires = Date.parse((await head(device, abandoned)).headers.get('upload-expires')!);
    expect(expires).toBeGreaterThan(Date.now() + 24 * 3600 * 1000);
    expect(await partial()).toContain(idOf(abandoned));
    skewMs = expires - Date.now() + 2000;
    expect((await head(device, abandoned)).status).toBe(404);
    expect((await patch(device, abandoned, 100, ecg.subarray(100))).status).toBe(404);
    hub.running.hub.dueTimes.wake();
    await until(partial, (names) => !names.includes(idOf(abandoned)));
    skewMs = 0;
  }, 60_000);

  test('[UP11] that is too large, empty, or one too many is refused at its beginning', async () => {
    const at = async (kind: 'ecg' | 'dicom', bytes: number) => refusal(await begin(sender, { kind, patientId }, bytes));
    expect(await at('ecg', 1024 * 1024 * 1024 + 1)).toEqual({ status: 413, code: 'too-large' });
    expect(await at('dicom', 512 * 1024 * 1024 + 1)).toEqual({ status: 413, code: 'too-large' });
    expect(await at('ecg', 0)).toEqual({ status: 422, code: 'file-empty' });
    const other = await hub.signIn('radiologist1');
    const many = await Promise.all(Array.from({ length: 200 }, () => begin(other, { kind: 'dicom' }, 5)));
    expect(new Set(many.map(({ status }) => status))).toEqual(new Set([201]));
    expect(await refusal(await begin(other, { kind: 'dicom' }, 5))).toEqual({ status: 429, code: 'too-many-requests' });
    expect((await begin(sender, { kind: 'ecg', patientId }, 5)).status).toBe(201);
  }, 120_000);

  test('[UP12] comes from a machine with the scope of its kind', async () => {
    const picture = smallInstance({ studyInstanceUid: '2.25.72', name: '郑一' });
    const [ecgs, images, reading] = [
      await tokenOf('ecg:write'),
      await tokenOf('dicom:write'),
      await tokenOf('ecg:read', 'dicom:read'),
    ];
    const send = async (who: typeof ecgs, kind: 'ecg' | 'dicom') => {
      const bytes = kind === 'ecg' ? ecg : picture;
      return (await begin(who, { kind }, bytes.length, {}, bytes)).status;
    };
    expect([await send(ecgs, 'ecg'), await send(ecgs, 'dicom')]).toEqual([201, 403]);
    expect([await send(images, 'ecg'), await send(images, 'dicom')]).toEqual([403, 201]);
    expect([await send(reading, 'ecg'), await send(reading, 'dicom')]).toEqual([403, 403]);
  });
});
