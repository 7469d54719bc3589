import { correctQt } from './qt-correction.ts';
import type { CorrectedQt } from './qt-correction.ts';

/** The marks on an averaged beat that intervals are measured between, in the order of time. */
export const fiducialNames = ['pOnset', 'pOffset', 'qrsOnset', 'jPoint', 'tEnd'] as const;
export type FiducialName = (typeof fiducialNames)[number];

/** Milliseconds after the start of the averaged beat; null where there is no such wave. */
export type FiducialTimes = Record<FiducialName, number | null>;

export interface FiducialIntervals {
  pDurationMs: number | null;
  prMs: number | null;
  qrsMs: number | null;
  qtMs: number | null;
  qtc: CorrectedQt | null;
}

/** Marks never touch: between any two of them lie at least so many milliseconds. */
const leastDistanceMs = 4;

/** The marks as delineated: boundaries are sample indices at `sampleRateHz`. */
export function fiducialsOf(beat: {
  sampleRateHz: number;
  boundaries: {
    pOnset: number | null;
    pOffset: number | null;
    qrsOnset: number;
    qrsOffset: number;
    tEnd: number | null;
  };
}): FiducialTimes {
  const { pOnset, pOffset, qrsOnset, qrsOffset, tEnd } = beat.boundaries;
  const ms = (index: number | null) => (index === null ? null : (index * 1000) / beat.sampleRateHz);
  return { pOnset: ms(pOnset), pOffset: ms(pOffset), qrsOnset: ms(qrsOnset), jPoint: ms(qrsOffset), tEnd: ms(tEnd) };
}

/** The marks with those that a reader moved in their new places. */
export function withMoved(found: FiducialTimes, moved: Partial<Record<FiducialName, number>>): FiducialTimes {
  return { ...found, ...moved };
}

/**
 * Where a mark comes to stand that is taken to `ms`: between its neighbours and within the beat (0 to `lengthMs`), on
 * whole milliseconds, so that the marks keep their order.
 */
export function placeFiducial(times: FiducialTimes, name: FiducialName, ms: number, lengthMs: number): number {
  const at = fiducialNames.indexOf(name);
  const known = (names: readonly FiducialName[]) =>
    names.map((one) => times[one]).filter((value): value is number => value !== null);
  const least = Math.max(0, ...known(fiducialNames.slice(0, at)).map((value) => value + leastDistanceMs));
  const most = Math.min(lengthMs, ...known(fiducialNames.slice(at + 1)).map((value) => value - leastDistanceMs));
  return Math.round(Math.min(most, Math.max(least, ms)));
}

/** Where to put a mark of a wave that was not found: at an everyday distance from the complex. */
export function usualFiducial(times: FiducialTimes, name: FiducialName, lengthMs: number): number {
  const onset = times.qrsOnset ?? lengthMs * 0.4;
  const usual: Record<FiducialName, number> = {
    pOnset: onset - 160,
    pOffset: onset - 60,
    qrsOnset: onset,
    jPoint: onset + 90,
    tEnd: onset + 380,
  };
  return placeFiducial(times, name, usual[name], lengthMs);
}

/**
 * Intervals between the marks, milliseconds, and QT corrected by the four formulas.
 * @param rrMs mean RR interval of the recording; null leaves QT uncorrected
 */
export function measureFiducials(times: FiducialTimes, rrMs: number | null): FiducialIntervals {
  const between = (from: number | null, to: number | null) => (from === null || to === null ? null : to - from);
  const qtMs = between(times.qrsOnset, times.tEnd);
  return {
    pDurationMs: between(times.pOnset, times.pOffset),
    prMs: between(times.pOnset, times.qrsOnset),
    qrsMs: between(times.qrsOnset, times.jPoint),
    qtMs,
    qtc: qtMs === null || rrMs === null ? null : correctQt(qtMs, rrMs),
  };
}
