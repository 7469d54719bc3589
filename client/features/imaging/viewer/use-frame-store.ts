import { useCallback, useEffect, useMemo, useSyncExternalStore } from 'react';
import { FrameStore } from './frame-store.ts';

/** Half of it on machines that say that they have little memory. */
const CAPACITY_BYTES = 512 * 1024 * 1024;

/** One store for the life of a viewer; everything in flight ends when the viewer is left. */
export function useFrameStore(root: string, headers: Record<string, string>): FrameStore {
  const headerKey = JSON.stringify(headers);
  const store = useMemo(() => {
    const { hardwareConcurrency = 2, deviceMemory = 4 } = navigator as Navigator & { deviceMemory?: number };
    return new FrameStore({
      root,
      headers: JSON.parse(headerKey) as Record<string, string>,
      workers: hardwareConcurrency >= 4 ? 2 : 1,
      capacityBytes: deviceMemory < 4 ? CAPACITY_BYTES / 2 : CAPACITY_BYTES,
      startWorker: () => new Worker(new URL('./loader/worker.ts', import.meta.url), { type: 'module' }),
    });
  }, [root, headerKey]);
  useEffect(() => {
    store.open();
    return () => store.close();
  }, [store]);
  const subscribe = useCallback((listener: () => void) => store.subscribe(listener), [store]);
  useSyncExternalStore(subscribe, () => store.version);
  return store;
}
