import type { EcgRulesView } from '../../../shared/contracts/ecg-rules.ts';
import { defaultRuleTable } from '../../../shared/ecg/default-reading-rules.ts';
import type { ResultValue } from '../../../shared/ecg/evaluate-rules.ts';
import {
  ageBounds,
  hospitalRulesSchema,
  limitBounds,
  type HospitalRules,
} from '../../../shared/ecg/hospital-rule-table.ts';
import type { LeadQuantity, ReadingRule, ValueQuantity } from '../../../shared/ecg/reading-rules.ts';
import type { Bounds } from '../../ui/parse-number.ts';

export type Path = readonly (string | number)[];

/** One number of a rule that can be changed, and where it stands in it. */
export interface RuleNumber {
  path: Path;
  value: number;
  bounds: Bounds;
  meaning:
    | { kind: 'limit'; quantity: LeadQuantity | ValueQuantity; comparison: ResultValue['comparison'] }
    | { kind: 'age-from' }
    | { kind: 'age-below' }
    | { kind: 'lead-count' }
    | { kind: 'neighbour-count' };
}

/** What belongs together in a rule: for whom and in which leads, and the numbers. */
export interface RuleLine {
  sex: 'male' | 'female' | null;
  leads: readonly string[];
  numbers: RuleNumber[];
}

const comparisons = {
  atLeast: 'at-least',
  above: 'above',
  atMost: 'at-most',
  below: 'below',
} as const satisfies Record<string, ResultValue['comparison']>;
const rangeFields = ['atLeast', 'above', 'atMost', 'below'] as const;

type Range = { [F in (typeof rangeFields)[number]]?: number | undefined };
interface Person {
  sex?: 'male' | 'female' | undefined;
  ageFrom?: number | undefined;
  ageBelow?: number | undefined;
}

const rangeNumbers = (limits: Range, quantity: LeadQuantity | ValueQuantity, path: Path): RuleNumber[] =>
  rangeFields.flatMap((field) => {
    const value = limits[field];
    if (value === undefined) return [];
    const meaning = { kind: 'limit', quantity, comparison: comparisons[field] } as const;
    return [{ path: [...path, field], value, bounds: limitBounds[quantity], meaning }];
  });

const ageNumbers = ({ ageFrom, ageBelow }: Person, path: Path): RuleNumber[] => [
  ...(ageFrom === undefined
    ? []
    : [{ path: [...path, 'ageFrom'], value: ageFrom, bounds: ageBounds, meaning: { kind: 'age-from' } } as const]),
  ...(ageBelow === undefined
    ? []
    : [{ path: [...path, 'ageBelow'], value: ageBelow, bounds: ageBounds, meaning: { kind: 'age-below' } } as const]),
];

const leadCount = (kind: 'lead-count' | 'neighbour-count', value: number, most: number, path: Path): RuleNumber => ({
  path,
  value,
  bounds: [1, most],
  meaning: { kind },
});

/** All numbers of a rule, line by line in the order in which they are read. */
export function linesOf(rule: ReadingRule): RuleLine[] {
  if (rule.kind === 'contiguous-leads') {
    const comparison = rule.direction;
    const most = Math.min(6, Math.max(...rule.chains.map((chain) => chain.length)));
    return [
      ...rule.limits.map((entry, at): RuleLine => ({
        sex: entry.sex ?? null,
        leads: entry.leads,
        numbers: [
          ...ageNumbers(entry, ['limits', at]),
          {
            path: ['limits', at, 'limit'],
            value: entry.limit,
            bounds: limitBounds[rule.quantity],
            meaning: { kind: 'limit', quantity: rule.quantity, comparison },
          },
        ],
      })),
      { sex: null, leads: [], numbers: [leadCount('neighbour-count', rule.minimumLeads, most, ['minimumLeads'])] },
    ];
  }
  const ages = ageNumbers(rule, []);
  return [
    ...(rule.sex !== undefined || ages.length > 0 ? [{ sex: rule.sex ?? null, leads: [], numbers: ages }] : []),
    ...(rule.values ?? []).map(({ quantity, ...limits }, at): RuleLine => ({
      sex: null,
      leads: [],
      numbers: rangeNumbers(limits, quantity, ['values', at]),
    })),
    ...(rule.leads ?? []).map((condition, at): RuleLine => ({
      sex: null,
      leads: condition.leads,
      numbers: [
        ...(condition.leads.length > 1
          ? [leadCount('lead-count', condition.count, Math.min(15, condition.leads.length), ['leads', at, 'count'])]
          : []),
        ...condition.require.flatMap(({ quantity, ...limits }, place) =>
          rangeNumbers(limits, quantity, ['leads', at, 'require', place]),
        ),
      ],
    })),
  ];
}

/** The number at a path; undefined where the rule has none there. */
export function numberAt(rule: ReadingRule | undefined, path: Path): number | undefined {
  let part: unknown = rule;
  for (const key of path) {
    if (typeof part !== 'object' || part === null || !Object.hasOwn(part, key)) return undefined;
    part = (part as Record<string | number, unknown>)[key];
  }
  return typeof part === 'number' ? part : undefined;
}

/** The rule with another number at a path that {@link linesOf} gave; the rule itself stays as it is. */
export function withNumber(rule: ReadingRule, path: Path, value: number): ReadingRule {
  const put = (part: unknown, at: number): unknown => {
    const key = path[at];
    if (key === undefined) return value;
    if (Array.isArray(part)) return part.map((entry: unknown, place) => (place === key ? put(entry, at + 1) : entry));
    const fields = part as Record<string, unknown>;
    return { ...fields, [key]: put(fields[key], at + 1) };
  };
  return put(rule, 0) as ReadingRule;
}

export const withRule = (rules: HospitalRules, rule: ReadingRule): HospitalRules => ({
  ...rules,
  rules: rules.rules.map((one) => (one.id === rule.id ? rule : one)),
});

export const deliveredRules: HospitalRules = { features: defaultRuleTable.features, rules: defaultRuleTable.rules };

export const rulesOf = (version: EcgRulesView['draft']): HospitalRules | null =>
  version === null ? null : { features: version.table.features, rules: version.table.rules };

export const rulesInForce = (view: Pick<EcgRulesView, 'inForce'>): HospitalRules =>
  rulesOf(view.inForce) ?? deliveredRules;

/** Where editing starts: the draft, else what is in force. */
export const rulesToEdit = (view: Pick<EcgRulesView, 'inForce' | 'draft'>): HospitalRules =>
  rulesOf(view.draft) ?? rulesInForce(view);

/** The rules with those that only the delivered table has, in its order. */
export function withMissingRules(rules: HospitalRules, missing: readonly string[]): HospitalRules {
  const known = new Set(rules.rules.map(({ id }) => id));
  const added = deliveredRules.rules.filter(({ id }) => missing.includes(id) && !known.has(id));
  return { ...rules, rules: [...rules.rules, ...added] };
}

/** Ids of rules that cannot be saved as they are (a range that nothing is in), and whether anything else is wrong. */
export function faultsIn(rules: HospitalRules): { ruleIds: string[]; other: boolean } {
  const parsed = hospitalRulesSchema.safeParse(rules);
  const found = { ruleIds: new Set<string>(), other: false };
  for (const { path } of parsed.error?.issues ?? []) {
    const id = path[0] === 'rules' && typeof path[1] === 'number' ? rules.rules[path[1]]?.id : undefined;
    if (id === undefined) found.other = true;
    else found.ruleIds.add(id);
  }
  return { ruleIds: [...found.ruleIds], other: found.other };
}
