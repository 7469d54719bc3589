import { criticalValueRules } from './critical-value-rules.ts';
import { infarctionRules } from './infarction-rules.ts';
import type { RuleTable } from './reading-rules.ts';
import { routineRules } from './routine-rules.ts';
import { deliveredEdition, standards2009 } from './rule-citations.ts';

/**
 * The rule table as delivered. It is a proposal: provincial lists of critical values differ, and the full text of the 2017
 * consensus was not at hand, so every hospital reads, edits, approves and dates its own edition.
 */
export const defaultRuleTable: RuleTable = {
  id: 'lianzhen-default',
  edition: deliveredEdition,
  features: {
    bundleBranchBlockQrsMs: 120,
    sokolowLyonMicrovolts: 3500,
    cornellMaleMicrovolts: 2800,
    cornellFemaleMicrovolts: 2000,
    citation: `${standards2009}, parts III and V`,
  },
  rules: [...infarctionRules, ...criticalValueRules, ...routineRules],
};
