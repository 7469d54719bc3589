import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';
import { MediaError, openMedia, type Media, type Peer, type PeerEvents } from '../../media/index.ts';
import { callNotices, callRequests, type CallPerson, type TransportParameters } from '../../shared/contracts/call.ts';
import type { Answer } from '../../shared/contracts/contract.ts';
import type { CallNoticeName, CallRequestName } from '../../client/call/call-line.ts';
import type { Notice, RequestPayload, RequestReply } from '../../shared/contracts/registry.ts';

export const consultId = 'c0ffee000000000000000001';
const graceMs = 10_000;

interface Window {
  peer: Peer;
  person: CallPerson;
  /** Counts the connections that were this window, so that an old one's end doesn't end the window. */
  connection: number;
}

export interface CallHub {
  url: string;
  media: Media;
  /** Every refusal, request or notice that breaks the contract, as text. */
  faults: string[];
  /** Names of the requests in the order in which they came. */
  requests: string[];
  /** Cuts a person's connection as a bad line does. */
  cutLine(name: string): void;
  peerOf(name: string): Peer;
  close(): Promise<void>;
}

export interface CallHubOptions {
  workerBin: string;
  files: ReadonlyMap<string, string>;
  /** Changes what a transport offers, to force TCP or to go through a relay. */
  offer?: (transport: TransportParameters) => TransportParameters;
}

/**
 * The thinnest hub that speaks the call's contract over real sockets: no accounts and no permissions, but every
 * payload, answer and notice is parsed with the shared tables. `auth.windowId` is taken as the person's name.
 */
