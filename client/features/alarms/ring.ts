import { Observable } from '../../connection/observable.ts';
import { chimeTone, ringTone } from './ring-tone.ts';

/** `ready` is the only state in which an alarm is heard. */
export type SoundState = 'ready' | 'needs-gesture' | 'muted' | 'no-output' | 'unsupported';

const mutedKey = 'lianzhen.muted';
const watchEveryMs = 2000;
/** A busy computer holds the sound back for a moment; one that has no output holds it back for good. */
const looksUntilStalled = 3;

/**
 * The window's own sound. Browsers keep it off until the person touches the page, and may stop it later; the state
 * always tells whether an alarm would be heard now.
 */
export class Ring {
  readonly state: Observable<SoundState>;
  readonly #context: AudioContext | null;
  #muted: boolean;
  #stalled = false;
  #ringing: AudioBufferSourceNode | null = null;
  #watch: ReturnType<typeof setInterval> | undefined;

  constructor() {
    this.#muted = sessionStorage.getItem(mutedKey) === 'yes';
    this.#context = typeof AudioContext === 'function' ? new AudioContext() : null;
    this.state = new Observable<SoundState>(this.#read());
    this.#context?.addEventListener('statechange', () => this.#refresh());
    this.#watchOutput();
  }

  /** To be called from a gesture; without one the browser refuses in silence. */
  async enable(): Promise<void> {
    if (this.#context && this.#context.state !== 'running') {
      await this.#context.resume().catch(() => undefined);
    }
    this.#refresh();
  }

  setMuted(muted: boolean): void {
    this.#muted = muted;
    if (muted) sessionStorage.setItem(mutedKey, 'yes');
    else sessionStorage.removeItem(mutedKey);
    if (muted) this.#silence();
    this.#refresh();
  }

  /** Rings until {@link stop}. In a window that cannot sound yet it is heard as soon as it can. */
  start(): void {
    if (this.#ringing || this.#muted || !this.#context) return;
    this.#ringing = this.#play(ringTone(this.#context.sampleRate), true);
  }

  stop(): void {
    this.#silence();
  }

  /** Two rounds of the ring aloud, for the person who comes on duty. */
  async test(): Promise<void> {
    await this.enable();
    if (this.state.get() !== 'ready' || this.#ringing || !this.#context) return;
    const test = this.#play(ringTone(this.#context.sampleRate), true);
    test.stop(this.#context.currentTime + 2.8);
  }

  chime(): void {
    if (this.state.get() === 'ready' && this.#context) this.#play(chimeTone(this.#context.sampleRate), false);
  }

  close(): void {
    clearInterval(this.#watch);
    this.#silence();
    void this.#context?.close().catch(() => undefined);
  }

  #play(samples: Float32Array<ArrayBuffer>, loop: boolean): AudioBufferSourceNode {
    const context = this.#context as AudioContext;
    const buffer = context.createBuffer(1, samples.length, context.sampleRate);
    buffer.copyToChannel(samples, 0);
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.loop = loop;
    source.connect(context.destination);
    source.start();
    return source;
  }

  #silence(): void {
    this.#ringing?.stop();
    this.#ringing?.disconnect();
    this.#ringing = null;
  }

  /** A context may claim to run while its clock stands still (the sound card was pulled out). */
  #watchOutput(): void {
    const context = this.#context;
    if (!context) return;
    let audioSeconds = context.currentTime;
    let stillLooks = 0;
    this.#watch = setInterval(() => {
      const still = context.state === 'running' && context.currentTime === audioSeconds;
      stillLooks = still ? stillLooks + 1 : 0;
      this.#stalled = stillLooks >= looksUntilStalled;
      audioSeconds = context.currentTime;
      this.#refresh();
    }, watchEveryMs);
  }

  #refresh(): void {
    this.state.set(this.#read());
  }

  #read(): SoundState {
    if (!this.#context) return 'unsupported';
    if (this.#muted) return 'muted';
    if (this.#context.state !== 'running') return 'needs-gesture';
    return this.#stalled ? 'no-output' : 'ready';
  }
}
