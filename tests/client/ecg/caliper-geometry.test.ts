import { describe, expect, test } from '@jest/globals';
import {
  caliperAt,
  caliperPlaces,
  caliperUnder,
  dragCaliper,
  marchingMarks,
  peakToPeakMillivolts,
  readCaliper,
} from '../../../client/features/ecg/viewer/caliper-geometry.ts';
import { layOutPaper } from '../../../shared/ecg/paper-geometry.ts';
import { slotAt } from '../../../client/features/ecg/viewer/pointer-mapping.ts';

const paper = layOutPaper({
  layout: '3x4+1R',
  speedMmPerSecond: 25,
  gainMmPerMillivolt: 10,
  startSeconds: 0,
  rhythmLead: 'II',
  extraLeads: [],
  hasStandardLeads: true,
  baselines: new Map(),
});
const caliper = { id: 'a', lead: 'II', fromSeconds: 3, toSeconds: 3.8, fromMicrovolts: 0, toMicrovolts: 1000 };

describe('calipers', () => {
  test('five large squares are one second, 60 a minute; two are 1 mV', () => {
    const start = { xMm: 60, yMm: 112 };
    const slot = slotAt(paper, start);
    if (!slot) throw new Error('the rhythm strip lies there');
    const drawn = dragCaliper(paper, slot, caliperAt(paper, slot, start, 'n'), 'to', start, { xMm: 85, yMm: 102 });
    expect(drawn).toMatchObject({ id: 'n', lead: 'II', fromSeconds: 2, toSeconds: 3 });
    const reading = readCaliper(drawn);
    expect(reading.intervalMs).toBeCloseTo(1000, 9);
    expect(reading.ratePerMinute).toBeCloseTo(60, 9);
    expect(reading.amplitudeMillivolts).toBeCloseTo(1, 9);
  });

  test('a depression reads negative, whichever end was drawn first', () => {
    const sunk = { ...caliper, fromMicrovolts: 0, toMicrovolts: -150 };
    const drawnBackward = { ...sunk, fromSeconds: 3.8, toSeconds: 3, fromMicrovolts: -150, toMicrovolts: 0 };
    expect(readCaliper(sunk).amplitudeMillivolts).toBeCloseTo(-0.15, 9);
    expect(readCaliper(drawnBackward).amplitudeMillivolts).toBeCloseTo(-0.15, 9);
  });

  test('no rate is claimed for an interval that cannot lie between two beats', () => {
    expect(readCaliper({ ...caliper, toSeconds: 3.09 }).ratePerMinute).toBeNull();
    expect(readCaliper({ ...caliper, toSeconds: 9.8 }).ratePerMinute).toBeNull();
  });

  test('a drag never leaves the stretch of time that the lead shows', () => {
    const cell = paper.slots.find((slot) => slot.lead === 'V1');
    if (!cell) throw new Error('V1 has a cell');
    const start = { xMm: 190, yMm: 20 };
    const made = caliperAt(paper, cell, start, 'v');
    const dragged = dragCaliper(paper, cell, made, 'to', start, { xMm: 250, yMm: 20 });
    expect(dragged.toSeconds).toBe(7.5);
    const moved = dragCaliper(paper, cell, dragged, 'whole', start, { xMm: 0, yMm: 20 });
    expect(Math.min(moved.fromSeconds, moved.toSeconds)).toBeCloseTo(5, 9);
    expect(readCaliper(moved).intervalMs).toBeCloseTo(readCaliper(dragged).intervalMs, 6);
  });

  test('a corner in reach is taken before the body, the nearest corner first', () => {
    const places = caliperPlaces(paper, caliper);
    const place = places[0];
    if (!place) throw new Error('the strip shows it');
    const near = (xMm: number, yMm: number) => caliperUnder(places, { xMm, yMm }, 6, null)?.part;
    expect(near(place.fromXMm + 1, place.fromYMm)).toBe('from');
    expect(near(place.toXMm - 1, place.toYMm)).toBe('to');
    expect(near((place.fromXMm + place.toXMm) / 2, (place.fromYMm + place.toYMm) / 2)).toBe('whole');
    expect(near(place.toXMm + 20, place.toYMm)).toBeUndefined();
  });

  test('a caliper is cut at the edge of the slot and absent where its lead or time is not shown', () => {
    const long = caliperPlaces(paper, { ...caliper, fromSeconds: 2, toSeconds: 4 });
    expect(long.map((place) => [place.slot.isRhythmStrip, place.toXMm])).toEqual([
      [false, 72.5],
      [true, 110],
    ]);
    expect(caliperPlaces(paper, { ...caliper, lead: 'V1' })).toEqual([]);
  });

  test('marching repeats the interval to both sides over every strip of the lead, and nowhere else', () => {
    // 3 to 3.8 s in II: the strip of ten seconds holds 0.6, 1.4, 2.2 and 4.6 to 9.4; its column (0 to 2.5 s) the first three.
    const marks = marchingMarks(paper, caliper);
    expect(marks.every(({ slot }) => slot.lead === 'II')).toBe(true);
    const strip = marks.filter(({ slot }) => slot.isRhythmStrip).map(({ xMm }) => (xMm - 10) / 25);
    expect(strip.map((seconds) => Math.round(seconds * 10) / 10)).toEqual([
      0.6, 1.4, 2.2, 4.6, 5.4, 6.2, 7, 7.8, 8.6, 9.4,
    ]);
    expect(marks.filter(({ slot }) => !slot.isRhythmStrip)).toHaveLength(3);
    expect(marchingMarks(paper, { ...caliper, fromSeconds: 3.8, toSeconds: 3 })).toEqual(marks);
    expect(marchingMarks(paper, { ...caliper, toSeconds: 3.05 })).toEqual([]);
  });

  test('a drag on -aVR goes with the trace: up is a rise on the paper, a fall of aVR', () => {
    const turned = layOutPaper({
      layout: '12x1',
      leadOrder: 'cabrera',
      speedMmPerSecond: 25,
      gainMmPerMillivolt: 10,
      startSeconds: 0,
      rhythmLead: 'II',
      extraLeads: [],
      hasStandardLeads: true,
      baselines: new Map(),
    });
    const slot = turned.slots.find(({ lead }) => lead === 'aVR')!;
    const start = { xMm: 65, yMm: slot.baselineMm };
    const end = { xMm: 90, yMm: slot.baselineMm - 5 };
    const drawn = dragCaliper(turned, slot, caliperAt(turned, slot, start, 'n'), 'to', start, end);
    expect(drawn).toMatchObject({ fromMicrovolts: 0, toMicrovolts: -500 });
    expect(readCaliper(drawn, slot.polarity).amplitudeMillivolts).toBe(0.5);
    expect(caliperPlaces(turned, drawn)[0]).toMatchObject({ toYMm: slot.baselineMm - 5 });
  });

  test('peak to peak is that of the recorded samples between the ends, gaps left out', () => {
    const samples: (number | null)[] = [0, 900, null, -300, 5000];
    const lead = { name: 'II', sampleRateHz: 1, unit: 'uV' as const, samples, startSeconds: 10 };
    const over = { ...caliper, fromSeconds: 13.4, toSeconds: 10 };
    expect(peakToPeakMillivolts(lead, over)).toBe(1.2);
    expect(peakToPeakMillivolts(lead, { ...over, fromSeconds: 12, toSeconds: 12.5 })).toBeNull();
  });
});
