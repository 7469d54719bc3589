import type { CallPerson, MediaSource, ProducerDescription } from '../../shared/contracts/call.ts';
import { Observable } from '../connection/observable.ts';
import { retryDelayMs } from '../connection/retry-delay.ts';
import { refusalCode, type CallLine, type JoinReply } from './call-line.ts';
import { initialCallState, type CallPeer, type CallState } from './call-state.ts';
import { MediaSession, type VideoSize } from './media-session.ts';
import { OwnSources } from './own-sources.ts';
import { SoundOutput } from './sound-output.ts';
import { Speaking } from './speaking.ts';

export interface CallOptions {
  line: CallLine;
  consultId: string;
  /** What to open at the start; where a device is refused or missing one still joins, sees and hears. Default true. */
  microphone?: boolean;
  camera?: boolean;
}

interface OtherPeer {
  person: CallPerson;
  producers: Map<string, ProducerDescription>;
}

const sources = ['microphone', 'camera', 'screen'] as const;
/** Asking again changes nothing about these. */
const lasting = new Set([
  'forbidden',
  'not-found',
  'consult-closed',
  'room-full',
  'unauthenticated',
  'session-replaced',
  'invalid',
  'malformed',
  'unsupported-browser',
]);
const own = 'own';

/** Enters a consult's room. The call brings itself back after every interruption until it is left. */
export function joinCall(options: CallOptions): Call {
  return new Call(options);
}

/** This window in a consult's room: what it sends, what it gets, and how it stands. No React, no words. */
export class Call {
  readonly state = new Observable<CallState>(initialCallState);
  readonly #line: CallLine;
  readonly #consultId: string;
  readonly #own = new OwnSources(() => this.#ownChanged());
  readonly #sound = new SoundOutput((soundBlocked) => this.#change({ soundBlocked }));
  readonly #speaking = new Speaking(() => this.#publishPeers());
  readonly #peers = new Map<string, OtherPeer>();
  readonly #wantedSizes = new Map<string, VideoSize>();
  readonly #stop: (() => void)[] = [];
  #session: MediaSession | undefined;
  #peerId: string | undefined;
  /** Counts the attempts to enter; an older one that is still under way is void. */
  #attempt = 0;
  /** Notices that arrive while entering, to be applied on top of the room's picture that the answer gives. */
  #waiting: (() => void)[] | undefined;
  #sending: Promise<void> = Promise.resolve();

  constructor({ line, consultId, microphone = true, camera = true }: CallOptions) {
    this.#line = line;
    this.#consultId = consultId;
    this.#followNotices();
    this.#stop.push(line.onConnected(() => this.rejoin()));
    void this.#own.start({ microphone, camera });
  }

  setMicrophone(on: boolean): Promise<void> {
    return this.#own.set('microphone', on);
  }

  setCamera(on: boolean): Promise<void> {
    return this.#own.set('camera', on);
  }

  /** The browser asks the person which window or screen; to be called while a click is handled. */
  shareScreen(on: boolean): Promise<void> {
    return this.#own.set('screen', on);
  }

  /** How large a peer's picture is wanted here; `none` leaves the line to the voices. */
  setVideoSize(peerId: string, source: 'camera' | 'screen', size: VideoSize): void {
    this.#wantedSizes.set(`${peerId} ${source}`, size);
    for (const { producerId, source: its } of this.#peers.get(peerId)?.producers.values() ?? []) {
      if (its === source) this.#session?.setSize(producerId, size);
    }
    this.#publishPeers();
  }

  /** Plays again after the browser had refused to; to be called while a click is handled. */
  allowSound(): void {
    this.#sound.retry();
  }

