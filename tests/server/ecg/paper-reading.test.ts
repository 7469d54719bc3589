import { afterAll, describe, expect, test } from '@jest/globals';
import { expectStraight, openPaperReader, usualSize as size, type StraightCase } from '../../support/paper-checks.ts';
import type { PaperCase } from '../../support/paper-job.ts';
import { paperLooks } from '../../support/paper-pictures.ts';

const { read, readStraight, close } = openPaperReader();
afterAll(close);

describe('ECG paper in a picture', () => {
  test.each<StraightCase>([
    ['a scan of 152 dpi', 'pink', { width: 1700, height: 1060, pxPerMm: 6 }, undefined, 0],
    ['7 degrees askew', 'grey', { ...size, pxPerMm: 7, rotationDegrees: 7, noise: 4, shadow: 0.6 }, 80, 7],
  ])('[PI1] %s comes out straight at its true scale', async (_name, look, shot, jpegQuality, angle) => {
    const paper = await readStraight({
      what: paperLooks[look],
      shot,
      ...(jpegQuality === undefined ? {} : { jpegQuality }),
    });
    expectStraight(paper, shot, angle);
  });

  test('[PI1] a sheet that lies on its side is turned so that its leads lie', async () => {
    const shot = { width: 1500, height: 2200, pxPerMm: 7.5, rotationDegrees: 90, noise: 4 };
    const paper = await readStraight({ what: paperLooks.blue, shot, jpegQuality: 80 });
    expect(paper.quarterTurns).not.toBe(0);
    expect(paper.widthPx).toBeGreaterThan(paper.heightPx);
    expect(Math.abs(paper.angleDegrees)).toBeLessThan(0.3);
    expect(Math.abs(paper.sourcePxPerMm / 7.5 - 1)).toBeLessThan(0.01);
  });

  test.each<[string, PaperCase, string]>([
    ['a page of words', { what: 'words' }, 'paper-no-grid'],
    ['a picture of a few pixels', { what: {} }, 'paper-too-small'],
    [
      'paper out of focus',
      { what: {}, shot: { ...size, pxPerMm: 7.5, blurMm: 0.8, noise: 2 }, jpegQuality: 85 },
      'paper-too-blurred',
    ],
  ])('[PI2] %s is refused', async (_name, paper, code) => {
    expect((await read(paper)).code).toBe(code);
  });
});
