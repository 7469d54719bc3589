import { useEffect, useRef, type Dispatch, type RefObject, type SetStateAction } from 'react';
import type { ImagingViewState, ViewPointer } from '../../../../shared/contracts/viewing.ts';
import { imageMatrix, panBy, toImage, toScreen, zoomBy, type Point, type ScreenSize } from './geometry.ts';
import type { DisplayFrame } from '../../../../shared/dicom/pixels/display-frame.ts';
import { pairs } from '../../../../shared/dicom/measured-values.ts';
import { beginDraft, liesOn, pressed, released, withLastPoint, type Measurement } from './measurement.ts';
import { listenToGestures, type DragButton, type GestureHandlers } from './pointer-gestures.ts';
import type { FrameAddress } from './series-frames.ts';
import { isMeasuring, type Tool } from './tools.ts';
import { imageSizeOf, moveMeasurementPoint, scrollFrames, withoutMagnifier } from './viewer-state.ts';
import { dragWindow, smallestWindowStep } from './window-level.ts';

export interface GestureInput {
  /** What is drawn; nothing can be done to a picture that is not there. */
  frame: DisplayFrame | undefined;
  state: ImagingViewState | null;
  frames: readonly FrameAddress[];
  screen: ScreenSize;
  tool: Tool;
  /** Somebody else leads: only pointing is left. */
  locked: boolean;
  change(next: (state: ImagingViewState) => ImagingViewState): void;
  onPointer(pointer: ViewPointer): void;
  onHover(place: { column: number; row: number } | null): void;
  select(id: string | null): void;
  /** The measurement being drawn. */
  draft: Measurement | null;
  setDraft: Dispatch<SetStateAction<Measurement | null>>;
  /** A measurement was drawn to its end. */
  finish(measurement: Measurement): void;
}

type Action =
  | { kind: 'window'; state: ImagingViewState }
  | { kind: 'scroll'; state: ImagingViewState }
  | { kind: 'pan'; state: ImagingViewState }
  | { kind: 'zoom'; state: ImagingViewState }
  | { kind: 'magnify' }
  | { kind: 'draw' }
  | { kind: 'move-point'; id: string; pointIndex: number };

const GRAB_PX = 12;
const GRAB_TOUCH_PX = 24;

