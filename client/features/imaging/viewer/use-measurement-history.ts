import { useCallback, useEffect, useRef, useState } from 'react';
import type { ImagingViewState } from '../../../../shared/contracts/viewing.ts';
import type { Measurement } from './measurement.ts';
import { adopt, NO_HISTORY, redo, remember, undo, type MeasurementHistory } from './measurement-history.ts';

type Change = (next: (state: ImagingViewState) => ImagingViewState) => void;

/** Passes changes on and keeps what was measured before each; forgotten when somebody else draws. */
export function useMeasurementHistory(
  state: ImagingViewState | null,
  change: Change,
  locked: boolean,
): {
  change: Change;
  /** Others have drawn: see {@link adopt}. */
  adopt(before: readonly Measurement[], after: readonly Measurement[]): void;
  undo(): void;
  redo(): void;
  canUndo: boolean;
  canRedo: boolean;
} {
  const [history, setHistory] = useState<MeasurementHistory>(NO_HISTORY);
  if (locked && history !== NO_HISTORY) setHistory(NO_HISTORY);
  const latest = useRef({ state, history });
  useEffect(() => {
    latest.current = { state, history };
  });
  const remembering = useCallback<Change>(
    (next) => {
      const { state: before } = latest.current;
      const after = before && next(before);
      if (before && after && after.measurements !== before.measurements) {
        const atMs = performance.now();
        setHistory((kept) => remember(kept, before.measurements, after.measurements, atMs));
      }
      change(next);
    },
    [change],
  );
  const step = (take: typeof undo): void => {
    if (!latest.current.state) return;
    const taken = take(latest.current.history, latest.current.state.measurements);
    if (!taken) return;
    setHistory(taken.history);
    change((current) => ({ ...current, measurements: [...taken.measurements] }));
  };
  const adoptTheirs = useCallback((before: readonly Measurement[], after: readonly Measurement[]): void => {
    setHistory((kept) => (kept === NO_HISTORY ? kept : adopt(kept, before, after)));
  }, []);
  return {
    change: remembering,
    adopt: adoptTheirs,
    undo: () => step(undo),
    redo: () => step(redo),
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
  };
}
