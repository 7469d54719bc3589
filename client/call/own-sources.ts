import type { MediaSource } from '../../shared/contracts/call.ts';
import type { CallState, DeviceProblem, OwnSource } from './call-state.ts';
import { capture, captureBoth, type Captured } from './capture.ts';

interface Source {
  /** What the person asked for last; devices open slowly and people change their minds. */
  wanted: boolean;
  starting: boolean;
  track: MediaStreamTrack | null;
  problem: DeviceProblem | null;
}

const nothing = (): Source => ({ wanted: false, starting: false, track: null, problem: null });

/**
 * The window's own microphone, camera and screen, whether or not there is a hub to send them to. A microphone that is
 * switched off stays open and mute, so that it is back at once; a camera that is switched off is really off.
 */
export class OwnSources {
  readonly #sources: Record<MediaSource, Source> = { microphone: nothing(), camera: nothing(), screen: nothing() };
  readonly #onChange: () => void;
  #closed = false;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
    // Absent on pages that are not a secure context.
    (navigator.mediaDevices as MediaDevices | undefined)?.addEventListener('devicechange', this.#deviceChanged);
  }

  get view(): CallState['own'] {
    const view = ({ wanted, starting, track, problem }: Source): OwnSource => ({
      state: starting ? 'starting' : wanted && track ? 'on' : 'off',
      problem,
      track,
    });
    const { microphone, camera, screen } = this.#sources;
    return { microphone: view(microphone), camera: view(camera), screen: view(screen) };
  }

  /** What is to be sent now: nothing, or a track that may be mute. */
  toSend(source: MediaSource): { track: MediaStreamTrack; muted: boolean } | null {
    const { track, wanted } = this.#sources[source];
    return track && { track, muted: !wanted };
  }

  /** Opens what a call starts with, in one question to the person where it is both. */
  async start(first: { microphone: boolean; camera: boolean }): Promise<void> {
    if (!first.microphone || !first.camera) {
      if (first.microphone) await this.set('microphone', true);
      if (first.camera) await this.set('camera', true);
      return;
    }
    this.#begin('microphone');
    this.#begin('camera');
    const both = await captureBoth();
    this.#captured('microphone', both.microphone);
    this.#captured('camera', both.camera);
  }

  /** Switches a source; what goes wrong stands in the view as its problem. */
  async set(source: MediaSource, on: boolean): Promise<void> {
    const own = this.#sources[source];
    if (on) {
      if (own.starting || (own.track && own.wanted)) {
        own.wanted = true;
        return;
      }
      if (own.track) {
        own.wanted = true;
        own.track.enabled = true;
        this.#onChange();
        return;
      }
      this.#begin(source);
      this.#captured(source, await capture(source));
      return;
    }
    own.wanted = false;
    own.problem = null;
    if (own.track && source === 'microphone') own.track.enabled = false;
    else this.#release(source);
    this.#onChange();
  }

  /** The hub doesn't take this source. */
  refuse(source: MediaSource): void {
    this.#release(source);
    Object.assign(this.#sources[source], { wanted: false, problem: 'refused' });
    this.#onChange();
  }

  /** Lets go of every device. */
  close(): void {
    this.#closed = true;
    (navigator.mediaDevices as MediaDevices | undefined)?.removeEventListener('devicechange', this.#deviceChanged);
    for (const source of ['microphone', 'camera', 'screen'] as const) {
      this.#sources[source].wanted = false;
      this.#release(source);
    }
  }

  #begin(source: MediaSource): void {
    Object.assign(this.#sources[source], { wanted: true, starting: true, problem: null });
    this.#onChange();
  }

  #captured(source: MediaSource, captured: Captured): void {
    const own = this.#sources[source];
    own.starting = false;
    if ('problem' in captured) {
      own.problem = own.wanted ? captured.problem : null;
      own.wanted = false;
    } else if (this.#closed || (!own.wanted && source !== 'microphone')) {
      captured.track.stop();
    } else {
      own.track = captured.track;
      own.track.enabled = own.wanted;
      own.track.addEventListener('ended', () => this.#ended(source, captured.track));
    }
    this.#onChange();
  }

  /** The device was pulled out, or the person ended sharing in the browser's own bar. */
  #ended(source: MediaSource, track: MediaStreamTrack): void {
    const own = this.#sources[source];
    if (own.track !== track) return;
    own.problem = source === 'screen' || !own.wanted ? null : 'lost';
    own.track = null;
    own.wanted = false;
    this.#onChange();
  }

  /** A voice that was lost comes back with the next microphone that is plugged in. */
  readonly #deviceChanged = (): void => {
    if (this.#sources.microphone.problem === 'lost') void this.set('microphone', true);
  };

  #release(source: MediaSource): void {
    const own = this.#sources[source];
    own.track?.stop();
    own.track = null;
  }
}
