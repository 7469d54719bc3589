import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server as HttpServer,
  ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { mkdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Request } from 'express';
import { openMedia } from '../media/index.ts';
import { clinicalRoles } from '../shared/rules/roles.ts';
import { findActor } from './accounts/find-actor.ts';
import { slices } from './app.ts';
import { openAudit } from './audit/append-audit.ts';
import { openReadAudit } from './audit/read-audit.ts';
import { openAuditSealer } from './audit/seal-audit.ts';
import type { Config } from './config.ts';
import { createCounty } from './demonstration/create-county.ts';
import { openBlobStore } from './platform/blobs/blob-store.ts';
import { systemClock, type Clock } from './platform/clock.ts';
import type { Actor, Hub } from './platform/context.ts';
import { openDueTimes } from './platform/due-times.ts';
import { createHttpApp } from './platform/http/http-app.ts';
import { allowedOrigin } from './platform/http/origin.ts';
import { systemRoutes } from './platform/http/system-routes.ts';
import type { Route } from './platform/http/routes.ts';
import { idempotencyRecord } from './platform/idempotency-record.ts';
import { openLog } from './platform/log.ts';
import { openMetrics } from './platform/metrics.ts';
import { outboxRecord } from './platform/outbox/outbox-record.ts';
import { openOutbox } from './platform/outbox/outbox.ts';
import { secretKey } from './platform/secret-key.ts';
import { sessionRecord } from './platform/sessions/session-record.ts';
import { sessionMiddleware } from './platform/sessions/session-store.ts';
import { checkEvents, type EventTable } from './platform/socket/events.ts';
import { openPresence } from './platform/socket/presence.ts';
import { openSocketServer, type SocketServer } from './platform/socket/socket-server.ts';
import { openStore } from './platform/store/store.ts';
import { openThreadPool } from './platform/threads/thread-pool.ts';

export interface RunningHub {
  hub: Hub;
  url: string;
  /** The demonstration county was created at this start. */
  countyCreated: boolean;
  /** Settles the sealer and the outbox, closes sockets, SFU, threads and store. Can be called twice. */
  close(): Promise<void>;
}

const clientFolder = fileURLToPath(new URL('../dist/client/', import.meta.url));

