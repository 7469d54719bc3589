import { describe, expect, test } from '@jest/globals';
import { preReadEcg } from '../../../shared/ecg/pre-read.ts';
import type { PreRead, PreReadOptions } from '../../../shared/ecg/pre-read.ts';
import { randomSource } from '../../../shared/ecg/random-source.ts';
import { synthesizeRhythm } from '../../../shared/ecg/synthesize-rhythms.ts';
import type { RhythmSynthesisOptions } from '../../../shared/ecg/synthesize-rhythms.ts';
import type { EcgLead } from '../../../shared/ecg/waveform.ts';

const mild = [
  { kind: 'white-noise', microvolts: 8 },
  { kind: 'wander', microvolts: 100 },
] as const;

function read(options: RhythmSynthesisOptions, person: PreReadOptions = { sex: 'male', ageYears: 55 }) {
  const { document, truth } = synthesizeRhythm({ artefacts: mild, ...options });
  return { result: preReadEcg(document, person), truth, document };
}

const fired = (result: PreRead): string[] => result.results.map(({ ruleId }) => ruleId);
const stated = (result: PreRead): string[] => result.rhythm.findings.map(({ code }) => code);
const leadsOf = (result: PreRead, rule: string): string[] =>
  result.results.find(({ ruleId }) => ruleId === rule)?.leads ?? [];

describe('intervals against the truth', () => {
  test.each<RhythmSynthesisOptions>([
    {},
    { heartRatePerMinute: 40 },
    { heartRatePerMinute: 110 },
    { heartRatePerMinute: 140 },
    { prIntervalMs: 200, qrsDurationMs: 110 },
    { rhythm: 'first-degree-av-block' },
    { qtIntervalMs: 560, heartRatePerMinute: 60 },
    { morphology: 'left-bundle-branch-block' },
    { morphology: 'right-bundle-branch-block' },
    { morphology: 'anterior-stemi' },
    { sampleRateHz: 250 },
    { sampleRateHz: 1000, artefacts: [{ kind: 'mains', microvolts: 80 }] },
    { sampleRateHz: 360 },
    {
      artefacts: [
        { kind: 'white-noise', microvolts: 40 },
        { kind: 'wander', microvolts: 300 },
      ],
    },
  ])('PR, QRS, QT and RR are met: %j', (options) => {
    const { result, truth } = read(options);
    const { pr, qrs, qt, rr, qtc } = result.intervals;
    expect(Math.abs(pr.ms! - truth.prIntervalMs!)).toBeLessThanOrEqual(15);
    expect(Math.abs(qrs.ms! - truth.qrsDurationMs)).toBeLessThanOrEqual(12);
    // The tangent meets the baseline before the wave's last trace is gone.
    expect(qt.ms! - truth.qtIntervalMs).toBeLessThanOrEqual(5);
    expect(qt.ms! - truth.qtIntervalMs).toBeGreaterThanOrEqual(-25);
    expect(Math.abs(rr.ms! - 60_000 / truth.heartRatePerMinute!)).toBeLessThanOrEqual(5);
    expect(qtc!.bazettMs).toBeCloseTo(qt.ms! / Math.sqrt(rr.ms! / 1000), 6);
  });

  test('the J point level of every lead is met within 0.035 mV', () => {
    for (const morphology of ['normal', 'inferior-stemi', 'anterior-stemi', 'lateral-stemi'] as const) {
      const { result, truth } = read({ morphology });
      for (const lead of result.leads) {
        expect(Math.abs(lead.stJMicrovolts! - truth.stLevelMicrovolts[lead.name]!)).toBeLessThanOrEqual(35);
        expect(Math.abs(lead.stJ40Microvolts! - truth.stLevelMicrovolts[lead.name]!)).toBeLessThanOrEqual(35);
      }
    }
  });

  test('axes lie where I and aVF put them', () => {
    const { result } = read({});
    expect(result.axes.qrsDegrees).toBeGreaterThan(45);
    expect(result.axes.qrsDegrees).toBeLessThan(65);
    expect(result.axes.pDegrees).toBeGreaterThan(40);
    expect(result.axes.pDegrees).toBeLessThan(65);
  });
});

