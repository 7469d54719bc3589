import type { LeadMeasurements } from './beat-measurements.ts';
import type {
  ConditionsRule,
  ContiguousLeadsRule,
  EcgFeature,
  LeadQuantity,
  ReadingRule,
  RuleTable,
  ValueQuantity,
} from './reading-rules.ts';
import type { RhythmCode } from './rhythm-facts.ts';

const { max, min, sign } = Math;

export type Danger = 1 | 2 | 3 | 4;
export const territories = ['anterior', 'lateral', 'inferior', 'posterior', 'right-ventricular'] as const;
export type Territory = (typeof territories)[number];

/** One figure of a result: what was measured, where, and the limit that it met. */
export interface ResultValue {
  quantity: LeadQuantity | ValueQuantity;
  lead?: string;
  measured: number;
  comparison: 'at-least' | 'at-most' | 'above' | 'below';
  limit: number;
}

/** A rule that fired. Always unconfirmed: it orders the queue and is no diagnosis. */
export interface RuleResult {
  ruleId: string;
  edition: string;
  citation: string;
  danger: Danger;
  unconfirmed: true;
  leads: string[];
  territories: Territory[];
  values: ResultValue[];
  rhythm: RhythmCode[];
  /** What was not known of the person, so that the mildest limit was taken. */
  assumed: ('sex' | 'age')[];
}

/** A rule whose limits were met, but which may not be used with what else was found. */
export interface WithheldRule {
  ruleId: string;
  because: (EcgFeature | RhythmCode)[];
  leads: string[];
}

export interface RuleInputs {
  leads: readonly LeadMeasurements[];
  values: Readonly<Partial<Record<ValueQuantity, number | null>>>;
  rhythm: readonly RhythmCode[];
  features: readonly EcgFeature[];
  sex: 'male' | 'female' | null;
  ageYears: number | null;
  symptomatic: boolean | null;
}

type Person = Pick<RuleInputs, 'sex' | 'ageYears'>;
interface PersonLimits {
  sex?: 'male' | 'female' | undefined;
  ageFrom?: number | undefined;
  ageBelow?: number | undefined;
}

/** The value of one quantity in one lead; null where it was not measured. */
export function leadQuantity(lead: LeadMeasurements, quantity: LeadQuantity): number | null {
  const { stJMicrovolts: j, sMicrovolts: s, rMicrovolts: r, qMicrovolts: q, rPrimeMicrovolts } = lead;
  switch (quantity) {
    case 'st-j':
      return j;
    case 'st-j40':
      return lead.stJ40Microvolts;
    case 'st-j60':
      return lead.stJ60Microvolts;
    case 'st-j80':
      return lead.stJ80Microvolts;
    case 'st-rise':
      return j === null || lead.stJ60Microvolts === null ? null : lead.stJ60Microvolts - j;
    case 'st-concordant':
      return j === null || lead.qrsAreaMicrovoltMs === null ? null : j * sign(lead.qrsAreaMicrovoltMs);
    case 'st-to-s':
      return j === null || s === null || s > -200 ? null : j / s;
    case 'p':
      return lead.pMicrovolts;
    case 'q':
      return q;
    case 'q-duration':
      return lead.qDurationMs;
    case 'r':
      return r;
    case 's':
      return s;
    case 't':
      return lead.tMicrovolts;
    case 't-maximum':
      return lead.tMaximumMicrovolts;
    case 't-minimum':
      return lead.tMinimumMicrovolts;
    case 't-ends-low':
      return lead.tMicrovolts === null ? null : lead.tEndsLow ? 1 : 0;
    case 't-half-width':
      return lead.tHalfWidthMs;
    case 't-to-qrs': {
      const height = peakToPeak(lead);
      return lead.tMicrovolts === null || height < 100 ? null : lead.tMicrovolts / height;
    }
    case 'qrs-peak-to-peak':
      return r === null && s === null && q === null && rPrimeMicrovolts === null ? 0 : peakToPeak(lead);
    case 'qrs-area':
      return lead.qrsAreaMicrovoltMs;
  }
}

const peakToPeak = (lead: LeadMeasurements): number =>
  max(0, lead.rMicrovolts ?? 0, lead.rPrimeMicrovolts ?? 0) - min(0, lead.sMicrovolts ?? 0, lead.qMicrovolts ?? 0);

