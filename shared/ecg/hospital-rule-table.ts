import { z } from 'zod';
import {
  featureLimitsSchema,
  readingRuleSchema,
  type LeadQuantity,
  type ReadingRule,
  type ValueQuantity,
} from './reading-rules.ts';
import { standardLeads } from './waveform.ts';

/**
 * What a hospital may make of the rule table: everything that the table itself allows, as long as each limit is one that
 * a person's ECG can have, each range can hold, and somebody can look through it.
 */

/** The smallest and largest limit that makes sense: microvolts, milliseconds, beats a minute, degrees, shares. */
export const limitBounds: Readonly<Record<LeadQuantity | ValueQuantity, readonly [number, number]>> = {
  'st-j': [-2000, 2000],
  'st-j40': [-2000, 2000],
  'st-j60': [-2000, 2000],
  'st-j80': [-2000, 2000],
  'st-rise': [-2000, 2000],
  'st-concordant': [-2000, 2000],
  'st-to-s': [-5, 5],
  p: [-1000, 1000],
  q: [-5000, 0],
  'q-duration': [0, 200],
  r: [0, 8000],
  s: [-8000, 0],
  t: [-3000, 3000],
  't-maximum': [-3000, 3000],
  't-minimum': [-3000, 3000],
  't-ends-low': [0, 1],
  't-half-width': [20, 500],
  't-to-qrs': [-5, 5],
  'qrs-peak-to-peak': [0, 12_000],
  'qrs-area': [-1_000_000, 1_000_000],
  'ventricular-rate': [10, 400],
  'atrial-rate': [10, 600],
  'rr-shortest': [100, 20_000],
  'rr-longest': [100, 60_000],
  'longest-pause': [500, 60_000],
  pr: [40, 1000],
  qrs: [40, 300],
  qt: [150, 900],
  'qtc-bazett': [200, 900],
  'qtc-fridericia': [200, 900],
  'qtc-framingham': [200, 900],
  'qtc-hodges': [200, 900],
  'qrs-axis': [-180, 180],
  'premature-ventricular-count': [0, 500],
};

/** Microvolts and milliseconds; the smallest values are those of the table's own schema. */
export const featureBounds = {
  bundleBranchBlockQrsMs: [80, 200],
  sokolowLyonMicrovolts: [1000, 8000],
  cornellMaleMicrovolts: [1000, 8000],
  cornellFemaleMicrovolts: [1000, 8000],
} as const satisfies Record<string, readonly [number, number]>;

export const ageBounds = [0, 130] as const;
const knownLeads: readonly string[] = [...standardLeads, 'V3R', 'V4R', 'V5R', 'V6R', 'V7', 'V8', 'V9'];
/** Characters of JSON; the table as delivered has a sixth of it. */
const longestTable = 120_000;
const mostRules = 200;
const mostParts = 24;

const comparisons = ['atLeast', 'atMost', 'above', 'below'] as const;
type Range = { [C in (typeof comparisons)[number]]?: number | undefined };

