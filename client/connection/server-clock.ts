/**
 * The hub's clock as this window knows it. Elapsed times are counted against it, because the clocks of clinic PCs
 * are often minutes off. The offset comes from the Date header of HTTP answers (whole seconds, so half a second is
 * added); of all answers the one with the shortest round trip counts.
 */
let offsetMs = 0;
let bestRoundTripMs = Number.POSITIVE_INFINITY;

/** Learns from one answer; times are milliseconds of the device's clock. */
export function learnServerTime(dateHeader: string | null, sentAtMs: number, receivedAtMs: number): void {
  const serverMs = dateHeader ? Date.parse(dateHeader) : Number.NaN;
  const roundTripMs = receivedAtMs - sentAtMs;
  if (Number.isNaN(serverMs) || roundTripMs < 0 || roundTripMs > bestRoundTripMs) return;
  bestRoundTripMs = roundTripMs;
  const estimate = serverMs + 500 - (sentAtMs + roundTripMs / 2);
  // The header cannot tell less than half a second and the way: a smaller difference is no difference.
  offsetMs = Math.abs(estimate) <= 600 + roundTripMs / 2 ? 0 : estimate;
}

/** Milliseconds since 1970 on the hub's clock. */
export function serverNow(): number {
  return Date.now() + offsetMs;
}
