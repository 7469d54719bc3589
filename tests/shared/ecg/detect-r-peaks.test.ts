import { describe, expect, test } from '@jest/globals';
import { detectRPeaks } from '../../../shared/ecg/detect-r-peaks.ts';
import { measureHeartRate } from '../../../shared/ecg/heart-rate.ts';
import { synthesizeEcg } from '../../../shared/ecg/synthesize.ts';
import type { SynthesisOptions } from '../../../shared/ecg/synthesize.ts';
import type { EcgLead } from '../../../shared/ecg/waveform.ts';

/** Beats found within 75 ms of the truth, missed and invented, away from the recording's edges. */
function score(found: readonly number[], truth: readonly number[], duration: number) {
  const inside = (second: number): boolean => second > 0.1 && second < duration - 0.1;
  const near = (a: number, b: number): boolean => Math.abs(a - b) <= 0.075;
  return {
    missed: truth.filter(inside).filter((beat) => !found.some((peak) => near(peak, beat))),
    invented: found.filter(inside).filter((peak) => !truth.some((beat) => near(peak, beat))),
  };
}

const none = { missed: [], invented: [] };

function make(options: SynthesisOptions) {
  const { document, truth } = synthesizeEcg({ durationSeconds: 20, sampleRateHz: 250, ...options });
  return { leads: document.groups[0]!.leads, truth };
}

function change(
  leads: readonly EcgLead[],
  edit: (sample: number, seconds: number, lead: EcgLead) => number | null,
): EcgLead[] {
  return leads.map((lead) => ({
    ...lead,
    samples: lead.samples.map((sample, i) => edit(sample ?? 0, i / lead.sampleRateHz, lead)),
  }));
}

describe('R peaks over twelve leads', () => {
  const cases = [125, 500, 599.88].flatMap((sampleRateHz) =>
    [30, 72, 150, 210].map((heartRatePerMinute) => [sampleRateHz, heartRatePerMinute] as const),
  );
  test.each(cases)(
    'at %d Hz and %d beats a minute every beat is found and none invented',
    (sampleRateHz, heartRatePerMinute) => {
      const { leads, truth } = make({
        sampleRateHz,
        heartRatePerMinute,
        noiseMicrovolts: 20,
        wanderMicrovolts: 150,
        prIntervalMs: heartRatePerMinute > 140 ? 110 : 160,
      });
      const { peakSeconds } = detectRPeaks(leads);
      expect(score(peakSeconds, truth.rPeakSeconds, 20)).toEqual(none);
      expect(measureHeartRate(leads).ratePerMinute).toBeCloseTo(truth.heartRatePerMinute, 0);
    },
  );

  test('one lead is enough, upside down too', () => {
    const { leads, truth } = make({ noiseMicrovolts: 15 });
    for (const lead of change(leads, (sample) => -sample)) {
      expect(score(detectRPeaks([lead]).peakSeconds, truth.rPeakSeconds, 20)).toEqual(none);
    }
  });

  test('wide complexes and inferior infarction are counted once', () => {
    for (const options of [{ qrsDurationMs: 170, qtIntervalMs: 440 }, { rhythm: 'inferior-stemi' as const }]) {
      const { leads, truth } = make({ heartRatePerMinute: 65, ...options });
      expect(score(detectRPeaks(leads).peakSeconds, truth.rPeakSeconds, 20)).toEqual(none);
    }
  });

  test('T waves taller than R are no beats', () => {
    const { leads, truth } = make({ heartRatePerMinute: 60 });
    const tall = change(leads, (sample, seconds, lead) => {
      const extra = { V2: 1400, V3: 1500, V4: 1400, V5: 1100, II: 1000, aVF: 700, I: 600, V6: 900 }[lead.name] ?? 0;
      const phase = truth.rPeakSeconds.map((peak) => (seconds - peak - 0.28) / 0.07).find((x) => Math.abs(x) < 1);
      return phase === undefined ? sample : sample + extra * (0.5 + 0.5 * Math.cos(Math.PI * phase));
    });
    expect(score(detectRPeaks(tall).peakSeconds, truth.rPeakSeconds, 20)).toEqual(none);
  });

  test.each([
    ['before P', -0.2, 8000],
    ['before QRS', -0.03, 4000],
  ])('pacemaker pulses %s are no beats', (_, offset, height) => {
    const { leads, truth } = make({});
    const paced = change(leads, (sample, seconds) =>
      truth.rPeakSeconds.some((peak) => seconds - peak - offset >= 0 && seconds - peak - offset < 0.002)
        ? sample + height
        : sample,
    );
    expect(score(detectRPeaks(paced).peakSeconds, truth.rPeakSeconds, 20)).toEqual(none);
  });
});

