import { describe, expect, test } from '@jest/globals';
import {
  layOutPaper,
  microvoltsOfYMm,
  secondsOfXMm,
  xMmOfSeconds,
  yMmOfMicrovolts,
} from '../../../shared/ecg/paper-geometry.ts';
import { ecgLayouts } from '../../../shared/contracts/viewing.ts';
import type { PaperRequest, PaperSlot } from '../../../shared/ecg/paper-geometry.ts';

function page(changes: Partial<PaperRequest> = {}) {
  return layOutPaper({
    layout: '3x4+1R',
    speedMmPerSecond: 25,
    gainMmPerMillivolt: 10,
    startSeconds: 0,
    rhythmLead: 'II',
    extraLeads: [],
    hasStandardLeads: true,
    baselines: new Map(),
    ...changes,
  });
}
const leadsOfRow = (slots: readonly PaperSlot[], row: number) =>
  slots.filter((slot) => slot.row === row).map((slot) => slot.lead);

describe('ECG paper', () => {
  test.each([5, 10, 20] as const)('one millivolt is exactly %i mm at that gain', (gainMmPerMillivolt) => {
    const paper = page({ gainMmPerMillivolt });
    for (const slot of paper.slots) {
      expect(yMmOfMicrovolts(paper, slot, 0) - yMmOfMicrovolts(paper, slot, 1000)).toBe(gainMmPerMillivolt);
    }
  });

  test.each([12.5, 25, 50] as const)('one second is exactly %d mm at that speed', (speedMmPerSecond) => {
    const paper = page({ speedMmPerSecond });
    for (const slot of paper.slots) {
      expect(xMmOfSeconds(paper, slot, slot.fromSeconds + 1) - xMmOfSeconds(paper, slot, slot.fromSeconds)).toBe(
        speedMmPerSecond,
      );
    }
  });

  test('3x4 puts the leads where a cardiologist expects them, each column the next 2.5 seconds', () => {
    const { slots, rows } = page({ startSeconds: 4 });
    expect(rows).toHaveLength(4);
    expect(leadsOfRow(slots, 0)).toEqual(['I', 'aVR', 'V1', 'V4']);
    expect(leadsOfRow(slots, 1)).toEqual(['II', 'aVL', 'V2', 'V5']);
    expect(leadsOfRow(slots, 2)).toEqual(['III', 'aVF', 'V3', 'V6']);
    expect(slots.filter((slot) => slot.row === 1).map((slot) => [slot.fromSeconds, slot.toSeconds])).toEqual([
      [4, 6.5],
      [6.5, 9],
      [9, 11.5],
      [11.5, 14],
    ]);
    expect(slots.filter((slot) => slot.row === 1).map((slot) => slot.leftMm)).toEqual([10, 72.5, 135, 197.5]);
  });

  test('the rhythm strip of 3x4 shows the whole ten seconds', () => {
    const strip = page().slots.find((slot) => slot.isRhythmStrip);
    expect(strip).toMatchObject({ lead: 'II', fromSeconds: 0, toSeconds: 10, leftMm: 10, widthMm: 250 });
  });

  test('6x2 has the limb leads on the left, the chest leads on the right, five seconds each', () => {
    const { slots } = page({ layout: '6x2' });
    expect(slots.filter((slot) => slot.fromSeconds === 0).map((slot) => slot.lead)).toEqual([
      'I',
      'II',
      'III',
      'aVR',
      'aVL',
      'aVF',
    ]);
    expect(slots.filter((slot) => slot.fromSeconds === 5).map((slot) => slot.lead)).toEqual([
      'V1',
      'V2',
      'V3',
      'V4',
      'V5',
      'V6',
    ]);
    expect(slots.every((slot) => slot.widthMm === 125)).toBe(true);
  });

  test('12x1 gives leads beyond the twelve their own rows', () => {
    const { rows, slots } = page({ layout: '12x1', extraLeads: ['V3R', 'V7'] });
    expect(rows).toHaveLength(14);
    expect(slots.slice(-3).map((slot) => slot.lead)).toEqual(['V6', 'V3R', 'V7']);
    expect(slots.every((slot) => slot.toSeconds - slot.fromSeconds === 10)).toBe(true);
  });

  test('a recording without any of the twelve shows only what it holds in 12x1', () => {
    const { slots } = page({ layout: '12x1', extraLeads: ['ECG1', 'ECG2'], hasStandardLeads: false });
    expect(slots.map((slot) => slot.lead)).toEqual(['ECG1', 'ECG2']);
  });

  test.each([
    [12.5, 5],
    [25, 10],
    [50, 20],
  ] as const)('every row starts with a pulse of 1 mV and 200 ms at %d mm/s, %i mm/mV', (speed, gain) => {
    const paper = page({ speedMmPerSecond: speed, gainMmPerMillivolt: gain });
    for (const row of paper.rows) {
      const [, base, riseX, , , top, fallX] = row.calibrationMm as number[];
      expect(base).toBe(row.baselineMm);
      expect((base ?? 0) - (top ?? 0)).toBe(gain);
      expect((fallX ?? 0) - (riseX ?? 0)).toBeCloseTo(0.2 * speed, 10);
      expect(Math.min(...row.calibrationMm.filter((_, i) => i % 2 === 0))).toBeGreaterThanOrEqual(0);
      expect(row.calibrationMm.at(-2)).toBeLessThanOrEqual(paper.slots[0]?.leftMm ?? 0);
    }
  });

  test('traces begin on a strong line and base lines lie on the millimetre grid', () => {
    for (const layout of ecgLayouts) {
      for (const speedMmPerSecond of [12.5, 25, 50] as const) {
        for (const gainMmPerMillivolt of [5, 10, 20] as const) {
          const paper = page({ layout, speedMmPerSecond, gainMmPerMillivolt });
          expect((paper.slots[0]?.leftMm ?? 1) % 5).toBe(0);
          expect(paper.rows.every((row) => Number.isInteger(row.baselineMm))).toBe(true);
        }
      }
    }
  });

  test('seconds and microvolts survive the way to millimetres and back', () => {
    const paper = page({ baselines: new Map([['V2', -3200]]), startSeconds: 1.7 });
    for (const slot of paper.slots) {
      expect(secondsOfXMm(paper, slot, xMmOfSeconds(paper, slot, 3.4567))).toBeCloseTo(3.4567, 10);
      expect(microvoltsOfYMm(paper, slot, yMmOfMicrovolts(paper, slot, -123.4))).toBeCloseTo(-123.4, 8);
    }
  });

  test('3x4+3R puts three rhythm strips of ten seconds below', () => {
    const { slots, rows } = page({ layout: '3x4+3R', rhythmLeads: ['II', 'V1', 'V5'] });
    expect(rows).toHaveLength(6);
    expect([3, 4, 5].map((row) => leadsOfRow(slots, row))).toEqual([['II'], ['V1'], ['V5']]);
    expect(slots.filter((slot) => slot.isRhythmStrip).every((slot) => slot.widthMm === 250)).toBe(true);
    expect(page({ layout: '3x4+3R', rhythmLeads: ['I'] }).rows).toHaveLength(4);
  });

  test('one lead stands alone over the whole page; without a choice it is the rhythm lead', () => {
    expect(page({ layout: 'single', singleLead: 'V3' }).slots.map((slot) => slot.lead)).toEqual(['V3']);
    expect(page({ layout: 'single', singleLead: '' }).slots.map((slot) => slot.lead)).toEqual(['II']);
  });

  test.each([
    ['3x4+1R', ['aVL', 'I', 'aVR', 'II', 'aVF', 'III']],
    ['3x4+3R', ['aVL', 'I', 'aVR', 'II', 'aVF', 'III']],
    ['6x2', ['aVL', 'I', 'aVR', 'II', 'aVF', 'III']],
    ['12x1', ['aVL', 'I', 'aVR', 'II', 'aVF', 'III', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6']],
  ] as const)("Cabrera's order in %s", (layout, expected) => {
    const { slots } = page({ layout, leadOrder: 'cabrera' });
    const ordered = [...slots]
      .filter((slot) => !slot.isRhythmStrip)
      .sort((a, b) => a.leftMm - b.leftMm || a.row - b.row)
      .map((slot) => slot.lead);
    expect(ordered.slice(0, expected.length)).toEqual(expected);
    expect(slots.find((slot) => slot.lead === 'aVR')).toMatchObject({ name: '-aVR', polarity: -1 });
    expect(slots.filter((slot) => slot.lead !== 'aVR').every((slot) => slot.polarity === 1)).toBe(true);
  });

  test('-aVR is drawn upside down: what is negative in aVR stands above the base line, and back again', () => {
    const paper = page({ leadOrder: 'cabrera', gainMmPerMillivolt: 10 });
    const slot = paper.slots.find((one) => one.lead === 'aVR')!;
    expect(yMmOfMicrovolts(paper, slot, -1000)).toBe(slot.baselineMm - 10);
    expect(microvoltsOfYMm(paper, slot, slot.baselineMm - 10)).toBe(-1000);
    expect(page().slots.find((one) => one.lead === 'aVR')).toMatchObject({ name: 'aVR', polarity: 1 });
  });

  test('averaged beats begin at the left of every column', () => {
    const { slots } = page({ isSimultaneous: true });
    expect(slots.every((slot) => slot.fromSeconds === 0)).toBe(true);
  });
});
