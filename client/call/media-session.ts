import { Device, type types } from 'mediasoup-client';
import type { MediaSource } from '../../shared/contracts/call.ts';
import { refusalCode, type CallLine, type JoinReply } from './call-line.ts';
import { sendOptions } from './encodings.ts';
import { audioLevelOf } from './speaking.ts';

export interface SessionEvents {
  onTrack(producerId: string, track: MediaStreamTrack): void;
  /** Whether sound and pictures can flow changed. */
  onFlow(): void;
  /** This session cannot be brought back: join again and open another. */
  onLost(): void;
}

export type VideoSize = 'none' | 'small' | 'large';

interface Sent {
  producer: types.Producer;
  /** As the hub knows it. */
  muted: boolean;
}

/** A network that was away a moment often comes back by itself. */
const disconnectedPatienceMs = 1_500;
const reviveLimitMs = 8_000;
const againMs = 2_000;

/** One peer's media as long as the hub keeps that peer: two transports, what is received and what is sent. */
export class MediaSession {
  readonly #line: CallLine;
  readonly #consultId: string;
  readonly #device: Device;
  readonly #iceServers: RTCIceServer[];
  readonly #events: SessionEvents;
  readonly #transports: { send?: Promise<types.Transport>; receive?: Promise<types.Transport> } = {};
  readonly #open = new Set<types.Transport>();
  readonly #reviving = new Set<types.Transport>();
  readonly #consumers = new Map<string, types.Consumer>();
  readonly #consuming = new Set<string>();
  /** What is to be received, with the stream in which it is to be played. */
  readonly #wanted = new Map<string, string>();
  readonly #sizes = new Map<string, VideoSize>();
  readonly #sent = new Map<MediaSource, Sent>();
  #closed = false;

  private constructor(line: CallLine, consultId: string, device: Device, joined: JoinReply, events: SessionEvents) {
    this.#line = line;
    this.#consultId = consultId;
    this.#device = device;
    this.#iceServers = joined.iceServers;
    this.#events = events;
  }

  static async open(
    line: CallLine,
    consultId: string,
    joined: JoinReply,
    events: SessionEvents,
  ): Promise<MediaSession> {
    const device = await Device.factory();
    await device.load({ routerRtpCapabilities: joined.routerRtpCapabilities as types.RtpCapabilities });
    return new MediaSession(line, consultId, device, joined, events);
  }

