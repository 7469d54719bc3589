import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';
import { outboxRecord, type OutboxFields } from './outbox-record.ts';

/** A notice and the rooms it is for; its id gives its place among the others. */
export interface QueuedNotice {
  id: string;
  rooms: string[];
  name: string;
  notice: unknown;
}

export interface Outbox {
  /** Joins the running transaction, so that a change and its notices are one. */
  queue(notices: readonly QueuedNotice[]): Promise<void>;
  /** Puts notices on the wire whose transaction has committed; they need not be read back for it. */
  send(notices: readonly QueuedNotice[]): void;
  /** Sends what is waiting, oldest first. Called after each commit and at start. */
  flush(): void;
  /** Resolves when nothing committed before the call is waiting any more. */
  drained(): Promise<void>;
  /** Who puts notices on the wire. */
  attach(deliver: (rooms: string[], name: string, notice: unknown) => void): void;
}

const MARK_WITHIN_MS = 250;

/**
 * Notices leave only after the change that caused them is durable, and a crash between the two loses none: at the
 * next start they are still waiting. Delivery is at least once; windows show a notice by its record's id and version.
 */
export function openOutbox(options: { store: Store; clock: Clock; log: Log }): Outbox {
  const model = options.store.model(outboxRecord);
  let deliver: ((rooms: string[], name: string, notice: unknown) => void) | null = null;
  let running: Promise<void> | null = null;
  let again = false;

  /** On the wire already, but not yet marked so in the store. */
  const sent = new Set<string>();

  async function sendWaiting() {
    for (;;) {
      const marked = [...sent];
      if (marked.length > 0) {
        await model.updateMany({ _id: { $in: marked } }, { sentAt: options.clock.now() });
        for (const id of marked) sent.delete(id);
      }
      const waiting = await model.find({ sentAt: null }).sort({ _id: 1 }).limit(200).lean();
      if (waiting.length === 0) return;
      for (const entry of waiting) {
        if (sent.has(entry._id)) continue;
        sent.add(entry._id);
        deliver!(entry.rooms, entry.name, entry.notice);
      }
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

  /** Once for all that a busy moment sends: what a crash leaves unmarked is sent again. */
  let due: NodeJS.Timeout | null = null;
  function markSoon() {
    due ??= setTimeout(() => {
      due = null;
      flush();
    }, MARK_WITHIN_MS).unref();
  }

  return {
    async queue(notices) {
      if (notices.length === 0) return;
      const queuedAt = options.clock.now();
      await model.insertMany(
        notices.map(({ id, ...notice }): OutboxFields => ({ _id: id, ...notice, queuedAt, sentAt: null })),
        { lean: true },
      );
    },
    send(notices) {
      if (deliver === null || notices.length === 0) return;
      for (const { id, rooms, name, notice } of notices) {
        if (sent.has(id)) continue;
        sent.add(id);
        deliver(rooms, name, notice);
      }
      markSoon();
    },
    flush,
    async drained() {
      if (due !== null) clearTimeout(due);
      due = null;
      flush();
      while (running !== null) await running;
    },
    attach(deliverTo) {
      deliver = deliverTo;
      flush();
    },
  };
}