describe('rhythm', () => {
  test.each([
    ['sinus', 'sinus-rhythm'],
    ['first-degree-av-block', 'av-block-1'],
    ['second-degree-av-block-type-1', 'av-block-2-type-1'],
    ['second-degree-av-block-type-2', 'av-block-2-type-2'],
    ['two-to-one-av-block', 'av-block-2-two-to-one'],
    ['third-degree-av-block', 'av-block-3'],
    ['atrial-fibrillation', 'atrial-fibrillation'],
    ['pre-excited-atrial-fibrillation', 'pre-excited-atrial-fibrillation'],
    ['sinus-pause', 'pause'],
    ['premature-ventricular', 'premature-ventricular'],
    ['premature-atrial', 'premature-atrial'],
    ['wide-complex-tachycardia', 'wide-complex-tachycardia'],
    ['supraventricular-tachycardia', 'narrow-complex-tachycardia'],
    ['ventricular-fibrillation', 'chaotic-ventricular'],
    ['asystole', 'no-beats'],
  ] as const)('%s is stated as %s', (rhythm, code) => {
    for (const seed of [1, 2, 3]) {
      const { result } = read({ rhythm, seed, individualSpread: 0.1 });
      expect(stated(result)).toContain(code);
      const blocks = stated(result).filter((entry) => entry.startsWith('av-block') && entry !== code);
      expect(blocks).toEqual([]);
    }
  });

  test('premature ventricular beats are counted and told from atrial ones', () => {
    const { result, truth } = read({ rhythm: 'premature-ventricular', durationSeconds: 20 });
    const real = truth.beats.filter(({ kind }) => kind === 'premature-ventricular').length;
    expect(result.rhythm.prematureVentricularSeconds).toHaveLength(real);
    expect(result.rhythm.prematureAtrialSeconds).toEqual([]);
    expect(result.classes).toHaveLength(2);
  });

  test('beside a right bundle branch block, ventricular beats are told and sinus tachycardia is none of theirs', () => {
    const morphology = 'right-bundle-branch-block';
    expect(stated(read({ rhythm: 'premature-ventricular', morphology }).result)).toContain('premature-ventricular');
    const fast = stated(read({ morphology, heartRatePerMinute: 112 }).result);
    expect(fast).toEqual(['sinus-rhythm', 'tachycardia']);
  });

  test('sinus arrhythmia is neither fibrillation nor a row of premature beats', () => {
    for (const seed of [1, 2, 3]) {
      const { result } = read({ seed, rrVariation: 0.09, heartRatePerMinute: 65 });
      expect(stated(result)).toContain('sinus-rhythm');
      expect(result.rhythm.prematureAtrialSeconds).toEqual([]);
    }
  });

  test('drowned in noise nothing is measured, stated or graded; only the request to repeat stands', () => {
    for (const seed of [1, 2, 3]) {
      const { result } = read({ seed, artefacts: [{ kind: 'white-noise', microvolts: 250 }] });
      expect(result).toMatchObject({ danger: null, results: [] });
      expect(result.intervals.qrs).toEqual({ ms: null, confidence: 'low', reason: 'noise' });
      expect(result.quality).toMatchObject([{ code: 'high-noise', severity: 'repeat' }]);
    }
  });

  test('a pause is as long as it is', () => {
    const { result } = read({ rhythm: 'sinus-pause', pauseSeconds: 5.3, durationSeconds: 15 });
    expect(result.rhythm.rrLongestMs).toBeGreaterThan(5100);
    expect(fired(result)).toContain('pause-5-s');
  });
});

describe('infarction by territory', () => {
  const cases: [RhythmSynthesisOptions, string, string[]][] = [
    [{ morphology: 'inferior-stemi' }, 'stemi', ['II', 'III', 'aVF']],
    [{ morphology: 'anterior-stemi' }, 'stemi', ['V2', 'V3', 'V4']],
    [{ morphology: 'lateral-stemi' }, 'stemi', ['I', 'aVL', 'V5', 'V6']],
    [{ morphology: 'posterior-stemi', extraLeads: true }, 'stemi-posterior', ['V7', 'V8', 'V9']],
    [{ morphology: 'right-ventricular-stemi', extraLeads: true }, 'stemi-right-ventricular', ['V3R', 'V4R']],
  ];
  test.each(cases)('%j fires %s in its leads', (options, rule, leads) => {
    const { result } = read(options);
    expect(leadsOf(result, rule)).toEqual(expect.arrayContaining(leads));
    expect(result).toMatchObject({ danger: 1, unconfirmed: true });
    const found = result.results.find(({ ruleId }) => ruleId === rule)!;
    expect(found).toMatchObject({ unconfirmed: true, edition: expect.any(String), citation: expect.any(String) });
    for (const value of found.values) expect(value.measured).toBeGreaterThanOrEqual(value.limit);
  });

  test('posterior infarction without V7 to V9 asks for them', () => {
    const { result } = read({ morphology: 'posterior-stemi' });
    expect(fired(result)).toContain('posterior-leads-wanted');
    expect(fired(result)).not.toContain('stemi');
  });

  test.each([
    ['left-bundle-branch-block', 'left-bundle-branch-block'],
    ['left-ventricular-hypertrophy', 'left-ventricular-hypertrophy'],
  ] as const)('ST elevation of %s is no infarction', (morphology, feature) => {
    const { result } = read({ morphology });
    expect(result.features).toContain(feature);
    expect(fired(result)).not.toContain('stemi');
    expect(result.danger).toBe(3);
  });

  test.each([
    ['de-winter', 'de-winter'],
    ['diffuse-depression', 'avr-elevation-diffuse-depression'],
    ['hyperacute-t', 'hyperacute-t'],
    ['wellens', 'wellens-biphasic'],
    ['hyperkalaemia', 'hyperkalaemia-t'],
    ['low-voltage', 'low-voltage'],
    ['right-bundle-branch-block', 'right-bundle-branch-block'],
  ] as const)('%s fires %s', (morphology, rule) => {
    expect(fired(read({ morphology }).result)).toContain(rule);
  });
});

