import { createContext, use, useEffect, useState, useSyncExternalStore, type ReactNode } from 'react';
import { Ring, type SoundState } from './ring.ts';

const SoundContext = createContext<Ring | null>(null);

const gestures = ['pointerdown', 'pointerup', 'keydown', 'touchend', 'click'] as const;

/** One ring per window. Any touch of the page lets it sound. */
export function SoundProvider({ children }: { children: ReactNode }) {
  const [ring] = useState(() => new Ring());
  useEffect(() => {
    const enable = () => void ring.enable();
    for (const gesture of gestures) window.addEventListener(gesture, enable, { capture: true, passive: true });
    return () => {
      for (const gesture of gestures) window.removeEventListener(gesture, enable, { capture: true });
      ring.close();
    };
  }, [ring]);
  return <SoundContext value={ring}>{children}</SoundContext>;
}

export function useRing(): Ring {
  const ring = use(SoundContext);
  if (!ring) throw new Error('SoundProvider is missing.');
  return ring;
}

export function useSoundState(): SoundState {
  const { state } = useRing();
  return useSyncExternalStore(state.subscribe, state.get);
}