/** Opens every part of the hub, checks the declarations, mounts the slices, listens. */
export async function startHub(
  config: Config,
  options: { clock?: Clock; silenceMs?: number; onLost?: (cause: Error) => void } = {},
): Promise<RunningHub> {
  const clock = options.clock ?? systemClock;
  const log = openLog(config.logLevel);
  await mkdir(config.dataFolder, { recursive: true, mode: 0o700 });
  let sockets: SocketServer | null = null;
  const mounted = slices((sessionId, reason) => sockets?.endSession(sessionId, reason));
  const events: EventTable = checkEvents(
    Object.assign({}, ...mounted.map((slice) => slice.events ?? {})) as Partial<EventTable>,
  );
  const routes: Route[] = mounted.flatMap((slice) => slice.routes ?? []);
  routes.unshift(...systemRoutes(() => routes));

  const opened: (() => Promise<unknown>)[] = [];
  const closeAll = async () => {
    for (const close of opened.splice(0).reverse())
      await close().catch((error: unknown) => log.error({ err: error }, 'closing'));
  };
  try {
    const store = await openStore({
      mongodbUri: config.mongodbUri,
      dataFolder: config.dataFolder,
      records: [sessionRecord, idempotencyRecord, outboxRecord, ...mounted.flatMap((slice) => slice.records)],
      log,
      onLost: options.onLost ?? ((cause) => log.fatal({ err: cause }, 'the store is lost')),
    });
    opened.push(() => store.close());
    const blobs = await openBlobStore(config.blobFolder);
    const threads = openThreadPool({ threads: 2, maxHeapMb: 768 });
    opened.push(() => threads.close());
    const outbox = openOutbox({ store, clock, log });
    const sealer = openAuditSealer({
      store,
      dataFolder: config.dataFolder,
      key: await secretKey(config.dataFolder, 'audit'),
      log,
    });
    const appendAudit = openAudit({ store, clock, appended: sealer.wake });
    const readAudit = openReadAudit({ append: appendAudit, clock, log });
    opened.push(async () => {
      await outbox.drained();
      await readAudit.settle();
      await sealer.settled();
    });
    const dueTimes = openDueTimes({ clock, log });
    opened.push(() => dueTimes.close());
    const roomLost: ((roomId: string) => void)[] = [];
    const media = await openMedia({
      ...(config.rtc.workerBin !== null && { workerBin: config.rtc.workerBin }),
      workerCount: config.rtc.workerCount,
      rtcPort: config.rtc.port,
      listenAddress: config.rtc.listenAddress,
      ...(config.rtc.announcedAddress !== null && { announcedAddress: config.rtc.announcedAddress }),
      onRoomLost: (roomId) => roomLost.forEach((listener) => listener(roomId)),
      log: (level, message, fields) => log[level]({ ...fields }, message),
    });
    opened.push(async () => media.close());

    const hub: Hub = {
      config,
      clock,
      log,
      store,
      blobs,
      threads,
      outbox,
      dueTimes,
      presence: openPresence(),
      metrics: openMetrics(),
      media,
      onRoomLost: (listener) => void roomLost.push(listener),
      appendAudit,
      auditRead: readAudit.read,
    };
    const countyCreated = config.demonstration && (await createCounty(hub));
    for (const slice of mounted) await slice.start?.(hub);
    sealer.wake();

    const session = sessionMiddleware({
      store,
      clock,
      secret: await secretKey(config.dataFolder, 'session'),
      secure: config.publicUrl?.startsWith('https:') ?? config.tls !== null,
    });
    const actorOf = (request: Request, authorization: string | undefined) =>
      findActor({ authorization, accountId: request.session?.accountId, sessionId: request.sessionID }, { store });
    const app = createHttpApp({ hub, routes, session, authenticate: actorOf, clientFolder });
    const server: HttpServer =
      config.tls === null
        ? createHttpServer(app)
        : createHttpsServer(
            { cert: await readFile(config.tls.certFile), key: await readFile(config.tls.keyFile) },
            app,
          );
    // A slow upload over a village line may take long; idle connections must not.
    server.requestTimeout = 0;
    server.headersTimeout = 20_000;
    // Longer than proxies and browsers keep an idle connection, so that it is they who end it, never under a request.
    server.keepAliveTimeout = 75_000;
    sockets = openSocketServer({
      httpServer: server,
      hub,
      events,
      authenticate: async (request: IncomingMessage, authorization): Promise<Actor | null> => {
        await new Promise<void>((resolve, reject) =>
          session(request as Request, new ServerResponse(request) as never, (error?: unknown) =>
            error ? reject(error) : resolve(),
          ),
        );
        return actorOf(request as Request, authorization);
      },
      isDesk: (actor) => actor.roles.includes('chest-pain-on-call'),
      treatsPatients: (actor) => actor.roles.some((role) => clinicalRoles.includes(role)),
      allowedOrigin: (origin, host) => allowedOrigin(origin, host, config.publicUrl),
      ...(options.silenceMs !== undefined && { silenceMs: options.silenceMs }),
    });
    const { close: closeSockets } = sockets;
    opened.push(() => closeSockets());
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(config.port, config.host, resolve);
    });
    const { port } = server.address() as AddressInfo;
    const host =
      config.host === '0.0.0.0' || config.host === '::'
        ? 'localhost'
        : config.host.includes(':')
          ? `[${config.host}]`
          : config.host;
    return {
      hub,
      url: config.publicUrl ?? `${config.tls === null ? 'http' : 'https'}://${host}:${port}`,
      countyCreated,
      close: closeAll,
    };
  } catch (thrown) {
    await closeAll();
    throw thrown;
  }
}
