/** Runs work side by side, never more than `most` at a time. The first failure is thrown by the next begin, or by end. */
export function inParallel(most: number) {
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const check = () => {
    if (failures.length > 0) throw failures[0];
  };
  return {
    /** Resolves when there is room for more; the work goes on meanwhile. */
    async begin(work: () => Promise<void>): Promise<void> {
      check();
      const one: Promise<void> = work()
        .catch((thrown: unknown) => void failures.push(thrown))
        .finally(() => running.delete(one));
      running.add(one);
      if (running.size >= most) await Promise.race(running);
      check();
    },
    /** Waits for all; throws the first failure. */
    async end(): Promise<void> {
      await Promise.all(running);
      check();
    },
    /** Waits for all, whatever came of it. */
    async settle(): Promise<void> {
      await Promise.all(running);
    },
  };
}
