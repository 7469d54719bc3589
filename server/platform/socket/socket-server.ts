import type { Server as HttpServer } from 'node:http';
import { Server, type Socket } from 'socket.io';
import { z } from 'zod';
import { requestMeta, type Answer } from '../../../shared/contracts/contract.ts';
import {
  requests,
  type ClientToServerEvents,
  type RequestName,
  type ServerToClientEvents,
} from '../../../shared/contracts/registry.ts';
import { rooms, type Actor, type Hub, type WindowLink } from '../context.ts';
import { asHubError, HubError } from '../errors.ts';
import { makeContext } from '../make-context.ts';
import { perform } from '../perform.ts';
import type { EventHandler, EventTable } from './events.ts';

const handshake = z.object({ accountId: z.string().max(64).optional(), windowId: z.string().regex(/^[\w-]{8,64}$/) });

export interface SocketServer {
  /** Tells the windows of a session that it is over, and cuts them. */
  endSession(sessionId: string, reason: 'signed-out' | 'replaced'): void;
  close(): Promise<void>;
}

type HubSocket = Socket<
  ClientToServerEvents,
  ServerToClientEvents,
  Record<string, never>,
  { actor: Actor; windowId: string }
>;

/** A request that is under way when the hub ends may take so long; whatever is cut then is resumed. */
const graceMs = 4000;

/**
 * Answers and what is looked at together go packed (RFC 7692): on a weak line a list of a CT's images, or of a queue,
 * is there in a tenth of the time. A window of 4 kB and little memory: hundreds of sockets each keep one.
 */
const compression = {
  threshold: 160,
  serverMaxWindowBits: 12,
  clientMaxWindowBits: 12,
  zlibDeflateOptions: { level: 4, memLevel: 5 },
};

/**
 * The one socket: every event is parsed against its contract, permitted, handled and answered. What is not in the
 * contract is answered `malformed`; nothing that a window sends can throw beyond its own answer.
 */
