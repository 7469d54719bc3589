import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { newId, type Store } from '../store/store.ts';
import { outboxRecord } from './outbox-record.ts';

export interface Outbox {
  /** Joins the running transaction, so that a change and its notices are one. */
  queue(rooms: string[], name: string, notice: unknown): Promise<void>;
  /** Sends what is waiting, oldest first. Called after each commit and at start. */
  flush(): void;
  /** Resolves when nothing committed before the call is waiting any more. */
  drained(): Promise<void>;
  /** Who puts notices on the wire. */
  attach(deliver: (rooms: string[], name: string, notice: unknown) => void): void;
}

/**
 * Notices leave only after the change that caused them is durable, and a crash between the two loses none: at the
 * next start they are still waiting. Delivery is at least once; windows show a notice by its record's id and version.
 */
export function openOutbox(options: { store: Store; clock: Clock; log: Log }): Outbox {
  const model = options.store.model(outboxRecord);
  let deliver: ((rooms: string[], name: string, notice: unknown) => void) | null = null;
  let running: Promise<void> | null = null;
  let again = false;

  async function sendWaiting() {
    for (;;) {
      const waiting = await model.find({ sentAt: null }).sort({ _id: 1 }).limit(200).lean();
      if (waiting.length === 0) return;
      for (const entry of waiting) deliver!(entry.rooms, entry.name, entry.notice);
      await model.updateMany({ _id: { $in: waiting.map((entry) => entry._id) } }, { sentAt: options.clock.now() });
    }
  }
  function flush() {
    if (deliver === null) return;
    if (running !== null) {
      again = true;
      return;
    }
    running = sendWaiting()
      .catch((error: unknown) => options.log.error({ err: error }, 'outbox: sending failed; it is tried again'))
      .finally(() => {
        running = null;
        if (again) {
          again = false;
          flush();
        }
      });
  }

  return {
    async queue(rooms, name, notice) {
      await model.create([{ _id: newId(), rooms, name, notice, queuedAt: options.clock.now(), sentAt: null }]);
    },
    flush,
    async drained() {
      flush();
      while (running !== null) await running;
    },
    attach(deliverTo) {
      deliver = deliverTo;
      flush();
    },
  };
}