function fits(limits: PersonLimits, person: Person): 'yes' | 'no' | 'unknown' {
  const { sex, ageFrom, ageBelow } = limits;
  if (sex !== undefined && person.sex !== null && sex !== person.sex) return 'no';
  if (ageFrom !== undefined && person.ageYears !== null && person.ageYears < ageFrom) return 'no';
  if (ageBelow !== undefined && person.ageYears !== null && person.ageYears >= ageBelow) return 'no';
  const sexOpen = sex !== undefined && person.sex === null;
  const ageOpen = (ageFrom !== undefined || ageBelow !== undefined) && person.ageYears === null;
  return sexOpen || ageOpen ? 'unknown' : 'yes';
}

function unknownOf(limits: PersonLimits, person: Person): ('sex' | 'age')[] {
  const found: ('sex' | 'age')[] = [];
  if (limits.sex !== undefined && person.sex === null) found.push('sex');
  if ((limits.ageFrom !== undefined || limits.ageBelow !== undefined) && person.ageYears === null) found.push('age');
  return found;
}

interface Limit {
  limit: number;
  assumed: ('sex' | 'age')[];
}

function limitFor(rule: ContiguousLeadsRule, lead: string, person: Person): Limit | null {
  const plain = lead.replace(/^-/, '');
  const milder = (a: number, b: number): boolean => (rule.direction === 'at-least' ? a < b : a > b);
  let limit: number | null = null;
  const assumed: Limit['assumed'] = [];
  for (const entry of rule.limits) {
    if (!entry.leads.includes(lead) && !entry.leads.includes(plain)) continue;
    const fit = fits(entry, person);
    if (fit === 'no') continue;
    assumed.push(...unknownOf(entry, person));
    if (limit === null || milder(entry.limit, limit)) limit = entry.limit;
    // What follows is for others, once an entry surely fits.
    if (fit === 'yes') break;
  }
  return limit === null ? null : { limit, assumed };
}

type Fired = Pick<RuleResult, 'leads' | 'values' | 'assumed'>;

function contiguous(rule: ContiguousLeadsRule, inputs: RuleInputs): Fired | null {
  const beyond = (name: string): { value: ResultValue; assumed: Limit['assumed'] } | null => {
    const lead = inputs.leads.find((entry) => entry.name === name.replace(/^-/, ''));
    const limit = limitFor(rule, name, inputs);
    const raw = lead ? leadQuantity(lead, rule.quantity) : null;
    if (raw === null || limit === null) return null;
    const measured = name.startsWith('-') ? -raw : raw;
    const met = rule.direction === 'at-least' ? measured >= limit.limit : measured <= limit.limit;
    if (!met) return null;
    const value = { quantity: rule.quantity, lead: name, measured, comparison: rule.direction, limit: limit.limit };
    return { value, assumed: limit.assumed };
  };
  const found = new Map<string, { value: ResultValue; assumed: Limit['assumed'] }>();
  for (const chain of rule.chains) {
    let row: string[] = [];
    const close = (): void => {
      // -aVR is a link between I and II and never stands for them alone.
      if (row.length >= rule.minimumLeads) {
        for (const name of row) {
          const entry = beyond(name);
          if (entry) found.set(name, entry);
        }
      }
      row = [];
    };
    for (const name of chain) {
      if (beyond(name)) row.push(name);
      else close();
    }
    close();
  }
  if (found.size === 0) return null;
  const entries = [...found.values()];
  return {
    leads: [...found.keys()],
    values: entries.map(({ value }) => value),
    assumed: [...new Set(entries.flatMap(({ assumed }) => assumed))],
  };
}

interface RangeLimits {
  atLeast?: number | undefined;
  atMost?: number | undefined;
  above?: number | undefined;
  below?: number | undefined;
}

/** The comparisons that hold; null when one does not. */
function within(limits: RangeLimits, measured: number): Pick<ResultValue, 'comparison' | 'limit'>[] | null {
  const { atLeast, atMost, above, below } = limits;
  const held: Pick<ResultValue, 'comparison' | 'limit'>[] = [];
  if (atLeast !== undefined) {
    if (!(measured >= atLeast)) return null;
    held.push({ comparison: 'at-least', limit: atLeast });
  }
  if (above !== undefined) {
    if (!(measured > above)) return null;
    held.push({ comparison: 'above', limit: above });
  }
  if (atMost !== undefined) {
    if (!(measured <= atMost)) return null;
    held.push({ comparison: 'at-most', limit: atMost });
  }
  if (below !== undefined) {
    if (!(measured < below)) return null;
    held.push({ comparison: 'below', limit: below });
  }
  return held;
}

