import type { OverviewView } from '../../../../shared/contracts/ecg.ts';

/** A recording too long to be held whole: the document that is drawn then has a part of it. */
export interface LongRecording {
  /** Of the whole. */
  durationSeconds: number;
  /** ISO 8601; without an offset it is the clock on the wall. */
  acquiredAt: string | null;
  /** The whole in little, once it is there. */
  overview: OverviewView | null;
  /** Whether the samples of the page are there. */
  state: 'here' | 'loading' | 'failed';
  onRetry: () => void;
}

const daySeconds = 86_400;

/** Hours, minutes and seconds after the start: 1:02:07. */
export function elapsedClock(seconds: number): string {
  const whole = Math.floor(seconds + 1e-6);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

const two = (value: number) => String(value).padStart(2, '0');

const chinaOffsetSeconds = 8 * 3600;

/** The second of the day, China's, at which a recording begins; null where its time is not known. */
export function secondOfDay(acquiredAt: string | null): number | null {
  const found = /T(\d{2}):(\d{2}):(\d{2})(?:\.\d+)?(Z|[+-]\d{2}:?\d{2})?$/.exec(acquiredAt ?? '');
  if (found === null) return null;
  const [, hours, minutes, seconds, zone] = found;
  // A device's time without offset is China's.
  if (zone === undefined) return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return (Math.floor(Date.parse(acquiredAt ?? '') / 1000) + chinaOffsetSeconds) % daySeconds;
}

/** The clock on the wall so many seconds after the recording's start: 09:12:30. */
export function wallClock(beginsAtSecond: number, seconds: number): string {
  const whole = Math.floor(beginsAtSecond + seconds + 1e-6) % daySeconds;
  return `${two(Math.floor(whole / 3600))}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

/**
 * The place that somebody means who types a time, `9:12` or `9:12:30`: the clock on the wall where the recording's start
 * is known (the first such moment after it), otherwise time after the start. Null where it is no time of the recording.
 */
export function placeOfTime(typed: string, beginsAtSecond: number | null, durationSeconds: number): number | null {
  const [, hours, minutes, seconds] = /^\s*(\d{1,3})[:：](\d{1,2})(?:[:：](\d{1,2}))?\s*$/.exec(typed) ?? [];
  if (hours === undefined || Number(minutes) > 59 || Number(seconds ?? 0) > 59) return null;
  const meant = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds ?? 0);
  if (beginsAtSecond === null) return meant < durationSeconds ? meant : null;
  if (meant >= daySeconds) return null;
  const place = (meant - beginsAtSecond + daySeconds) % daySeconds;
  return place < durationSeconds ? place : null;
}
