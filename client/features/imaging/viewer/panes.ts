import {
  imagingLayouts,
  type ImagingLayout,
  type ImagingPane,
  type ImagingViewState,
} from '../../../../shared/contracts/viewing.ts';
import type { DisplayFrame } from '../../../../shared/dicom/pixels/display-frame.ts';
import type { FrameAddress } from './series-frames.ts';
import { openingState, viewOf } from './viewer-state.ts';

/**
 * The panes of a view. Its own picture is the active pane's, so whatever changes a picture need not know of panes; the
 * others' stand beside it, in order.
 */

/** All panes in order, the active one among them. A view whose panes do not fill its layout shows fewer. */
export function panesOf(state: ImagingViewState): ImagingPane[] {
  const { seriesInstanceUid, sopInstanceUid, frameNumber } = state;
  const panes = state.otherPanes.slice(0, imagingLayouts[state.layout] - 1);
  panes.splice(activeIndex(state), 0, { seriesInstanceUid, sopInstanceUid, frameNumber, view: viewOf(state) });
  return panes;
}

/** Place of the active pane among {@link panesOf}. */
export function activeIndex({ activePane, layout, otherPanes }: ImagingViewState): number {
  return Math.min(activePane, imagingLayouts[layout] - 1, otherPanes.length);
}

/** The view as a pane shows it; `frame` tells how an image asks to be shown that nobody changed yet. */
export function stateOfPane(
  state: ImagingViewState,
  index: number,
  frame: DisplayFrame | undefined,
): ImagingViewState | null {
  const pane = panesOf(state)[index];
  if (!pane) return null;
  if (index === activeIndex(state)) return state;
  const { view, ...place } = pane;
  if (!view && !frame) return null;
  return { ...state, ...place, ...(view ?? viewOf(openingState(pane, frame!))), magnifier: null };
}

/**
 * Makes another pane the active one. What it shows becomes the view's own picture.
 * @param frame of that pane, when it is there.
 */
export function activatePane(
  state: ImagingViewState,
  index: number,
  frame: DisplayFrame | undefined,
): ImagingViewState {
  if (index === activeIndex(state)) return state;
  const own = stateOfPane(state, index, frame);
  if (!own) return state;
  const otherPanes = panesOf(state);
  otherPanes.splice(index, 1);
  return { ...own, activePane: index, otherPanes, cineFramesPerSecond: null, magnifier: null };
}

/**
 * Another layout. Panes that stay keep what they show; new ones take from `candidates` what is not shown yet, else the
 * first again. The active pane always stays.
 */
export function changeLayout(
  state: ImagingViewState,
  layout: ImagingLayout,
  candidates: readonly FrameAddress[],
): ImagingViewState {
  const wanted = imagingLayouts[layout] - 1;
  const others = state.otherPanes.slice(0, wanted);
  const shown = new Set([state, ...others].map(({ seriesInstanceUid }) => seriesInstanceUid));
  const fresh = candidates.filter(({ seriesInstanceUid }) => !shown.has(seriesInstanceUid));
  while (others.length < wanted) {
    const next = fresh.shift() ?? candidates[0];
    if (!next) break;
    const { seriesInstanceUid, sopInstanceUid, frameNumber } = next;
    others.push({ seriesInstanceUid, sopInstanceUid, frameNumber, view: null });
  }
  const activePane = Math.min(state.activePane, others.length);
  return { ...state, layout, activePane, otherPanes: others, reformat: null };
}

/** The next layout, the first after the last. */
export function nextLayout(layout: ImagingLayout): ImagingLayout {
  const layouts = Object.keys(imagingLayouts) as ImagingLayout[];
  return layouts[(layouts.indexOf(layout) + 1) % layouts.length]!;
}

/** Takes over another picture and leaves everything that is not one pane's. */
export function withPicture(state: ImagingViewState, picture: ImagingViewState): ImagingViewState {
  const { seriesInstanceUid, sopInstanceUid, frameNumber } = picture;
  return {
    ...state,
    ...viewOf(picture),
    seriesInstanceUid,
    sopInstanceUid,
    frameNumber,
    magnifier: null,
    cineFramesPerSecond: null,
    reformat: null,
  };
}
