import type { types } from 'mediasoup';
import type { ProducerDescription } from '../shared/contracts/call.ts';
import { mediaCodecs } from './codecs.ts';
import { MediaError } from './media-error.ts';
import { Peer, type PeerEvents } from './peer.ts';
import type { MediaLog, RunningWorker } from './workers.ts';

export interface RoomOptions {
  maxPeers: number;
  /** An empty room waits that long for somebody to come back before its router is given up. */
  emptyRoomLingerMs: number;
  log: MediaLog;
  onClosed(room: Room, why: 'closed' | 'lost'): void;
}

/** One consult's room: a router on one worker, and the peers in it. */
export class Room {
  readonly id: string;
  readonly worker: RunningWorker;
  readonly #router: types.Router;
  readonly #options: RoomOptions;
  readonly #peers = new Map<string, Peer>();
  #linger: NodeJS.Timeout | undefined;
  #closed = false;

  private constructor(id: string, worker: RunningWorker, router: types.Router, options: RoomOptions) {
    this.id = id;
    this.worker = worker;
    this.#router = router;
    this.#options = options;
    router.on('workerclose', () => this.#end('lost'));
    this.stay();
  }

  static async open(id: string, worker: RunningWorker, options: RoomOptions): Promise<Room> {
    const router = await worker.worker.createRouter({ mediaCodecs });
    return new Room(id, worker, router, options);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Streams that the worker sends for this room, and one for the room itself. */
  get load(): number {
    let consumers = 1;
    for (const peer of this.#peers.values()) consumers += peer.consumerCount;
    return consumers;
  }

  get peerCount(): number {
    return this.#peers.size;
  }

  /**
   * A new peer in the room; the others are told.
   *
   * @param peerId chosen by the caller, one for each window
   * @throws {MediaError} `room-full`, `unavailable` when the room is closed, `limit` when the id is in the room
   */
  join(peerId: string, events: PeerEvents): Peer {
    if (this.#closed) throw new MediaError('unavailable', 'The room is closed.');
    if (this.#peers.has(peerId)) throw new MediaError('limit', 'This peer is in the room already.');
    if (this.#peers.size >= this.#options.maxPeers) throw new MediaError('room-full', 'The room is full.');
    clearTimeout(this.#linger);
    const peer = new Peer(
      peerId,
      {
        router: this.#router,
        webRtcServer: this.worker.webRtcServer,
        findProducer: (producerId, exceptPeerId) => this.#findProducer(producerId, exceptPeerId),
        announce: (fromPeerId, tell) => this.#announce(fromPeerId, tell),
        left: (left) => this.#left(left),
      },
      events,
    );
    this.#peers.set(peerId, peer);
    this.#announce(peerId, (others) => others.peerJoined(peerId));
    return peer;
  }

  peer(peerId: string): Peer | undefined {
    return this.#peers.get(peerId);
  }

  /** Who is in the room and what each sends. */
  peers(): { peerId: string; producers: ProducerDescription[] }[] {
    return [...this.#peers.values()].map((peer) => ({ peerId: peer.id, producers: peer.producers }));
  }

  /** Puts off giving up an empty room: somebody is about to join. */
  stay(): void {
    clearTimeout(this.#linger);
    if (this.#closed || this.#peers.size > 0) return;
    this.#linger = setTimeout(() => this.close(), this.#options.emptyRoomLingerMs);
    this.#linger.unref();
  }

  /** Closes every peer and the router. May be called twice. */
  close(): void {
    this.#end('closed');
  }

  #end(why: 'closed' | 'lost'): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#linger);
    for (const peer of [...this.#peers.values()]) peer.close();
    this.#router.close();
    this.#options.onClosed(this, why);
  }

  #left(peer: Peer): void {
    this.#peers.delete(peer.id);
    if (this.#closed) return;
    this.#announce(peer.id, (others) => others.peerLeft(peer.id));
    this.stay();
  }

  #findProducer(producerId: string, exceptPeerId: string): types.Producer | undefined {
    for (const peer of this.#peers.values()) {
      const producer = peer.id === exceptPeerId ? undefined : peer.findProducer(producerId);
      if (producer) return producer;
    }
    return undefined;
  }

  /** One listener that throws must not keep the news from the others. */
  #announce(fromPeerId: string, tell: (events: PeerEvents) => void): void {
    for (const peer of this.#peers.values()) {
      if (peer.id === fromPeerId) continue;
      try {
        tell(peer.events);
      } catch (error) {
        this.#options.log('error', 'a listener of the room failed', { roomId: this.id, reason: String(error) });
      }
    }
  }
}
