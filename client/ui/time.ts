import { useSyncExternalStore } from 'react';
import { chinaDate, chinaDateTime } from '../../shared/rules/china-time.ts';
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

/**
 * Clock in China, 24 hours: `14:03:07`. Not the PC's own zone: that is often set wrong, and the hub's papers and names
 * carry China's time.
 */
export function formatClock(iso: string, withSeconds = true): string {
  return chinaDateTime(new Date(iso)).slice(11, withSeconds ? 19 : 16);
}

/** `14:03` when it is today, otherwise `2026-11-21 14:03`; in China. */
export function formatMoment(iso: string, nowMs: number): string {
  const day = chinaDate(new Date(iso));
  const clock = formatClock(iso, false);
  return day === chinaDate(new Date(nowMs)) ? clock : `${day} ${clock}`;
}

/** YYYY-MM-DD in China. */
export function formatDay(date: Date): string {
  return chinaDate(date);
}
