import type { DisplayFrame } from '../../../../shared/dicom/pixels/display-frame.ts';
import type { Placement } from './geometry.ts';

/** How a frame is to be drawn. */
export interface ViewportView extends Placement {
  windowCenter: number;
  windowWidth: number;
  invert: boolean;
}

/** The one door to whatever draws pixels, so that the engine behind it can be changed in one file. */
export interface Viewport {
  /** Draws a frame in the next animation frame; `onDrawn` tells when it stands on the screen. */
  show(frame: DisplayFrame, view: ViewportView): void;
  /** Shows nothing rather than something outdated. */
  clear(): void;
  /** To be called when the element's size has changed; draws again. */
  resize(): void;
  dispose(): void;
}

export type OpenViewport = (
  element: HTMLElement,
  onDrawn: (frame: DisplayFrame, view: ViewportView) => void,
) => Viewport;
