import { useEffect, useRef } from 'react';
import type { ImagingViewState } from '../../../../shared/contracts/viewing.ts';
import type { Measurement } from './measurement.ts';
import type { FrameAddress } from './series-frames.ts';

/** What is kept of the images beyond this view. */
export interface KeptMarks {
  /** The list has come. */
  read: boolean;
  measurements: readonly Measurement[];
  /** `SOP Instance UID/frame` of each. */
  keyImages: ReadonlySet<string>;
  /** This window's own newer one is on its way. */
  isUnsaved(measurementId: string): boolean;
  keep(measurement: Measurement): void;
  takeAway(measurementId: string): void;
  setKeyImage(frame: Pick<FrameAddress, 'sopInstanceUid' | 'frameNumber'>, isKey: boolean): void;
}

/** The shared view holds so many at most. */
const MOST_IN_VIEW = 100;

/** What differs between two lists of measurements: drawn or changed, and gone. */
export function changesBetween(
  before: readonly Measurement[],
  after: readonly Measurement[],
): { drawn: Measurement[]; gone: string[] } {
  const known = new Map(before.map((one) => [one.id, one]));
  const drawn = after.filter((one) => known.get(one.id) !== one && !isSame(known.get(one.id), one));
  for (const { id } of after) known.delete(id);
  // A full view lets go of its oldest: that one is not taken away.
  return { drawn, gone: after.length >= MOST_IN_VIEW && drawn.length > 0 ? [] : [...known.keys()] };
}

/**
 * The view's measurements with what is kept: new, changed and retired ones of others are taken over.
 * @param seen ids that were in the kept list before.
 */
export function withKept(
  measurements: readonly Measurement[],
  kept: readonly Measurement[],
  seen: ReadonlySet<string>,
  isUnsaved: (id: string) => boolean,
): readonly Measurement[] {
  const standing = new Map(kept.map((one) => [one.id, one]));
  let changed = false;
  const merged = measurements.flatMap((one) => {
    const other = standing.get(one.id);
    standing.delete(one.id);
    if (isUnsaved(one.id)) return [one];
    if (other === undefined) {
      if (!seen.has(one.id)) return [one];
      changed = true;
      return [];
    }
    if (isSame(one, other)) return [one];
    changed = true;
    return [other];
  });
  for (const one of standing.values()) {
    if (isUnsaved(one.id) || merged.length >= MOST_IN_VIEW) continue;
    merged.push(one);
    changed = true;
  }
  return changed ? merged : measurements;
}

/**
 * What of a view is sent to the others: what is kept stands at each side already, and a weak line has no room for it
 * many times a second.
 */
export function withoutKept(measurements: readonly Measurement[], kept: readonly Measurement[]): Measurement[] {
  const standing = new Map(kept.map((one) => [one.id, one]));
  return measurements.filter((one) => !isSame(standing.get(one.id), one));
}

/** What was sent so, whole again: what is under way at the other side goes before what is kept. */
export function againWithKept(sent: readonly Measurement[], kept: readonly Measurement[]): Measurement[] {
  const underWay = new Set(sent.map(({ id }) => id));
  return [...kept.filter(({ id }) => !underWay.has(id)), ...sent].slice(-MOST_IN_VIEW);
}

function isSame(one: Measurement | undefined, other: Measurement): boolean {
  return (
    one !== undefined &&
    one.type === other.type &&
    one.text === other.text &&
    one.frameNumber === other.frameNumber &&
    one.points.length === other.points.length &&
    one.points.every((value, index) => value === other.points[index])
  );
}

/**
 * Brings what is kept into the view and what is drawn here to where it is kept. While somebody else leads the view is
 * theirs, and so is what is drawn in it.
 */
export function useMarksInView(
  state: ImagingViewState | null,
  change: (next: (state: ImagingViewState) => ImagingViewState) => void,
  following: boolean,
  marks: KeptMarks | undefined,
  adopt: (before: readonly Measurement[], after: readonly Measurement[]) => void,
): void {
  const measurements = state?.measurements;
  const told = useRef<readonly Measurement[] | null>(null);
  const seen = useRef<ReadonlySet<string>>(new Set());
  useEffect(() => {
    if (!marks || !measurements) return;
    const before = told.current;
    told.current = measurements;
    if (following || before === null || before === measurements) return;
    const { drawn, gone } = changesBetween(before, measurements);
    for (const measurement of drawn) marks.keep(measurement);
    for (const id of gone) marks.takeAway(id);
  }, [measurements, following, marks]);
  useEffect(() => {
    if (!marks?.read || !measurements) return;
    if (!following) {
      const merged = withKept(measurements, marks.measurements, seen.current, (id) => marks.isUnsaved(id));
      if (merged !== measurements) {
        adopt(measurements, merged);
        change((now) => (now.measurements === measurements ? { ...now, measurements: [...merged] } : now));
      }
    }
    seen.current = new Set(marks.measurements.map(({ id }) => id));
  }, [marks, measurements, following, change, adopt]);
}
