import type { CallPerson, MediaSource } from '../../shared/contracts/call.ts';

/**
 * `joining`: for the first time; `connected`: sound and pictures can flow; `reconnecting`: they are being brought
 * back; `failed`: the hub refuses this window (see `refusal`); `left`: by `leave()`.
 */
export type CallConnectionState = 'joining' | 'connected' | 'reconnecting' | 'failed' | 'left';

/**
 * Why a microphone, camera or screen is not there: refused by the person or the system, no such device, in use by
 * another program, taken away while running, a browser without it, or refused by the hub.
 */
export type DeviceProblem = 'denied' | 'missing' | 'busy' | 'lost' | 'unsupported' | 'refused';

export interface OwnSource {
  /** `starting` while the browser asks the person or opens the device. */
  readonly state: 'off' | 'starting' | 'on';
  readonly problem: DeviceProblem | null;
  /** For the own picture; null when there is none. */
  readonly track: MediaStreamTrack | null;
}

export interface CallPeer extends CallPerson {
  readonly microphone: 'none' | 'muted' | 'on';
  /** Null while there is no picture, or it is paused or not wanted here. */
  readonly camera: MediaStreamTrack | null;
  readonly screen: MediaStreamTrack | null;
  readonly speaking: boolean;
}

export interface CallState {
  readonly connection: CallConnectionState;
  /** When `connection` is `failed`: the hub's code, e.g. `room-full`, or `unsupported-browser`. */
  readonly refusal: string | null;
  /** The others, in the order in which they came. */
  readonly peers: readonly CallPeer[];
  readonly own: Readonly<Record<MediaSource, OwnSource>>;
  readonly ownSpeaking: boolean;
  /** The browser lets nothing sound before a click or key; the next one in the page ends this. */
  readonly soundBlocked: boolean;
}

const off: OwnSource = { state: 'off', problem: null, track: null };

export const initialCallState: CallState = {
  connection: 'joining',
  refusal: null,
  peers: [],
  own: { microphone: off, camera: off, screen: off },
  ownSpeaking: false,
  soundBlocked: false,
};
