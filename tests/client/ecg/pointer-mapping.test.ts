import { ecgLayouts } from '../../../shared/contracts/viewing.ts';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { layOutPaper } from '../../../shared/ecg/paper-geometry.ts';
import type { EcgLayout } from '../../../shared/ecg/paper-geometry.ts';
import { pointerAt, pointerPlaces, roundPointer } from '../../../client/features/ecg/viewer/pointer-mapping.ts';

const paperOf = (layout: EcgLayout, startSeconds = 0) =>
  layOutPaper({
    layout,
    speedMmPerSecond: 25,
    gainMmPerMillivolt: 10,
    startSeconds,
    rhythmLead: 'II',
    extraLeads: ['V7'],
    hasStandardLeads: true,
    baselines: new Map([['V3', 2500]]),
  });

describe('shared pointer', () => {
  test('a point of the sheet comes back to the same point, in every layout', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<EcgLayout>(...ecgLayouts),
        fc.double({ min: 0, max: 20, noNaN: true }),
        fc.double({ min: 10, max: 260, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (layout, start, xMm, down) => {
          const paper = paperOf(layout, start);
          const point = { xMm, yMm: down * paper.heightMm };
          const pointer = pointerAt(paper, 'ecg-1', point);
          if (pointer.kind !== 'ecg') throw new Error('a point over the traces is on a lead');
          const nearest = Math.min(
            ...pointerPlaces(paper, pointer).map((place) => Math.hypot(place.xMm - point.xMm, place.yMm - point.yMm)),
          );
          expect(nearest).toBeLessThan(1e-6);
        },
      ),
    );
  });

  test('lead, seconds and microvolts mean the same on sheets of different speed and gain', () => {
    const mine = paperOf('12x1');
    const theirs = layOutPaper({
      layout: '12x1',
      speedMmPerSecond: 50,
      gainMmPerMillivolt: 20,
      startSeconds: 0,
      rhythmLead: 'II',
      extraLeads: ['V7'],
      hasStandardLeads: true,
      baselines: new Map([['V3', 2500]]),
    });
    const pointer = { kind: 'ecg', ecgId: 'e', lead: 'V3', seconds: 4.25, microvolts: 2750 } as const;
    const place = pointerPlaces(theirs, pointer)[0];
    expect(place && pointerAt(theirs, 'e', place)).toEqual(pointer);
    expect(pointerPlaces(mine, pointer)).toEqual([{ xMm: 10 + 4.25 * 25, yMm: (mine.rows[8]?.baselineMm ?? 0) - 2.5 }]);
  });

  test('pointing at the rhythm lead shows on its cell and on the strip, which are the same moment', () => {
    const paper = paperOf('3x4+1R');
    const at = (seconds: number) =>
      pointerPlaces(paper, { kind: 'ecg', ecgId: 'e', lead: 'II', seconds, microvolts: 0 });
    expect(at(1)).toHaveLength(2);
    expect(at(6)).toHaveLength(1);
  });

  test('a moment that this layout does not show has no place', () => {
    const pointer = { kind: 'ecg', ecgId: 'e', lead: 'V1', seconds: 1, microvolts: 0 } as const;
    expect(pointerPlaces(paperOf('3x4+1R'), pointer)).toEqual([]);
    expect(pointerPlaces(paperOf('12x1'), pointer)).toHaveLength(1);
  });

  test('the calibration strip, the right margin and beyond the sheet are nowhere', () => {
    const paper = paperOf('3x4+1R');
    for (const point of [
      { xMm: 5, yMm: 40 },
      { xMm: 262, yMm: 40 },
      { xMm: 100, yMm: -1 },
      { xMm: 100, yMm: paper.heightMm + 1 },
    ]) {
      expect(pointerAt(paper, 'e', point)).toEqual({ kind: 'none' });
    }
  });

  test('what is sent is short, and off by less than a screen can show', () => {
    const paper = paperOf('3x4+1R');
    const sent = roundPointer(pointerAt(paper, 'e', { xMm: 100.123456, yMm: 44.98765 }));
    expect(JSON.stringify(sent).length).toBeLessThan(90);
    const place = sent.kind === 'ecg' ? pointerPlaces(paper, sent)[0] : undefined;
    expect(place?.xMm).toBeCloseTo(100.123456, 2);
    expect(place?.yMm).toBeCloseTo(44.98765, 1);
  });
});
