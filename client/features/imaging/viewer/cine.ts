import type { ImagingViewState } from '../../../../shared/contracts/viewing.ts';
import { frameIndex, type FrameAddress } from './series-frames.ts';

/** Frames a second that the cine steps through. */
export const CINE_SPEEDS = [1, 2, 4, 6, 8, 10, 12, 15, 20, 25, 30, 40, 60] as const;
export const USUAL_CINE_SPEED = 10;

/** The next faster or slower speed; stops at the ends. */
export function cineSpeedBy(framesPerSecond: number, steps: 1 | -1): number {
  const further = CINE_SPEEDS.filter((speed) => (steps > 0 ? speed > framesPerSecond : speed < framesPerSecond));
  return (steps > 0 ? further[0] : further.at(-1)) ?? framesPerSecond;
}

/** The frame after this one; after the last one the first again. */
export function nextOfLoop(state: ImagingViewState, frames: readonly FrameAddress[]): ImagingViewState {
  const next = frames[(frameIndex(frames, state) + 1) % Math.max(1, frames.length)];
  return next ? { ...state, sopInstanceUid: next.sopInstanceUid, frameNumber: next.frameNumber } : state;
}
