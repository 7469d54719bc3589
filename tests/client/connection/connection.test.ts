/** @jest-environment node */
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { Server } from 'socket.io';
import { Connection } from '../../../client/connection/connection.ts';
import { Refusal } from '../../../client/connection/refusal.ts';

type Reply = (answer: unknown) => void;
interface Told {
  name: string;
  payload: unknown;
  meta: { idempotencyKey?: string };
  reply: Reply;
}

/** A real socket.io server that hands every request to the test. */
class Hub {
  readonly told: Told[] = [];
  readonly handshakes: unknown[] = [];
  /** What the next handshakes are refused with. */
  readonly refusals: string[] = [];
  #http: HttpServer | null = null;
  #io: Server | null = null;
  #waiting: { count: number; done: () => void }[] = [];
  port = 0;

  async open(): Promise<void> {
    this.#http = createServer();
    this.#io = new Server(this.#http, { pingInterval: 1000, pingTimeout: 1000 });
    this.#io.use((socket, next) => {
      this.handshakes.push(socket.handshake.auth);
      const refusal = this.refusals.shift();
      if (refusal === undefined) next();
      else next(new Error(refusal));
    });
    this.#io.on('connection', (socket) => {
      socket.onAny((name: string, payload: unknown, meta: Told['meta'], reply: Reply) => {
        this.told.push({ name, payload, meta, reply });
        for (const { count, done } of this.#waiting) if (this.told.length >= count) done();
      });
    });
    await new Promise<void>((resolve) => this.#http?.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.#http.address() as AddressInfo).port;
  }

  /** Like a killed process: sockets gone without a word. */
  async kill(): Promise<void> {
    this.#io?.disconnectSockets(true);
    await this.#io?.close();
  }

  received(count: number): Promise<void> {
    if (this.told.length >= count) return Promise.resolve();
    return new Promise((done) => this.#waiting.push({ count, done }));
  }

  last(): Told {
    const told = this.told.at(-1);
    if (!told) throw new Error('nothing received');
    return told;
  }

  emit(name: string, notice: unknown): void {
    this.#io?.emit(name, notice);
  }
}

const open: { close(): void }[] = [];
const hubs: Hub[] = [];

async function start(answerWithinMs = 10_000): Promise<{ hub: Hub; connection: Connection }> {
  const hub = new Hub();
  await hub.open();
  hubs.push(hub);
  const connection = new Connection({
    accountId: 'a'.repeat(24),
    windowId: 'window-1',
    url: `http://127.0.0.1:${hub.port}`,
    answerWithinMs,
  });
  open.push(connection);
  connection.open();
  return { hub, connection };
}

function becomes(connection: Connection, line: string): Promise<void> {
  if (connection.status.get().line === line) return Promise.resolve();
  return new Promise((resolve) => {
    const stop = connection.status.subscribe(() => {
      if (connection.status.get().line !== line) return;
      stop();
      resolve();
    });
  });
}

afterEach(async () => {
  for (const connection of open.splice(0)) connection.close();
  for (const hub of hubs.splice(0)) await hub.kill();
});

const patientId = '0123456789abcdef01234567';

test('a request that was made before the line is there is sent once it is', async () => {
  const { hub, connection } = await start();
  const answer = connection.request('patient:read', { patientId });
  await hub.received(1);
  expect(hub.last()).toMatchObject({ name: 'patient:read', payload: { patientId }, meta: {} });
  expect(hub.handshakes).toEqual([{ accountId: 'a'.repeat(24), windowId: 'window-1' }]);
  hub.last().reply({ ok: true, data: { patient: 'p' } });
  await expect(answer).resolves.toEqual({ patient: 'p' });
});

test('a command is sent again with the same key after a restart of the hub, and answered once', async () => {
  const { hub, connection } = await start();
  const answer = connection.request('patient:register-unknown', {});
  await hub.received(1);
  const key = hub.last().meta.idempotencyKey;
  expect(key).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
  expect(connection.status.get().unansweredCommands).toBe(1);
  await hub.kill();
  await becomes(connection, 'interrupted');
  await hub.open();
  await hub.received(2);
  expect(hub.last()).toMatchObject({ name: 'patient:register-unknown', meta: { idempotencyKey: key } });
  hub.last().reply({ ok: true, data: { patient: 'one' } });
  await expect(answer).resolves.toEqual({ patient: 'one' });
  expect(connection.status.get().unansweredCommands).toBe(0);
});

