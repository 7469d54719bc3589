import type { LeadMeasurements } from './beat-measurements.ts';
import type { EcgFeature, FeatureLimits } from './reading-rules.ts';

const { abs, max } = Math;

/**
 * Bundle branch block (criteria of AHA/ACCF/HRS 2009 part III, Circulation 2009;119:e235, in the part that amplitudes and
 * times can state) and left ventricular hypertrophy by voltage (Sokolow and Lyon 1949; Cornell 1985). They forbid or
 * require rules.
 * @param qrsMs over all leads. @param sex unknown: the men's limit, so that infarction is rather stated than withheld.
 */
export function findFeatures(
  leads: readonly LeadMeasurements[],
  qrsMs: number | null,
  sex: 'male' | 'female' | null,
  limits: FeatureLimits,
): EcgFeature[] {
  const of = (name: string): LeadMeasurements | undefined => leads.find((lead) => lead.name === name);
  const features: EcgFeature[] = [];
  const v1 = of('V1');
  const left = of('V6') ?? of('V5') ?? of('I');
  if (qrsMs !== null && qrsMs >= limits.bundleBranchBlockQrsMs) {
    const down =
      v1 !== undefined && (v1.qrsAreaMicrovoltMs ?? 0) < 0 && abs(v1.sMicrovolts ?? 0) > 2 * (v1.rMicrovolts ?? 0);
    const upright = left !== undefined && (left.rMicrovolts ?? 0) > 200 && (left.qMicrovolts ?? 0) > -60;
    const lateR = (left?.timeToPeakMs ?? 0) >= 45 && (left?.qrsAreaMicrovoltMs ?? 0) > 0;
    const one = of('I');
    const plainI = one === undefined || (one.qrsAreaMicrovoltMs ?? 0) > 0;
    const terminalR =
      v1 !== undefined &&
      ((v1.rPrimeMicrovolts ?? 0) > 150 || ((v1.rMicrovolts ?? 0) > 300 && (v1.timeToPeakMs ?? 0) > 50));
    const lateS = [one, of('V6')].some((lead) => (lead?.sMicrovolts ?? 0) < -80);
    if (down && upright && lateR && plainI) features.push('left-bundle-branch-block');
    else if (terminalR && lateS) features.push('right-bundle-branch-block');
    else features.push('wide-qrs-other');
  }
  const rLeft = max(of('V5')?.rMicrovolts ?? 0, of('V6')?.rMicrovolts ?? 0);
  const sokolow = abs(v1?.sMicrovolts ?? 0) + rLeft;
  const cornell = max(0, of('aVL')?.rMicrovolts ?? 0) + abs(of('V3')?.sMicrovolts ?? 0);
  const cornellLimit = sex === 'female' ? limits.cornellFemaleMicrovolts : limits.cornellMaleMicrovolts;
  const narrow = !features.includes('left-bundle-branch-block') && !features.includes('wide-qrs-other');
  if (narrow && (sokolow >= limits.sokolowLyonMicrovolts || cornell > cornellLimit)) {
    features.push('left-ventricular-hypertrophy');
  }
  return features;
}
