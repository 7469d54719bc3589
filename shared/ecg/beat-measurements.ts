import type { MedianBeat } from './beat-classes.ts';
import { analysisRateHz, smoothed } from './condition-leads.ts';
import type { BeatBoundaries } from './delineate-beat.ts';

// Named once: looking them up at each sample costs much where globals are slow (Jest's contexts).
const { abs, atan2, hypot, max, min, round, sqrt, PI } = Math;

const at = (seconds: number): number => round(seconds * analysisRateHz);

/**
 * What one lead of the median beat measures. Microvolts against the PR segment right before the QRS complex (the
 * reference of the fourth universal definition of myocardial infarction), areas in microvolt milliseconds; null where
 * the wave is not there or the lead has no samples there. Q and S are negative.
 */
export interface LeadMeasurements {
  name: string;
  pMicrovolts: number | null;
  qMicrovolts: number | null;
  qDurationMs: number | null;
  rMicrovolts: number | null;
  sMicrovolts: number | null;
  /** The second positive deflection, R'. */
  rPrimeMicrovolts: number | null;
  stJMicrovolts: number | null;
  stJ40Microvolts: number | null;
  stJ60Microvolts: number | null;
  stJ80Microvolts: number | null;
  /** The T wave's largest deflection, with its sign. */
  tMicrovolts: number | null;
  /** Its largest and smallest values: both of substance in a biphasic T wave. */
  tMaximumMicrovolts: number | null;
  tMinimumMicrovolts: number | null;
  /** Whether the smallest value comes after the largest. */
  tEndsLow: boolean;
  /** Width of the T wave at half its height: small in the peaked T of hyperkalaemia. */
  tHalfWidthMs: number | null;
  qrsAreaMicrovoltMs: number | null;
  pAreaMicrovoltMs: number | null;
  tAreaMicrovoltMs: number | null;
  /** From the QRS complex's first to its largest deflection (intrinsicoid deflection). */
  timeToPeakMs: number | null;
}

const smallestDeflection = 25;
const shortestDeflection = at(0.008);

interface Deflections {
  q: number | null;
  qDurationMs: number | null;
  r: number | null;
  s: number | null;
  rPrime: number | null;
}

/** Positive and negative stretches of the complex, in order, small ones left out. */
function deflections(trace: Float64Array, level: number, onset: number, offset: number): Deflections {
  const found: { value: number; from: number; to: number }[] = [];
  let from = onset;
  const close = (to: number): void => {
    let extreme = 0;
    for (let i = from; i < to; i++) {
      const value = (trace[i] ?? 0) - level;
      if (abs(value) > abs(extreme)) extreme = value;
    }
    if (abs(extreme) >= smallestDeflection && to - from >= shortestDeflection) {
      const last = found.at(-1);
      if (last && last.value > 0 === extreme > 0) {
        last.value = abs(extreme) > abs(last.value) ? extreme : last.value;
        last.to = to;
      } else found.push({ value: extreme, from, to });
    }
  };
  for (let i = onset + 1; i <= offset; i++) {
    if ((trace[i] ?? 0) - level > 0 === (trace[i - 1] ?? 0) - level > 0 && i < offset) continue;
    close(i);
    from = i;
  }
  const result: Deflections = { q: null, qDurationMs: null, r: null, s: null, rPrime: null };
  for (const { value, from: start, to } of found) {
    if (value < 0 && result.r === null && result.q === null) {
      result.q = value;
      result.qDurationMs = ((to - start) * 1000) / analysisRateHz;
    } else if (value > 0 && result.r === null) result.r = value;
    else if (value < 0) result.s = min(result.s ?? 0, value);
    else if (value > 0) result.rPrime = max(result.rPrime ?? 0, value);
  }
  // A wholly negative complex (QS) is written as S for sums of voltages, and as Q for its width.
  if (result.r === null && result.q !== null && result.s === null) result.s = result.q;
  return result;
}

function area(trace: Float64Array, level: number, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i <= to; i++) sum += (trace[i] ?? 0) - level;
  return (sum * 1000) / analysisRateHz;
}