test('a hundred normal recordings with mild noise fire no rule and no request to repeat', () => {
  const alarms: string[] = [];
  for (let seed = 1; seed <= 100; seed++) {
    const uniform = randomSource(seed * 77);
    const { result } = read(
      {
        seed,
        heartRatePerMinute: 52 + 44 * uniform(),
        prIntervalMs: 130 + Math.round(60 * uniform()),
        qrsDurationMs: 78 + Math.round(26 * uniform()),
        individualSpread: 0.15,
        rrVariation: 0.01 + 0.05 * uniform(),
        artefacts: [
          { kind: 'white-noise', microvolts: 5 + 15 * uniform() },
          { kind: 'wander', microvolts: 150 * uniform() },
        ],
      },
      { sex: uniform() < 0.5 ? 'male' : 'female', ageYears: 20 + 60 * uniform() },
    );
    alarms.push(...fired(result), ...result.quality.map(({ code }) => code));
    expect(stated(result)).toContain('sinus-rhythm');
    expect(result.danger).toBe(4);
  }
  expect(alarms).toEqual([]);
});

describe('what may not matter', () => {
  const change = (leads: readonly EcgLead[], edit: (sample: number, lead: EcgLead) => number): EcgLead[] =>
    leads.map((lead) => ({ ...lead, samples: lead.samples.map((sample) => edit(sample ?? 0, lead)) }));
  const intervals = ({ intervals: { pr, qrs, qt, rr } }: PreRead) => [pr.ms, qrs.ms, qt.ms, rr.ms];
  const { document } = synthesizeRhythm({ artefacts: mild });
  const leads = document.groups[0]!.leads;
  const plain = preReadEcg(document);

  test('an offset of the electrodes changes nothing', () => {
    const moved = preReadEcg({ groups: [{ label: 'rhythm', leads: change(leads, (sample) => sample + 3000) }] });
    expect(intervals(moved)).toEqual(intervals(plain));
    moved.leads.forEach((lead, i) => expect(lead.stJMicrovolts).toBeCloseTo(plain.leads[i]!.stJMicrovolts!, 6));
  });

  test('half the gain halves amplitudes and keeps intervals', () => {
    const small = preReadEcg({ groups: [{ label: 'rhythm', leads: change(leads, (sample) => sample / 2) }] });
    intervals(small).forEach((ms, i) => expect(Math.abs(ms! - intervals(plain)[i]!)).toBeLessThanOrEqual(4));
    small.leads.forEach((lead, i) => {
      expect(lead.stJMicrovolts).toBeCloseTo(plain.leads[i]!.stJMicrovolts! / 2, -1);
    });
  });

  test('a later start of the recording keeps intervals', () => {
    const later = leads.map((lead) => ({ ...lead, samples: lead.samples.slice(333) }));
    const shifted = preReadEcg({ groups: [{ label: 'rhythm', leads: later }] });
    intervals(shifted).forEach((ms, i) => expect(Math.abs(ms! - intervals(plain)[i]!)).toBeLessThanOrEqual(8));
  });

  test('the order of leads changes nothing', () => {
    const turned = preReadEcg({ groups: [{ label: 'rhythm', leads: [...leads].reverse() }] });
    expect(turned.danger).toBe(plain.danger);
    intervals(turned).forEach((ms, i) => expect(Math.abs(ms! - intervals(plain)[i]!)).toBeLessThanOrEqual(4));
  });
});

