/** Runs work side by side, never more than `most` at a time. The first failure is thrown by the next room, or by end. */
export function inParallel(most: number) {
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const check = () => {
    if (failures.length > 0) throw failures[0];
  };
  return {
    /** Resolves when there is room for one more. Asked for before anything is made ready that the work has to let go of. */
    async room(): Promise<void> {
      check();
      if (running.size >= most) await Promise.race(running);
      check();
    },
    /** Begins it at once and does not wait for it. */
    begin(work: () => Promise<void>): void {
      const one: Promise<void> = work()
        .catch((thrown: unknown) => void failures.push(thrown))
        .finally(() => running.delete(one));
      running.add(one);
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