  /**
   * Makes both transports where they are missing, in one round trip.
   *
   * @throws what the hub refuses
   */
  async prepare(): Promise<void> {
    await Promise.all([this.#transport('receive'), this.#transport('send')]);
  }

  /** False while a transport is interrupted. */
  get flowing(): boolean {
    return [...this.#open].every(({ connectionState }) => !['disconnected', 'failed'].includes(connectionState));
  }

  /** Receives a stream; nothing happens where it is received already or has ended. */
  async receive(producerId: string, streamId: string): Promise<void> {
    this.#wanted.set(producerId, streamId);
    if (this.#consumers.has(producerId) || this.#consuming.has(producerId)) return;
    this.#consuming.add(producerId);
    try {
      const consumer = await this.#consume(producerId, streamId);
      if (this.#closed || !this.#wanted.has(producerId)) return consumer.close();
      this.#consumers.set(producerId, consumer);
      await this.#applySize(producerId, consumer);
      if (this.#consumers.get(producerId) === consumer) this.#events.onTrack(producerId, consumer.track);
    } catch (error) {
      this.#consumers.get(producerId)?.close();
      this.#consumers.delete(producerId);
      // It has ended, or this browser cannot play it; anything else passes.
      if (!['not-found', 'invalid', 'forbidden'].includes(refusalCode(error))) this.#receiveLater(producerId);
    } finally {
      this.#consuming.delete(producerId);
    }
  }

  drop(producerId: string): void {
    this.#wanted.delete(producerId);
    this.#sizes.delete(producerId);
    this.#consumers.get(producerId)?.close();
    this.#consumers.delete(producerId);
  }

  track(producerId: string): MediaStreamTrack | null {
    return this.#consumers.get(producerId)?.track ?? null;
  }

  size(producerId: string): VideoSize {
    return this.#sizes.get(producerId) ?? 'large';
  }

  /** How large a picture is wanted; `none` stops it at the hub and leaves the line to the voices. */
  setSize(producerId: string, size: VideoSize): void {
    if (this.size(producerId) === size) return;
    this.#sizes.set(producerId, size);
    const consumer = this.#consumers.get(producerId);
    if (consumer) this.#applySize(producerId, consumer).catch(() => this.#receiveLater(producerId));
  }

  /** 0 to 1 of full scale. */
  async levelReceived(producerId: string): Promise<number> {
    const consumer = this.#consumers.get(producerId);
    return consumer ? audioLevelOf(await consumer.getStats()) : 0;
  }

  async levelSent(): Promise<number> {
    const sent = this.#sent.get('microphone');
    return sent && !sent.muted ? audioLevelOf(await sent.producer.getStats()) : 0;
  }

  /**
   * Brings what is sent of a source to what it should be; may be called again at any time.
   *
   * @throws what the hub or the browser refuses; code `line-away` when it is to be tried again after joining
   */
  async send(source: MediaSource, wanted: { track: MediaStreamTrack; muted: boolean } | null): Promise<void> {
    const consultId = this.#consultId;
    const sent = this.#sent.get(source);
    if (!wanted) {
      if (!sent) return;
      this.#sent.delete(source);
      sent.producer.close();
      await this.#line.request('call:close-producer', { consultId, producerId: sent.producer.id });
      return;
    }
    if (!sent) {
      const transport = await this.#transport('send');
      const { track, muted } = wanted;
      const producer = await transport.produce({
        track,
        ...sendOptions(source),
        stopTracks: false,
        disableTrackOnPause: false,
        appData: { source, muted },
      });
      if (this.#closed) return producer.close();
      this.#sent.set(source, { producer, muted });
      return;
    }
    if (sent.producer.track !== wanted.track) await sent.producer.replaceTrack({ track: wanted.track });
    if (sent.muted !== wanted.muted) {
      const request = wanted.muted ? 'call:pause-producer' : 'call:resume-producer';
      await this.#line.request(request, { consultId, producerId: sent.producer.id });
      sent.muted = wanted.muted;
    }
  }

  /** After the line came back: restarts what was interrupted meanwhile. */
  revive(): void {
    for (const transport of this.#open) {
      if (['disconnected', 'failed'].includes(transport.connectionState)) void this.#restartIce(transport);
    }
  }

  /** Ends all transports; the tracks that were sent stay open. May be called twice. */
  close(): void {
    this.#closed = true;
    for (const transport of this.#open) transport.close();
    this.#open.clear();
    this.#consumers.clear();
    this.#sent.clear();
  }

  async #consume(producerId: string, streamId: string): Promise<types.Consumer> {
    const transport = await this.#transport('receive');
    const { consumerId, kind, rtpParameters } = await this.#line.request('call:consume', {
      consultId: this.#consultId,
      producerId,
    });
    return await transport.consume({
      id: consumerId,
      producerId,
      kind,
      rtpParameters: rtpParameters as types.RtpParameters,
      streamId,
    });
  }

  #receiveLater(producerId: string): void {
    setTimeout(() => {
      const streamId = this.#wanted.get(producerId);
      if (this.#closed || streamId === undefined) return;
      this.#consumers.get(producerId)?.close();
      this.#consumers.delete(producerId);
      void this.receive(producerId, streamId);
    }, againMs);
  }

  async #applySize(producerId: string, consumer: types.Consumer): Promise<void> {
    const about = { consultId: this.#consultId, consumerId: consumer.id };
    const size = this.size(producerId);
    if (size === 'none') {
      await this.#line.request('call:pause-consumer', about);
      return;
    }
    if (consumer.kind === 'video') {
      const layers = { spatialLayer: size === 'small' ? 0 : 1 };
      await this.#line.request('call:set-preferred-layers', { ...about, layers });
    }
    await this.#line.request('call:resume-consumer', about);
  }

  #transport(direction: 'send' | 'receive'): Promise<types.Transport> {
    const made = this.#transports[direction] ?? this.#createTransport(direction);
    this.#transports[direction] = made;
    made.catch(() => delete this.#transports[direction]);
    return made;
  }

  async #createTransport(direction: 'send' | 'receive'): Promise<types.Transport> {
    const consultId = this.#consultId;
    const parameters =
      direction === 'send'
        ? await this.#line.request('call:create-transport', { consultId, direction })
        : await this.#line.request('call:create-transport', {
            consultId,
            direction,
            rtpCapabilities: this.#device.recvRtpCapabilities as JoinReply['routerRtpCapabilities'],
          });
    if (this.#closed) throw new Error('The session is closed.');
    const { transportId, iceParameters, iceCandidates, dtlsParameters } = parameters;
    const options = { id: transportId, iceParameters, iceCandidates, dtlsParameters, iceServers: this.#iceServers };
    const transport =
      direction === 'send' ? this.#device.createSendTransport(options) : this.#device.createRecvTransport(options);
    transport.on('connect', ({ dtlsParameters: own }, done, failed) => {
      this.#line.request('call:connect-transport', { consultId, transportId, dtlsParameters: own }).then(done, failed);
    });
    transport.on('produce', ({ kind, rtpParameters, appData }, done, failed) => {
      const { source, muted } = appData as { source: MediaSource; muted: boolean };
      const offer = { consultId, transportId, kind, source, rtpParameters: rtpParameters as never, paused: muted };
      this.#line.request('call:produce', offer).then(({ producerId }) => done({ id: producerId }), failed);
    });
    this.#watch(transport);
    return transport;
  }

  #watch(transport: types.Transport): void {
    this.#open.add(transport);
    let patience: ReturnType<typeof setTimeout> | undefined;
    transport.on('connectionstatechange', (state) => {
      clearTimeout(patience);
      if (state === 'failed') void this.#restartIce(transport);
      if (state === 'disconnected')
        patience = setTimeout(() => void this.#restartIce(transport), disconnectedPatienceMs);
      if (!this.#closed) this.#events.onFlow();
    });
  }

  async #restartIce(transport: types.Transport): Promise<void> {
    if (this.#closed || this.#reviving.has(transport)) return;
    this.#reviving.add(transport);
    try {
      const about = { consultId: this.#consultId, transportId: transport.id };
      const iceParameters = await this.#line.request('call:restart-ice', about);
      await transport.restartIce({ iceParameters });
      if (!(await connectedWithin(transport, reviveLimitMs)) && !this.#closed) this.#events.onLost();
    } catch (error) {
      // While the line itself is away nothing is decided: joining again revives or replaces this session.
      if (!this.#closed && refusalCode(error) !== 'line-away') this.#events.onLost();
    } finally {
      this.#reviving.delete(transport);
    }
  }
}

function connectedWithin(transport: types.Transport, limitMs: number): Promise<boolean> {
  return new Promise((settle) => {
    const finish = (connected: boolean) => {
      clearTimeout(limit);
      transport.off('connectionstatechange', changed);
      settle(connected);
    };
    const changed = (state: types.ConnectionState) => {
      if (state === 'connected' || state === 'closed') finish(state === 'connected');
    };
    const limit = setTimeout(() => finish(false), limitMs);
    transport.on('connectionstatechange', changed);
    changed(transport.connectionState);
  });
}
