import { createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { rejectPdu } from './pdu.ts';
import { serveAssociation, type AssociationOptions } from './serve-association.ts';

export interface DicomListener {
  port: number;
  associations(): number;
  /** Takes no new association, cuts those that run (their senders were told nothing yet), and ends. */
  close(): Promise<void>;
}

/** Each holds one PDU at most, so that all of them together stay small. */
const MOST_ASSOCIATIONS = 32;

export async function listenDicom(
  options: AssociationOptions & { port: number; host?: string },
): Promise<DicomListener> {
  const running = new Map<Socket, Promise<void>>();
  const server = createServer({ allowHalfOpen: false }, (socket) => {
    if (running.size >= MOST_ASSOCIATIONS) {
      // Rejected transient, local limit exceeded (PS3.8 table 9-21).
      socket.on('error', () => undefined);
      socket.end(rejectPdu(2, 3, 2));
      setTimeout(() => socket.destroy(), 1000).unref();
      return;
    }
    running.set(
      socket,
      serveAssociation(socket, options).finally(() => running.delete(socket)),
    );
  });
  server.listen(options.port, options.host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    associations: () => running.size,
    async close() {
      const ended = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of running.keys()) socket.destroy();
      await Promise.all(running.values());
      await ended;
    },
  };
}
