import { findFeatures } from './ecg-features.ts';
import { evaluateRules } from './evaluate-rules.ts';
import type { Danger, RuleResult, WithheldRule } from './evaluate-rules.ts';
import type { PreRead } from './pre-read.ts';
import type { EcgFeature, RuleTable, ValueQuantity } from './reading-rules.ts';

const { max } = Math;

/** What was measured of a recording and holds under every rule table. */
export type MeasuredEcg = Pick<
  PreRead,
  'leads' | 'rhythm' | 'intervals' | 'axes' | 'quality' | 'beats' | 'beat' | 'silenceHeard'
>;

export interface JudgedPerson {
  sex: 'male' | 'female' | null;
  ageYears: number | null;
  symptomatic: boolean | null;
}

export interface Judgement {
  danger: Danger | null;
  results: RuleResult[];
  withheld: WithheldRule[];
  features: EcgFeature[];
}

const fewBeats = 3;

/**
 * What a rule table says of a measured recording. Pure, and a small part of the work of measuring: several tables can
 * be compared on one recording. `danger` is the smallest grade of the rules that fired, 4 when none did in a readable
 * recording, null where nothing can be said.
 */
export function judgeByRules(
  measured: MeasuredEcg,
  table: Pick<RuleTable, 'features' | 'rules'>,
  person: JudgedPerson,
): Judgement {
  const { leads, rhythm, intervals, axes, quality, beats, beat, silenceHeard } = measured;
  const features = findFeatures(leads, intervals.qrs.ms, person.sex, table.features);
  if (quality.some(({ code }) => code === 'arm-leads-reversed')) features.push('arm-leads-reversed');
  const codes = rhythm.findings.map(({ code }) => code).filter((code) => code !== 'no-beats' || silenceHeard);
  const { results, withheld } = evaluateRules(table, {
    leads,
    values: valuesOf({ rhythm, intervals, axes }),
    rhythm: codes,
    features,
    ...person,
  });
  const grade = results.reduce<Danger>((worst, { danger }) => (danger < worst ? danger : worst), 4);
  // Unremarkable is only what could be read: a rhythm was found, the beat was measured, and no lead is to be taken anew.
  const sayable =
    results.length > 0 ||
    (beats.length >= fewBeats &&
      beat !== null &&
      !codes.includes('undetermined') &&
      !quality.some(({ severity }) => severity === 'repeat'));
  return { danger: sayable ? grade : null, results, withheld, features };
}

function valuesOf({
  rhythm,
  intervals,
  axes,
}: Pick<MeasuredEcg, 'rhythm' | 'intervals' | 'axes'>): Partial<Record<ValueQuantity, number | null>> {
  // A doubtful QT raises no alarm.
  const sure = intervals.qt.reason !== 't-ends-differ';
  const qtc = sure ? intervals.qtc : null;
  return {
    'ventricular-rate': rhythm.ventricularRatePerMinute,
    'atrial-rate': rhythm.atrialRatePerMinute,
    'rr-shortest': rhythm.rrShortestMs,
    'rr-longest': rhythm.rrLongestMs,
    'longest-pause': rhythm.pauses.reduce((most, pause) => max(most, pause.lengthMs), 0),
    pr: intervals.pr.ms,
    qrs: intervals.qrs.ms,
    qt: sure ? intervals.qt.ms : null,
    'qtc-bazett': qtc?.bazettMs ?? null,
    'qtc-fridericia': qtc?.fridericiaMs ?? null,
    'qtc-framingham': qtc?.framinghamMs ?? null,
    'qtc-hodges': qtc?.hodgesMs ?? null,
    'qrs-axis': axes.qrsDegrees,
    'premature-ventricular-count': rhythm.prematureVentricularSeconds.length,
  };
}
