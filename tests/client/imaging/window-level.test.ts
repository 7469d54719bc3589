/** @jest-environment node */
import { describe, expect, test } from '@jest/globals';
import type { DisplayFrame, GreyPixels } from '../../../shared/dicom/pixels/display-frame.ts';
import { colourTable, defaultWindow, greyTable, windowedGrey } from '../../../shared/dicom/pixels/window-level.ts';
import { dragWindow, windowPresets } from '../../../client/features/imaging/viewer/window-level.ts';

const pixels: GreyPixels = {
  kind: 'grey',
  values: Uint16Array.from([0, 4095]),
  minimum: 0,
  maximum: 4095,
  slope: 1,
  intercept: -1024,
  lowIsBright: false,
  autoWindow: { center: 100, width: 300 },
};
const description: DisplayFrame['description'] = {
  modality: 'CT',
  unit: 'HU',
  windows: [{ center: 35, width: 90, explanation: 'HEAD' }],
  voiLut: undefined,
  voiFunction: 'LINEAR',
  spacing: undefined,
  pixelAspect: 1,
  orientation: undefined,
  patientOrientation: undefined,
  position: undefined,
  frameOfReferenceUid: undefined,
  instanceNumber: 1,
  sliceLocationMm: undefined,
  lossy: false,
  isLocalizer: false,
  pixelPadding: undefined,
};
const frame: DisplayFrame = {
  sopInstanceUid: '1.2',
  frameNumber: 1,
  rows: 1,
  columns: 2,
  frames: 1,
  pixels,
  description,
};

describe('the grey of a value, PS3.3 C.11.2.1.2', () => {
  const window = { windowCenter: 2048, windowWidth: 4096 };

  test('LINEAR maps the standard’s example: 0 to black, 4095 to white', () => {
    expect(windowedGrey(0, window, 'LINEAR')).toBe(0);
    expect(windowedGrey(4095, window, 'LINEAR')).toBe(255);
    expect(windowedGrey(2047.5, window, 'LINEAR')).toBeCloseTo(127.5);
  });

  test('LINEAR with width 1 is a threshold at the centre', () => {
    const threshold = { windowCenter: 100, windowWidth: 1 };
    expect(windowedGrey(99.4, threshold, 'LINEAR')).toBe(0);
    expect(windowedGrey(100.6, threshold, 'LINEAR')).toBe(255);
  });

  test('LINEAR_EXACT keeps the centre in the middle', () => {
    expect(windowedGrey(2048, window, 'LINEAR_EXACT')).toBeCloseTo(127.5);
    expect(windowedGrey(0, window, 'LINEAR_EXACT')).toBe(0);
  });

  test('SIGMOID is half at the centre and never quite reaches the ends', () => {
    expect(windowedGrey(2048, window, 'SIGMOID')).toBeCloseTo(127.5);
    expect(windowedGrey(4096, window, 'SIGMOID')).toBeCloseTo(255 / (1 + Math.exp(-2)));
  });
});

describe('the table from stored value to grey', () => {
  test('counts the rescale in: stored 1024 is 0 HU', () => {
    const table = greyTable(pixels, description, { windowCenter: 0.5, windowWidth: 2 }, false);
    expect([table[1023], table[1024], table[1025]]).toEqual([0, 128, 255]);
  });

  test('turns MONOCHROME1 over, and back again when the reader inverts', () => {
    const window = { windowCenter: 1024, windowWidth: 2048 };
    const upright = greyTable(pixels, description, window, false);
    const lowIsBright = { ...pixels, lowIsBright: true };
    expect(greyTable(lowIsBright, description, window, true)).toEqual(upright);
    expect(greyTable(lowIsBright, description, window, false)[0]).toBe(255);
  });

  test('begins at the lowest value when that is negative', () => {
    const signed: GreyPixels = { ...pixels, minimum: -100, maximum: 100, intercept: 0 };
    const table = greyTable(signed, description, { windowCenter: 0, windowWidth: 2 }, false);
    expect(table).toHaveLength(201);
    expect([table[0], table[200]]).toEqual([0, 255]);
  });

  test('applies a VOI LUT while its own window stands, and a line as soon as it is changed', () => {
    const voiLut = { firstMapped: 0, bits: 8, entries: Uint16Array.from([0, 200, 10, 255]) };
    const own: GreyPixels = { ...pixels, intercept: 0, maximum: 3 };
    const withLut = { ...frame, pixels: own, description: { ...description, voiLut } };
    const window = defaultWindow(withLut);
    expect(window).toEqual({ windowCenter: 2, windowWidth: 4 });
    expect([...greyTable(own, withLut.description, window, false)]).toEqual([0, 200, 10, 255]);
    const changed = greyTable(own, withLut.description, { ...window, windowWidth: 5 }, false);
    expect([...changed]).toEqual([...changed].sort((one, other) => one - other));
  });

  test('leaves colours as they are in their own window', () => {
    expect([...colourTable({ windowCenter: 128, windowWidth: 256 }, false)]).toEqual([...Array(256).keys()]);
    expect(colourTable({ windowCenter: 128, windowWidth: 256 }, true)[0]).toBe(255);
  });
});

describe('windows by key and by drag', () => {
  test('CT has its tissues from head to foot on 1 to 8, the automatic window on 9, and the file’s own in the list', () => {
    const presets = windowPresets(frame);
    expect(presets.slice(0, 9).map(({ name }) => name)).toEqual([
      'brain',
      'stroke',
      'subdural',
      'lung',
      'mediastinum',
      'abdomen',
      'liver',
      'bone',
      'auto',
    ]);
    expect(presets.some(({ windowCenter, windowWidth }) => windowCenter === 35 && windowWidth === 90)).toBe(true);
  });

  test('a radiograph has the automatic window first', () => {
    const radiograph = { ...frame, description: { ...description, modality: 'DX', unit: '' } };
    expect(windowPresets(radiograph)[0]).toMatchObject({ name: 'auto', windowCenter: 100, windowWidth: 300 });
  });

  test('an image opens in its own window, and without one in the automatic', () => {
    expect(defaultWindow(frame)).toEqual({ windowCenter: 35, windowWidth: 90 });
    expect(defaultWindow({ ...frame, description: { ...description, windows: [] } })).toEqual({
      windowCenter: 100,
      windowWidth: 300,
    });
  });

  test('a drag to the right widens, a drag down raises the centre, and no drag makes the width vanish', () => {
    const start = { windowCenter: 40, windowWidth: 400 };
    expect(dragWindow(start, 10, 20, 1)).toEqual({ windowCenter: 60, windowWidth: 410 });
    expect(dragWindow(start, -5000, 0, 1).windowWidth).toBe(1);
  });
});
