/** @jest-environment node */
import { describe, expect, test } from '@jest/globals';
import {
  beginDraft,
  liesOn,
  pressed,
  released,
  scaleBarLength,
  withLastPoint,
} from '../../../client/features/imaging/viewer/measurement.ts';
import { NO_HISTORY, redo, remember, undo } from '../../../client/features/imaging/viewer/measurement-history.ts';
import {
  measureAngle,
  measureCardiothoracicRatio,
  measureCobb,
  measureLength,
} from '../../../shared/dicom/measured-values.ts';
import { regionStatistics } from '../../../shared/dicom/region-statistics.ts';
import type { DisplayFrame } from '../../../shared/dicom/pixels/display-frame.ts';
import { directionLetters, edgeLetters } from '../../../client/features/imaging/viewer/orientation.ts';

describe('lengths and angles', () => {
  test('a length uses row and column spacing, PS3.3 10.7.1.3', () => {
    const spacing = { rowMm: 0.5, columnMm: 2, plane: 'patient' } as const;
    expect(measureLength([0, 0, 3, 16], spacing)).toEqual({ value: 10, unit: 'mm', calibration: 'patient' });
  });

  test('without calibration a length is in pixels and says so', () => {
    expect(measureLength([0, 0, 3, 4], undefined)).toEqual({ value: 5, unit: 'px', calibration: 'none' });
  });

  test('a length at the detector says so', () => {
    const spacing = { rowMm: 0.15, columnMm: 0.15, plane: 'detector' } as const;
    expect(measureLength([0, 0, 100, 0], spacing)).toMatchObject({ unit: 'mm', calibration: 'detector' });
  });

  test('an angle is taken at its second point and knows the shape of pixels', () => {
    expect(measureAngle([10, 0, 0, 0, 0, 10], 1)).toBeCloseTo(90);
    expect(measureAngle([10, 0, 0, 0, -10, 0], 1)).toBeCloseTo(180);
    expect(measureAngle([10, 0, 0, 0, 10, 5], 2)).toBeCloseTo(45);
  });

  test('a Cobb angle is the same whichever end of a line was drawn first, and may pass 90 degrees', () => {
    const [upper, lower] = [
      [0, 0, 100, 20],
      [0, 100, 100, 60],
    ] as const;
    const turned = ([a, b, c, d]: readonly [number, number, number, number]) => [c, d, a, b];
    const degrees = (Math.atan2(20, 100) * 180) / Math.PI + (Math.atan2(40, 100) * 180) / Math.PI;
    expect(measureCobb([...upper, ...lower], 1)).toBeCloseTo(degrees);
    expect(measureCobb([...turned(upper), ...lower], 1)).toBeCloseTo(degrees);
    expect(measureCobb([...upper, ...turned(lower)], 1)).toBeCloseTo(degrees);
    expect(measureCobb([0, 0, 50, 70, 0, 200, 50, 130], 1)).toBeCloseTo((2 * Math.atan2(70, 50) * 180) / Math.PI);
    expect(measureCobb([0, 0, 100, 0, 0, 50, 100, 50], 1)).toBeCloseTo(0);
  });

  test('the cardiothoracic ratio is the heart on both sides over the thorax, without calibration', () => {
    expect(measureCardiothoracicRatio([50, 10, 40, 10, 50, 12, 80, 12, 10, 20, 90, 20], 1)).toBeCloseTo(0.5);
  });

  test('the scale bar has a round length that fits', () => {
    expect(scaleBarLength(2, 150)).toBe(50);
    expect(scaleBarLength(1000, 50)).toBe(undefined);
  });
});

