/** @jest-environment node */
import { describe, expect, test } from '@jest/globals';
import { commandOfKey, type KeyContext } from '../../../client/features/imaging/viewer/keyboard.ts';
import type { DisplayFrame } from '../../../shared/dicom/pixels/display-frame.ts';
import { framesOf } from '../../../client/features/imaging/viewer/series-frames.ts';
import { cineSpeedBy, nextOfLoop } from '../../../client/features/imaging/viewer/cine.ts';
import { imageMatrix, toScreen } from '../../../client/features/imaging/viewer/geometry.ts';
import { imageSizeOf, openingState } from '../../../client/features/imaging/viewer/viewer-state.ts';
import type { ImagingViewState } from '../../../shared/contracts/viewing.ts';

const frames = framesOf({
  studyInstanceUid: '1.1',
  seriesInstanceUid: '1.2',
  modality: 'CT',
  instances: Array.from({ length: 30 }, (_, index) => ({ sopInstanceUid: `1.3.${index}`, instanceNumber: index })),
});
const frame: DisplayFrame = {
  sopInstanceUid: '1.3.15',
  frameNumber: 1,
  rows: 100,
  columns: 200,
  frames: 1,
  pixels: {
    kind: 'grey',
    values: new Uint16Array(20_000),
    minimum: 0,
    maximum: 4095,
    slope: 1,
    intercept: -1024,
    lowIsBright: false,
    autoWindow: { center: 0, width: 100 },
  },
  description: {
    modality: 'CT',
    unit: 'HU',
    windows: [],
    voiLut: undefined,
    voiFunction: 'LINEAR',
    spacing: undefined,
    pixelAspect: 1,
    orientation: undefined,
    patientOrientation: undefined,
    position: undefined,
    frameOfReferenceUid: undefined,
    instanceNumber: 15,
    sliceLocationMm: undefined,
    lossy: false,
    isLocalizer: false,
    pixelPadding: undefined,
  },
};
const start = openingState(frames[15]!, frame);
const context: KeyContext = {
  frame,
  frames,
  screen: { width: 400, height: 400 },
  tool: 'window',
  crosshairShown: false,
};
const press = (
  key: string,
  modifiers: { shiftKey?: boolean; ctrlKey?: boolean } = {},
  over: Partial<KeyContext> = {},
) =>
  commandOfKey(
    { key, shiftKey: false, ctrlKey: false, altKey: false, metaKey: false, ...modifiers },
    { ...context, ...over },
  );
const after = (
  key: string,
  modifiers: { shiftKey?: boolean } = {},
  from: ImagingViewState = start,
): ImagingViewState => {
  const command = press(key, modifiers);
  if (command?.kind !== 'change') throw new Error(`${key} changes nothing`);
  return command.next(from);
};

