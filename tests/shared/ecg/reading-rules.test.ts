import { describe, expect, test } from '@jest/globals';
import type { LeadMeasurements } from '../../../shared/ecg/beat-measurements.ts';
import { defaultRuleTable } from '../../../shared/ecg/default-reading-rules.ts';
import { evaluateRules } from '../../../shared/ecg/evaluate-rules.ts';
import type { RuleInputs } from '../../../shared/ecg/evaluate-rules.ts';
import { ruleTableSchema } from '../../../shared/ecg/reading-rules.ts';
import { standardLeads } from '../../../shared/ecg/waveform.ts';

function lead(name: string, st: number, more: Partial<LeadMeasurements> = {}): LeadMeasurements {
  return {
    name,
    pMicrovolts: 80,
    qMicrovolts: null,
    qDurationMs: null,
    rMicrovolts: 800,
    sMicrovolts: -200,
    rPrimeMicrovolts: null,
    stJMicrovolts: st,
    stJ40Microvolts: st,
    stJ60Microvolts: st,
    stJ80Microvolts: st,
    tMicrovolts: 200,
    tMaximumMicrovolts: 200,
    tMinimumMicrovolts: 0,
    tEndsLow: false,
    tHalfWidthMs: 100,
    qrsAreaMicrovoltMs: 15_000,
    pAreaMicrovoltMs: 4000,
    tAreaMicrovoltMs: 20_000,
    timeToPeakMs: 40,
    ...more,
  };
}

function inputs(st: Record<string, number>, more: Partial<RuleInputs> = {}): RuleInputs {
  const names = [...new Set([...standardLeads, ...Object.keys(st)])];
  return {
    leads: names.map((name) => lead(name, st[name] ?? 0)),
    values: { 'ventricular-rate': 72 },
    rhythm: ['sinus-rhythm'],
    features: [],
    sex: 'male',
    ageYears: 60,
    symptomatic: null,
    ...more,
  };
}

const fired = (st: Record<string, number>, more: Partial<RuleInputs> = {}): string[] =>
  evaluateRules(defaultRuleTable, inputs(st, more)).results.map(({ ruleId }) => ruleId);

test('the table as delivered is valid, cites a source in each rule, and survives JSON', () => {
  const parsed = ruleTableSchema.parse(JSON.parse(JSON.stringify(defaultRuleTable)));
  expect(parsed).toEqual(defaultRuleTable);
  expect(parsed.rules.length).toBeGreaterThan(40);
});

test('a table with two rules of one id, or an unknown quantity, is refused', () => {
  const [rule] = defaultRuleTable.rules;
  expect(ruleTableSchema.safeParse({ ...defaultRuleTable, rules: [rule, rule] }).success).toBe(false);
  expect(ruleTableSchema.safeParse({ ...defaultRuleTable, rules: [{ ...rule, quantity: 'st-x' }] }).success).toBe(
    false,
  );
});

describe('STEMI limits of the fourth universal definition', () => {
  test.each([
    ['V2', 'V3', 'male', 40, 200],
    ['V2', 'V3', 'male', 60, 200],
    ['V2', 'V3', 'male', 39, 250],
    ['V2', 'V3', 'female', 30, 150],
    ['V2', 'V3', 'female', 70, 150],
    ['V4', 'V5', 'male', 60, 100],
    ['II', 'aVF', 'female', 60, 100],
    ['aVL', 'I', 'male', 30, 100],
  ] as const)('%s and %s, %s of %d years: from %d uV on', (first, second, sex, ageYears, limit) => {
    const person = { sex, ageYears };
    expect(fired({ [first]: limit, [second]: limit }, person)).toContain('stemi');
    expect(fired({ [first]: limit - 1, [second]: limit }, person)).not.toContain('stemi');
    expect(fired({ [first]: limit, [second]: limit - 1 }, person)).not.toContain('stemi');
  });

  test.each([
    ['V7', 'V8', 'stemi-posterior', 'male', 40, 50],
    ['V8', 'V9', 'stemi-posterior', 'male', 39, 100],
    ['V8', 'V9', 'stemi-posterior', 'female', 20, 50],
    ['V3R', 'V4R', 'stemi-right-ventricular', 'male', 30, 50],
    ['V3R', 'V4R', 'stemi-right-ventricular', 'male', 29, 100],
    ['V3R', 'V4R', 'stemi-right-ventricular', 'female', 20, 50],
  ] as const)('%s and %s fire %s, %s of %d years: from %d uV on', (first, second, rule, sex, ageYears, limit) => {
    const person = { sex, ageYears };
    expect(fired({ [first]: limit, [second]: limit }, person)).toContain(rule);
    expect(fired({ [first]: limit - 1, [second]: limit - 1 }, person)).not.toContain(rule);
  });

  test('leads must be neighbours: aVL, I, -aVR, II, aVF, III and V1 to V6', () => {
    for (const [first, second] of [
      ['aVL', 'I'],
      ['II', 'aVF'],
      ['aVF', 'III'],
      ['V1', 'V2'],
      ['V5', 'V6'],
    ] as const) {
      expect(fired({ [first]: 300, [second]: 300 })).toContain('stemi');
    }
    for (const [first, second] of [
      ['aVL', 'III'],
      ['I', 'aVF'],
      ['II', 'III'],
      ['V1', 'V3'],
      ['V4', 'V6'],
      ['III', 'V1'],
    ] as const) {
      expect(fired({ [first]: 300, [second]: 300 })).not.toContain('stemi');
    }
    // I and II are neighbours through -aVR, which both together depress.
    expect(fired({ I: 120, aVR: -125, II: 130 })).toContain('stemi');
    expect(fired({ I: 120, aVR: 0, II: 130 })).not.toContain('stemi');
  });

  test('territories, leads, values and limits are named', () => {
    const { results } = evaluateRules(defaultRuleTable, inputs({ II: 150, III: 250, aVF: 200 }));
    const stemi = results.find(({ ruleId }) => ruleId === 'stemi')!;
    expect(stemi).toMatchObject({ danger: 1, unconfirmed: true, territories: ['inferior'], assumed: [] });
    expect(new Set(stemi.leads)).toEqual(new Set(['II', 'III', 'aVF']));
    expect(stemi.values).toContainEqual({
      quantity: 'st-j',
      lead: 'III',
      measured: 250,
      comparison: 'at-least',
      limit: 100,
    });
  });

  test('unknown sex or age take the mildest limit, and the result says so', () => {
    const open = { sex: null, ageYears: null };
    const { results } = evaluateRules(defaultRuleTable, inputs({ V2: 160, V3: 160 }, open));
    const stemi = results.find(({ ruleId }) => ruleId === 'stemi')!;
    expect(new Set(stemi.assumed)).toEqual(new Set(['sex', 'age']));
    expect(fired({ V2: 210, V3: 210 }, { sex: 'male', ageYears: null })).toContain('stemi');
    expect(fired({ V2: 190, V3: 190 }, { sex: 'male', ageYears: null })).not.toContain('stemi');
  });

  test.each(['left-ventricular-hypertrophy', 'left-bundle-branch-block'] as const)(
    'with %s the rule is withheld, and why is said',
    (feature) => {
      const found = evaluateRules(defaultRuleTable, inputs({ V2: 300, V3: 300 }, { features: [feature] }));
      expect(found.results.map(({ ruleId }) => ruleId)).not.toContain('stemi');
      expect(found.withheld).toContainEqual({ ruleId: 'stemi', because: [feature], leads: ['V2', 'V3'] });
    },
  );
});