describe('orientation letters, PS3.3 C.7.6.1.1.1', () => {
  const axial = { orientation: [1, 0, 0, 0, 1, 0], patientOrientation: undefined };

  test('an axial slice has the patient’s left on the right and the front on top', () => {
    expect(edgeLetters(axial, 0, false)).toEqual({ top: 'A', right: 'L', bottom: 'P', left: 'R' });
  });

  test('they turn with the picture', () => {
    expect(edgeLetters(axial, 90, false)).toEqual({ top: 'R', right: 'A', bottom: 'L', left: 'P' });
    expect(edgeLetters(axial, 180, false)).toEqual({ top: 'P', right: 'R', bottom: 'A', left: 'L' });
  });

  test('they change sides with the picture, before it is turned', () => {
    expect(edgeLetters(axial, 0, true)).toEqual({ top: 'A', right: 'R', bottom: 'P', left: 'L' });
    expect(edgeLetters(axial, 90, true)).toEqual({ top: 'L', right: 'A', bottom: 'R', left: 'P' });
  });

  test('a radiograph takes them from Patient Orientation', () => {
    const radiograph = { orientation: undefined, patientOrientation: ['L', 'F'] as [string, string] };
    expect(edgeLetters(radiograph, 0, false)).toEqual({ top: 'H', right: 'L', bottom: 'F', left: 'R' });
    expect(edgeLetters({ orientation: undefined, patientOrientation: undefined }, 0, false)).toBe(undefined);
  });

  test('an oblique direction has two letters, the stronger first', () => {
    expect(directionLetters(0.8, 0.6, 0)).toBe('LP');
    expect(directionLetters(-0.6, 0, -0.8)).toBe('FR');
    expect(directionLetters(0.99, 0.1, 0.1)).toBe('L');
  });
});

describe('what lies inside a region', () => {
  const frameOf = (values: readonly number[], columns: number, description = {}): DisplayFrame => ({
    sopInstanceUid: '1.2',
    frameNumber: 1,
    rows: values.length / columns,
    columns,
    frames: 1,
    pixels: {
      kind: 'grey',
      values: Uint16Array.from(values),
      minimum: 0,
      maximum: 4095,
      slope: 2,
      intercept: -1024,
      lowIsBright: false,
      autoWindow: { center: 0, width: 1 },
    },
    description: {
      modality: 'CT',
      unit: 'HU',
      windows: [],
      voiLut: undefined,
      voiFunction: 'LINEAR',
      spacing: { rowMm: 0.5, columnMm: 2, plane: 'patient' },
      pixelAspect: 0.25,
      orientation: undefined,
      patientOrientation: undefined,
      position: undefined,
      frameOfReferenceUid: undefined,
      instanceNumber: 1,
      sliceLocationMm: undefined,
      lossy: false,
      isLocalizer: false,
      pixelPadding: undefined,
      ...description,
    },
  });
  const count = Array.from({ length: 100 }, (_, index) => 1000 + index);

  test('a rectangle takes the stored values of the pixels whose middle it holds, rescaled', () => {
    const found = regionStatistics('rectangle', [3, 1, 1, 3], frameOf(count, 10));
    // Pixels 11, 12, 21 and 22 of ten by ten.
    expect(found).toMatchObject({ pixels: 4, area: 4, areaUnit: 'mm²', calibration: 'patient' });
    expect(found.values).toMatchObject({ mean: 1009, minimum: 998, maximum: 1020 });
    expect(found.values!.deviation).toBeCloseTo(2 * Math.sqrt((5.5 ** 2 * 2 + 4.5 ** 2 * 2) / 4));
  });

  test('an ellipse holds what its formula holds, and its area is its own', () => {
    const points = [0.7, 1.2, 9.1, 8.6];
    const inside = count.filter((_, index) => {
      const [column, row] = [(index % 10) + 0.5, Math.floor(index / 10) + 0.5];
      return ((column - 4.9) / 4.2) ** 2 + ((row - 4.9) / 3.7) ** 2 <= 1;
    });
    const found = regionStatistics('ellipse', points, frameOf(count, 10));
    expect(found.pixels).toBe(inside.length);
    expect(found.area).toBeCloseTo(Math.PI * 4.2 * 3.7);
    expect(found.values!.mean).toBeCloseTo((2 * inside.reduce((sum, one) => sum + one, 0)) / inside.length - 1024);
  });

  test('padding and what lies outside the image count for nothing; uncalibrated areas are in pixels', () => {
    const padded = frameOf([5, 5, 2000, 2000], 2, { pixelPadding: 5, spacing: undefined });
    expect(regionStatistics('rectangle', [-10, -10, 10, 10], padded)).toEqual({
      pixels: 2,
      area: 400,
      areaUnit: 'px²',
      calibration: 'none',
      values: { mean: 2976, deviation: 0, minimum: 2976, maximum: 2976 },
    });
    expect(regionStatistics('ellipse', [0, 0, 0, 0], padded).values).toBe(null);
  });

  test('large values keep their small spread', () => {
    const far = frameOf(
      Array.from({ length: 10_000 }, (_, index) => 60_000 + (index % 2)),
      100,
    );
    expect(regionStatistics('rectangle', [0, 0, 100, 100], far).values!.deviation).toBeCloseTo(1, 9);
  });
});