function conditions(rule: ConditionsRule, inputs: RuleInputs): Fired | null {
  const values: ResultValue[] = [];
  const leads: string[] = [];
  const fit = fits(rule, inputs);
  if (fit === 'no') return null;
  for (const { quantity, ...limits } of rule.values ?? []) {
    const measured = inputs.values[quantity];
    const held = typeof measured === 'number' ? within(limits, measured) : null;
    if (held === null || typeof measured !== 'number') return null;
    for (const entry of held) values.push({ quantity, measured, ...entry });
  }
  for (const condition of rule.leads ?? []) {
    const holding: { name: string; values: ResultValue[] }[] = [];
    for (const name of condition.leads) {
      const lead = inputs.leads.find((entry) => entry.name === name.replace(/^-/, ''));
      if (!lead) continue;
      const own: ResultValue[] = [];
      const all = condition.require.every(({ quantity, ...limits }) => {
        const raw = leadQuantity(lead, quantity);
        const measured = raw === null ? null : name.startsWith('-') ? -raw : raw;
        const held = measured === null ? null : within(limits, measured);
        if (held === null || measured === null) return false;
        for (const entry of held) own.push({ quantity, lead: name, measured, ...entry });
        return true;
      });
      if (all) holding.push({ name, values: own });
    }
    if (holding.length < condition.count) return null;
    for (const entry of holding) {
      if (!leads.includes(entry.name)) leads.push(entry.name);
      values.push(...entry.values);
    }
  }
  return { leads, values, assumed: fit === 'unknown' ? unknownOf(rule, inputs) : [] };
}

/** Where a finding in these leads lies (fourth universal definition and AHA/ACCF/HRS 2009 part VI). */
export function territoriesOf(leads: readonly string[]): Territory[] {
  const has = (...names: string[]): boolean => names.some((name) => leads.includes(name));
  const found: Territory[] = [];
  if (has('V1', 'V2', 'V3', 'V4')) found.push('anterior');
  if (has('I', 'aVL', 'V5', 'V6')) found.push('lateral');
  if (has('II', 'III', 'aVF')) found.push('inferior');
  if (has('V7', 'V8', 'V9')) found.push('posterior');
  if (has('V3R', 'V4R')) found.push('right-ventricular');
  return found;
}

function preconditions(rule: ReadingRule, inputs: RuleInputs): { met: boolean; against: WithheldRule['because'] } {
  const { rhythmAny, rhythmNone, featuresAny, featuresNone } = rule;
  const met =
    (rhythmAny === undefined || rhythmAny.some((code) => inputs.rhythm.includes(code))) &&
    (featuresAny === undefined || featuresAny.some((feature) => inputs.features.includes(feature))) &&
    (rule.symptomatic === undefined || rule.symptomatic === inputs.symptomatic);
  return {
    met,
    against: [
      ...(rhythmNone ?? []).filter((code) => inputs.rhythm.includes(code)),
      ...(featuresNone ?? []).filter((feature) => inputs.features.includes(feature)),
    ],
  };
}

/** Pure: the same table and inputs give the same results, in the table's order. */
export function evaluateRules(
  table: Pick<RuleTable, 'rules'>,
  inputs: RuleInputs,
): { results: RuleResult[]; withheld: WithheldRule[] } {
  const results: RuleResult[] = [];
  const withheld: WithheldRule[] = [];
  for (const rule of table.rules) {
    if (!rule.enabled) continue;
    const { met, against } = preconditions(rule, inputs);
    if (!met) continue;
    const fired = rule.kind === 'contiguous-leads' ? contiguous(rule, inputs) : conditions(rule, inputs);
    if (!fired) continue;
    if (against.length > 0) {
      withheld.push({ ruleId: rule.id, because: against, leads: fired.leads });
      continue;
    }
    results.push({
      ruleId: rule.id,
      edition: rule.edition,
      citation: rule.citation,
      danger: rule.danger,
      unconfirmed: true,
      ...fired,
      territories: rule.kind === 'contiguous-leads' ? territoriesOf(fired.leads) : [],
      rhythm: (rule.rhythmAny ?? []).filter((code) => inputs.rhythm.includes(code)),
    });
  }
  return { results, withheld };
}