/** What is wrong with a rule, as the path to it; empty where nothing is. */
function faultsOf(rule: ReadingRule): { path: (string | number)[]; problem: string }[] {
  const faults: { path: (string | number)[]; problem: string }[] = [];
  const fault = (problem: string, ...path: (string | number)[]) => faults.push({ path, problem });
  const leads = (names: readonly string[], ...path: (string | number)[]) => {
    if (names.length > mostParts) fault('too many leads', ...path);
    if (names.some((name) => !knownLeads.includes(name.replace(/^-/, '')))) fault('no such lead', ...path);
  };
  const within = (value: number, quantity: LeadQuantity | ValueQuantity, ...path: (string | number)[]) => {
    const [lowest, highest] = limitBounds[quantity];
    if (!(value >= lowest && value <= highest)) fault(`between ${lowest} and ${highest}`, ...path);
  };
  const range = (limits: Range, quantity: LeadQuantity | ValueQuantity, ...path: (string | number)[]) => {
    for (const comparison of comparisons) {
      const limit = limits[comparison];
      if (limit !== undefined) within(limit, quantity, ...path, comparison);
    }
    const lowest = Math.max(limits.atLeast ?? -Infinity, limits.above ?? -Infinity);
    const highest = Math.min(limits.atMost ?? Infinity, limits.below ?? Infinity);
    const open = limits.above !== undefined || limits.below !== undefined;
    if (lowest > highest || (open && lowest === highest)) fault('a range that nothing is in', ...path);
    if (comparisons.every((comparison) => limits[comparison] === undefined)) fault('a range without limits', ...path);
  };
  const ages = (
    person: { ageFrom?: number | undefined; ageBelow?: number | undefined },
    ...path: (string | number)[]
  ) => {
    if ((person.ageFrom ?? -1) >= (person.ageBelow ?? Infinity)) fault('an age that nobody has', ...path, 'ageBelow');
  };
  // Ids become keys of texts: `constructor` and its like belong to every object.
  if (rule.id in {}) fault('not an id', 'id');
  if (rule.kind === 'contiguous-leads') {
    if (rule.limits.length > mostParts) fault('too many limits', 'limits');
    rule.limits.slice(0, mostParts).forEach((entry, at) => {
      leads(entry.leads, 'limits', at, 'leads');
      ages(entry, 'limits', at);
      within(entry.limit, rule.quantity, 'limits', at, 'limit');
      // Elevation at least, depression at most: with the other sign the rule would fire for everybody.
      if (rule.quantity.startsWith('st-j') && (rule.direction === 'at-least' ? entry.limit <= 0 : entry.limit >= 0))
        fault('the sign of the limit', 'limits', at, 'limit');
    });
    if (rule.chains.length > mostParts) fault('too many chains', 'chains');
    rule.chains.slice(0, mostParts).forEach((chain, at) => leads(chain, 'chains', at));
    if (rule.chains.every((chain) => chain.length < rule.minimumLeads))
      fault('more leads than any chain has', 'minimumLeads');
  } else {
    ages(rule);
    if ((rule.values?.length ?? 0) > mostParts) fault('too many values', 'values');
    (rule.values ?? [])
      .slice(0, mostParts)
      .forEach(({ quantity, ...limits }, at) => range(limits, quantity, 'values', at));
    if ((rule.leads?.length ?? 0) > mostParts) fault('too many conditions', 'leads');
    (rule.leads ?? []).slice(0, mostParts).forEach((condition, at) => {
      leads(condition.leads, 'leads', at, 'leads');
      if (condition.count > condition.leads.length) fault('more leads than are named', 'leads', at, 'count');
      if (condition.require.length > mostParts) fault('too many limits', 'leads', at, 'require');
      condition.require
        .slice(0, mostParts)
        .forEach(({ quantity, ...limits }, place) => range(limits, quantity, 'leads', at, 'require', place));
    });
    const asks = [rule.values, rule.leads, rule.rhythmAny, rule.featuresAny].some((list) => (list?.length ?? 0) > 0);
    if (!asks) fault('a rule that asks nothing', 'values');
  }
  return faults;
}

/** The part of a rule table that a hospital edits; id, edition and approval are the hub's to write. */
export const hospitalRulesSchema = z
  .strictObject({ features: featureLimitsSchema, rules: z.array(readingRuleSchema).min(1).max(mostRules) })
  .superRefine(({ features, rules }, context) => {
    const issue = (message: string, path: (string | number)[]) =>
      context.addIssue({ code: 'custom', message, path, input: undefined });
    if (JSON.stringify(rules).length > longestTable) {
      issue('too large', ['rules']);
      return;
    }
    if (new Set(rules.map(({ id }) => id)).size !== rules.length) issue('rule ids must differ', ['rules']);
    if (!rules.some(({ enabled }) => enabled)) issue('no rule is switched on', ['rules']);
    for (const [name, [lowest, highest]] of Object.entries(featureBounds)) {
      const value = features[name as keyof typeof featureBounds];
      if (value < lowest || value > highest) issue(`between ${lowest} and ${highest}`, ['features', name]);
    }
    rules.forEach((rule, at) => {
      for (const { path, problem } of faultsOf(rule)) issue(problem, ['rules', at, ...path]);
    });
  });
export type HospitalRules = z.infer<typeof hospitalRulesSchema>;