describe('drawing', () => {
  const frame = { sopInstanceUid: '1.2', frameNumber: 3 } as DisplayFrame;

  test('two clicks or one drag make a length', () => {
    const first = beginDraft('length', frame, 1, 2);
    expect(released(first, false).kind).toBe('wait');
    expect(released(withLastPoint(first, 9, 9), true)).toMatchObject({ kind: 'done' });
    expect(released(pressed(first, 9, 9), false)).toMatchObject({ kind: 'done', draft: { points: [1, 2, 9, 9] } });
  });

  test('each line of a Cobb angle has its own beginning', () => {
    const first = released(withLastPoint(beginDraft('cobb', frame, 0, 0), 10, 0), true);
    expect(first.kind).toBe('next');
    const second = withLastPoint(pressed(withLastPoint(first.draft, 3, 40), 5, 50), 15, 50);
    expect(released(second, true)).toEqual({
      kind: 'done',
      draft: { ...second, points: [0, 0, 10, 0, 5, 50, 15, 50] },
    });
  });

  test('a probe needs one point, and stays on its frame', () => {
    const probe = beginDraft('probe', frame, 4, 5);
    expect(released(probe, false)).toEqual({ kind: 'done', draft: probe });
    expect([liesOn(probe, frame), liesOn(probe, { ...frame, frameNumber: 4 })]).toEqual([true, false]);
    const earlier = { id: 'a', type: 'length', sopInstanceUid: '1.2', points: [1, 2, 3, 4] } as const;
    expect(liesOn({ ...earlier, points: [...earlier.points] }, frame)).toBe(true);
  });
});

describe('undo and redo', () => {
  const at = (id: string, column = 0) =>
    ({ id, type: 'probe', sopInstanceUid: '1.2', points: [column, 0] }) as const satisfies object;
  const list = (...those: ReturnType<typeof at>[]) => those.map((one) => ({ ...one, points: [...one.points] }));

  test('go back step by step and forth again; a new step forgets what was taken back', () => {
    const [none, one, two] = [list(), list(at('a')), list(at('a'), at('b'))];
    const kept = remember(remember(NO_HISTORY, none, one, 0), one, two, 1);
    const back = undo(kept, two)!;
    expect(back.measurements).toBe(one);
    expect(undo(back.history, one)!.measurements).toBe(none);
    expect(redo(back.history, one)!.measurements).toBe(two);
    expect(redo(remember(back.history, one, none, 2), none)).toBe(null);
    expect(undo(NO_HISTORY, none)).toBe(null);
  });

  test('moving a point about is one step, as long as it goes on', () => {
    const before = list(at('a'));
    let now = before;
    let kept = NO_HISTORY;
    for (let step = 1; step <= 30; step++) {
      const moved = list(at('a', step));
      kept = remember(kept, now, moved, step * 40);
      now = moved;
    }
    expect(undo(kept, now)!.measurements).toBe(before);
    expect(remember(kept, now, list(at('a', 99)), 9000).past).toHaveLength(2);
  });
});
