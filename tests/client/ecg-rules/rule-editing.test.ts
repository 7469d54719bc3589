import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import {
  deliveredRules,
  faultsIn,
  linesOf,
  numberAt,
  rulesToEdit,
  withMissingRules,
  withNumber,
  withRule,
} from '../../../client/features/ecg-rules/rule-editing.ts';
import { hospitalRulesSchema } from '../../../shared/ecg/hospital-rule-table.ts';
import { ecgFeatures, type ReadingRule } from '../../../shared/ecg/reading-rules.ts';
import { changeCount, changesBetween, sameRule, withEditions } from '../../../shared/ecg/rule-changes.ts';
import { gradeExample, measureExample, ruleExamples } from '../../../shared/ecg/rule-examples.ts';

const ruleOf = (id: string): ReadingRule => deliveredRules.rules.find((rule) => rule.id === id)!;

describe('the numbers of a rule', () => {
  test('a limit comes with its leads, sex and age', () => {
    const [first, second] = linesOf(ruleOf('stemi'));
    expect(first).toMatchObject({ sex: 'male', leads: ['V2', 'V3'] });
    expect(first?.numbers.map(({ value }) => value)).toEqual([40, 200]);
    expect(second?.numbers.map(({ path }) => path.join('.'))).toEqual(['limits.1.ageBelow', 'limits.1.limit']);
  });

  test('each number of every delivered rule is found where it stands, within its bounds, and can be changed alone', () => {
    let numbers = 0;
    for (const rule of deliveredRules.rules)
      for (const line of linesOf(rule))
        for (const { path, value, bounds } of line.numbers) {
          numbers += 1;
          expect(numberAt(rule, path)).toBe(value);
          expect(value).toBeGreaterThanOrEqual(bounds[0]);
          expect(value).toBeLessThanOrEqual(bounds[1]);
          const other = withNumber(rule, path, value + 1);
          expect(numberAt(other, path)).toBe(value + 1);
          expect(numberAt(rule, path)).toBe(value);
          expect(sameRule(withNumber(other, path, value), rule)).toBe(true);
        }
    expect(numbers).toBeGreaterThan(80);
  });

  test('a path that a rule lacks, or that every object has, leads to no number', () => {
    expect(numberAt(ruleOf('stemi'), ['limits', 9, 'limit'])).toBeUndefined();
    expect(numberAt(ruleOf('stemi'), ['constructor', 'length'])).toBeUndefined();
    expect(numberAt(undefined, ['limits'])).toBeUndefined();
  });
});

describe('two tables', () => {
  const changed = withRule(deliveredRules, withNumber(ruleOf('tachycardia'), ['values', 0, 'above'], 110));

  test('the changes between them are named', () => {
    expect(changesBetween(deliveredRules, deliveredRules)).toEqual({
      added: [],
      changed: [],
      removed: [],
      features: false,
    });
    expect(changesBetween(deliveredRules, changed).changed).toEqual(['tachycardia']);
    const less = { ...changed, rules: changed.rules.filter(({ id }) => id !== 'stemi') };
    expect(changesBetween(deliveredRules, less)).toMatchObject({ removed: ['stemi'], changed: ['tachycardia'] });
    expect(changeCount(changesBetween(less, deliveredRules))).toBe(2);
  });

  test('the order of keys and a field that is undefined make no difference', () => {
    const rule = ruleOf('tachycardia');
    const turned = Object.fromEntries(Object.entries(rule).reverse()) as ReadingRule;
    expect(sameRule({ ...turned, rhythmAny: undefined }, rule)).toBe(true);
  });

  test('a changed rule gets the hospital’s edition, and back as delivered the delivered one', () => {
    const edited = withEditions(changed, [deliveredRules], 'ours');
    const editionOf = (id: string, rules = edited) => rules.rules.find((rule) => rule.id === id)?.edition;
    expect(editionOf('tachycardia')).toBe('ours');
    expect(editionOf('stemi')).toBe(ruleOf('stemi').edition);
    const back = withEditions(withRule(edited, ruleOf('tachycardia')), [edited, deliveredRules], 'ours 2');
    expect(editionOf('tachycardia', back)).toBe(ruleOf('tachycardia').edition);
  });

  test('editing starts with the draft, else with what is in force, else as delivered', () => {
    const version = (edition: string) =>
      ({ table: { id: 'x', edition, ...changed } }) as unknown as Parameters<typeof rulesToEdit>[0]['draft'];
    expect(rulesToEdit({ draft: null, inForce: null })).toBe(deliveredRules);
    expect(rulesToEdit({ draft: null, inForce: version('a') }).rules).toBe(changed.rules);
    expect(rulesToEdit({ draft: version('b'), inForce: null }).rules).toBe(changed.rules);
  });

  test('rules that only the delivered table has are added once', () => {
    const less = { ...deliveredRules, rules: deliveredRules.rules.filter(({ id }) => id !== 'stemi') };
    const whole = withMissingRules(less, ['stemi', 'tachycardia']);
    expect(whole.rules).toHaveLength(deliveredRules.rules.length);
    expect(withMissingRules(whole, ['stemi'])).toEqual(whole);
  });

  test('a rule that can never hold is named before it is sent', () => {
    expect(faultsIn(deliveredRules)).toEqual({ ruleIds: [], other: false });
    const faulty = withRule(deliveredRules, {
      ...ruleOf('tachycardia'),
      values: [{ quantity: 'ventricular-rate', above: 120, below: 100 }],
    } as ReadingRule);
    expect(faultsIn(faulty)).toEqual({ ruleIds: ['tachycardia'], other: false });
    const off = { ...deliveredRules, rules: deliveredRules.rules.map((rule) => ({ ...rule, enabled: false })) };
    expect(faultsIn(off).other).toBe(true);
  });
});

describe('the examples', () => {
  test('the delivered rules pass what a hospital may make of them', () => {
    expect(hospitalRulesSchema.safeParse(deliveredRules).error).toBeUndefined();
  });

  test('a typing error in a limit shows in the grades of the examples', () => {
    const example = ruleExamples.find(({ id }) => id === 'normal-man')!;
    const measured = measureExample(example);
    expect(gradeExample(example, measured, deliveredRules)).toEqual({ danger: 4, ruleIds: [] });
    const slip = withRule(deliveredRules, withNumber(ruleOf('bradycardia-extreme'), ['values', 0, 'atMost'], 350));
    expect(gradeExample(example, measured, slip)).toEqual({ danger: 1, ruleIds: ['bradycardia-extreme'] });
  });

  test.each(['zh-CN', 'en'])('examples and features have their words in %s', (language) => {
    const { ecgRules } = JSON.parse(readFileSync(`client/features/ecg-rules/locales.${language}.json`, 'utf8')) as {
      ecgRules: { example: Record<string, string>; feature: Record<string, string> };
    };
    expect(ruleExamples.filter(({ id }) => !ecgRules.example[id])).toEqual([]);
    expect(ecgFeatures.filter((feature) => !ecgRules.feature[feature])).toEqual([]);
  });
});
