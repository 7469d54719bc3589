import { useEffect, useRef } from 'react';
import type { CriticalValueView } from '../../../shared/contracts/critical-values.ts';
import { useRing, useSoundState } from '../alarms/sound-context.tsx';

/** Chimes for each new critical value and each repetition; in a window without sound as soon as it may sound. */
export function useCriticalValueSound(values: readonly CriticalValueView[]): void {
  const ring = useRing();
  const ready = useSoundState() === 'ready';
  const heard = useRef(new Map<string, number>());
  useEffect(() => {
    if (!ready) return;
    const news = values.filter(({ id, repeats }) => (heard.current.get(id) ?? -1) < repeats);
    for (const { id, repeats } of news) heard.current.set(id, repeats);
    if (news.length > 0) ring.chime();
  }, [ring, ready, values]);
}
