import { expect } from '@jest/globals';
import { openThreadPool } from '../../server/platform/threads/thread-pool.ts';
import { readDrawnPaperJob, type PaperCase } from './paper-job.ts';
import type { paperLooks, Shot } from './paper-pictures.ts';

/** Of a telephone's usual picture. */
export const usualSize = { width: 2200, height: 1500 };
export type StraightCase = [
  name: string,
  keyof typeof paperLooks,
  Shot,
  jpegQuality: number | undefined,
  angle: number,
];

/** Reads drawn paper in a thread of the hub's kind. */
export function openPaperReader() {
  const pool = openThreadPool({ threads: 1, maxHeapMb: 768 });
  const read = (paper: PaperCase) => pool.run(readDrawnPaperJob, paper);
  return {
    read,
    readStraight: async (paper: PaperCase) => {
      const outcome = await read(paper);
      if (outcome.code !== null) throw new Error(outcome.code);
      return outcome;
    },
    close: () => pool.close(),
  };
}

type Straight = Awaited<ReturnType<ReturnType<typeof openPaperReader>['readStraight']>>;

/** Straight, in true millimetres, with its grid where a grid is. */
export function expectStraight(paper: Straight, shot: Shot, angle: number): void {
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
}
