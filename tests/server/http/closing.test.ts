import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from '@jest/globals';
import { startTestHub } from '../../support/hub.ts';

test('[HT8] a request that never ends does not keep a hub that ends', async () => {
  const hub = await startTestHub();
  const { hostname, port } = new URL(hub.url);
  const socket = connect(Number(port), hostname);
  const ended = once(socket, 'close');
  socket.on('error', () => undefined);
  socket.write(
    'POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"user',
  );
  await fetch(`${hub.url}/healthz`);
  await hub.close();
  await ended;
  await expect(fetch(`${hub.url}/healthz`)).rejects.toThrow();
}, 60_000);
