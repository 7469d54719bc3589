import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

export interface UdpRelay {
  port: number;
  /** While true every datagram is lost, both ways. */
  down: boolean;
  close(): void;
}

/** A line of UDP to one port of this machine that can be interrupted. */
export async function openUdpRelay(targetPort: () => number): Promise<UdpRelay> {
  const front = createSocket('udp4');
  const behind = new Map<string, Socket>();
  const relay: UdpRelay = {
    port: 0,
    down: false,
    close: () => {
      front.close();
      for (const socket of behind.values()) socket.close();
    },
  };
  front.on('message', (datagram, { address, port }) => {
    if (relay.down) return;
    const key = `${address} ${port}`;
    let socket = behind.get(key);
    if (!socket) {
      socket = createSocket('udp4');
      socket.on('message', (answer) => {
        if (!relay.down) front.send(answer, port, address);
      });
      behind.set(key, socket);
    }
    socket.send(datagram, targetPort(), '127.0.0.1');
  });
  front.bind(0, '127.0.0.1');
  await once(front, 'listening');
  relay.port = (front.address() as AddressInfo).port;
  return relay;
}
