import { afterAll, describe, expect, test } from '@jest/globals';
import { expectStraight, openPaperReader, usualSize as size, type StraightCase } from '../../support/paper-checks.ts';
import type { PaperCase } from '../../support/paper-job.ts';
import { paperLooks } from '../../support/paper-pictures.ts';

const { read, readStraight, close } = openPaperReader();
afterAll(close);

describe('ECG paper in a picture', () => {
  test.each<StraightCase>([
    ['7 degrees askew', 'grey', { ...size, pxPerMm: 7, rotationDegrees: 7, noise: 4, shadow: 0.6 }, 80, 7],
  ])('[PI1] %s comes out straight at its true scale', async (_name, look, shot, jpegQuality, angle) => {
    const paper = await readStraight({
      what: paperLooks[look],
      shot,
      ...(jpegQuality === undefined ? {} : { jpegQuality }),
    });
    expectStraight(paper, shot, angle);
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
