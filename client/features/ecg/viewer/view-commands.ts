import { ecgDisplayDefaults, ecgLayouts } from '../../../../shared/contracts/viewing.ts';
import type { EcgViewState } from '../../../../shared/contracts/viewing.ts';
import { highPasses, lowPasses } from '../../../../shared/ecg/display-filters.ts';
import { orderedLeads, pageSeconds } from '../../../../shared/ecg/paper-geometry.ts';
import type { FiducialName } from '../../../../shared/ecg/fiducial-marks.ts';

/** What a key or a button asks of the view. Pure: the same table serves toolbar, keyboard and tests. */
export type ViewCommand =
  | { do: 'layout'; layout: EcgViewState['layout'] }
  | { do: 'single'; lead: string }
  | { do: 'single-step'; step: 1 | -1 }
  | { do: 'lead-order'; order: EcgViewState['leadOrder'] | 'other' }
  | { do: 'gain'; gain: EcgViewState['gainMmPerMillivolt'] }
  | { do: 'gain-step'; step: 1 | -1 }
  | { do: 'speed'; speed: EcgViewState['speedMmPerSecond'] }
  | { do: 'speed-step'; step: 1 | -1 }
  | { do: 'high-pass'; hertz: EcgViewState['highPassHz'] | 'next' }
  | { do: 'low-pass'; hertz: EcgViewState['lowPassHz'] | 'next' }
  | { do: 'notch'; hertz: EcgViewState['notchHz'] | 'next' }
  | { do: 'waveform'; waveform: EcgViewState['waveform'] | 'other' }
  | { do: 'march'; caliperId: string | null }
  | { do: 'average-beats'; open: boolean | 'other' }
  | { do: 'beat-mark'; mark: FiducialName; ms: number }
  | { do: 'beat-marks-reset' }
  | { do: 'pan'; seconds: number }
  | { do: 'start'; seconds: number }
  | { do: 'reset' };

export const layouts = ecgLayouts;
export const gains = [5, 10, 20] as const;
export const speeds = [12.5, 25, 50] as const;

/** The view that a reader first sees: 3x4 with rhythm strip, 25 mm/s, 10 mm/mV, unfiltered, from the recording's start. */
export function initialEcgView(ecgId: string): EcgViewState {
  return {
    kind: 'ecg',
    ecgId,
    layout: '3x4+1R',
    speedMmPerSecond: 25,
    gainMmPerMillivolt: 10,
    startSeconds: 0,
    calipers: [],
    ...ecgDisplayDefaults,
    beatMarks: {},
  };
}

/** What of the recording a command must know. */
export interface ViewedRecording {
  durationSeconds: number;
  rhythmLead: string;
  leadNames: ReadonlySet<string>;
  extraLeads: readonly string[];
  hasMedianBesideRhythm: boolean;
}

/** The latest start, in seconds, at which a page still ends within the recording. */
export function latestStart(durationSeconds: number): number {
  return Math.max(0, durationSeconds - pageSeconds);
}

function stepped<T extends number>(steps: readonly T[], current: T, step: 1 | -1): T {
  return steps[Math.min(steps.length - 1, Math.max(0, steps.indexOf(current) + step))] ?? current;
}

/** Off, then each in turn, then off again. */
function cycled<T extends number>(steps: readonly T[], current: T | null): T | null {
  return current === null ? (steps[0] ?? null) : (steps[steps.indexOf(current) + 1] ?? null);
}

/** The lead of the layout `single`. */
export function singleLeadOf(
  view: Pick<EcgViewState, 'singleLead'>,
  recording: Pick<ViewedRecording, 'rhythmLead'>,
): string {
  return view.singleLead === '' ? recording.rhythmLead : view.singleLead;
}

/** The view after a command; the very same object when nothing changes. Calipers survive every command. */
export function applyViewCommand(view: EcgViewState, command: ViewCommand, recording: ViewedRecording): EcgViewState {
  const next = changed(view, command, recording);
  return (Object.keys(next) as (keyof EcgViewState)[]).some((key) => next[key] !== view[key])
    ? { ...view, ...next }
    : view;
}