export async function startCallHub({ workerBin, files, offer = (it) => it }: CallHubOptions): Promise<CallHub> {
  const faults: string[] = [];
  const seen: string[] = [];
  const windows = new Map<string, Window>();
  const http = createServer((request, response) => {
    const path = request.url?.split('?')[0] ?? '/';
    const file = files.get(path);
    response.setHeader(
      'content-type',
      path.endsWith('.js') ? 'text/javascript' : path.endsWith('.css') ? 'text/css' : 'text/html',
    );
    response.writeHead(file === undefined ? 404 : 200).end(file);
  });
  const io = new Server(http, { path: '/socket.io' });
  const media = await openMedia({
    workerBin,
    workerCount: 1,
    rtcPort: 0,
    listenAddress: '127.0.0.1',
    onRoomLost: (roomId) => {
      windows.clear();
      io.emit('call:room-lost', { consultId: roomId });
    },
    log: (level, message) => level === 'error' && message.includes('listener') && faults.push(message),
  });

  const events = (socket: Socket): PeerEvents => {
    const tell = <N extends CallNoticeName>(name: N, notice: Notice<N>) => {
      const parsed = callNotices[name].safeParse(notice);
      if (!parsed.success) faults.push(`${name}: ${parsed.error.message}`);
      socket.emit(name, notice);
    };
    return {
      peerJoined: (peerId) => {
        const peer = windows.get(peerId)?.person;
        if (peer) tell('call:peer-joined', { consultId, peer });
      },
      peerLeft: (peerId) => tell('call:peer-left', { consultId, peerId }),
      producerAdded: (peerId, producer) => tell('call:producer-added', { consultId, peerId, producer }),
      producerRemoved: (peerId, producerId) => tell('call:producer-removed', { consultId, peerId, producerId }),
      producerPaused: (peerId, producerId) => tell('call:producer-paused', { consultId, peerId, producerId }),
      producerResumed: (peerId, producerId) => tell('call:producer-resumed', { consultId, peerId, producerId }),
    };
  };

  io.on('connection', (socket) => {
    const name = String((socket.handshake.auth as { windowId?: unknown }).windowId);
    let window: Window | undefined;
    let connection = 0;

    const join = async ({ resumePeerId }: RequestPayload<'call:join'>): Promise<RequestReply<'call:join'>> => {
      const room = await media.openRoom(consultId);
      const kept = resumePeerId === undefined ? undefined : windows.get(resumePeerId);
      const resumed = kept !== undefined && !kept.peer.closed && kept.person.name === name;
      if (resumed) {
        window = kept;
        window.peer.listen(events(socket));
      } else {
        if (window) leave(window);
        const peerId = `${name}-${Math.random().toString(36).slice(2, 10)}`;
        const person = { peerId, accountId: 'a0000000000000000000000a', name, organisation: `${name}卫生院` };
        window = { person, connection: 0, peer: undefined as unknown as Peer };
        windows.set(peerId, window);
        window.peer = room.join(peerId, events(socket));
      }
      connection = ++window.connection;
      const { peer } = window;
      return {
        peerId: peer.id,
        resumed,
        routerRtpCapabilities: peer.routerRtpCapabilities,
        iceServers: [],
        peers: room.peers().flatMap(({ peerId, producers }) => {
          const person = windows.get(peerId)?.person;
          return person && peerId !== peer.id ? [{ ...person, producers }] : [];
        }),
      };
    };
    const leave = (left: Window) => {
      windows.delete(left.person.peerId);
      left.peer.close();
    };
    const peer = () => {
      if (!window) throw new MediaError('not-found', 'Join first.');
      return window.peer;
    };
    const actions: { [N in CallRequestName]: (payload: RequestPayload<N>) => Promise<RequestReply<N>> } = {
      'call:join': join,
      'call:create-transport': async (asked) =>
        offer(
          await peer().createTransport(asked.direction, 'rtpCapabilities' in asked ? asked.rtpCapabilities : undefined),
        ),
      'call:connect-transport': async (asked) => {
        await peer().connectTransport(asked.transportId, asked.dtlsParameters);
        return {};
      },
      'call:restart-ice': ({ transportId }) => peer().restartIce(transportId),
      'call:produce': async (asked) => ({ producerId: (await peer().produce(asked)).producerId }),
      'call:close-producer': async ({ producerId }) => {
        peer().closeProducer(producerId);
        return {};
      },
      'call:pause-producer': ({ producerId }) => peer().pauseProducer(producerId).then(nothing),
      'call:resume-producer': ({ producerId }) => peer().resumeProducer(producerId).then(nothing),
      'call:consume': ({ producerId }) => peer().consume(producerId),
      'call:resume-consumer': ({ consumerId }) => peer().resumeConsumer(consumerId).then(nothing),
      'call:pause-consumer': ({ consumerId }) => peer().pauseConsumer(consumerId).then(nothing),
      'call:set-preferred-layers': ({ consumerId, layers }) =>
        peer().setPreferredLayers(consumerId, layers).then(nothing),
      'call:leave': async () => {
        if (window) leave(window);
        window = undefined;
        return {};
      },
    };
    for (const request of Object.keys(actions) as CallRequestName[]) {
      socket.on(request, (payload: unknown, _meta: unknown, reply: (answer: Answer<unknown>) => void) => {
        seen.push(`${name} ${request}`);
        answer(request, payload).then(
          (data) => reply({ ok: true, data }),
          (error: unknown) => {
            const code = error instanceof MediaError && error.code === 'not-found' ? 'not-found' : 'internal';
            if (code !== 'not-found') faults.push(`${request}: ${String(error)}`);
            reply({ ok: false, error: { code, message: String(error) } });
          },
        );
      });
    }
    async function answer<N extends CallRequestName>(request: N, payload: unknown): Promise<unknown> {
      const asked = callRequests[request].payload.parse(payload) as RequestPayload<N>;
      return callRequests[request].reply.parse(await actions[request](asked));
    }
    socket.on('disconnect', () => {
      const left = window;
      const timer = setTimeout(() => left && left.connection === connection && leave(left), graceMs);
      timer.unref();
    });
  });

  await new Promise<void>((settle) => http.listen(0, '127.0.0.1', settle));
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/`,
    media,
    faults,
    requests: seen,
    cutLine: (name) => {
      for (const socket of io.sockets.sockets.values()) {
        if ((socket.handshake.auth as { windowId?: unknown }).windowId === name) socket.conn.close();
      }
    },
    peerOf: (name) => {
      const found = [...windows.values()].find(({ person, peer }) => person.name === name && !peer.closed);
      if (!found) throw new Error(`${name} is not in the room.`);
      return found.peer;
    },
    close: async () => {
      await io.close();
      media.close();
    },
  };
}

const nothing = () => ({});
