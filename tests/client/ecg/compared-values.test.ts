import { describe, expect, test } from '@jest/globals';
import { compareValues } from '../../../client/features/ecg/comparison/compared-values.ts';
import { othersByTime, recordedInWords } from '../../../client/features/ecg/comparison/recorded-at.ts';
import type { PreReadView } from '../../../shared/contracts/ecg.ts';

function read(rate: number | null, intervals: Record<string, number | null>, qrsAxis: number | null) {
  const preRead: PreReadView = {
    danger: 4,
    ruleTable: { id: 'r', edition: '1' },
    results: [],
    rhythm: [],
    quality: [],
    intervals,
    doubtful: [],
    axes: { p: null, qrs: qrsAxis, t: null },
    shortened: false,
  };
  return { detectedHeartRatePerMinute: rate, preRead };
}

describe('comparison of two ECGs', () => {
  test('the change is this one less the other; what one of them lacks has none', () => {
    const rows = compareValues(
      read(71.6, { pr: 160, qrs: 90, qt: null }, 60),
      read(88.4, { pr: 180, qrs: 88, qt: 400 }, 20),
    );
    const changes = Object.fromEntries(rows.map(({ key, change }) => [key, change]));
    expect(changes).toMatchObject({
      heartRate: 16,
      pr: 20,
      qrs: -2,
      qt: null,
      qtcBazett: null,
      qrsAxis: -40,
      pAxis: null,
    });
  });

  test('an axis turns by the shorter way', () => {
    const axis = (before: number, now: number) =>
      compareValues(read(null, {}, before), read(null, {}, now)).find(({ key }) => key === 'qrsAxis')?.change;
    expect(axis(170, -170)).toBe(20);
    expect(axis(-170, 170)).toBe(-20);
    expect(axis(-90, 90)).toBe(180);
  });

  test('a recording from before there were readings has values for nothing', () => {
    const before = { detectedHeartRatePerMinute: null, preRead: null };
    expect(compareValues(before, read(70, { pr: 160 }, 30)).every(({ change }) => change === null)).toBe(true);
  });

  test('the ECG right before stands first, then ever earlier ones, later ones last', () => {
    const at = (id: string, acquiredAt: string | null, receivedAt = '2026-11-22T02:00:00.000Z') => ({
      id,
      acquiredAt,
      receivedAt,
    });
    const now = at('now', '2026-11-20T10:00:00');
    const list = [at('old', '2026-01-01T10:00:00'), at('late', null), now, at('before', '2026-11-20T01:00:00Z')];
    expect(othersByTime(list, now).map(({ id }) => id)).toEqual(['before', 'old', 'late']);
    expect(recordedInWords(now)).toContain('2026-11-20 10:00');
  });
});
