import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { startTestHub, type TestClient, type TestHub, type TestWindow } from '../../support/hub.ts';
import { requests, type RequestName } from '../../../shared/contracts/registry.ts';

let hub: TestHub;
let person: TestClient;
let clinic: TestWindow;
beforeAll(async () => {
  hub = await startTestHub();
  person = await hub.signIn('clinic1');
  clinic = await person.connect();
}, 180_000);
afterAll(() => hub.close());

const names = Object.keys(requests) as RequestName[];
const codeOf = async (window: TestWindow, name: string, ...values: unknown[]) => {
  const answer = await window.raw(name, ...values);
  return answer.ok ? 'ok' : answer.error.code;
};
const signInWith = (body: string, headers: Record<string, string> = {}) =>
  fetch(`${hub.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });

async function problemOf(response: Response) {
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const text = await response.text();
  expect(text).not.toMatch(/\bat .*:\d+|node_modules|\/server\/|Error:/);
  const problem = JSON.parse(text) as { status: number; code: string; title: string };
  expect(problem.status).toBe(response.status);
  expect(problem.title).not.toBe('');
  return problem;
}

test('[HT1] events that are in no contract are refused, also those that are called like parts of an object', async () => {
  for (const name of ['nope', '', 'alarm:', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'x'.repeat(5000)])
    expect([name, await codeOf(clinic, name, {}, {})]).toEqual([name, 'malformed']);
});

test('[HT1] payloads of a wrong kind are refused for every request', async () => {
  const wrong = [null, 5, 'text', [], [{}], true, Buffer.from('binary')];
  for (const name of names)
    for (const payload of wrong)
      expect([name, payload, await codeOf(clinic, name, payload, {})]).toEqual([name, payload, 'invalid']);
  expect(await codeOf(clinic, 'patient:read', { patientId: { $ne: null } }, {})).toBe('invalid');
  expect(await codeOf(clinic, 'patient:list', { search: { $gt: '' } }, {})).toBe('invalid');
  expect(await codeOf(clinic, 'patient:list')).toBe('invalid');
}, 120_000);

test('[HT1] a key of a wrong kind is refused, and more values than asked for change nothing', async () => {
  for (const meta of ['text', 5, [], { idempotencyKey: 5 }, { idempotencyKey: 'x'.repeat(100) }])
    expect([meta, await codeOf(clinic, 'account:set-language', { language: 'zh-CN' }, meta)]).toEqual([
      meta,
      'malformed',
    ]);
  expect(await codeOf(clinic, 'account:read-licences', {}, {}, 1, 2, 3)).toBe('ok');
  const polluting = JSON.parse('{"language":"zh-CN","__proto__":{"roles":["administrator"]}}') as unknown;
  expect(await codeOf(clinic, 'account:set-language', polluting, {})).toBe('ok');
  expect('roles' in {}).toBe(false);
});

test('[HT1] messages without acknowledgement hurt nobody', async () => {
  clinic.socket.emit('nope');
  clinic.socket.emit('patient:read', 'text');
  clinic.socket.emit('patient:read', { patientId: '0'.repeat(24) });
  clinic.socket.emit('account:read-licences', {}, {}, 'not a function');
  expect(await codeOf(clinic, 'account:read-licences', {}, {})).toBe('ok');
});

test('[HT2] a message that is too large ends its own window only', async () => {
  const window = await person.connect();
  const ended = new Promise<string>((resolve) => window.socket.once('disconnect', resolve));
  window.socket.emit('patient:list', { search: 'x'.repeat(400_000) });
  expect(await ended).toMatch(/transport/);
  expect(await codeOf(clinic, 'account:read-licences', {}, {})).toBe('ok');
});

test('[HT9] answers go packed, and what unpacks without end harms nobody', async () => {
  const window = await person.connect();
  const { ws } = (window.socket.io.engine as unknown as { transport: { ws: WebSocket & { _socket: Socket } } })
    .transport;
  expect(ws.extensions).toContain('permessage-deflate');
  const before = ws._socket.bytesRead;
  const { templates } = await window.request('report:list-templates', { kind: 'imaging' });
  const length = Buffer.byteLength(JSON.stringify(templates));
  expect(length).toBeGreaterThan(2000);
  expect(ws._socket.bytesRead - before).toBeLessThan(length * 0.7);

  const ended = new Promise<string>((resolve) => window.socket.once('disconnect', resolve));
  // 30 million letters are 30 kB on the line.
  window.socket.emit('patient:list', { search: 'x'.repeat(30_000_000) });
  expect(await ended).toMatch(/transport/);
  expect(await codeOf(clinic, 'account:read-licences', {}, {})).toBe('ok');
});

test('[HT3] a key that comes back with another payload or request is refused', async () => {
  const meta = { idempotencyKey: randomUUID() };
  const { patient } = await clinic.request('patient:register', { name: '重一' }, meta);
  const other = clinic.request('patient:register', { name: '重二' }, meta);
  await expect(other).rejects.toMatchObject({ code: 'key-reused' });
  const elsewhere = clinic.request('alarm:raise', { patientId: patient.id }, meta);
  await expect(elsewhere).rejects.toMatchObject({ code: 'key-reused' });
  expect((await clinic.request('patient:list', { search: '重' })).patients).toHaveLength(1);
  expect((await clinic.request('consult:list', {})).consults).toEqual([]);
  // A key is its person's own: the same one from somebody else is another one.
  const village = await (await hub.signIn('village1')).connect();
  expect((await village.request('patient:register', { name: '重一' }, meta)).patient.id).not.toBe(patient.id);
});

test('[HT4] bodies that cannot be read, are too large or hold other things are refused plainly', async () => {
  for (const body of ['{', '{"username":', 'null null', '"text"', '\u0000'])
    expect([body, (await problemOf(await signInWith(body))).code]).toEqual([body, 'malformed']);
  const large = await problemOf(await signInWith(JSON.stringify({ username: 'x', password: 'x'.repeat(40_000) })));
  expect(large).toMatchObject({ status: 413, code: 'too-large' });
  for (const body of [
    '{}',
    '[]',
    '{"username":{"$ne":null},"password":{"$ne":null}}',
    '{"username":["clinic1"],"password":"x"}',
    `{"username":"clinic1","password":"${'x'.repeat(300)}"}`,
  ])
    expect([body, (await problemOf(await signInWith(body))).code]).toEqual([body, 'invalid']);
  expect((await problemOf(await signInWith('username=x', { 'content-type': 'text/plain' }))).status).toBe(422);
  expect((await problemOf(await signInWith('{}', { 'content-encoding': 'nonsense' }))).code).toBe('malformed');
  expect((await problemOf(await signInWith('no gzip', { 'content-encoding': 'gzip' }))).code).toBe('malformed');
  const charset = await signInWith('{}', { 'content-type': 'application/json; charset=nonsense' });
  expect((await problemOf(charset)).code).toBe('malformed');
});

test('[HT5] unknown paths and methods are a plain 404; a path that cannot be read is a plain 400', async () => {
  for (const [method, path] of [
    ['GET', '/api/nothing'],
    ['GET', '/api/..%2F..%2Fetc%2Fpasswd%00'],
    ['POST', '/api/nothing'],
    ['PUT', '/api/session'],
    ['GET', '/dicom-web/nothing'],
    ['GET', '/api/ecgs/not-an-id/waveform'],
    ['GET', '/api/ecgs/%7B%22$ne%22:1%7D/waveform'],
  ] as const)
    expect([path, (await problemOf(await person.http(path, { method }))).code]).toEqual([path, 'not-found']);
  expect((await problemOf(await person.http('/api/ecgs/%E0%A4%A/waveform'))).code).toBe('malformed');
});

test('[HT6] health, readiness, counts and the list of routes are open and name nobody', async () => {
  const get = async (path: string) => {
    const response = await fetch(`${hub.url}${path}`);
    expect([path, response.status]).toEqual([path, 200]);
    expect(response.headers.get('x-powered-by')).toBeNull();
    expect(response.headers.get('content-security-policy')).toContain("default-src 'self'");
    return response;
  };
  expect(await (await get('/healthz')).json()).toEqual({ status: 'up' });
  expect(await (await get('/readyz')).json()).toEqual({ store: true, blobs: true, sfu: true });
  const metrics = await (await get('/metrics')).text();
  expect(metrics).toContain('lianzhen_requests_total{request="patient:register",result="ok"}');
  expect(metrics).toMatch(/^lianzhen_windows [1-9]/m);
  expect(metrics).not.toMatch(/重一|clinic1|林晓梅/);
  const openapi = (await (await get('/openapi.json')).json()) as {
    openapi: string;
    paths: Record<string, Record<string, { 'x-permission': string }>>;
  };
  expect(openapi.openapi).toBe('3.1.0');
  expect(openapi.paths['/api/session']!['delete']!['x-permission']).toBe('session:own');
  expect((await get('/docs')).headers.get('content-type')).toMatch(/^text\/html/);
});

test('[HT7] an alarm goes through while nonsense comes in over every door', async () => {
  const desk = await (await hub.signIn('oncall1')).connect();
  const attacker = await (await hub.signIn('clinic2')).connect();
  let over = false;
  let sent = 0;
  const flood = async (send: () => Promise<unknown>) => {
    while (!over) {
      await send();
      sent += 1;
    }
  };
  const floods = [
    flood(() => attacker.raw('nope', 'x'.repeat(100_000), {})),
    flood(() => attacker.raw('patient:read', { patientId: '0'.repeat(24) }, {})),
    flood(() => attacker.raw('alarm:accept', { alarmId: '0'.repeat(24) }, {})),
    flood(async () => (await signInWith('{"username":')).text()),
    flood(async () => (await fetch(`${hub.url}/api/nothing`)).text()),
    flood(async () => (await signInWith(JSON.stringify({ username: 'x'.repeat(30_000), password: 'x' }))).text()),
  ];
  for (let press = 0; press < 3; press += 1) {
    const { alarm, existing } = await clinic.request('alarm:raise', { anotherPatient: true });
    expect(existing).toBe(false);
    expect((await desk.next('alarm:raised', ({ id }) => id === alarm.id)).state).toBe('ringing');
    await desk.request('alarm:accept', { alarmId: alarm.id });
  }
  over = true;
  await Promise.all(floods);
  expect(sent).toBeGreaterThan(20);
  expect((await fetch(`${hub.url}/readyz`)).status).toBe(200);
}, 120_000);
