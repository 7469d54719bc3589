import type { Measurement } from './measurement.ts';

type Measurements = readonly Measurement[];

/** What was drawn before, to go back to, and what was taken back, to bring again. */
export interface MeasurementHistory {
  past: readonly Measurements[];
  future: readonly Measurements[];
  /** Of the last step: moving one measurement about is one step as long as it goes on. */
  lastStep: { moved: string; atMs: number } | null;
}

export const NO_HISTORY: MeasurementHistory = { past: [], future: [], lastStep: null };
const MAXIMUM_STEPS = 60;
const ONE_STEP_WITHIN_MS = 1000;

/** Keeps what was there before a change. */
export function remember(
  history: MeasurementHistory,
  before: Measurements,
  after: Measurements,
  atMs: number,
): MeasurementHistory {
  const moved = movedOne(before, after);
  const { lastStep } = history;
  if (moved !== null && lastStep?.moved === moved && atMs - lastStep.atMs < ONE_STEP_WITHIN_MS) {
    return { ...history, lastStep: { moved, atMs } };
  }
  return {
    past: [...history.past, before].slice(-MAXIMUM_STEPS),
    future: [],
    lastStep: moved === null ? null : { moved, atMs },
  };
}

export function undo(
  { past, future }: MeasurementHistory,
  now: Measurements,
): { history: MeasurementHistory; measurements: Measurements } | null {
  const before = past.at(-1);
  if (!before) return null;
  return { history: { past: past.slice(0, -1), future: [now, ...future], lastStep: null }, measurements: before };
}

export function redo(
  { past, future }: MeasurementHistory,
  now: Measurements,
): { history: MeasurementHistory; measurements: Measurements } | null {
  const [after, ...rest] = future;
  if (!after) return null;
  return { history: { past: [...past, now], future: rest, lastStep: null }, measurements: after };
}

/**
 * Takes what others have drawn, moved and taken away into all that is remembered: undo goes back on one's own steps
 * alone.
 * @param before what stood here, `after` the same with theirs.
 */
export function adopt(history: MeasurementHistory, before: Measurements, after: Measurements): MeasurementHistory {
  const known = new Set(before);
  const theirs = new Map(after.filter((one) => !known.has(one)).map((one) => [one.id, one]));
  const standing = new Set(after.map(({ id }) => id));
  const gone = new Set(before.filter(({ id }) => !standing.has(id)).map(({ id }) => id));
  const withTheirs = (then: Measurements): Measurements => {
    const there = new Set(then.map(({ id }) => id));
    return [
      ...then.filter(({ id }) => !gone.has(id)).map((one) => theirs.get(one.id) ?? one),
      ...[...theirs.values()].filter(({ id }) => !there.has(id)),
    ];
  };
  return { ...history, past: history.past.map(withTheirs), future: history.future.map(withTheirs) };
}

/** The one measurement that is not where it was; null for anything else. */
function movedOne(before: Measurements, after: Measurements): string | null {
  if (before.length !== after.length || before.some(({ id }, index) => after[index]!.id !== id)) return null;
  const moved = before.filter((measurement, index) => measurement !== after[index]);
  return moved.length === 1 ? moved[0]!.id : null;
}