/** Mouse, pen and fingers on the picture. */
export function useViewportGestures(element: RefObject<HTMLElement | null>, input: GestureInput): void {
  const latest = useRef({ input });
  useEffect(() => {
    latest.current = { input };
  });
  const action = useRef<Action | null>(null);

  useEffect(() => {
    const target = element.current;
    if (!target) return undefined;
    const placeOf = ({ x, y }: Point): { column: number; row: number } | null => {
      const { frame, state, screen } = latest.current.input;
      return frame && state ? toImage(imageMatrix(imageSizeOf(frame), screen, state), x, y) : null;
    };
    const begin = (at: Point, button: DragButton, touch: boolean): Action | null => {
      const { frame, state, screen, tool, locked, select } = latest.current.input;
      if (!frame || !state || locked) return null;
      if (button === 1) return { kind: 'pan', state };
      if (button === 2) return { kind: 'zoom', state };
      const grabbed = latest.current.input.draft
        ? null
        : grabPoint(at, touch ? GRAB_TOUCH_PX : GRAB_PX, frame, state, screen);
      select(grabbed?.id ?? null);
      if (grabbed) return { kind: 'move-point', ...grabbed };
      if (tool === 'magnifier') return { kind: 'magnify' };
      if (!isMeasuring(tool)) return { kind: tool, state };
      return { kind: 'draw' };
    };
    const handlers: GestureHandlers = {
      onDragStart(at, button, touch) {
        const begun = begin(at, button, touch);
        action.current = begun;
        const { frame, tool, setDraft, change } = latest.current.input;
        if (begun?.kind === 'magnify') change((state) => ({ ...state, magnifier: placeOf(at) }));
        if (begun?.kind === 'draw' && frame && isMeasuring(tool)) {
          const { column, row } = placeOf(at)!;
          setDraft((drawn) => (drawn ? pressed(drawn, column, row) : beginDraft(tool, frame, column, row)));
        }
        return begun !== null;
      },
      onDrag(at, start) {
        const { frame, frames, screen, change, setDraft } = latest.current.input;
        const current = action.current;
        if (!current || !frame) return;
        const dx = at.x - start.x;
        const dy = at.y - start.y;
        if (current.kind === 'window') {
          const window = dragWindow(current.state, dx, dy, smallestWindowStep(frame));
          change((state) => ({ ...state, ...window }));
        } else if (current.kind === 'pan') {
          const { centerColumn, centerRow } = panBy(imageSizeOf(frame), screen, current.state, dx, dy);
          change((state) => ({ ...state, centerColumn, centerRow }));
        } else if (current.kind === 'zoom') {
          const moved = zoomBy(imageSizeOf(frame), screen, current.state, Math.exp(-dy / 150), start);
          const { zoom, centerColumn, centerRow } = moved;
          change((state) => ({ ...state, zoom, centerColumn, centerRow }));
        } else if (current.kind === 'scroll') {
          const perFrame = Math.min(12, Math.max(2, (screen.height * 0.8) / Math.max(1, frames.length)));
          change((state) => ({
            ...state,
            ...placeInStack(scrollFrames(current.state, frames, Math.round(dy / perFrame))),
          }));
        } else if (current.kind !== 'magnify') {
          const place = placeOf(at)!;
          if (current.kind === 'draw') setDraft((drawn) => drawn && withLastPoint(drawn, place.column, place.row));
          else change((state) => moveMeasurementPoint(state, current.id, current.pointIndex, place.column, place.row));
        }
      },
      onDragEnd(_at, moved) {
        const current = action.current;
        action.current = null;
        const { draft: drawn, setDraft, change } = latest.current.input;
        if (current?.kind === 'magnify') change(withoutMagnifier);
        if (current?.kind !== 'draw' || !drawn) return;
        const left = released(drawn, moved);
        setDraft(left.kind === 'done' ? null : left.draft);
        if (left.kind === 'done') latest.current.input.finish(left.draft);
      },
      onPinch(dx, dy, factor, middle) {
        const { frame, screen, locked, change } = latest.current.input;
        if (!frame || locked) return;
        const image = imageSizeOf(frame);
        change((state) => panBy(image, screen, zoomBy(image, screen, state, factor, middle), dx, dy));
      },
      onHover(at) {
        const { frame, state: shown, locked, change, onPointer, onHover, setDraft } = latest.current.input;
        const place = at && placeOf(at);
        onHover(place);
        if (!place || !frame) {
          onPointer({ kind: 'none' });
          return;
        }
        onPointer({ kind: 'imaging', sopInstanceUid: frame.sopInstanceUid, ...place });
        if (shown?.magnifier && !locked) change((state) => (state.magnifier ? { ...state, magnifier: place } : state));
        if (!action.current) setDraft((drawn) => drawn && withLastPoint(drawn, place.column, place.row));
      },
      onWheel(notches, at, zoomKey) {
        const { frame, frames, screen, locked, change } = latest.current.input;
        if (locked) return;
        if (zoomKey && frame) change((state) => zoomBy(imageSizeOf(frame), screen, state, 1.15 ** -notches, at));
        else change((state) => scrollFrames(state, frames, notches));
      },
    };
    return listenToGestures(target, () => handlers);
  }, [element]);
}

function placeInStack({ sopInstanceUid, frameNumber }: ImagingViewState) {
  return { sopInstanceUid, frameNumber };
}

/** The end of a measurement on this picture that lies nearest to the pointer, within reach. */
function grabPoint(
  at: Point,
  reach: number,
  frame: DisplayFrame,
  state: ImagingViewState,
  screen: ScreenSize,
): { id: string; pointIndex: number } | null {
  const matrix = imageMatrix(imageSizeOf(frame), screen, state);
  let best: { id: string; pointIndex: number; distance: number } | null = null;
  for (const measurement of state.measurements) {
    const { id, points } = measurement;
    if (!liesOn(measurement, frame)) continue;
    pairs(points).forEach(({ column, row }, pointIndex) => {
      const { x, y } = toScreen(matrix, column, row);
      const distance = Math.hypot(x - at.x, y - at.y);
      if (distance <= reach && (!best || distance < best.distance)) best = { id, pointIndex, distance };
    });
  }
  return best && { id: (best as { id: string }).id, pointIndex: (best as { pointIndex: number }).pointIndex };
}
