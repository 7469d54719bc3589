import type { types } from 'mediasoup';
import type {
  DtlsParameters,
  IceParameters,
  MediaKind,
  MediaSource,
  PreferredLayers,
  ProducerDescription,
  RtpCapabilities,
  RtpParameters,
  TransportParameters,
} from '../shared/contracts/call.ts';
import { MediaError } from './media-error.ts';

/** What a peer is told of the others in its room. */
export interface PeerEvents {
  peerJoined(peerId: string): void;
  /** All that this peer sent is gone with it. */
  peerLeft(peerId: string): void;
  producerAdded(peerId: string, producer: ProducerDescription): void;
  producerRemoved(peerId: string, producerId: string): void;
  producerPaused(peerId: string, producerId: string): void;
  producerResumed(peerId: string, producerId: string): void;
}

/** What a peer needs of its room. */
export interface PeerSurroundings {
  readonly router: types.Router;
  readonly webRtcServer: types.WebRtcServer;
  /** A producer of another peer. */
  findProducer(producerId: string, exceptPeerId: string): types.Producer | undefined;
  /** Tells all other peers. */
  announce(fromPeerId: string, tell: (events: PeerEvents) => void): void;
  left(peer: Peer): void;
}

const kindOf: Record<MediaSource, MediaKind> = { microphone: 'audio', camera: 'video', screen: 'video' };
/** When a receiver's line is too thin for all pictures, the shared screen gets its layers first. */
const priorityOf: Record<MediaSource, number> = { microphone: 1, camera: 1, screen: 2 };
/** Where the estimate of a receiver's line starts, bit/s: a clinic's line, not a hospital's. */
const initialOutgoingBitrate = 500_000;
/** What one sender may spend: a camera (600 kbit/s), a screen (1 Mbit/s), a voice and their repairs. */
const maxIncomingBitrate = 2_000_000;

const sourceOf = (producer: types.Producer) => producer.appData.source as MediaSource;

/**
 * One window in a room: at most one transport of each direction and one producer of each source. Everything is
 * looked up among the peer's own; an id of somebody else is not found.
 */
export class Peer {
  readonly id: string;
  readonly #room: PeerSurroundings;
  #events: PeerEvents;
  #send: types.WebRtcTransport | undefined;
  #receive: types.WebRtcTransport | undefined;
  #rtpCapabilities: RtpCapabilities | undefined;
  readonly #producers = new Map<string, types.Producer>();
  readonly #consumers = new Map<string, types.Consumer>();
  /** Sources whose producer is being made, so that two requests at once do not make two. */
  readonly #pendingSources = new Set<MediaSource>();
  #closed = false;

  constructor(id: string, room: PeerSurroundings, events: PeerEvents) {
    this.id = id;
    this.#room = room;
    this.#events = events;
  }

  get closed(): boolean {
    return this.#closed;
  }

  get events(): PeerEvents {
    return this.#events;
  }

  get consumerCount(): number {
    return this.#consumers.size;
  }

