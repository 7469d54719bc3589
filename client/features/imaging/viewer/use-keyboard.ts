import type { Dispatch, KeyboardEvent, SetStateAction } from 'react';
import type { ImagingViewState } from '../../../../shared/contracts/viewing.ts';
import { imageMatrix, toImage, toScreen, type ScreenSize } from './geometry.ts';
import { commandOfKey } from './keyboard.ts';
import type { DisplayFrame } from '../../../../shared/dicom/pixels/display-frame.ts';
import { beginDraft, liesOn, pressed, released, type Measurement } from './measurement.ts';
import type { FrameAddress } from './series-frames.ts';
import { isMeasuring, type Tool } from './tools.ts';
import { imageSizeOf, removeMeasurement, withoutMagnifier } from './viewer-state.ts';

export interface KeyboardInput {
  frame: DisplayFrame | undefined;
  state: ImagingViewState | null;
  frames: readonly FrameAddress[];
  screen: ScreenSize;
  tool: Tool;
  locked: boolean;
  draft: Measurement | null;
  setDraft: Dispatch<SetStateAction<Measurement | null>>;
  crosshair: { column: number; row: number } | null;
  setCrosshair(place: { column: number; row: number } | null): void;
  selectedId: string | null;
  select(id: string | null): void;
  setTool(tool: Tool): void;
  /** Where the pointer is over the picture. */
  hover: { column: number; row: number } | null;
  toggleCine(): void;
  changeCineSpeed(by: 1 | -1): void;
  toggleHelp(): void;
  toggleList(): void;
  toggleKeyImage(): void;
  toggleReformat(): void;
  trueSize(): void;
  nextProjection(): void;
  nextLayout(): void;
  nextPane(): void;
  undo(): void;
  redo(): void;
  /** A measurement was drawn to its end. */
  finish(measurement: Measurement): void;
  change(next: (state: ImagingViewState) => ImagingViewState): void;
  stepSeries(by: 1 | -1): void;
}

/** Everything that the mouse can do, by keys; measuring with a crosshair that the arrows move. */
export function handleKey(event: KeyboardEvent, input: KeyboardInput): void {
  const target = event.target as HTMLElement;
  if (target.closest('select, input, textarea')) return;
  // A button keeps its own Enter and space bar.
  if (target.closest('button') && (event.key === 'Enter' || event.key === ' ')) return;
  const { frame, state, frames, screen, tool, locked, crosshair } = input;
  const command = commandOfKey(event, { frame, frames, screen, tool, crosshairShown: crosshair !== null });
  if (!command) {
    // A digit without a window here must not mean something else on the page around.
    if (/^[1-9]$/.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) event.preventDefault();
    return;
  }
  event.preventDefault();
  if (command.kind === 'help') input.toggleHelp();
  if (command.kind === 'list') input.toggleList();
  if (command.kind === 'key-image') input.toggleKeyImage();
  if (locked) return;
  switch (command.kind) {
    case 'change':
      input.change(command.next);
      break;
    case 'tool':
      input.setTool(command.tool);
      break;
    case 'series':
      input.stepSeries(command.by);
      break;
    case 'crosshair':
      if (frame && state && crosshair) moveCrosshair(input, frame, state, crosshair, command.dx, command.dy);
      break;
    case 'next-layout':
      input.nextLayout();
      break;
    case 'next-pane':
      input.nextPane();
      break;
    case 'true-size':
      input.trueSize();
      break;
    case 'reformat':
      input.toggleReformat();
      break;
    case 'next-projection':
      input.nextProjection();
      break;
    case 'undo':
      input.undo();
      break;
    case 'redo':
      input.redo();
      break;
    case 'cine':
      input.toggleCine();
      break;
    case 'cine-speed':
      input.changeCineSpeed(command.by);
      break;
    case 'magnify': {
      const { hover } = input;
      input.change((current) => ({
        ...current,
        magnifier: hover ?? { column: current.centerColumn, row: current.centerRow },
      }));
      break;
    }
    case 'place-point':
      if (frame && state && isMeasuring(tool)) placePoint(input, frame, state, tool);
      break;
    case 'give-up':
      input.setDraft(null);
      input.setCrosshair(null);
      input.select(null);
      break;
    case 'select-next':
      if (frame && state) selectNext(input, frame, state);
      break;
    case 'remove': {
      const { selectedId } = input;
      if (selectedId) input.change((current) => removeMeasurement(current, selectedId));
      input.select(null);
      break;
    }
  }
}

/** The magnifying glass is there as long as its key is held. */
export function handleKeyUp(event: Pick<KeyboardEvent, 'key'>, input: Pick<KeyboardInput, 'locked' | 'change'>): void {
  if (!input.locked && event.key.toLowerCase() === 'g') input.change(withoutMagnifier);
}

function moveCrosshair(
  input: KeyboardInput,
  frame: DisplayFrame,
  state: ImagingViewState,
  crosshair: { column: number; row: number },
  dx: number,
  dy: number,
): void {
  const matrix = imageMatrix(imageSizeOf(frame), input.screen, state);
  const { x, y } = toScreen(matrix, crosshair.column, crosshair.row);
  const moved = toImage(matrix, x + dx, y + dy);
  const column = Math.min(frame.columns, Math.max(0, moved.column));
  const row = Math.min(frame.rows, Math.max(0, moved.row));
  input.setCrosshair({ column, row });
  input.setDraft((draft) => draft && { ...draft, points: [...draft.points.slice(0, -2), column, row] });
}

/** First press shows the crosshair, each further one sets a point. */
function placePoint(
  input: KeyboardInput,
  frame: DisplayFrame,
  state: ImagingViewState,
  type: Measurement['type'],
): void {
  const { crosshair, draft } = input;
  if (!crosshair) {
    input.setCrosshair({ column: state.centerColumn, row: state.centerRow });
    return;
  }
  const { column, row } = crosshair;
  const set = draft ? pressed(draft, column, row) : beginDraft(type, frame, column, row);
  // The first Enter of a line sets its beginning, whatever the crosshair did meanwhile.
  const left = released(set, draft !== null && set.points.length === draft.points.length);
  input.setDraft(left.kind === 'done' ? null : left.draft);
  if (left.kind !== 'done') return;
  input.setCrosshair(null);
  input.finish(left.draft);
}

function selectNext({ selectedId, select }: KeyboardInput, frame: DisplayFrame, state: ImagingViewState): void {
  const here = state.measurements.filter((measurement) => liesOn(measurement, frame));
  const at = here.findIndex(({ id }) => id === selectedId);
  select(here[(at + 1) % Math.max(1, here.length)]?.id ?? null);
}