describe('keys of the image viewer', () => {
  test('three planes, their slabs and true size have keys of their own', () => {
    expect(press('M', { shiftKey: true })).toEqual({ kind: 'reformat' });
    expect(press('m')).toEqual({ kind: 'select-next' });
    expect(press('\\')).toEqual({ kind: 'next-projection' });
    expect(press(']')).toEqual({ kind: 'cine-speed', by: 1 });
    expect(press('X', { shiftKey: true })).toEqual({ kind: 'true-size' });
    expect(press('x')).toMatchObject({ kind: 'change' });
  });

  test.each([
    ['ArrowDown', '1.3.16'],
    ['ArrowUp', '1.3.14'],
    ['PageDown', '1.3.25'],
    ['PageUp', '1.3.5'],
    ['Home', '1.3.0'],
    ['End', '1.3.29'],
  ])('%s goes to another image', (key, sopInstanceUid) => {
    expect(after(key)).toMatchObject({ sopInstanceUid });
  });

  test('the stack has two ends', () => {
    const last = after('End');
    expect(after('ArrowDown', {}, last)).toBe(last);
    expect(after('PageDown', {}, last)).toBe(last);
  });

  test('4 is the lung window, I inverts, O turns, R puts all of it back and keeps the image', () => {
    const changed = after('o', {}, after('i', {}, after('4', {}, after('+'))));
    expect(changed).toMatchObject({ windowCenter: -600, windowWidth: 1500, invert: true, rotationDegrees: 90 });
    expect(changed.zoom).toBeCloseTo(1.2);
    expect(after('r', {}, changed)).toEqual(start);
    expect(after('0', {}, changed)).toEqual(start);
  });

  test('H and V mirror what is seen, however it is turned', () => {
    expect(after('h')).toMatchObject({ mirrored: true, rotationDegrees: 0 });
    expect(after('v')).toMatchObject({ mirrored: true, rotationDegrees: 180 });
    const turned = after('o');
    expect(after('h', {}, turned)).toMatchObject({ mirrored: true, rotationDegrees: 270 });
    expect(after('v', {}, turned)).toMatchObject({ mirrored: true, rotationDegrees: 90 });
    for (const key of ['h', 'v']) expect(after(key, {}, after(key, {}, turned))).toEqual(turned);
    const shown = (state: ImagingViewState) => {
      const { x, y } = toScreen(imageMatrix(imageSizeOf(frame), context.screen, state), 30, 40);
      return [Math.round(x), Math.round(y)];
    };
    const [x, y] = shown(turned) as [number, number];
    expect(shown(after('h', {}, turned))).toEqual([400 - x, y]);
    expect(shown(after('v', {}, turned))).toEqual([x, 400 - y]);
  });

  test('F shows the whole image as it is turned, X one image pixel on one of the screen', () => {
    const moved = after('o', {}, after('ArrowLeft', { shiftKey: true }, after('+')));
    expect(after('f', {}, moved)).toMatchObject({ zoom: 1, centerColumn: 100, centerRow: 50, rotationDegrees: 90 });
    expect(after('x').zoom).toBeCloseTo(0.5);
  });

  test('the space bar plays a stack, never a single image; brackets change the speed; G holds the glass', () => {
    expect(press(' ')).toEqual({ kind: 'cine' });
    expect(press(' ', {}, { frames: frames.slice(0, 1) })).toBe(undefined);
    expect(press(']')).toEqual({ kind: 'cine-speed', by: 1 });
    expect(press('g')).toEqual({ kind: 'magnify' });
  });

  test('Shift and an arrow moves the picture', () => {
    const zoomed = after('+', {}, after('+'));
    expect(after('ArrowLeft', { shiftKey: true }, zoomed).centerColumn).not.toBe(zoomed.centerColumn);
  });

  test('with the crosshair shown the arrows move it', () => {
    expect(press('ArrowLeft', {}, { crosshairShown: true })).toEqual({ kind: 'crosshair', dx: -4, dy: 0 });
  });

  test('letters choose tools, and the browser keeps its own combinations', () => {
    expect(press('l')).toEqual({ kind: 'tool', tool: 'length' });
    expect(press('A')).toEqual({ kind: 'tool', tool: 'angle' });
    expect(press('r', { ctrlKey: true })).toBe(undefined);
    expect(press('z', { ctrlKey: true })).toEqual({ kind: 'undo' });
    expect(press('Z', { ctrlKey: true, shiftKey: true })).toEqual({ kind: 'redo' });
    expect(press('F5')).toBe(undefined);
  });
});

describe('cine', () => {
  test('goes round, and its speed has two ends', () => {
    expect(nextOfLoop(start, frames)).toMatchObject({ sopInstanceUid: '1.3.16' });
    expect(nextOfLoop(after('End'), frames)).toMatchObject({ sopInstanceUid: '1.3.0' });
    expect([cineSpeedBy(10, 1), cineSpeedBy(10, -1), cineSpeedBy(1, -1), cineSpeedBy(60, 1)]).toEqual([12, 8, 1, 60]);
  });
});