describe('partial and odd recordings', () => {
  const { document } = synthesizeRhythm({ artefacts: mild });
  const leads = document.groups[0]!.leads;
  const group = (changed: readonly EcgLead[]) => ({ groups: [{ label: 'rhythm' as const, leads: [...changed] }] });

  /** Every number anywhere in the result is finite. */
  function expectFinite(value: unknown): void {
    if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
    else if (value instanceof Float64Array) expect(value.every(Number.isFinite)).toBe(true);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(expectFinite);
  }

  const odd: [string, { groups: { label: 'rhythm' | 'median'; leads: EcgLead[] }[] }][] = [
    ['nothing', { groups: [] }],
    ['no leads', group([])],
    ['empty leads', group(leads.map((lead) => ({ ...lead, samples: [] })))],
    ['one sample', group(leads.map((lead) => ({ ...lead, samples: [5] })))],
    ['all null', group(leads.map((lead) => ({ ...lead, samples: lead.samples.map(() => null) })))],
    ['all zero', group(leads.map((lead) => ({ ...lead, samples: lead.samples.map(() => 0) })))],
    [
      'NaN and infinite samples',
      group(
        leads.map((lead) => ({
          ...lead,
          samples: lead.samples.map((s, i) => (i % 3 === 0 ? Number.NaN : i % 3 === 1 ? Number.POSITIVE_INFINITY : s)),
        })),
      ),
    ],
    ['one beat', group(leads.map((lead) => ({ ...lead, samples: lead.samples.slice(0, 600) })))],
    ['two beats', group(leads.map((lead) => ({ ...lead, samples: lead.samples.slice(0, 1000) })))],
    ['a rate of nothing', group(leads.map((lead) => ({ ...lead, sampleRateHz: 0 })))],
    ['a rate of NaN', group(leads.map((lead) => ({ ...lead, sampleRateHz: Number.NaN })))],
    [
      'different rates',
      group(
        leads.map((lead, i) =>
          i % 2 ? lead : { ...lead, sampleRateHz: 250, samples: lead.samples.filter((_, k) => k % 2 === 0) },
        ),
      ),
    ],
    ['huge values', group(leads.map((lead) => ({ ...lead, samples: lead.samples.map((s) => (s ?? 0) * 1e9) })))],
    [
      'averaged beats only',
      { groups: [{ label: 'median', leads: leads.map((lead) => ({ ...lead, samples: lead.samples.slice(0, 600) })) }] },
    ],
    ['strange lead names', group(leads.map((lead, i) => ({ ...lead, name: `X${i}` })))],
  ];
  test.each(odd)('%s says what can be said, without NaN', (name, recording) => {
    const result = preReadEcg(recording, { sex: 'female', ageYears: Number.NaN });
    expectFinite(result);
    if (name !== 'huge values') expect(result.results.every(({ danger }) => danger > 1)).toBe(true);
  });

  test('silence from dead electrodes is no standstill; the clinic is asked to repeat', () => {
    const result = preReadEcg(odd[5]![1]);
    expect(result).toMatchObject({ danger: null, results: [] });
    expect(result.quality[0]).toMatchObject({ code: 'lead-off-flat', severity: 'repeat' });
  });

  test('one lead is enough for rate, QRS and rhythm', () => {
    const result = preReadEcg(group(leads.filter(({ name }) => name === 'II')));
    expect(result.rhythm.ventricularRatePerMinute).toBeGreaterThan(70);
    expect(Math.abs(result.intervals.qrs.ms! - 90)).toBeLessThanOrEqual(15);
    expect(stated(result)).toContain('sinus-rhythm');
    expect(result.axes.qrsDegrees).toBeNull();
  });

  test('leads shown one after another are read together', () => {
    const { document: stemi } = synthesizeRhythm({ morphology: 'inferior-stemi', artefacts: mild });
    const columns = stemi.groups[0]!.leads.map((lead, i) => ({
      ...lead,
      samples: lead.samples.map((s, k) =>
        lead.name === 'II' || Math.floor(k / 1250) === Math.floor(i / 3) ? s : null,
      ),
    }));
    const result = preReadEcg(group(columns), { sex: 'male', ageYears: 60 });
    expect(leadsOf(result, 'stemi')).toEqual(expect.arrayContaining(['II', 'III', 'aVF']));
    expect(result.leads).toHaveLength(12);
  });

  test('a long recording is judged by its first part, and says so', () => {
    const { document: long } = synthesizeRhythm({ durationSeconds: 200, sampleRateHz: 128 });
    const two = group(long.groups[0]!.leads.slice(0, 2));
    expect(preReadEcg(two)).toMatchObject({ shortened: true, durationSeconds: 120 });
  });
});
