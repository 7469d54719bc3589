import { useEffect, useRef } from 'react';

/**
 * Calls `step` so many times a second while cine runs. A machine that is too slow shows fewer frames; it never gathers
 * steps to run through at once.
 */
export function useCine(framesPerSecond: number | null, step: () => void): void {
  const latest = useRef(step);
  useEffect(() => {
    latest.current = step;
  });
  useEffect(() => {
    if (framesPerSecond === null) return undefined;
    const timer = setInterval(() => latest.current(), 1000 / framesPerSecond);
    return () => clearInterval(timer);
  }, [framesPerSecond]);
}
