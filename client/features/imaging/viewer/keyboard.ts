import type { ImagingViewState } from '../../../../shared/contracts/viewing.ts';
import { panBy, zoomBy, type ScreenSize } from './geometry.ts';
import type { DisplayFrame } from '../../../../shared/dicom/pixels/display-frame.ts';
import type { FrameAddress } from './series-frames.ts';
import { DRAG_TOOLS, MEASURING_TOOLS, TOOL_KEYS, type Tool } from './tools.ts';
import { actualSize, fit, flip, goToFrame, imageSizeOf, resetView, rotate, scrollFrames } from './viewer-state.ts';
import { dragWindow, smallestWindowStep, windowPresets } from './window-level.ts';

/** What a key asks for: a new state, or something that is not part of the shared state. */
export type KeyCommand =
  | { kind: 'change'; next: (state: ImagingViewState) => ImagingViewState }
  | { kind: 'tool'; tool: Tool }
  | { kind: 'series'; by: 1 | -1 }
  | { kind: 'crosshair'; dx: number; dy: number }
  | { kind: 'cine-speed'; by: 1 | -1 }
  | { kind: 'magnify' | 'cine' | 'next-layout' | 'next-pane' | 'reformat' | 'next-projection' | 'true-size' }
  | { kind: 'place-point' | 'give-up' | 'select-next' | 'remove' | 'undo' | 'redo' | 'list' | 'help' }
  | { kind: 'key-image' };

export interface PressedKey {
  key: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
}

export interface KeyContext {
  frame: DisplayFrame | undefined;
  frames: readonly FrameAddress[];
  screen: ScreenSize;
  tool: Tool;
  crosshairShown: boolean;
}

const PAN_STEP_PX = 40;
const WINDOW_STEP_PX = 12;
const ARROWS: Record<string, [number, number]> = {
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
};

/** The command of a key press; undefined for keys that belong to somebody else. */
export function commandOfKey(pressed: PressedKey, context: KeyContext): KeyCommand | undefined {
  const { key } = pressed;
  if ((pressed.ctrlKey || pressed.metaKey) && !pressed.altKey) {
    if (key.toLowerCase() === 'z') return { kind: pressed.shiftKey ? 'redo' : 'undo' };
    return key.toLowerCase() === 'y' ? { kind: 'redo' } : undefined;
  }
  if (pressed.altKey) return undefined;
  const arrow = ARROWS[key];
  if (arrow) return arrowCommand(arrow, pressed.shiftKey, context);
  const { frame, frames, screen } = context;
  const change = (next: (state: ImagingViewState) => ImagingViewState): KeyCommand => ({ kind: 'change', next });
  const withFrame = (next: (state: ImagingViewState, shown: DisplayFrame) => ImagingViewState) =>
    frame ? change((state) => next(state, frame)) : undefined;
  const windowBy = (dx: number, dy: number) =>
    withFrame((state, shown) => ({ ...state, ...dragWindow(state, dx, dy, smallestWindowStep(shown)) }));

  if (/^[1-9]$/.test(key)) {
    const preset = frame && windowPresets(frame)[Number(key) - 1];
    if (!preset) return undefined;
    const { windowCenter, windowWidth } = preset;
    return change((state) => ({ ...state, windowCenter, windowWidth }));
  }
  switch (key) {
    case 'PageUp':
      return change((state) => scrollFrames(state, frames, -10));
    case 'PageDown':
      return change((state) => scrollFrames(state, frames, 10));
    case 'Home':
      return change((state) => goToFrame(state, frames, 0));
    case 'End':
      return change((state) => goToFrame(state, frames, frames.length - 1));
    case '+':
    case '=':
      return withFrame((state, shown) => zoomBy(imageSizeOf(shown), screen, state, 1.2));
    case '-':
    case '_':
      return withFrame((state, shown) => zoomBy(imageSizeOf(shown), screen, state, 1 / 1.2));
    case ',':
      return windowBy(-WINDOW_STEP_PX, 0);
    case '.':
      return windowBy(WINDOW_STEP_PX, 0);
    case '<':
      return windowBy(0, -WINDOW_STEP_PX);
    case '>':
      return windowBy(0, WINDOW_STEP_PX);
    case '0':
    case 'r':
    case 'R':
      return withFrame(resetView);
    case 'i':
    case 'I':
      return change((state) => ({ ...state, invert: !state.invert }));
    case 'o':
      return change((state) => rotate(state, 1));
    case 'O':
      return change((state) => rotate(state, -1));
    case 'h':
    case 'H':
      return change((state) => flip(state, 'horizontal'));
    case 'v':
    case 'V':
      return change((state) => flip(state, 'vertical'));
    case 'f':
    case 'F':
      return withFrame(fit);
    case 'x':
    case 'X':
      if (pressed.shiftKey) return frame && { kind: 'true-size' };
      return withFrame((state, shown) => actualSize(state, shown, screen, globalThis.devicePixelRatio || 1));
    case 'g':
    case 'G':
      return frame && { kind: 'magnify' };
    case ' ':
      return frames.length > 1 ? { kind: 'cine' } : undefined;
    case '[':
      return { kind: 'cine-speed', by: -1 };
    case ']':
      return { kind: 'cine-speed', by: 1 };
    case 'n':
    case 'N':
      return { kind: 'series', by: 1 };
    case 'b':
    case 'B':
      return { kind: 'series', by: -1 };
    case 'm':
    case 'M':
      return { kind: pressed.shiftKey ? 'reformat' : 'select-next' };
    case '\\':
      return { kind: 'next-projection' };
    case 'Enter':
      return { kind: 'place-point' };
    case 'Escape':
      return { kind: 'give-up' };
    case 'Delete':
    case 'Backspace':
      return { kind: 'remove' };
    case 'y':
    case 'Y':
      return { kind: 'next-layout' };
    case 'u':
    case 'U':
      return { kind: 'next-pane' };
    case ';':
      return change((state) => ({ ...state, linked: !state.linked }));
    case "'":
      return change((state) => ({ ...state, referenceLines: !state.referenceLines }));
    case '/':
      return { kind: 'list' };
    case '*':
      return { kind: 'key-image' };
    case '?':
      return { kind: 'help' };
    default: {
      const tool = [...DRAG_TOOLS, ...MEASURING_TOOLS].find((name) => TOOL_KEYS[name] === key.toUpperCase());
      return tool && { kind: 'tool', tool };
    }
  }
}

function arrowCommand([x, y]: [number, number], shift: boolean, context: KeyContext): KeyCommand | undefined {
  if (context.crosshairShown) {
    const step = shift ? 24 : 4;
    return { kind: 'crosshair', dx: x * step, dy: y * step };
  }
  const { frame, frames, screen } = context;
  if (!shift) return { kind: 'change', next: (state) => scrollFrames(state, frames, x + y) };
  if (!frame) return undefined;
  return {
    kind: 'change',
    next: (state) => panBy(imageSizeOf(frame), screen, state, -x * PAN_STEP_PX, -y * PAN_STEP_PX),
  };
}
