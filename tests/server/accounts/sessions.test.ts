import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { request, type IncomingMessage } from 'node:http';
import { io } from 'socket.io-client';
import { DEMONSTRATION_PASSWORD } from '../../../server/accounts/demonstration-accounts.ts';
import { startTestHub, TestWindow, type TestClient, type TestHub } from '../../support/hub.ts';

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub();
}, 180_000);
afterAll(() => hub.close());

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${hub.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
const tryToSignIn = (username: string, password: string) => post('/api/session', { username, password });
const cookieOf = (response: Response) =>
  response.headers
    .getSetCookie()
    .map((value) => value.split(';')[0])
    .join('; ');
const codeOf = async (response: Response) => ((await response.json()) as { code?: string }).code;
const gone = async (window: TestWindow) => {
  if (window.socket.connected) await once(window.socket as never, 'disconnect');
};
const endOf = (window: TestWindow) =>
  new Promise<unknown>((resolve) => window.socket.once('session:ended', (notice: unknown) => resolve(notice)));

test('[AC1] a wrong password and an unknown name are answered alike', async () => {
  const wrong = await tryToSignIn('radiologist1', 'not the password');
  const unknown = await tryToSignIn('nobody-has-this-name', 'not the password');
  for (const response of [wrong, unknown]) {
    expect(response.status).toBe(401);
    expect(response.headers.getSetCookie()).toEqual([]);
  }
  const answer: unknown = await wrong.json();
  expect(await unknown.json()).toEqual(answer);
  expect(answer).toMatchObject({ code: 'wrong-credentials', status: 401 });
});

test('[AC2] the session shows who is signed in; nobody sees anything without one', async () => {
  const clinic = await hub.signIn('CLINIC1');
  const view: unknown = await (await clinic.http('/api/session')).json();
  expect(view).toEqual(clinic.account);
  expect(view).toMatchObject({
    username: 'clinic1',
    name: '林晓梅',
    organisation: { name: '梅岭镇卫生院', kind: 'township-hospital' },
    roles: ['township-doctor'],
  });
  expect((await fetch(`${hub.url}/api/session`)).status).toBe(401);
  expect((await fetch(`${hub.url}/api/session`, { headers: { cookie: 'lianzhen.sid=s%3Amade-up.sig' } })).status).toBe(
    401,
  );
  const socket = io(hub.url, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    auth: { windowId: randomUUID() },
  });
  const refused = await new Promise<Error>((resolve) => socket.once('connect_error', resolve));
  expect(refused.message).toBe('unauthenticated');
});

test('[AC2] the cookie is out of reach for scripts and other sites', async () => {
  const response = await tryToSignIn('clinic1', DEMONSTRATION_PASSWORD);
  expect(response.headers.getSetCookie()).toEqual([expect.stringMatching(/; HttpOnly/)]);
  expect(response.headers.getSetCookie()).toEqual([expect.stringMatching(/; SameSite=Lax/)]);
});

test('[AC3] signing out tells and cuts the windows and makes the cookie worthless', async () => {
  const clinic = await hub.signIn('clinic2');
  const elsewhere = await hub.signIn('clinic2');
  const windows = [await clinic.connect(), await clinic.connect()];
  const other = await elsewhere.connect();
  const ends = windows.map(endOf);
  expect((await clinic.http('/api/session', { method: 'DELETE' })).status).toBe(204);
  expect(await Promise.all(ends)).toEqual([{ reason: 'signed-out' }, { reason: 'signed-out' }]);
  await Promise.all(windows.map(gone));
  expect((await clinic.http('/api/session')).status).toBe(401);
  await expect(clinic.connect()).rejects.toThrow('unauthenticated');
  // Another browser of the same person is another session.
  await expect(other.request('account:read-licences', {})).resolves.toBeDefined();
});

test('[AC3] a request that is under way while the session ends does not bring it back', async () => {
  const clinic = await hub.signIn('clinic2');
  const upload = request(`${hub.url}/api/ecgs`, {
    method: 'POST',
    headers: { cookie: clinic.cookie, 'content-type': 'multipart/form-data; boundary=x', expect: '100-continue' },
  });
  const answered = once(upload, 'response') as Promise<[IncomingMessage]>;
  upload.flushHeaders();
  // The hub has the head of the request, and with it the session; the body is still to come.
  await once(upload, 'continue');
  expect((await clinic.http('/api/session')).status).toBe(200);
  expect((await clinic.http('/api/session', { method: 'DELETE' })).status).toBe(204);
  upload.end('--x--\r\n');
  const [answer] = await answered;
  answer.resume();
  await once(answer, 'end');
  // Not for want of a session: it had one when it began.
  expect(answer.statusCode).not.toBe(401);
  expect((await clinic.http('/api/session')).status).toBe(401);
});