  /** What this peer sends now. */
  get producers(): ProducerDescription[] {
    return [...this.#producers.values()].map(describe);
  }

  /** The router's side of the negotiation, for the client's device. */
  get routerRtpCapabilities(): RtpCapabilities {
    return plain(this.#room.router.rtpCapabilities) as RtpCapabilities;
  }

  findProducer(producerId: string): types.Producer | undefined {
    return this.#producers.get(producerId);
  }

  /** Sends what is told from now on elsewhere: the window came back on another connection. */
  listen(events: PeerEvents): void {
    this.#events = events;
  }

  /**
   * Makes the transport of a direction; an earlier one of that direction is closed with all that it carried.
   *
   * @param rtpCapabilities what the client can receive; needed once before the first `consume`
   */
  async createTransport(
    direction: 'send' | 'receive',
    rtpCapabilities?: RtpCapabilities,
  ): Promise<TransportParameters> {
    this.#assertOpen();
    if (rtpCapabilities) this.#rtpCapabilities = rtpCapabilities;
    const transport = await this.#guard(() =>
      this.#room.router.createWebRtcTransport({
        webRtcServer: this.#room.webRtcServer,
        enableUdp: true,
        enableTcp: true,
        preferUdp: true,
        initialAvailableOutgoingBitrate: initialOutgoingBitrate,
      }),
    );
    if (this.#closed) {
      transport.close();
      this.#assertOpen();
    }
    if (direction === 'send') {
      this.#send?.close();
      this.#send = transport;
      await this.#guard(() => transport.setMaxIncomingBitrate(maxIncomingBitrate));
    } else {
      this.#receive?.close();
      this.#receive = transport;
    }
    const { id, iceParameters, iceCandidates, dtlsParameters } = transport;
    return plain({
      transportId: id,
      iceParameters,
      iceCandidates: iceCandidates as TransportParameters['iceCandidates'],
      dtlsParameters,
    });
  }

  async connectTransport(transportId: string, dtlsParameters: DtlsParameters): Promise<void> {
    const transport = this.#transport(transportId);
    await this.#guard(() => transport.connect({ dtlsParameters }));
  }

  /** New ICE credentials for a transport that stays; the client applies them to its side. */
  async restartIce(transportId: string): Promise<IceParameters> {
    const transport = this.#transport(transportId);
    return plain(await this.#guard(() => transport.restartIce()));
  }

  /**
   * Takes in a stream. A source that is sent already is replaced: its earlier producer is closed.
   *
   * @throws {MediaError} `limit` while the same source is being made, `invalid` where kind and source disagree
   */
  async produce(options: {
    transportId: string;
    kind: MediaKind;
    source: MediaSource;
    rtpParameters: RtpParameters;
    paused?: boolean;
  }): Promise<ProducerDescription> {
    const { transportId, kind, source, rtpParameters, paused = false } = options;
    const transport = this.#transport(transportId);
    if (transport !== this.#send) throw new MediaError('invalid', 'Only the sending transport takes in streams.');
    if (kindOf[source] !== kind) throw new MediaError('invalid', `A ${source} is not ${kind}.`);
    if (!rtpParameters.codecs.every(({ mimeType }) => mimeType.toLowerCase().startsWith(`${kind}/`))) {
      throw new MediaError('invalid', `A codec is not for ${kind}.`); // mediasoup itself does not look at this
    }
    if (this.#pendingSources.has(source)) throw new MediaError('limit', `The ${source} is being added already.`);
    this.#pendingSources.add(source);
    try {
      for (const earlier of this.#producers.values()) {
        if (sourceOf(earlier) === source) this.#closeProducer(earlier);
      }
      // Named one by one: an id among the client's fields would name somebody else's producer.
      const producer = await this.#guard(() =>
        transport.produce({ kind, rtpParameters: accepted(rtpParameters), paused, appData: { source } }),
      );
      if (this.#closed) {
        producer.close();
        this.#assertOpen();
      }
      this.#producers.set(producer.id, producer);
      producer.on('transportclose', () => this.#forgetProducer(producer.id));
      const description = describe(producer);
      this.#room.announce(this.id, (events) => events.producerAdded(this.id, description));
      return description;
    } finally {
      this.#pendingSources.delete(source);
    }
  }

  closeProducer(producerId: string): void {
    this.#closeProducer(this.#producer(producerId));
  }

  async pauseProducer(producerId: string): Promise<void> {
    const producer = this.#producer(producerId);
    await this.#guard(() => producer.pause());
    this.#room.announce(this.id, (events) => events.producerPaused(this.id, producerId));
  }

  async resumeProducer(producerId: string): Promise<void> {
    const producer = this.#producer(producerId);
    await this.#guard(() => producer.resume());
    this.#room.announce(this.id, (events) => events.producerResumed(this.id, producerId));
  }

  /**
   * Sends another peer's stream to this one, paused until `resumeConsumer`. Asked for again, the earlier
   * consumer of the same stream is closed.
   *
   * @throws {MediaError} `not-found` for no such producer, `invalid` without a receiving transport or a shared codec
   */
  async consume(producerId: string): Promise<{
    consumerId: string;
    producerId: string;
    kind: MediaKind;
    rtpParameters: RtpParameters;
    producerPaused: boolean;
  }> {
    this.#assertOpen();
    const transport = this.#receive;
    const rtpCapabilities = this.#rtpCapabilities as types.RtpCapabilities | undefined;
    if (!transport || !rtpCapabilities) throw new MediaError('invalid', 'There is no receiving transport yet.');
    const producer = this.#room.findProducer(producerId, this.id);
    if (!producer) throw new MediaError('not-found', 'There is no such producer in the room.');
    if (!this.#room.router.canConsume({ producerId, rtpCapabilities })) {
      throw new MediaError('invalid', 'The client and the producer share no codec.');
    }
    for (const earlier of this.#consumers.values()) if (earlier.producerId === producerId) this.#closeConsumer(earlier);
    const consumer = await this.#guard(() => transport.consume({ producerId, rtpCapabilities, paused: true }));
    if (this.#closed || consumer.closed) {
      consumer.close();
      this.#assertOpen();
      throw new MediaError('not-found', 'The producer has ended.');
    }
    this.#consumers.set(consumer.id, consumer);
    const forget = () => this.#consumers.delete(consumer.id);
    consumer.on('transportclose', forget);
    consumer.on('producerclose', forget);
    if (consumer.kind === 'video') await this.#guard(() => consumer.setPriority(priorityOf[sourceOf(producer)]));
    return {
      consumerId: consumer.id,
      producerId,
      kind: consumer.kind,
      rtpParameters: plain(consumer.rtpParameters) as RtpParameters,
      producerPaused: consumer.producerPaused,
    };
  }

  async resumeConsumer(consumerId: string): Promise<void> {
    const consumer = this.#consumer(consumerId);
    await this.#guard(() => consumer.resume());
  }

  async pauseConsumer(consumerId: string): Promise<void> {
    const consumer = this.#consumer(consumerId);
    await this.#guard(() => consumer.pause());
  }

  /** Bounds the picture size and rate that this peer gets of a simulcast stream; the line may give less. */
  async setPreferredLayers(consumerId: string, layers: PreferredLayers): Promise<void> {
    const consumer = this.#consumer(consumerId);
    await this.#guard(() => consumer.setPreferredLayers(layers));
  }

  /** Leaves the room with everything sent and received. May be called twice. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#send?.close();
    this.#receive?.close();
    this.#producers.clear();
    this.#consumers.clear();
    this.#room.left(this);
  }

  #closeProducer(producer: types.Producer): void {
    producer.close();
    this.#forgetProducer(producer.id);
  }

  #forgetProducer(producerId: string): void {
    if (!this.#producers.delete(producerId) || this.#closed) return;
    this.#room.announce(this.id, (events) => events.producerRemoved(this.id, producerId));
  }

  #closeConsumer(consumer: types.Consumer): void {
    consumer.close();
    this.#consumers.delete(consumer.id);
  }

  #transport(transportId: string): types.WebRtcTransport {
    this.#assertOpen();
    const transport = [this.#send, this.#receive].find((own) => own?.id === transportId);
    if (!transport || transport.closed) throw new MediaError('not-found', 'There is no such transport of this peer.');
    return transport;
  }

  #producer(producerId: string): types.Producer {
    this.#assertOpen();
    const producer = this.#producers.get(producerId);
    if (!producer) throw new MediaError('not-found', 'There is no such producer of this peer.');
    return producer;
  }

  #consumer(consumerId: string): types.Consumer {
    this.#assertOpen();
    const consumer = this.#consumers.get(consumerId);
    if (!consumer) throw new MediaError('not-found', 'There is no such consumer of this peer.');
    return consumer;
  }

  #assertOpen(): void {
    if (this.#closed) throw new MediaError('unavailable', 'This peer has left the room.');
  }

  /** mediasoup refuses what does not fit with errors of its own; closed things are a room that went away. */
  async #guard<T>(run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (this.#closed || this.#room.router.closed) {
        throw new MediaError('unavailable', `The room went away: ${reason}`, { cause: error });
      }
      throw new MediaError('invalid', reason, { cause: error });
    }
  }
}

/**
 * mediasoup-client names abs-capture-time among a producer's header extensions whether or not the browser sends it.
 * The worker would wait for it in vain instead of reading the sender reports, and without capture times it can
 * neither change between the sizes of a camera nor keep voice and face in step.
 */
function accepted({ headerExtensions, ...rest }: RtpParameters): types.RtpParameters {
  const sent = headerExtensions?.filter(({ uri }) => !uri.endsWith('/rtp-hdrext/abs-capture-time'));
  return { ...rest, ...(sent && { headerExtensions: sent }) } as types.RtpParameters;
}

/** mediasoup writes absent fields as undefined; in the contract they are absent. */
function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

function describe(producer: types.Producer): ProducerDescription {
  return { producerId: producer.id, kind: producer.kind, source: sourceOf(producer), paused: producer.paused };
}
