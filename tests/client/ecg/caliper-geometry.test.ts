import { describe, expect, test } from '@jest/globals';
import {
  caliperAt,
  caliperPlaces,
  caliperUnder,
  dragCaliper,
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
});
