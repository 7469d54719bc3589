import { useCallback, useEffect, useLayoutEffect, useRef } from 'react';
import type { ViewPointer } from '../../../../shared/contracts/viewing.ts';

const pointerIntervalMs = 33;

/** Tells where one points, the newest place and no more often than a screen shows it; that one left is told at once. */
export function useSharedPointer(tell: (pointer: ViewPointer) => void): (pointer: ViewPointer) => void {
  const latest = useRef(tell);
  const sent = useRef<{ at: number; timer: ReturnType<typeof setTimeout> | null }>({ at: 0, timer: null });
  useLayoutEffect(() => {
    latest.current = tell;
  });
  useEffect(() => {
    const { current } = sent;
    return () => {
      if (current.timer) clearTimeout(current.timer);
    };
  }, []);
  return useCallback((pointer) => {
    const { current } = sent;
    if (current.timer) clearTimeout(current.timer);
    const wait = pointer.kind === 'none' ? 0 : current.at + pointerIntervalMs - performance.now();
    const send = () => {
      current.timer = null;
      current.at = performance.now();
      latest.current(pointer);
    };
    if (wait <= 0) send();
    else current.timer = setTimeout(send, wait);
  }, []);
}
