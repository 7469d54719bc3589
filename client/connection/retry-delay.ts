/** Milliseconds to wait before the next attempt: 0.3 s doubling to 5 s, spread so that windows don't come at once. */
export function retryDelayMs(failedAttempts: number, random: () => number = Math.random): number {
  const full = Math.min(5000, 300 * 2 ** Math.max(0, failedAttempts - 1));
  return Math.round(full * (0.75 + 0.5 * random()));
}
