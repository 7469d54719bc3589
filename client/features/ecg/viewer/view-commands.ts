import type { EcgViewState } from '../../../../shared/contracts/viewing.ts';
import { pageSeconds } from '../../../../shared/ecg/paper-geometry.ts';

/** What a key or a button asks of the view. Pure: the same table serves toolbar, keyboard and tests. */
export type ViewCommand =
  | { do: 'layout'; layout: EcgViewState['layout'] }
  | { do: 'gain'; gain: EcgViewState['gainMmPerMillivolt'] }
  | { do: 'gain-step'; step: 1 | -1 }
  | { do: 'speed'; speed: EcgViewState['speedMmPerSecond'] }
  | { do: 'speed-step'; step: 1 | -1 }
  | { do: 'pan'; seconds: number }
  | { do: 'start'; seconds: number }
  | { do: 'reset' };

export const layouts = ['3x4+1R', '6x2', '12x1'] as const;
export const gains = [5, 10, 20] as const;
export const speeds = [12.5, 25, 50] as const;

/** The view that a reader first sees: 3x4 with rhythm strip, 25 mm/s, 10 mm/mV, from the recording's start. */
export function initialEcgView(ecgId: string): EcgViewState {
  return {
    kind: 'ecg',
    ecgId,
    layout: '3x4+1R',
    speedMmPerSecond: 25,
    gainMmPerMillivolt: 10,
    startSeconds: 0,
    calipers: [],
  };
}

/** The latest start, in seconds, at which a page still ends within the recording. */
export function latestStart(durationSeconds: number): number {
  return Math.max(0, durationSeconds - pageSeconds);
}

function stepped<T extends number>(steps: readonly T[], current: T, step: 1 | -1): T {
  return steps[Math.min(steps.length - 1, Math.max(0, steps.indexOf(current) + step))] ?? current;
}

/** The view after a command; the very same object when nothing changes. Calipers survive every command. */
export function applyViewCommand(view: EcgViewState, command: ViewCommand, durationSeconds: number): EcgViewState {
  const next = changed(view, command, durationSeconds);
  return (Object.keys(next) as (keyof EcgViewState)[]).some((key) => next[key] !== view[key])
    ? { ...view, ...next }
    : view;
}

function changed(view: EcgViewState, command: ViewCommand, durationSeconds: number): Partial<EcgViewState> {
  const within = (seconds: number) => Math.min(latestStart(durationSeconds), Math.max(0, seconds));
  switch (command.do) {
    case 'layout':
      return { layout: command.layout };
    case 'gain':
      return { gainMmPerMillivolt: command.gain };
    case 'gain-step':
      return { gainMmPerMillivolt: stepped(gains, view.gainMmPerMillivolt, command.step) };
    case 'speed':
      return { speedMmPerSecond: command.speed };
    case 'speed-step':
      return { speedMmPerSecond: stepped(speeds, view.speedMmPerSecond, command.step) };
    case 'pan':
      return { startSeconds: within(view.startSeconds + command.seconds) };
    case 'start':
      return { startSeconds: within(command.seconds) };
    case 'reset': {
      const { layout, speedMmPerSecond, gainMmPerMillivolt, startSeconds } = initialEcgView(view.ecgId);
      return { layout, speedMmPerSecond, gainMmPerMillivolt, startSeconds };
    }
  }
}

/** The command of a key (KeyboardEvent.key), or null. Arrow keys pan only a recording longer than a page. */
export function commandOfKey(key: string, withShift: boolean, durationSeconds: number): ViewCommand | null {
  const layout = layouts[['1', '2', '3'].indexOf(key)];
  if (layout) return { do: 'layout', layout };
  if (key === '+' || key === '=') return { do: 'gain-step', step: 1 };
  if (key === '-' || key === '_') return { do: 'gain-step', step: -1 };
  if (key === ']') return { do: 'speed-step', step: 1 };
  if (key === '[') return { do: 'speed-step', step: -1 };
  if (key === '0') return { do: 'reset' };
  if (latestStart(durationSeconds) > 0 && (key === 'ArrowLeft' || key === 'ArrowRight')) {
    const seconds = withShift ? pageSeconds : 1;
    return { do: 'pan', seconds: key === 'ArrowLeft' ? -seconds : seconds };
  }
  return null;
}