test('two commands have two keys, a query has none', async () => {
  const { hub, connection } = await start();
  void connection.request('duty:start', {}).catch(() => undefined);
  void connection.request('duty:start', {}).catch(() => undefined);
  void connection.request('duty:read', {}).catch(() => undefined);
  await hub.received(3);
  const keys = hub.told.map(({ meta }) => meta.idempotencyKey);
  expect(new Set(keys.slice(0, 2)).size).toBe(2);
  expect(keys[2]).toBeUndefined();
  for (const { reply } of hub.told) reply({ ok: true, data: {} });
});

test('an answer that does not come in time is asked for again with the same key', async () => {
  const { hub, connection } = await start(150);
  const answer = connection.request('duty:end', {});
  await hub.received(2);
  expect(hub.told[1]?.meta).toEqual(hub.told[0]?.meta);
  hub.last().reply({ ok: true, data: { desk: null } });
  await expect(answer).resolves.toEqual({ desk: null });
});

test('a signal is not repeated: without the line it fails at once', async () => {
  const { hub, connection } = await start();
  await becomes(connection, 'connected');
  const cut = connection.request('duty:report-window', { canSound: true });
  await hub.received(1);
  await hub.kill();
  await expect(cut).rejects.toMatchObject({ code: 'line-away' });
  await expect(connection.request('duty:report-window', { canSound: true })).rejects.toBeInstanceOf(Refusal);
  await hub.open();
  await becomes(connection, 'connected');
  expect(hub.told).toHaveLength(1);
});

test('a refusal comes back as its code and details, and is not repeated', async () => {
  const { hub, connection } = await start();
  const answer = connection.request('alarm:accept', { alarmId: patientId });
  await hub.received(1);
  hub.last().reply({
    ok: false,
    error: { code: 'alarm-already-accepted', message: 'Somebody was quicker.', details: { by: 'Li' } },
  });
  await expect(answer).rejects.toMatchObject({ code: 'alarm-already-accepted', details: { by: 'Li' } });
  expect(hub.told).toHaveLength(1);
});

test('a part of the hub that is not ready is asked again', async () => {
  const { hub, connection } = await start();
  const answer = connection.request('patient:list', {});
  await hub.received(1);
  hub.last().reply({ ok: false, error: { code: 'unavailable', message: 'not ready' } });
  await hub.received(2);
  hub.last().reply({ ok: true, data: { patients: [] } });
  await expect(answer).resolves.toEqual({ patients: [] });
});

test('a request is given up with line-away when its time is over', async () => {
  const { connection, hub } = await start();
  await becomes(connection, 'connected');
  await hub.kill();
  await becomes(connection, 'interrupted');
  await expect(connection.request('patient:list', {}, { giveUpAfterMs: 50 })).rejects.toMatchObject({
    code: 'line-away',
  });
});

test('a replaced session ends the window: what waits is refused and nothing more is sent', async () => {
  const { hub, connection } = await start();
  const waiting = connection.request('duty:start', {});
  await hub.received(1);
  const refused = expect(waiting).rejects.toMatchObject({ code: 'session-replaced' });
  hub.emit('session:ended', { reason: 'replaced' });
  await becomes(connection, 'ended');
  await refused;
  expect(connection.status.get().endReason).toBe('replaced');
  await expect(connection.request('duty:read', {})).rejects.toMatchObject({ code: 'session-replaced' });
  connection.open();
  expect(hub.told).toHaveLength(1);
});

test.each([
  ['session-replaced', 'replaced'],
  ['unauthenticated', 'signed-out'],
])('a handshake refused with %s ends the window', async (message, endReason) => {
  const hub = new Hub();
  hub.refusals.push(message);
  await hub.open();
  hubs.push(hub);
  const connection = new Connection({ accountId: 'a', windowId: 'w', url: `http://127.0.0.1:${hub.port}` });
  open.push(connection);
  connection.open();
  await becomes(connection, 'ended');
  expect(connection.status.get().endReason).toBe(endReason);
});

test('a handshake refused for another reason is tried again until it is let in', async () => {
  const hub = new Hub();
  hub.refusals.push('unavailable', 'unavailable');
  await hub.open();
  hubs.push(hub);
  const connection = new Connection({ accountId: 'a', windowId: 'w', url: `http://127.0.0.1:${hub.port}` });
  open.push(connection);
  connection.open();
  await becomes(connection, 'connected');
  expect(hub.handshakes).toHaveLength(3);
});

test('handlers hear every connect, and which one is the first', async () => {
  const { hub, connection } = await start();
  const heard: boolean[] = [];
  connection.onConnected((first) => heard.push(first));
  await becomes(connection, 'connected');
  await hub.kill();
  await becomes(connection, 'interrupted');
  await hub.open();
  await becomes(connection, 'connected');
  expect(heard).toEqual([true, false]);
});