describe('critical values', () => {
  test.each([
    ['bradycardia-extreme', { 'ventricular-rate': 35 }, { 'ventricular-rate': 36 }],
    ['pause-5-s', { 'longest-pause': 5000 }, { 'longest-pause': 4990 }],
    ['pause-3-s', { 'longest-pause': 3000 }, { 'longest-pause': 2990 }],
    ['qtc-550', { 'qtc-bazett': 550, 'ventricular-rate': 80 }, { 'qtc-bazett': 549, 'ventricular-rate': 80 }],
    ['supraventricular-tachycardia-fast', { 'ventricular-rate': 200, qrs: 90 }, { 'ventricular-rate': 199, qrs: 90 }],
  ] as const)('%s fires at its limit and not beside it', (rule, at, beside) => {
    expect(fired({}, { values: at })).toContain(rule);
    expect(fired({}, { values: beside })).not.toContain(rule);
  });

  test('a pause of three seconds with symptoms is critical', () => {
    expect(fired({}, { values: { 'longest-pause': 3100 }, symptomatic: true })).toContain('pause-3-s-symptoms');
    expect(fired({}, { values: { 'longest-pause': 3100 }, symptomatic: null })).not.toContain('pause-3-s-symptoms');
  });

  test('ventricular tachycardia counts from 150 a minute, pre-excited fibrillation from 250 ms', () => {
    const wide = (rate: number) =>
      fired({}, { rhythm: ['wide-complex-tachycardia'], values: { 'ventricular-rate': rate } });
    expect(wide(150)).toContain('ventricular-tachycardia-fast');
    expect(wide(149)).not.toContain('ventricular-tachycardia-fast');
    const rr = (ms: number) =>
      fired({}, { rhythm: ['pre-excited-atrial-fibrillation'], values: { 'rr-shortest': ms } });
    expect(rr(250)).toContain('pre-excited-atrial-fibrillation');
    expect(rr(260)).not.toContain('pre-excited-atrial-fibrillation');
  });
});

describe('a hospital edits its table', () => {
  test('switched off rules are silent, changed limits count', () => {
    const rules = defaultRuleTable.rules.map((rule) =>
      rule.id === 'qtc-550'
        ? { ...rule, enabled: false }
        : rule.id === 'bradycardia-extreme' && rule.kind === 'conditions'
          ? { ...rule, values: [{ quantity: 'ventricular-rate' as const, atMost: 40 }] }
          : rule,
    );
    const table = ruleTableSchema.parse({
      ...defaultRuleTable,
      edition: 'county-1',
      approved: { by: 'Head of department', on: '2026-11-22' },
      rules,
    });
    const values = { 'qtc-bazett': 600, 'ventricular-rate': 39 };
    const ids = evaluateRules(table, inputs({}, { values })).results.map(({ ruleId }) => ruleId);
    expect(ids).toContain('bradycardia-extreme');
    expect(ids).not.toContain('qtc-550');
  });

  test('nothing measured, nothing fired', () => {
    expect(evaluateRules(defaultRuleTable, { ...inputs({}), leads: [], values: {}, rhythm: [] }).results).toEqual([]);
  });
});
