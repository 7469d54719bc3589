import type { HospitalRules } from './hospital-rule-table.ts';
import type { ReadingRule } from './reading-rules.ts';

/** JSON with its keys in order and nothing that is undefined: the same for the same rule, wherever it was stored. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** Whether two rules say the same; the edition that they come from is no part of it. */
export const sameRule = (a: ReadingRule, b: ReadingRule): boolean =>
  canonical({ ...a, edition: '' }) === canonical({ ...b, edition: '' });

export const sameFeatures = (a: HospitalRules['features'], b: HospitalRules['features']): boolean =>
  canonical(a) === canonical(b);

export interface RuleChanges {
  added: string[];
  changed: string[];
  removed: string[];
  features: boolean;
}

/** Ids of the rules by which one table differs from another. */
export function changesBetween(before: HospitalRules, after: HospitalRules): RuleChanges {
  const old = new Map(before.rules.map((rule) => [rule.id, rule]));
  const kept = new Set(after.rules.map(({ id }) => id));
  return {
    added: after.rules.flatMap(({ id }) => (old.has(id) ? [] : [id])),
    changed: after.rules.flatMap((rule) => {
      const was = old.get(rule.id);
      return was !== undefined && !sameRule(was, rule) ? [rule.id] : [];
    }),
    removed: before.rules.flatMap(({ id }) => (kept.has(id) ? [] : [id])),
    features: !sameFeatures(before.features, after.features),
  };
}

export const changeCount = ({ added, changed, removed, features }: RuleChanges): number =>
  added.length + changed.length + removed.length + (features ? 1 : 0);

/**
 * Every rule names the edition that it comes from: unchanged ones that of the table which they were taken from (the
 * first in `origins` that has them), changed ones the hospital's own.
 */
export function withEditions(rules: HospitalRules, origins: readonly HospitalRules[], edition: string): HospitalRules {
  const known = origins.map((origin) => new Map(origin.rules.map((rule) => [rule.id, rule])));
  return {
    features: rules.features,
    rules: rules.rules.map((rule) => {
      const origin = known.map((byId) => byId.get(rule.id)).find((one) => one !== undefined && sameRule(one, rule));
      return { ...rule, edition: origin?.edition ?? edition };
    }),
  };
}
