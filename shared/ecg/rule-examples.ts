import { judgeByRules, type JudgedPerson, type MeasuredEcg } from './judge-by-rules.ts';
import { preReadEcg } from './pre-read.ts';
import type { Danger } from './evaluate-rules.ts';
import type { RuleTable } from './reading-rules.ts';
import { synthesizeRhythm, type RhythmSynthesisOptions } from './synthesize-rhythms.ts';

/**
 * Generated ECGs on which two rule tables are compared before one is approved, so that a slip in a limit is seen. They
 * show what a table does with textbook pictures and say nothing about its accuracy.
 */
export interface RuleExample {
  id: string;
  person: JudgedPerson;
  ecg: RhythmSynthesisOptions;
}

const person = (sex: 'male' | 'female', ageYears: number): JudgedPerson => ({ sex, ageYears, symptomatic: null });

export const ruleExamples: readonly RuleExample[] = [
  { id: 'normal-man', person: person('male', 62), ecg: { heartRatePerMinute: 72 } },
  { id: 'normal-woman', person: person('female', 34), ecg: { heartRatePerMinute: 80, seed: 2 } },
  { id: 'anterior-stemi', person: person('male', 58), ecg: { morphology: 'anterior-stemi' } },
  { id: 'inferior-stemi', person: person('female', 66), ecg: { morphology: 'inferior-stemi' } },
  { id: 'posterior-stemi', person: person('male', 61), ecg: { morphology: 'posterior-stemi', extraLeads: true } },
  { id: 'de-winter', person: person('male', 47), ecg: { morphology: 'de-winter' } },
  { id: 'diffuse-depression', person: person('male', 71), ecg: { morphology: 'diffuse-depression' } },
  { id: 'wellens', person: person('female', 59), ecg: { morphology: 'wellens' } },
  { id: 'hyperkalaemia', person: person('male', 68), ecg: { morphology: 'hyperkalaemia' } },
  { id: 'left-bundle-branch-block', person: person('female', 74), ecg: { morphology: 'left-bundle-branch-block' } },
  { id: 'atrial-fibrillation', person: person('male', 77), ecg: { rhythm: 'atrial-fibrillation' } },
  { id: 'third-degree-av-block', person: person('female', 81), ecg: { rhythm: 'third-degree-av-block' } },
  { id: 'pause', person: person('male', 73), ecg: { rhythm: 'sinus-pause', pauseSeconds: 3.4 } },
  { id: 'wide-complex-tachycardia', person: person('male', 64), ecg: { rhythm: 'wide-complex-tachycardia' } },
  {
    id: 'supraventricular-tachycardia',
    person: person('female', 29),
    ecg: { rhythm: 'supraventricular-tachycardia', heartRatePerMinute: 205 },
  },
  { id: 'tachycardia', person: person('female', 52), ecg: { heartRatePerMinute: 112 } },
  { id: 'bradycardia', person: person('male', 55), ecg: { heartRatePerMinute: 44 } },
  { id: 'long-qt', person: person('female', 41), ecg: { heartRatePerMinute: 66, qtIntervalMs: 540 } },
];

/** The slow part, once for each example: tens to hundreds of milliseconds. */
export const measureExample = (example: RuleExample): MeasuredEcg =>
  preReadEcg(synthesizeRhythm(example.ecg).document, example.person);

export interface ExampleGrade {
  danger: Danger | null;
  /** The rules that fired, most dangerous first. */
  ruleIds: string[];
}

/** How a table grades a measured example. Fast: may be done at every change of a limit. */
export function gradeExample(
  example: RuleExample,
  measured: MeasuredEcg,
  table: Pick<RuleTable, 'features' | 'rules'>,
): ExampleGrade {
  const { danger, results } = judgeByRules(measured, table, example.person);
  return { danger, ruleIds: [...results].sort((a, b) => a.danger - b.danger).map(({ ruleId }) => ruleId) };
}
