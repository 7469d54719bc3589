import type { Clock } from './clock.ts';
import type { Log } from './log.ts';

/** Something that happens at times that are stored with the records which it is about. */
export interface DueWork {
  name: string;
  /** The earliest due time in the store; null: nothing waits. */
  nextDueAt(): Promise<Date | null>;
  /** Does whatever is due. Each step stores its next time with it, so that a second run does nothing more. */
  run(): Promise<void>;
}

export interface DueTimes {
  add(work: DueWork): void;
  /** A due time has been stored that may come before those that are known. */
  wake(): void;
  /** Ends after the run that is under way. */
  close(): Promise<void>;
}

/** So that a clock that was set, and what another process has stored, is noticed. */
const LONGEST_SLEEP_MS = 30_000;
const RETRY_MS = 5_000;

/**
 * Wakes at the next stored due time, when told of a new one, and at start. It remembers nothing: a crash loses no due
 * time, and one that passed meanwhile is done at the next start.
 */
export function openDueTimes({ clock, log }: { clock: Clock; log: Log }): DueTimes {
  const works: DueWork[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: Promise<void> | null = null;
  let again = false;
  let closed = false;

  async function doWhatIsDue(): Promise<number> {
    let sleepMs = LONGEST_SLEEP_MS;
    for (const work of works) {
      try {
        await work.run();
        const next = await work.nextDueAt();
        if (next !== null) sleepMs = Math.min(sleepMs, Math.max(0, next.getTime() - clock.now().getTime()));
      } catch (error) {
        if (!closed) log.error({ err: error, work: work.name }, 'due work failed; it is tried again');
        sleepMs = Math.min(sleepMs, RETRY_MS);
      }
    }
    return sleepMs;
  }

  function wake() {
    if (closed) return;
    if (running !== null) {
      again = true;
      return;
    }
    clearTimeout(timer);
    running = doWhatIsDue().then((sleepMs) => {
      running = null;
      if (closed) return;
      if (again) {
        again = false;
        wake();
      } else timer = setTimeout(wake, sleepMs);
    });
  }

  return {
    add(work) {
      works.push(work);
      wake();
    },
    wake,
    async close() {
      closed = true;
      clearTimeout(timer);
      await running;
    },
  };
}
