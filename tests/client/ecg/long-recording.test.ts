import { describe, expect, test } from '@jest/globals';
import {
  elapsedClock,
  placeOfTime,
  secondOfDay,
  wallClock,
} from '../../../client/features/ecg/viewer/long-recording.ts';

const eightInTheMorning = 8 * 3600;
const day = 86_400;

describe('the time of a page', () => {
  test('is told after the start and by the clock on the wall, over midnight too', () => {
    expect([0, 59.99, 3727, 86_390].map(elapsedClock)).toEqual(['0:00', '0:59', '1:02:07', '23:59:50']);
    expect([0, 4350, 16 * 3600, 86_399].map((seconds) => wallClock(eightInTheMorning, seconds))).toEqual([
      '08:00:00',
      '09:12:30',
      '00:00:00',
      '07:59:59',
    ]);
  });

  test("begins with the device's own clock, or China's where the file states an offset", () => {
    expect(secondOfDay('2026-03-02T08:00:00')).toBe(eightInTheMorning);
    expect(secondOfDay('2026-03-02T08:00:00+08:00')).toBe(eightInTheMorning);
    expect(secondOfDay('2026-03-02T00:00:00.000Z')).toBe(eightInTheMorning);
    expect([null, '2026-03-02', 'T25'].map(secondOfDay)).toEqual([null, null, null]);
  });
});

describe('a time that is typed', () => {
  test('is the first such moment after the start where the clock is known', () => {
    expect(placeOfTime('9:12', eightInTheMorning, day)).toBe(4320);
    expect(placeOfTime(' 09：12：30 ', eightInTheMorning, day)).toBe(4350);
    expect(placeOfTime('07:59:59', eightInTheMorning, day)).toBe(86_399);
    expect(placeOfTime('07:59', eightInTheMorning, 3600)).toBeNull();
  });

  test('is time after the start where it is not', () => {
    expect(placeOfTime('1:30:00', null, day)).toBe(5400);
    expect(placeOfTime('24:00:00', null, day)).toBeNull();
  });

  test.each(['', '9', '9:60', '9:12:61', '24:00', 'abc', '-1:00', '9:12:30:1'])('"%s" is none', (typed) => {
    expect(placeOfTime(typed, eightInTheMorning, day)).toBeNull();
  });
});