export function openSocketServer(options: {
  httpServer: HttpServer;
  hub: Hub;
  events: EventTable;
  authenticate: (request: Socket['request'], authorization: string | undefined) => Promise<Actor | null>;
  /** Whether a signed-in window belongs to the desk's room of its organisation. */
  isDesk: (actor: Actor) => boolean;
  /** Whether notices about an organisation's patients may reach the window. */
  treatsPatients: (actor: Actor) => boolean;
  allowedOrigin: (origin: string | undefined, host: string | undefined) => boolean;
  /** How long a window may leave a ping unanswered, ms. A dead line must show within seconds, not after socket.io's 45. */
  silenceMs?: number;
}): SocketServer {
  const { hub } = options;
  const io = new Server<
    ClientToServerEvents,
    ServerToClientEvents,
    Record<string, never>,
    { actor: Actor; windowId: string }
  >(options.httpServer, {
    pingInterval: 4000,
    pingTimeout: options.silenceMs ?? 5000,
    maxHttpBufferSize: 256 * 1024,
    perMessageDeflate: compression,
    serveClient: false,
    allowRequest: (request, decide) =>
      decide(null, options.allowedOrigin(request.headers.origin, request.headers.host)),
  });

  io.use((socket, next) => {
    void (async () => {
      const auth = handshake.safeParse(socket.handshake.auth);
      if (!auth.success) throw new HubError('malformed');
      const actor = await options.authenticate(socket.request, socket.handshake.headers.authorization);
      if (actor === null) throw new HubError('unauthenticated');
      if (auth.data.accountId !== undefined && auth.data.accountId !== actor.accountId)
        throw new HubError('session-replaced');
      socket.data.actor = actor;
      socket.data.windowId = auth.data.windowId;
    })().then(
      () => next(),
      (thrown: unknown) => next(new Error(asHubError(thrown).code)),
    );
  });

  io.on('connection', (socket: HubSocket) => {
    const { actor, windowId } = socket.data;
    const presenceId = `${windowId}:${socket.id}`;
    void socket.join(rooms.account(actor.accountId));
    if (options.treatsPatients(actor)) void socket.join(rooms.organisation(actor.organisationId));
    if (options.isDesk(actor)) void socket.join(rooms.desk(actor.organisationId));
    if (actor.sessionId !== undefined) void socket.join(rooms.session(actor.sessionId));
    hub.presence.add({
      windowId: presenceId,
      accountId: actor.accountId,
      organisationId: actor.organisationId,
      canSound: null,
    });
    hub.metrics.windows.set(hub.presence.count());
    socket.on('disconnect', () => {
      hub.presence.remove(presenceId);
      hub.metrics.windows.set(hub.presence.count());
    });
    const window: WindowLink = {
      id: presenceId,
      get closed() {
        return socket.disconnected;
      },
      watch: (room) => void socket.join(room),
      unwatch: (room) => void socket.leave(room),
      tell: (room, name, notice) =>
        void (socket.volatile.to(room).emit as (event: string, value: unknown) => boolean)(name, notice),
      announce: (room, name, notice) =>
        void (socket.to(room).emit as (event: string, value: unknown) => boolean)(name, notice),
      send: (name, notice) => void (socket.emit as (event: string, value: unknown) => boolean)(name, notice),
      onClose: (listener) => void socket.on('disconnect', listener),
    };
    const context = makeContext(hub, actor, window);

    socket.onAny((name: string, ...values: unknown[]) => {
      const reply = values.at(-1);
      const answer = (value: Answer<unknown>) => {
        if (typeof reply === 'function') (reply as (value: Answer<unknown>) => void)(value);
      };
      void handle(name, values, context, options.events).then(
        (data) => answer({ ok: true, data }),
        (thrown: unknown) => {
          const error = asHubError(thrown);
          answer({
            ok: false,
            error: { code: error.code, message: error.message, ...(error.details && { details: error.details }) },
          });
        },
      );
    });
  });

  hub.outbox.attach((to, name, notice) => {
    // Small, and often urgent to hundreds of windows at once: they never wait for a packer.
    (io.to(to).compress(false).emit as (event: string, value: unknown) => boolean)(name, notice);
  });

  return {
    endSession(sessionId, reason) {
      io.to(rooms.session(sessionId)).emit('session:ended', { reason });
      io.in(rooms.session(sessionId)).disconnectSockets(true);
    },
    async close() {
      // The server ends idle connections once: one whose request completes later would hold it for its keep-alive time.
      const sweep = setInterval(() => options.httpServer.closeIdleConnections(), 100);
      const cut = setTimeout(() => options.httpServer.closeAllConnections(), graceMs);
      try {
        await io.close();
      } finally {
        clearInterval(sweep);
        clearTimeout(cut);
      }
    },
  };
}

async function handle(
  name: string,
  values: unknown[],
  context: ReturnType<typeof makeContext>,
  events: EventTable,
): Promise<unknown> {
  if (!Object.hasOwn(requests, name)) throw new HubError('malformed', { request: name.slice(0, 60) });
  const contract = requests[name as RequestName];
  const handler = events[name as RequestName] as unknown as EventHandler<RequestName>;
  // Bytes count as an object without fields, which would do for every request that asks for none.
  const payload = contract.payload.safeParse(ArrayBuffer.isView(values[0]) ? null : values[0]);
  const meta = requestMeta.safeParse(typeof values[1] === 'function' ? {} : (values[1] ?? {}));
  if (!payload.success) throw new HubError('invalid', { field: payload.error.issues[0]?.path.join('.') ?? '' });
  if (!meta.success) throw new HubError('malformed', { field: 'idempotencyKey' });
  return perform(
    {
      name,
      kind: contract.kind,
      permission: handler.permission,
      payload: payload.data as never,
      idempotencyKey: meta.data.idempotencyKey,
      subject: handler.subject as never,
      run: handler.run as never,
    },
    context,
  );
}