test('[AC4] a second sign-in in the same browser replaces the first', async () => {
  const first = await hub.signIn('oncall1');
  const oldWindow = await first.connect();
  const end = endOf(oldWindow);
  const response = await post(
    '/api/session',
    { username: 'oncall2', password: DEMONSTRATION_PASSWORD },
    { cookie: first.cookie },
  );
  expect(response.status).toBe(200);
  expect(await end).toEqual({ reason: 'replaced' });
  await gone(oldWindow);
  const cookie = cookieOf(response);
  expect(cookie).not.toBe(first.cookie);
  expect((await first.http('/api/session')).status).toBe(401);

  // What the left-over window sends carries the browser's new cookie and the old account.
  const leftOver = await fetch(`${hub.url}/api/session`, {
    headers: { cookie, 'x-lianzhen-account': first.account.accountId },
  });
  expect(leftOver.status).toBe(409);
  expect(await codeOf(leftOver)).toBe('session-replaced');
  const socket = io(hub.url, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    extraHeaders: { cookie },
    auth: { accountId: first.account.accountId, windowId: randomUUID() },
  });
  const refused = await new Promise<Error>((resolve) => socket.once('connect_error', resolve));
  expect(refused.message).toBe('session-replaced');
  expect(await (await fetch(`${hub.url}/api/session`, { headers: { cookie } })).json()).toMatchObject({
    username: 'oncall2',
  });
});

test('[AC5] a change that another site sends is refused, on HTTP and on the socket', async () => {
  const clinic = await hub.signIn('clinic1');
  for (const origin of ['https://evil.example', 'null', hub.url.replace(/\d+$/, '1')]) {
    const response = await clinic.http('/api/session', { method: 'DELETE', headers: { origin } });
    expect(response.status).toBe(403);
    expect(await codeOf(response)).toBe('foreign-origin');
  }
  expect((await clinic.http('/api/session')).status).toBe(200);
  const foreign = io(hub.url, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    extraHeaders: { cookie: clinic.cookie, origin: 'https://evil.example' },
    auth: { windowId: randomUUID() },
  });
  await new Promise<Error>((resolve) => foreign.once('connect_error', resolve));
  expect(foreign.connected).toBe(false);
  const own = await clinic.http('/api/session', { method: 'DELETE', headers: { origin: hub.url } });
  expect(own.status).toBe(204);
});

async function makeToken(client: TestClient, scopes: string[]): Promise<string> {
  const response = await client.http('/api/tokens', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: '网关', scopes }),
  });
  expect(response.status).toBe(201);
  return ((await response.json()) as { token: string }).token;
}

test('[AC6] a token reads ECGs and does nothing else', async () => {
  const clinic = await hub.signIn('clinic1');
  const window = await clinic.connect();
  const { patient } = await window.request('patient:register', { name: '令牌一', sex: 'male' });
  const authorization = `Bearer ${await makeToken(clinic, ['ecg:read'])}`;
  for (const [method, path] of [
    ['GET', '/api/session'],
    ['DELETE', '/api/session'],
    ['POST', '/api/tokens'],
  ] as const) {
    const response = await fetch(`${hub.url}${path}`, { method, headers: { authorization } });
    expect([path, response.status, await codeOf(response)]).toEqual([path, 403, 'forbidden']);
  }
  const socket = io(hub.url, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    extraHeaders: { authorization },
    auth: { windowId: randomUUID() },
  });
  const machine = new TestWindow(socket, randomUUID());
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  expect(await machine.request('ecg:list', { patientId: patient.id })).toEqual({ ecgs: [] });
  await expect(machine.request('alarm:raise', {})).rejects.toMatchObject({ code: 'forbidden' });
  await expect(machine.request('patient:list', {})).rejects.toMatchObject({ code: 'forbidden' });
  await expect(machine.request('account:set-language', { language: 'en' })).rejects.toMatchObject({
    code: 'forbidden',
  });
  machine.close();
});

test('[AC6] unknown tokens and scopes open nothing, also beside a valid cookie', async () => {
  const clinic = await hub.signIn('clinic1');
  for (const authorization of [`Bearer lz_${'A'.repeat(43)}`, 'Bearer x', 'Basic Y2xpbmljMTp4', '']) {
    const response = await fetch(`${hub.url}/api/session`, { headers: { authorization } });
    expect(response.status).toBe(401);
  }
  const made = await clinic.http('/api/session', { headers: { authorization: `Bearer lz_${'A'.repeat(43)}` } });
  expect(made.status).toBe(401);
  const wild = await clinic.http('/api/tokens', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'x', scopes: ['everything'] }),
  });
  expect(wild.status).toBe(422);
});

test('[AC7] the eleventh try for a name is refused although its password is right; other names sign in', async () => {
  for (let attempt = 0; attempt < 10; attempt += 1)
    expect((await tryToSignIn('specialist1', `guess ${attempt}`)).status).toBe(401);
  const closed = await tryToSignIn('Specialist1', DEMONSTRATION_PASSWORD);
  expect(closed.status).toBe(429);
  const answer = (await closed.json()) as { code: string; details: { retryAfterSeconds: number } };
  expect(answer.code).toBe('too-many-requests');
  expect(answer.details.retryAfterSeconds).toBeGreaterThan(200);
  expect((await tryToSignIn('obstetrician1', DEMONSTRATION_PASSWORD)).status).toBe(200);
}, 60_000);

test('[AC7] guesses that come all at once count too', async () => {
  const answers = await Promise.all(
    Array.from({ length: 16 }, (_, attempt) => tryToSignIn('guessed-in-parallel', `guess ${attempt}`)),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([...Array(10).fill(401), ...Array(6).fill(429)]);
}, 60_000);
