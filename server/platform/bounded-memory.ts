export interface BoundedMemory<Value> {
  get(key: string): Value | undefined;
  /** In place of what was kept under the key. */
  keep(key: string, value: Value, bytes: number): void;
  forget(key: string): void;
}

/** Keeps the latest used values whose bytes, as their keepers say, together are no more than `mostBytes`. */
export function openBoundedMemory<Value>(mostBytes: number): BoundedMemory<Value> {
  // The longest unused first.
  const kept = new Map<string, { value: Value; bytes: number }>();
  let sum = 0;
  const forget = (key: string) => {
    sum -= kept.get(key)?.bytes ?? 0;
    kept.delete(key);
  };
  return {
    get(key) {
      const found = kept.get(key);
      if (found === undefined) return undefined;
      kept.delete(key);
      kept.set(key, found);
      return found.value;
    },
    keep(key, value, bytes) {
      forget(key);
      kept.set(key, { value, bytes });
      sum += bytes;
      for (const oldest of kept.keys()) {
        if (sum <= mostBytes) break;
        forget(oldest);
      }
    },
    forget,
  };
}
