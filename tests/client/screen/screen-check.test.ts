/** @jest-environment node */
import { describe, expect, test } from '@jest/globals';
import { shortcomingOf, type Display } from '../../../client/features/screen/display-fitness.ts';
import { PATTERN_STEPS, testPattern, type PatternPatch } from '../../../client/features/screen/test-pattern.ts';

const display = (width: number, height: number, inches?: number, devicePixelRatio = 1): Display => ({
  width,
  height,
  devicePixelRatio,
  pixelsPerMm: inches === undefined ? null : Math.hypot(width, height) / (inches * 25.4),
});

describe('a display for diagnosis', () => {
  test.each([
    ['CT', display(1366, 768), 'resolution'],
    ['CT', display(1920, 1080), undefined],
    ['MR', display(1920, 1080, 24), undefined],
    ['CT', display(1920, 1080, 13.3), 'size'],
    ['DX', display(1920, 1080, 24), 'resolution'],
    ['DX', display(2048, 1536, 21), undefined],
    ['CR', display(1280, 800, 21, 2), undefined],
    ['MG', display(2048, 1536, 21), 'resolution'],
    ['MG', display(2560, 2048, 21), undefined],
    ['CT', display(390, 844, undefined, 3), undefined],
    ['CT', display(390, 844, 6.1, 3), 'size'],
  ] as const)('of %s on %j lacks %s', (modality, given, lacking) => {
    expect(shortcomingOf(given, modality)?.kind).toBe(lacking);
  });

  test('is told in its own pixels', () => {
    expect(shortcomingOf(display(1366, 768), 'DX')).toMatchObject({ columns: 1366, rows: 768, wanted: 3 });
  });
});

describe('the test pattern, after SMPTE RP 133', () => {
  test.each([
    [1366, 520],
    [3840, 1800],
    [390, 420],
  ])('on %i x %i pixels has its squares, steps and lines, whole and within the screen', (width, height) => {
    const patches = testPattern(width, height);
    const named = (name: PatternPatch['name']) => patches.filter((patch) => patch.name === name);
    for (const { x, y, width: wide, height: high } of patches) {
      expect([x, y, wide, high].every(Number.isInteger)).toBe(true);
      expect(x >= 0 && y >= 0 && x + wide <= width && y + high <= height && wide > 0 && high > 0).toBe(true);
    }
    const steps = named('step');
    expect(steps.map(({ grey }) => Math.round(grey * (PATTERN_STEPS - 1)))).toEqual([...Array(PATTERN_STEPS).keys()]);
    steps.slice(1).forEach(({ x }, index) => expect(x).toBe(steps[index]!.x + steps[index]!.width));
    for (const [outer, inner, grey] of [
      ['dark', 'dark-5', 0.05],
      ['bright', 'bright-95', 0.95],
    ] as const) {
      const [around, within] = [named(outer)[0]!, named(inner)[0]!];
      expect(within.grey).toBe(grey);
      expect(within.x > around.x && within.x + within.width < around.x + around.width).toBe(true);
      expect(within.y > around.y && within.y + within.height < around.y + around.height).toBe(true);
    }
    const lines = named('lines');
    expect(lines.every((line) => Math.min(line.width, line.height) === 1)).toBe(true);
    // The ramp never goes back.
    const ramp = named('ramp').map(({ grey }) => grey);
    expect(ramp[0]).toBe(0);
    expect(ramp.at(-1)).toBe(1);
    expect(ramp.every((grey, index) => index === 0 || grey >= ramp[index - 1]!)).toBe(true);
  });
});
