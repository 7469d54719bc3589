import { describe, expect, test } from '@jest/globals';
import { deriveLimbLeads } from '../../../shared/ecg/lead-derivation.ts';
import { synthesizeEcg } from '../../../shared/ecg/synthesize.ts';
import { standardLeads } from '../../../shared/ecg/waveform.ts';
import type { EcgDocument } from '../../../shared/ecg/waveform.ts';

const samplesOf = (document: EcgDocument, name: string): number[] =>
  document.groups[0]!.leads.find((lead) => lead.name === name)!.samples.map((sample) => sample ?? Number.NaN);

describe('a synthetic ECG', () => {
  test('has the twelve leads in order, whole microvolts, and is the same for the same seed', () => {
    const options = { seed: 3, noiseMicrovolts: 10, wanderMicrovolts: 50 };
    const { document } = synthesizeEcg(options);
    expect(document.groups[0]!.leads.map((lead) => lead.name)).toEqual([...standardLeads]);
    expect(document.groups[0]!.leads.every((lead) => lead.samples.every((sample) => Number.isInteger(sample)))).toBe(
      true,
    );
    expect(JSON.stringify(synthesizeEcg(options).document) === JSON.stringify(document)).toBe(true);
    expect(JSON.stringify(synthesizeEcg({ ...options, seed: 4 }).document) === JSON.stringify(document)).toBe(false);
  });

  test('keeps the limb leads consistent', () => {
    const { document } = synthesizeEcg({ noiseMicrovolts: 20 });
    const derived = deriveLimbLeads(samplesOf(document, 'I'), samplesOf(document, 'II'));
    for (const name of ['III', 'aVR', 'aVL', 'aVF'] as const) expect(samplesOf(document, name)).toEqual(derived[name]);
  });

  test('has its waves where the truth says', () => {
    const rate = 1000;
    const { document, truth } = synthesizeEcg({
      sampleRateHz: rate,
      rrVariation: 0,
      prIntervalMs: 180,
      qrsDurationMs: 100,
      qtIntervalMs: 400,
      heartRatePerMinute: 60,
    });
    expect(truth).toMatchObject({ prIntervalMs: 180, qrsDurationMs: 100, qtIntervalMs: 400 });
    expect(truth.heartRatePerMinute).toBeCloseTo(60, 6);
    const lead = samplesOf(document, 'II');
    for (const peak of truth.rPeakSeconds.slice(1, -1)) {
      const index = Math.round(peak * rate);
      const nearby = lead.slice(index - 20, index + 20);
      expect(lead[index]).toBe(Math.max(...nearby));
      const onset = index - 45;
      // Silent before P, between P and QRS (P ends 100 ms after its start), and after T.
      expect(lead.slice(onset - 300, onset - 182).every((sample) => sample === 0)).toBe(true);
      expect(lead.slice(onset - 78, onset - 2).every((sample) => sample === 0)).toBe(true);
      expect(lead.slice(onset + 402, onset + 600).every((sample) => sample === 0)).toBe(true);
      expect(Math.abs(lead[onset - 170]!)).toBeGreaterThan(0);
      expect(Math.abs(lead[onset + 390]!)).toBeGreaterThan(0);
    }
  });

  test('an inferior infarction meets the STEMI limits in II, III and aVF and is depressed in I and aVL', () => {
    const { document, truth } = synthesizeEcg({ rhythm: 'inferior-stemi', sampleRateHz: 1000, rrVariation: 0 });
    const jPoint = Math.round((truth.rPeakSeconds[2]! + 0.55 * (truth.qrsDurationMs / 1000)) * 1000);
    for (const name of ['II', 'III', 'aVF']) {
      expect(samplesOf(document, name)[jPoint]).toBeGreaterThanOrEqual(100);
      expect(truth.stLevelMicrovolts[name]).toBeGreaterThanOrEqual(100);
    }
    for (const name of ['I', 'aVL']) expect(samplesOf(document, name)[jPoint]).toBeLessThan(0);
    for (const [name, level] of Object.entries(truth.stLevelMicrovolts)) {
      expect(Math.abs(samplesOf(document, name)[jPoint]! - level)).toBeLessThan(12);
    }
  });

  test('intervals that do not fit into each other are refused', () => {
    expect(() => synthesizeEcg({ qtIntervalMs: 100 })).toThrow(RangeError);
    expect(() => synthesizeEcg({ heartRatePerMinute: 0 })).toThrow(RangeError);
    expect(() => synthesizeEcg({ sampleRateHz: Number.NaN })).toThrow(RangeError);
  });
});
