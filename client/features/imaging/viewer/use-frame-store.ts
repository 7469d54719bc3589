import { useCallback, useEffect, useMemo, useSyncExternalStore } from 'react';
import { FrameStore } from './frame-store.ts';

const MEGABYTE = 1024 * 1024;
/** An eighth of what the machine says that it has, within limits; some browsers say nothing. */
const CAPACITY_PER_GIGABYTE = 128 * MEGABYTE;
const LEAST_CAPACITY = 192 * MEGABYTE;
const GREATEST_CAPACITY = 1024 * MEGABYTE;

/** One store for the life of a viewer; everything in flight ends when the viewer is left. */
export function useFrameStore(root: string, headers: Record<string, string>): FrameStore {
  const headerKey = JSON.stringify(headers);
  const store = useMemo(() => {
    const { hardwareConcurrency = 2, deviceMemory = 4 } = navigator as Navigator & { deviceMemory?: number };
    return new FrameStore({
      root,
      headers: JSON.parse(headerKey) as Record<string, string>,
      workers: hardwareConcurrency >= 4 ? 2 : 1,
      capacityBytes: Math.min(GREATEST_CAPACITY, Math.max(LEAST_CAPACITY, deviceMemory * CAPACITY_PER_GIGABYTE)),
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
