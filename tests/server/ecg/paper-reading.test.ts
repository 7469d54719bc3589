import { afterAll, describe, expect, test } from '@jest/globals';
import { openThreadPool } from '../../../server/platform/threads/thread-pool.ts';
import { readDrawnPaperJob, type PaperCase } from '../../support/paper-job.ts';
import { paperLooks, type Shot } from '../../support/paper-pictures.ts';

const pool = openThreadPool({ threads: 1, maxHeapMb: 768 });
afterAll(() => pool.close());
const read = (paper: PaperCase) => pool.run(readDrawnPaperJob, paper);
const readStraight = async (paper: PaperCase) => {
  const outcome = await read(paper);
  if (outcome.code !== null) throw new Error(outcome.code);
  return outcome;
};

describe('ECG paper in a picture', () => {
  const size = { width: 2200, height: 1500 };
  test.each<[string, keyof typeof paperLooks, Shot, number | undefined, number]>([
    ['a scan of 152 dpi', 'pink', { width: 1700, height: 1060, pxPerMm: 6 }, undefined, 0],
    [
      '2 degrees askew, in shadow',
      'orange',
      { ...size, pxPerMm: 7.5, rotationDegrees: 2, noise: 4, shadow: 0.6 },
      80,
      2,
    ],
    ['7 degrees askew', 'grey', { ...size, pxPerMm: 7, rotationDegrees: 7, noise: 4, shadow: 0.6 }, 80, 7],
    ['upside down', 'pink', { ...size, pxPerMm: 7.5, rotationDegrees: 180, noise: 4 }, 80, 0],
    [
      'seen far from the side',
      'blue',
      { width: 2800, height: 1900, pxPerMm: 8.5, rotationDegrees: -5, perspective: 0.5, noise: 5, shadow: 0.5 },
      75,
      -5,
    ],
    ['small in its photograph', 'pink', { width: 3600, height: 2000, pxPerMm: 5, rotationDegrees: 3, noise: 4 }, 85, 3],
  ])('[PI1] %s comes out straight at its true scale', async (_name, look, shot, jpegQuality, angle) => {
    const paper = await readStraight({
      what: paperLooks[look],
      shot,
      ...(jpegQuality === undefined ? {} : { jpegQuality }),
    });
    // From the side a millimetre has many sizes; straight, it has one again.
    if (shot.perspective === undefined) expect(Math.abs(paper.sourcePxPerMm / shot.pxPerMm - 1)).toBeLessThan(0.01);
    expect(Math.abs(paper.angleDegrees - angle)).toBeLessThan(0.3);
    expect(paper.residualMm).toBeLessThan(0.5);
    expect(paper.gridShare).toBeGreaterThan(0.8);
    expect(paper).toMatchObject({ lines: 'millimetres-and-fives', quarterTurns: 0 });
    const onFives = paper.linesMm.filter((mm) => Math.abs(mm / 5 - Math.round(mm / 5)) < 0.1);
    expect(onFives.length).toBeGreaterThan(40);
    const widthMm = onFives.at(-1)! - onFives[0]!;
    expect(Math.abs(widthMm / (5 * Math.round(widthMm / 5)) - 1)).toBeLessThan(0.01);
  });

  test('[PI1] a sheet that lies on its side is turned so that its leads lie', async () => {
    const shot = { width: 1500, height: 2200, pxPerMm: 7.5, rotationDegrees: 90, noise: 4 };
    const paper = await readStraight({ what: paperLooks.blue, shot, jpegQuality: 80 });
    expect(paper.quarterTurns).not.toBe(0);
    expect(paper.widthPx).toBeGreaterThan(paper.heightPx);
    expect(Math.abs(paper.angleDegrees)).toBeLessThan(0.3);
    expect(Math.abs(paper.sourcePxPerMm / 7.5 - 1)).toBeLessThan(0.01);
  });

  test('[PI1] bent paper is laid flat', async () => {
    const shot = { ...size, pxPerMm: 7.5, bendMm: 1.5, perspective: 0.1, noise: 4 };
    expect((await readStraight({ what: {}, shot, jpegQuality: 80 })).residualMm).toBeLessThan(0.5);
  });

  test('[PI1] paper with squares of five only is read, and says so', async () => {
    const shot = { ...size, pxPerMm: 7.5, rotationDegrees: 2, noise: 2 };
    const paper = await readStraight({ what: { fine: null }, shot });
    expect(paper.lines).toBe('fives');
    expect(Math.abs(paper.sourcePxPerMm / 7.5 - 1)).toBeLessThan(0.01);
  });

  test.each<[string, PaperCase, string]>([
    ['a page of words', { what: 'words' }, 'paper-no-grid'],
    ['a photograph of things', { what: 'things' }, 'paper-no-grid'],
    ['a picture of a few pixels', { what: {} }, 'paper-too-small'],
    [
      'paper far away',
      { what: {}, shot: { width: 1200, height: 800, pxPerMm: 2.2, noise: 3 }, jpegQuality: 85 },
      'paper-too-small',
    ],
    [
      'paper out of focus',
      { what: {}, shot: { ...size, pxPerMm: 7.5, blurMm: 0.8, noise: 2 }, jpegQuality: 85 },
      'paper-too-blurred',
    ],
    [
      'paper seen from its edge',
      { what: {}, shot: { width: 2400, height: 1600, pxPerMm: 7, perspective: 1.1, noise: 2 }, jpegQuality: 85 },
      'paper-too-skewed',
    ],
    [
      'paper under a lamp',
      { what: {}, shot: { ...size, pxPerMm: 7.5, shadow: 0.7, noise: 2 }, lampRadiusPixels: 660 },
      'paper-glare',
    ],
    [
      'blank paper, blocks of JPEG and all,',
      { what: { fine: null, strong: null, hasTrace: false }, shot: { ...size, pxPerMm: 8, noise: 2 }, jpegQuality: 85 },
      'paper-no-grid',
    ],
    [
      'a trace without a grid',
      { what: { fine: null, strong: null }, shot: { ...size, pxPerMm: 7.5, noise: 2 }, jpegQuality: 85 },
      'paper-no-grid',
    ],
  ])('[PI2] %s is refused', async (_name, paper, code) => {
    expect((await read(paper)).code).toBe(code);
  });
});
