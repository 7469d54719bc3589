/** @jest-environment node */
import { describe, expect, test } from '@jest/globals';
import { measureAngle, measureLength, scaleBarLength } from '../../../client/features/imaging/viewer/measurement.ts';
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
