import { useSyncExternalStore } from 'react';
import { serverNow } from '../connection/server-clock.ts';

/** One ticker for all elapsed times of the page, on full seconds of the hub's clock. */
const listeners = new Set<() => void>();
let currentSecondMs = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

function tick(): void {
  const now = serverNow();
  currentSecondMs = Math.floor(now / 1000) * 1000;
  for (const listener of [...listeners]) listener();
  timer = setTimeout(tick, 1000 - (now % 1000));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (listeners.size === 1) tick();
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) clearTimeout(timer);
  };
}

function readSecond(): number {
  if (currentSecondMs === 0) currentSecondMs = Math.floor(serverNow() / 1000) * 1000;
  return currentSecondMs;
}

/** Milliseconds on the hub's clock, new every second while the component is shown. */
export function useServerNow(): number {
  return useSyncExternalStore(subscribe, readSecond);
}

/** `0:07`, `12:31`, `2:05:09`; never negative. */
export function formatElapsed(elapsedMs: number): string {
  const seconds = Math.max(0, Math.floor(elapsedMs / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** Clock of the viewer's place, 24 hours: `14:03:07`. */
export function formatClock(iso: string, withSeconds = true): string {
  const date = new Date(iso);
  const two = (value: number) => String(value).padStart(2, '0');
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}`;
  return withSeconds ? `${clock}:${two(date.getSeconds())}` : clock;
}

/** `今天 14:03`'s day part is left out when it is today: `14:03`, otherwise `2026-11-21 14:03`. */
export function formatMoment(iso: string, nowMs: number): string {
  const date = new Date(iso);
  const sameDay = date.toDateString() === new Date(nowMs).toDateString();
  return sameDay ? formatClock(iso, false) : `${formatDay(date)} ${formatClock(iso, false)}`;
}

/** YYYY-MM-DD in the viewer's place. */
export function formatDay(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