describe('leads that fail', () => {
  const { leads, truth } = make({});

  test('limb leads that fall off, flat leads and leads full of noise lose their vote', () => {
    let seed = 1;
    const noise = (): number => {
      seed = (seed * 1103515245 + 12345) & 0x7fffffff;
      return seed / 0x7fffffff - 0.5;
    };
    const failing = change(leads, (sample, seconds, lead) => {
      if (/^(I|II|III)$/.test(lead.name)) return seconds > 5 && seconds < 12 ? null : sample;
      if (lead.name === 'V1') return 0;
      if (lead.name === 'V2') return 3000 * noise();
      return lead.name === 'aVR' ? Number.NaN : sample;
    });
    expect(score(detectRPeaks(failing).peakSeconds, truth.rPeakSeconds, 20)).toEqual(none);
  });

  test('leads shown one after another (3 x 4) are followed through', () => {
    const sequential = change(leads, (sample, seconds, lead) => {
      const column = Math.floor(leads.findIndex((entry) => entry.name === lead.name) / 3);
      return Math.floor(seconds / 5) === column ? sample : null;
    });
    expect(score(detectRPeaks(sequential).peakSeconds, truth.rPeakSeconds, 20).invented).toEqual([]);
    expect(measureHeartRate(sequential).ratePerMinute).toBeCloseTo(truth.heartRatePerMinute, 0);
  });

  test('an interval across missing samples is no RR interval; a pause of the heart is one', () => {
    const cut = change(leads, (sample, seconds) => (seconds > 6 && seconds < 9.5 ? null : sample));
    expect(detectRPeaks(cut).unusableSeconds.length).toBeGreaterThan(0);
    expect(measureHeartRate(cut).longestRrMs).toBeLessThan(1000);
    const pause = change(leads, (sample, seconds) => (seconds > 6 && seconds < 9.5 ? 0 : sample));
    expect(detectRPeaks(pause).unusableSeconds).toEqual([]);
    expect(measureHeartRate(pause).longestRrMs).toBeGreaterThan(3300);
  });

  test('the 1 mV calibration pulse that some devices append is no beat', () => {
    const calibrated = change(leads, (sample, seconds) =>
      seconds < 19 ? sample : seconds > 19.3 && seconds < 19.5 ? 1000 : 0,
    );
    expect(
      score(
        detectRPeaks(calibrated).peakSeconds,
        truth.rPeakSeconds.filter((peak) => peak < 19),
        20,
      ),
    ).toEqual(none);
  });

  test('noise, silence and nothing have no heart rate', () => {
    let seed = 5;
    const noise = (): number => {
      seed = (seed * 1103515245 + 12345) & 0x7fffffff;
      return 400 * (seed / 0x7fffffff - 0.5);
    };
    for (const silent of [
      change(leads, noise),
      change(leads, () => 0),
      change(leads, () => null),
      [],
      leads.map((lead) => ({ ...lead, samples: [1, 2] })),
    ]) {
      expect(measureHeartRate(silent)).toMatchObject({ ratePerMinute: null, rrIntervalsMs: [], shortestRrMs: null });
    }
  });
});
