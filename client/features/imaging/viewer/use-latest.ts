import { useEffect, useRef } from 'react';

/**
 * Hands values on at most every `everyMs`; of several in between only the latest counts, and the last one always
 * arrives.
 */
export function useThrottled<Value>(send: (value: Value) => void, everyMs: number): (value: Value) => void {
  const sendRef = useRef(send);
  useEffect(() => {
    sendRef.current = send;
  });
  const pending = useRef<{ value: Value } | undefined>(undefined);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const push = useRef((value: Value): void => {
    if (timer.current !== undefined) {
      pending.current = { value };
      return;
    }
    sendRef.current(value);
    const wait = (): void => {
      timer.current = setTimeout(() => {
        timer.current = undefined;
        const waiting = pending.current;
        if (!waiting) return;
        pending.current = undefined;
        sendRef.current(waiting.value);
        wait();
      }, everyMs);
    };
    wait();
  });
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
      if (pending.current) sendRef.current(pending.current.value);
      pending.current = undefined;
    },
    [],
  );
  // eslint-disable-next-line react-hooks/refs -- made once and never written to: a stable function, not a changing ref.
  return push.current;
}
