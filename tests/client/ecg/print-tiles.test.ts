import { describe, expect, test } from '@jest/globals';
import { printedHeightMm, printedWidthMm, printTiles } from '../../../client/features/ecg/viewer/print-tiles.ts';
import { ecgLayouts } from '../../../shared/contracts/viewing.ts';
import { layOutPaper } from '../../../shared/ecg/paper-geometry.ts';

const paperOf = (layout: (typeof ecgLayouts)[number], speed: 12.5 | 25 | 50, gain: 5 | 10 | 20) =>
  layOutPaper({
    layout,
    speedMmPerSecond: speed,
    gainMmPerMillivolt: gain,
    startSeconds: 0,
    rhythmLead: 'II',
    rhythmLeads: ['II', 'V1', 'V5'],
    extraLeads: ['V7', 'V8'],
    hasStandardLeads: true,
    baselines: new Map(),
  });

describe('pages of a printed ECG', () => {
  test('the everyday ECG is one page at true scale', () => {
    const tiles = printTiles(paperOf('3x4+1R', 25, 10));
    expect(tiles).toHaveLength(1);
    expect(tiles[0]).toMatchObject({ fromXMm: 10, toXMm: 260, fromYMm: 0, toYMm: 130 });
  });

  test('whatever the layout, speed and gain, every page fits the sheet and together they show everything once', () => {
    for (const layout of ecgLayouts) {
      for (const speed of [12.5, 25, 50] as const) {
        for (const gain of [5, 10, 20] as const) {
          const paper = paperOf(layout, speed, gain);
          const tiles = printTiles(paper);
          let area = 0;
          for (const tile of tiles) {
            expect(tile.stripMm + tile.toXMm - tile.fromXMm).toBeLessThanOrEqual(printedWidthMm);
            expect(tile.toYMm - tile.fromYMm).toBeLessThanOrEqual(printedHeightMm);
            expect(tile.fromXMm % 5).toBe(0);
            expect(tile.fromYMm % 5).toBe(0);
            area += tile.rows.length * (tile.toXMm - tile.fromXMm);
          }
          expect(area).toBeCloseTo(paper.rows.length * 10 * speed, 6);
          expect(new Set(tiles.flatMap(({ slots }) => slots)).size).toBe(paper.slots.length);
        }
      }
    }
  });
});