function changed(view: EcgViewState, command: ViewCommand, recording: ViewedRecording): Partial<EcgViewState> {
  const within = (seconds: number) => Math.min(latestStart(recording.durationSeconds), Math.max(0, seconds));
  switch (command.do) {
    case 'layout':
      return { layout: command.layout };
    case 'single':
      // A second press on the name of the one lead goes back to all of them.
      return view.layout === 'single' && command.lead === singleLeadOf(view, recording)
        ? { layout: '3x4+1R' }
        : { layout: 'single', singleLead: command.lead };
    case 'single-step': {
      const names = [...orderedLeads(view.leadOrder), ...recording.extraLeads].filter((name) =>
        recording.leadNames.has(name),
      );
      const at = names.indexOf(singleLeadOf(view, recording)) + command.step;
      const singleLead = names[(at + names.length) % Math.max(1, names.length)];
      return singleLead === undefined ? {} : { layout: 'single', singleLead };
    }
    case 'lead-order': {
      const other = view.leadOrder === 'standard' ? 'cabrera' : 'standard';
      return { leadOrder: command.order === 'other' ? other : command.order };
    }
    case 'gain':
      return { gainMmPerMillivolt: command.gain };
    case 'gain-step':
      return { gainMmPerMillivolt: stepped(gains, view.gainMmPerMillivolt, command.step) };
    case 'speed':
      return { speedMmPerSecond: command.speed };
    case 'speed-step':
      return { speedMmPerSecond: stepped(speeds, view.speedMmPerSecond, command.step) };
    case 'high-pass':
      return { highPassHz: command.hertz === 'next' ? cycled(highPasses, view.highPassHz) : command.hertz };
    case 'low-pass':
      return { lowPassHz: command.hertz === 'next' ? cycled(lowPasses, view.lowPassHz) : command.hertz };
    case 'notch':
      return { notchHz: command.hertz === 'next' ? (view.notchHz === null ? 50 : null) : command.hertz };
    case 'waveform': {
      if (!recording.hasMedianBesideRhythm) return {};
      const other = view.waveform === 'rhythm' ? 'median' : 'rhythm';
      return { waveform: command.waveform === 'other' ? other : command.waveform, startSeconds: 0 };
    }
    case 'march':
      return { marchingCaliperId: command.caliperId };
    case 'average-beats':
      return { hasAverageBeats: command.open === 'other' ? !view.hasAverageBeats : command.open };
    case 'beat-mark':
      return view.beatMarks[command.mark] === command.ms
        ? {}
        : { beatMarks: { ...view.beatMarks, [command.mark]: command.ms } };
    case 'beat-marks-reset':
      return Object.keys(view.beatMarks).length === 0 ? {} : { beatMarks: {} };
    case 'pan':
      return { startSeconds: within(view.startSeconds + command.seconds) };
    case 'start':
      return { startSeconds: within(command.seconds) };
    case 'reset': {
      // Calipers and marks are somebody's work, not a setting.
      const { layout, speedMmPerSecond, gainMmPerMillivolt, startSeconds } = initialEcgView(view.ecgId);
      const { leadOrder, singleLead, highPassHz, lowPassHz, notchHz, waveform } = ecgDisplayDefaults;
      const filters = { highPassHz, lowPassHz, notchHz };
      return {
        layout,
        speedMmPerSecond,
        gainMmPerMillivolt,
        startSeconds,
        leadOrder,
        singleLead,
        waveform,
        ...filters,
      };
    }
  }
}

const plainKeys: Record<string, ViewCommand> = {
  '+': { do: 'gain-step', step: 1 },
  '=': { do: 'gain-step', step: 1 },
  '-': { do: 'gain-step', step: -1 },
  _: { do: 'gain-step', step: -1 },
  ']': { do: 'speed-step', step: 1 },
  '[': { do: 'speed-step', step: -1 },
  ',': { do: 'single-step', step: -1 },
  '.': { do: 'single-step', step: 1 },
  k: { do: 'lead-order', order: 'other' },
  h: { do: 'high-pass', hertz: 'next' },
  l: { do: 'low-pass', hertz: 'next' },
  n: { do: 'notch', hertz: 'next' },
  v: { do: 'waveform', waveform: 'other' },
  b: { do: 'average-beats', open: 'other' },
  '0': { do: 'reset' },
};

/** The command of a key (KeyboardEvent.key), or null. Keys that move do so only in a recording longer than a page. */
export function commandOfKey(key: string, withShift: boolean, durationSeconds: number): ViewCommand | null {
  const layout = layouts[['1', '2', '3', '4', '5'].indexOf(key)];
  if (layout) return { do: 'layout', layout };
  const plain = plainKeys[key.length === 1 ? key.toLowerCase() : key];
  if (plain) return plain;
  if (latestStart(durationSeconds) === 0) return null;
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowRight': {
      const seconds = withShift ? pageSeconds : 1;
      return { do: 'pan', seconds: key === 'ArrowLeft' ? -seconds : seconds };
    }
    case 'PageUp':
      return { do: 'pan', seconds: -pageSeconds };
    case 'PageDown':
      return { do: 'pan', seconds: pageSeconds };
    case 'Home':
      return { do: 'start', seconds: 0 };
    case 'End':
      return { do: 'start', seconds: durationSeconds };
    default:
      return null;
  }
}