  /** How loud a peer, or this window without a peer's id, is now: 0 to 1 of full scale. */
  level(peerId?: string): number {
    if (peerId === undefined) return this.#speaking.level(own);
    const microphone = [...(this.#peers.get(peerId)?.producers.values() ?? [])].find(isMicrophone);
    return microphone ? this.#speaking.level(microphone.producerId) : 0;
  }

  /** Enters again at once, e.g. because the line came back, or the person asks for it after a refusal. */
  rejoin(): void {
    if (this.state.get().connection === 'left') return;
    const attempt = ++this.#attempt;
    const flowing = this.#session?.flowing === true;
    if (!flowing && this.state.get().connection !== 'joining')
      this.#change({ connection: 'reconnecting', refusal: null });
    void this.#enterUntilIn(attempt);
  }

  /** Leaves the room and lets go of every device. May be called twice. */
  leave(): void {
    if (this.state.get().connection === 'left') return;
    this.#attempt++;
    for (const stop of this.#stop.splice(0)) stop();
    if (this.#peerId !== undefined) this.#giveUpSeat(this.#peerId);
    this.#endSession();
    this.#own.close();
    this.#sound.close();
    this.#speaking.close();
    this.#peers.clear();
    this.#change({ connection: 'left', peers: [], own: this.#own.view, ownSpeaking: false });
  }

  #giveUpSeat(peerId: string): void {
    this.#line.request('call:leave', { consultId: this.#consultId, peerId }).catch(() => {});
  }

  async #enterUntilIn(attempt: number): Promise<void> {
    for (let failures = 1; attempt === this.#attempt; failures++) {
      try {
        await this.#enter(attempt);
        return;
      } catch {
        // Whatever it was passes by itself: `lasting` refusals end the attempt where they are seen.
      }
      await new Promise((settle) => setTimeout(settle, retryDelayMs(failures)));
    }
  }

  async #enter(attempt: number): Promise<void> {
    this.#waiting = [];
    const resume = this.#session && this.#peerId ? { resumePeerId: this.#peerId } : {};
    const joined = await this.#line
      .request('call:join', { consultId: this.#consultId, ...resume })
      .catch((error: unknown) => this.#failWhereLasting(attempt, error));
    if (attempt !== this.#attempt) {
      // Left while the hub was still making room: nobody would sit on this seat.
      if (this.state.get().connection === 'left') this.#giveUpSeat(joined.peerId);
      return;
    }
    if (!joined.resumed || !this.#session) {
      this.#endSession();
      const session = await this.#openSession(joined).catch(() => {
        const unsupported = Object.assign(new Error('No WebRTC here.'), { code: 'unsupported-browser' });
        return this.#failWhereLasting(attempt, unsupported);
      });
      if (attempt !== this.#attempt) return session.close();
      this.#session = session;
    }
    const session = this.#session;
    this.#peerId = joined.peerId;
    this.#takeOver(joined);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    for (const apply of waiting) apply();
    await session.prepare();
    if (attempt !== this.#attempt || session !== this.#session) return;
    session.revive();
    this.#reportFlow();
    void this.#receiveAll();
    this.#sendAll();
  }

  #failWhereLasting(attempt: number, error: unknown): never {
    const refusal = refusalCode(error);
    if (attempt === this.#attempt && lasting.has(refusal)) {
      this.#attempt++;
      this.#waiting = undefined;
      this.#endSession();
      this.#peers.clear();
      this.#change({ connection: 'failed', refusal, peers: [] });
    }
    throw error;
  }

  async #openSession(joined: JoinReply): Promise<MediaSession> {
    const session: MediaSession = await MediaSession.open(this.#line, this.#consultId, joined, {
      onTrack: (producerId, track) => this.#received(producerId, track),
      onFlow: () => this.#reportFlow(),
      onLost: () => {
        if (this.#session !== session) return;
        this.#endSession();
        this.rejoin();
      },
    });
    return session;
  }

  #endSession(): void {
    this.#session?.close();
    this.#session = undefined;
    this.#peerId = undefined;
    for (const { producers } of this.#peers.values())
      for (const producer of producers.values()) this.#silence(producer);
    this.#speaking.forget(own);
    this.#publishPeers();
  }

  /** The room as the hub sees it now replaces what was known. */
  #takeOver({ peers }: JoinReply): void {
    const now = new Set(peers.flatMap(({ producers }) => producers.map(({ producerId }) => producerId)));
    for (const { producers } of this.#peers.values()) {
      for (const producer of producers.values()) if (!now.has(producer.producerId)) this.#forget(producer);
    }
    this.#peers.clear();
    for (const { producers, ...person } of peers) {
      this.#peers.set(person.peerId, { person, producers: new Map(producers.map((its) => [its.producerId, its])) });
    }
    this.#publishPeers();
  }

  #followNotices(): void {
    const line = this.#line;
    const here = <T extends { consultId: string }>(apply: (notice: T) => void) => {
      return (notice: T) => {
        if (notice.consultId !== this.#consultId) return;
        if (this.#waiting) this.#waiting.push(() => apply(notice));
        else apply(notice);
      };
    };
    const setPaused = (paused: boolean) =>
      here(({ peerId, producerId }: { consultId: string; peerId: string; producerId: string }) => {
        const producer = this.#peers.get(peerId)?.producers.get(producerId);
        if (!producer) return;
        this.#peers.get(peerId)?.producers.set(producerId, { ...producer, paused });
        this.#publishPeers();
      });
    this.#stop.push(
      line.on(
        'call:peer-joined',
        here(({ peer }) => {
          if (!this.#peers.has(peer.peerId)) this.#peers.set(peer.peerId, { person: peer, producers: new Map() });
          this.#publishPeers();
        }),
      ),
      line.on(
        'call:peer-left',
        here(({ peerId }) => {
          for (const producer of this.#peers.get(peerId)?.producers.values() ?? []) this.#forget(producer);
          this.#peers.delete(peerId);
          this.#publishPeers();
        }),
      ),
      line.on(
        'call:producer-added',
        here(({ peerId, producer }) => {
          this.#peers.get(peerId)?.producers.set(producer.producerId, producer);
          this.#publishPeers();
          void this.#receive(peerId, producer);
        }),
      ),
      line.on(
        'call:producer-removed',
        here(({ peerId, producerId }) => {
          const producer = this.#peers.get(peerId)?.producers.get(producerId);
          if (!producer) return;
          this.#forget(producer);
          this.#peers.get(peerId)?.producers.delete(producerId);
          this.#publishPeers();
        }),
      ),
      line.on('call:producer-paused', setPaused(true)),
      line.on('call:producer-resumed', setPaused(false)),
      line.on('call:room-lost', ({ consultId }) => {
        if (consultId !== this.#consultId) return;
        this.#endSession();
        this.rejoin();
      }),
    );
  }

  /** Voices first: on a thin line pictures would keep them waiting. */
  async #receiveAll(): Promise<void> {
    const all = [...this.#peers].flatMap(([peerId, { producers }]) =>
      [...producers.values()].map((producer) => ({ peerId, producer })),
    );
    const receive = (those: typeof all) =>
      Promise.all(those.map(({ peerId, producer }) => this.#receive(peerId, producer)));
    await receive(all.filter(({ producer }) => isMicrophone(producer)));
    await receive(all.filter(({ producer }) => !isMicrophone(producer)));
  }

  async #receive(peerId: string, { producerId, source }: ProducerDescription): Promise<void> {
    const session = this.#session;
    if (!session || !this.#peers.get(peerId)?.producers.has(producerId)) return;
    const size = this.#wantedSizes.get(`${peerId} ${source}`);
    if (size) session.setSize(producerId, size);
    // Voice and face of one person are played in step; a shared screen need not wait for them.
    await session.receive(producerId, source === 'screen' ? `${peerId}-screen` : peerId);
  }

  #received(producerId: string, track: MediaStreamTrack): void {
    if (track.kind === 'audio') {
      this.#sound.play(producerId, track);
      const session = this.#session;
      this.#speaking.follow(producerId, async () => (await session?.levelReceived(producerId)) ?? 0);
    }
    this.#publishPeers();
  }

  #forget(producer: ProducerDescription): void {
    this.#session?.drop(producer.producerId);
    this.#silence(producer);
  }

  #silence({ producerId, source }: ProducerDescription): void {
    if (source !== 'microphone') return;
    this.#sound.stop(producerId);
    this.#speaking.forget(producerId);
  }

  #ownChanged(): void {
    this.#change({ own: this.#own.view });
    this.#sendAll();
  }

  /** One after the other, so that quick switching ends in what was asked for last. */
  #sendAll(): void {
    this.#sending = this.#sending.then(async () => {
      for (const source of sources) await this.#send(source);
    });
  }

  async #send(source: MediaSource): Promise<void> {
    const session = this.#session;
    if (!session) return;
    try {
      await session.send(source, this.#own.toSend(source));
      if (source === 'microphone' && session === this.#session) this.#speaking.follow(own, () => session.levelSent());
    } catch (error) {
      const code = refusalCode(error);
      // Everything else passes: the line or the room is away for a moment.
      const refused = code === '' || code === 'invalid' || code === 'forbidden';
      if (session !== this.#session || !this.#own.toSend(source)) return;
      if (refused) this.#own.refuse(source);
      else setTimeout(() => this.#sendAll(), retryDelayMs(3));
    }
  }

  #reportFlow(): void {
    const { connection } = this.state.get();
    if (!this.#session || connection === 'left' || connection === 'failed') return;
    this.#change({ connection: this.#session.flowing ? 'connected' : 'reconnecting' });
  }

  #publishPeers(): void {
    this.#change({
      peers: [...this.#peers.values()].map((peer) => this.#view(peer)),
      ownSpeaking: this.#speaking.isSpeaking(own),
    });
  }

  #view({ person, producers }: OtherPeer): CallPeer {
    const all = [...producers.values()];
    const microphone = all.find(isMicrophone);
    const picture = (source: MediaSource) => {
      const producer = all.find((one) => one.source === source);
      if (!producer || producer.paused || this.#session?.size(producer.producerId) === 'none') return null;
      return this.#session?.track(producer.producerId) ?? null;
    };
    return {
      ...person,
      microphone: !microphone ? 'none' : microphone.paused ? 'muted' : 'on',
      camera: picture('camera'),
      screen: picture('screen'),
      speaking: microphone !== undefined && !microphone.paused && this.#speaking.isSpeaking(microphone.producerId),
    };
  }

  #change(part: Partial<CallState>): void {
    this.state.set({ ...this.state.get(), ...part });
  }
}

function isMicrophone({ source }: ProducerDescription): boolean {
  return source === 'microphone';
}