/** Measures all leads between the given boundaries. Leads unknown over the complex are left out. */
export function measureLeads(beat: MedianBeat, boundaries: BeatBoundaries): LeadMeasurements[] {
  const { qrsOnset, qrsOffset, pOnset, pOffset, tEnd } = boundaries;
  const mean = (trace: Float64Array, from: number, to: number): number => {
    let sum = 0;
    for (let i = from; i <= to; i++) sum += trace[i] ?? 0;
    return sum / (to - from + 1);
  };
  const measured: LeadMeasurements[] = [];
  for (const { name, values, beats } of beat.leads) {
    const knownTo = (index: number): boolean => index < beat.length && (beats[index] ?? 0) > 0;
    const levelFrom = max(0, qrsOnset - at(0.018));
    if (!knownTo(levelFrom) || !knownTo(qrsOnset) || !knownTo(qrsOffset)) continue;
    const fine = smoothed(values, 4);
    const slow = smoothed(values, 12);
    const level = mean(values, levelFrom, max(levelFrom, qrsOnset - at(0.004)));
    const stAt = (seconds: number): number | null => {
      const index = qrsOffset + at(seconds);
      return knownTo(index + 2) ? mean(values, index - 2, index + 2) - level : null;
    };
    const j = mean(values, qrsOffset - 1, qrsOffset + 2) - level;
    let peak = qrsOnset;
    for (let i = qrsOnset; i <= qrsOffset; i++) {
      if (abs((fine[i] ?? 0) - level) > abs((fine[peak] ?? 0) - level)) peak = i;
    }
    const wave = deflections(fine, level, qrsOnset, qrsOffset);
    const t = tEnd !== null && knownTo(tEnd) ? tExtremes(slow, level, qrsOffset + at(0.06), tEnd) : null;
    const hasP = pOnset !== null && pOffset !== null && knownTo(pOnset);
    const pLevel = hasP ? (slow[pOnset] ?? 0) : 0;
    let p = 0;
    if (hasP) {
      for (let i = pOnset; i <= pOffset; i++) {
        const line = pLevel + (((slow[pOffset] ?? 0) - pLevel) * (i - pOnset)) / max(1, pOffset - pOnset);
        const value = (slow[i] ?? 0) - line;
        if (abs(value) > abs(p)) p = value;
      }
    }
    measured.push({
      name,
      pMicrovolts: hasP ? p : null,
      qMicrovolts: wave.q,
      qDurationMs: wave.qDurationMs,
      rMicrovolts: wave.r,
      sMicrovolts: wave.s,
      rPrimeMicrovolts: wave.rPrime,
      stJMicrovolts: j,
      stJ40Microvolts: stAt(0.04),
      stJ60Microvolts: stAt(0.06),
      stJ80Microvolts: stAt(0.08),
      tMicrovolts: t === null ? null : abs(t.highest) >= abs(t.lowest) ? t.highest : t.lowest,
      tMaximumMicrovolts: t?.highest ?? null,
      tMinimumMicrovolts: t?.lowest ?? null,
      tEndsLow: t?.endsLow ?? false,
      tHalfWidthMs: t?.halfWidthMs ?? null,
      qrsAreaMicrovoltMs: area(values, level, qrsOnset, qrsOffset),
      pAreaMicrovoltMs: hasP ? area(values, pLevel, pOnset, pOffset) : null,
      tAreaMicrovoltMs: t === null || tEnd === null ? null : area(values, level, qrsOffset + at(0.06), tEnd),
      timeToPeakMs: ((peak - qrsOnset) * 1000) / analysisRateHz,
    });
  }
  return measured;
}

function tExtremes(trace: Float64Array, level: number, from: number, to: number) {
  let [highest, lowest, highestAt, lowestAt] = [-1e9, 1e9, from, from];
  for (let i = from; i <= to; i++) {
    const value = (trace[i] ?? 0) - level;
    if (value > highest) [highest, highestAt] = [value, i];
    if (value < lowest) [lowest, lowestAt] = [value, i];
  }
  if (to <= from) return null;
  const top = abs(highest) >= abs(lowest) ? highestAt : lowestAt;
  const half = ((trace[top] ?? 0) - level) / 2;
  const above = (i: number): boolean => ((trace[i] ?? 0) - level) / half >= 1;
  let [left, right] = [top, top];
  while (left > from && above(left - 1)) left--;
  while (right < trace.length - 1 && above(right + 1)) right++;
  const halfWidthMs = ((right - left) * 1000) / analysisRateHz;
  return { highest, lowest, endsLow: lowestAt > highestAt, halfWidthMs };
}

export interface FrontalAxes {
  pDegrees: number | null;
  qrsDegrees: number | null;
  tDegrees: number | null;
}

/**
 * Mean axes in the frontal plane from the net areas of I and aVF; aVF, an augmented lead, is weighed by 2/sqrt(3)
 * (AHA/ACCF/HRS 2009 part III, Circulation 2009;119:e235). Degrees, -179 to 180; null where the vector is too small to
 * have a direction.
 */
export function frontalAxes(leads: readonly LeadMeasurements[]): FrontalAxes {
  const lead = (name: string): LeadMeasurements | undefined => leads.find((entry) => entry.name === name);
  const axis = (
    key: 'pAreaMicrovoltMs' | 'qrsAreaMicrovoltMs' | 'tAreaMicrovoltMs',
    smallest: number,
  ): number | null => {
    const one = lead('I')?.[key];
    const two = lead('II')?.[key];
    const foot = lead('aVF')?.[key] ?? (typeof one === 'number' && typeof two === 'number' ? two - one / 2 : null);
    if (typeof one !== 'number' || foot === null || foot === undefined) return null;
    const down = (2 * foot) / sqrt(3);
    if (hypot(one, down) < smallest) return null;
    const degrees = round((180 / PI) * atan2(down, one));
    return degrees === -180 ? 180 : degrees + 0;
  };
  return {
    pDegrees: axis('pAreaMicrovoltMs', 500),
    qrsDegrees: axis('qrsAreaMicrovoltMs', 1500),
    tDegrees: axis('tAreaMicrovoltMs', 2000),
  };
}
