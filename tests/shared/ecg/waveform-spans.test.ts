import { describe, expect, test } from '@jest/globals';
import { rateOfEachMinute } from '../../../shared/ecg/rate-trend.ts';
import { synthesizeEcg } from '../../../shared/ecg/synthesize.ts';
import type { EcgGroup, EcgLead } from '../../../shared/ecg/waveform.ts';
import {
  fromTheirStart,
  joinPieces,
  secondsHeldBy,
  spanIndexAt,
  spanOfIndex,
} from '../../../shared/ecg/waveform-spans.ts';

const lead = (name: string, samples: (number | null)[], sampleRateHz = 10): EcgLead => ({
  name,
  sampleRateHz,
  unit: 'uV',
  samples,
});
const piece = (startMs: number, ...leads: EcgLead[]): EcgGroup => ({ label: 'rhythm', startMs, leads });

describe('spans of a long recording', () => {
  test('hold the page that begins in them, and half a minute to both sides', () => {
    for (const start of [0, 9.98, 29.99, 30, 61, 3599.5]) {
      const { fromSeconds, seconds } = spanOfIndex(spanIndexAt(start));
      expect(fromSeconds).toBeLessThanOrEqual(Math.max(0, start - 30));
      expect(fromSeconds + seconds).toBeGreaterThanOrEqual(start + 30);
      expect(seconds).toBeLessThanOrEqual(90);
    }
  });

  test('pieces of a lead become one, with missing samples where the recorder stood still', () => {
    const joined = joinPieces([piece(1000, lead('II', [1, 2])), piece(1500, lead('II', [3]))], ['II', 'V5']);
    expect(joined).toEqual({
      label: 'rhythm',
      startMs: 1000,
      leads: [lead('II', [1, 2, null, null, null, 3]), lead('V5', [])],
    });
    expect(secondsHeldBy([joined])).toEqual({ from: 1, to: 1.6 });
    expect(fromTheirStart([joined])).toEqual([{ label: 'rhythm', leads: joined.leads }]);
  });

  test('a span within a gap has its leads, without a sample', () => {
    const joined = joinPieces([], ['I', 'II']);
    expect(joined.leads.map(({ name, samples }) => [name, samples.length])).toEqual([
      ['I', 0],
      ['II', 0],
    ]);
    expect(secondsHeldBy([joined])).toEqual({ from: 0, to: 0 });
  });

  test('one whole piece stays what it is, without a copy', () => {
    const only = lead('II', [1, 2, 3]);
    expect(joinPieces([piece(30_000, only)], ['II']).leads[0]).toBe(only);
  });
});

describe('the rate of each minute', () => {
  const beats = (heartRatePerMinute: number) =>
    synthesizeEcg({ heartRatePerMinute, durationSeconds: 60, sampleRateHz: 250, rrVariation: 0 }).document.groups[0]!
      .leads;
  const of = (name: string, rate: number) => beats(rate).find((one) => one.name === name)!.samples;
  const flat = Array<number>(60 * 250).fill(0);
  /** Minute by minute, read span by span as from a file. */
  const reader =
    (leads: Record<string, (number | null)[]>) => (from: number, seconds: number, names: readonly string[]) => [
      {
        label: 'rhythm' as const,
        startMs: from * 1000,
        leads: names.map((name) => lead(name, leads[name]!.slice(from * 250, (from + seconds) * 250), 250)),
      },
    ];

  test('follows the heart over spans, and another lead helps where the first is off', () => {
    const second = [of('II', 60), of('II', 150), flat, of('II', 45)].flat();
    const fifth = [of('V5', 60), of('V5', 150), of('V5', 90), of('V5', 45)].flat();
    const rates = (names: string[]) => rateOfEachMinute(240, names, reader({ II: second, V5: fifth }));
    const near = [60, 150, 90, 45];
    rates(['II', 'V5']).forEach((rate, minute) => expect(Math.abs(rate! - near[minute]!)).toBeLessThan(3));
    expect(rates(['II'])[2]).toBeNull();
  });

  test('says nothing of minutes without samples', () => {
    expect(rateOfEachMinute(150, ['II'], () => [])).toEqual([null, null, null]);
  });
});
