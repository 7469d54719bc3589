/** @jest-environment node */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Http } from '../../../client/connection/http.ts';
import type { RefusalCode } from '../../../client/connection/refusal.ts';

let server: Server;
let base: string;
let answer: (request: IncomingMessage, response: ServerResponse) => void;

beforeEach(async () => {
  server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const problem = (status: number, body: unknown) => (_: IncomingMessage, response: ServerResponse) =>
  response.writeHead(status, { 'Content-Type': 'application/problem+json' }).end(JSON.stringify(body));

test('every request of a signed-in window names its account', async () => {
  answer = (request, response) => response.end(JSON.stringify({ account: request.headers['x-lianzhen-account'] }));
  await expect(new Http({ accountId: 'a1', base }).get('/api/session')).resolves.toEqual({ account: 'a1' });
  await expect(new Http({ base }).get('/api/session')).resolves.toEqual({});
});

test('a problem document becomes a refusal with its code, details and further members (RFC 9457)', async () => {
  answer = problem(409, { code: 'patient-mismatch', detail: 'x', details: { n: 1 }, mismatch: { fields: ['name'] } });
  await expect(new Http({ base }).send('POST', '/api/ecgs', {})).rejects.toMatchObject({
    code: 'patient-mismatch',
    details: { n: 1 },
    problem: { mismatch: { fields: ['name'] } },
  });
});

test.each([
  [502, 'unavailable'],
  [413, 'too-large'],
  [507, 'storage-full'],
  [500, 'internal'],
  [400, 'malformed'],
])('an answer of somebody in between (%i, an HTML page) is read by its status', async (status, code) => {
  answer = (_, response) => response.writeHead(status, { 'Content-Type': 'text/html' }).end('<h1>no</h1>');
  await expect(new Http({ base }).get('/')).rejects.toMatchObject({ code });
});

test('a session that was replaced or is over ends the window', async () => {
  const ended: RefusalCode[] = [];
  const http = new Http({ accountId: 'a1', base, onEnded: (code) => ended.push(code) });
  answer = problem(409, { code: 'session-replaced' });
  await expect(http.get('/')).rejects.toMatchObject({ code: 'session-replaced' });
  answer = problem(401, { code: 'unauthenticated' });
  await expect(http.get('/')).rejects.toMatchObject({ code: 'unauthenticated' });
  expect(ended).toEqual(['session-replaced', 'unauthenticated']);
});

test('a hub that is not reached is line-away', async () => {
  answer = (request) => request.socket.destroy();
  await expect(new Http({ base }).get('/')).rejects.toMatchObject({ code: 'line-away' });
});
