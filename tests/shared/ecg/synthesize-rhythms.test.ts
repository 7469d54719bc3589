import { describe, expect, test } from '@jest/globals';
import { deriveLimbLeads } from '../../../shared/ecg/lead-derivation.ts';
import { synthesizeRhythm } from '../../../shared/ecg/synthesize-rhythms.ts';
import type { RhythmSynthesisOptions } from '../../../shared/ecg/synthesize-rhythms.ts';

function make(options: RhythmSynthesisOptions) {
  const { document, truth } = synthesizeRhythm({ sampleRateHz: 1000, rrVariation: 0, ...options });
  const samples = (name: string): number[] =>
    document.groups[0]!.leads.find((lead) => lead.name === name)!.samples.map((sample) => sample ?? Number.NaN);
  return { document, truth, samples };
}

describe('a synthetic rhythm', () => {
  test('is the same for the same seed, in whole microvolts, with consistent limb leads', () => {
    const options: RhythmSynthesisOptions = {
      seed: 5,
      individualSpread: 0.2,
      artefacts: [
        { kind: 'white-noise', microvolts: 20 },
        { kind: 'muscle', microvolts: 30 },
      ],
    };
    const { document, samples } = make(options);
    expect(JSON.stringify(make(options).document) === JSON.stringify(document)).toBe(true);
    expect(JSON.stringify(make({ ...options, seed: 6 }).document) === JSON.stringify(document)).toBe(false);
    expect(document.groups[0]!.leads.every((lead) => lead.samples.every((sample) => Number.isInteger(sample)))).toBe(
      true,
    );
    const derived = deriveLimbLeads(samples('I'), samples('II'));
    for (const name of ['III', 'aVR', 'aVL', 'aVF'] as const) expect(samples(name)).toEqual(derived[name]);
  });

  test('has P, QRS and T of every beat exactly where the truth says', () => {
    const { truth, samples } = make({ heartRatePerMinute: 60, prIntervalMs: 200 });
    const lead = samples('II');
    const silent = (from: number, to: number): boolean =>
      lead.slice(Math.ceil(from * 1000) + 1, Math.floor(to * 1000)).every((sample) => sample === 0);
    expect(truth.beats.length).toBeGreaterThanOrEqual(9);
    for (const beat of truth.beats.slice(1, -1)) {
      expect(silent(beat.pOnsetSeconds! - 0.1, beat.pOnsetSeconds!)).toBe(true);
      expect(silent(beat.pOffsetSeconds!, beat.qrsOnsetSeconds)).toBe(true);
      expect(silent(beat.tEndSeconds, beat.tEndSeconds + 0.1)).toBe(true);
      expect(silent(beat.pOnsetSeconds!, beat.pOffsetSeconds!)).toBe(false);
      const peak = Math.round(beat.rPeakSeconds * 1000);
      expect(lead[peak]).toBe(Math.max(...lead.slice(peak - 40, peak + 40)));
    }
  });

  test('stands at the level that the truth gives at every J point', () => {
    for (const morphology of ['inferior-stemi', 'anterior-stemi', 'lateral-stemi', 'posterior-stemi'] as const) {
      const { truth, samples } = make({ morphology, extraLeads: true });
      const j = Math.round(truth.beats[2]!.qrsOffsetSeconds * 1000);
      for (const [name, level] of Object.entries(truth.stLevelMicrovolts)) {
        expect(Math.abs(samples(name)[j]! - level)).toBeLessThan(15);
      }
    }
  });

  test('knows its P waves, conducted or not', () => {
    const second = make({ rhythm: 'second-degree-av-block-type-2' }).truth;
    expect(second.pOnsetSeconds.length).toBeGreaterThan(second.beats.length);
    expect(make({ rhythm: 'two-to-one-av-block' }).truth.heartRatePerMinute).toBeCloseTo(36, 0);
    expect(make({ rhythm: 'third-degree-av-block' }).truth.beats.every((beat) => beat.pOnsetSeconds === null)).toBe(
      true,
    );
    expect(make({ rhythm: 'atrial-fibrillation' }).truth.pOnsetSeconds).toEqual([]);
    const pr = make({ rhythm: 'second-degree-av-block-type-1' }).truth.beats.map((beat) =>
      Math.round((beat.qrsOnsetSeconds - beat.pOnsetSeconds!) * 1000),
    );
    expect(new Set(pr)).toEqual(new Set([160, 240, 280]));
  });

  test('with exchanged arms turns I over and changes II with III; chest leads change places', () => {
    const right = make({});
    const arms = make({ swap: 'arms' });
    expect(arms.samples('I')).toEqual(right.samples('I').map((sample) => -sample + 0));
    expect(arms.samples('II')).toEqual(right.samples('III'));
    expect(arms.samples('aVR')).toEqual(right.samples('aVL'));
    expect(arms.samples('aVF')).toEqual(right.samples('aVF'));
    expect(make({ swap: ['V1', 'V2'] }).samples('V1')).toEqual(right.samples('V2'));
  });

  test('refuses what cannot be', () => {
    expect(() => synthesizeRhythm({ heartRatePerMinute: 0 })).toThrow(RangeError);
    expect(() => synthesizeRhythm({ sampleRateHz: Number.NaN })).toThrow(RangeError);
    expect(() => synthesizeRhythm({ qtIntervalMs: 90 })).toThrow(RangeError);
  });
});
