import type { Actor, AppendAudit, AuditNote } from '../platform/context.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';

/** How long one person's reads of one record in one way are one act, counted from the first. */
export const ONE_ACT_MS = 5 * 60_000;
const LOOK_EVERY_MS = 60_000;

interface Act {
  actor: Actor;
  note: AuditNote;
  begunAt: Date;
  latestAt: Date;
  /** Reads after the first. */
  further: number;
  /** Settles with the first read's entry: nobody is answered before that is durable. */
  first: Promise<void>;
}

export interface ReadAudit {
  /** Resolves when an entry that covers this read is durable. */
  read(actor: Actor, note: AuditNote): Promise<void>;
  /** Writes what has been counted; for the end of the process. */
  settle(): Promise<void>;
}

/**
 * Whoever scrolls through a series asks for each of its frames: one act, not six hundred. The first read of an act
 * stands in the trail before it is answered; those that follow are counted, and their number is one further entry when
 * the act ends. A crash loses at most that number, never who read what. Each read is permitted on its own, and
 * refusals do not come here.
 */
export function openReadAudit(options: { append: AppendAudit; clock: Clock; log: Log }): ReadAudit {
  // In the order in which they began, and so in the order in which they end.
  const acts = new Map<string, Act>();

  async function end(key: string, { actor, note, begunAt, latestAt, further }: Act): Promise<void> {
    acts.delete(key);
    if (further === 0) return;
    const details = { further, from: begunAt.toISOString(), to: latestAt.toISOString() };
    await options
      .append(actor, { ...note, details })
      .catch((error: unknown) => options.log.error({ err: error, further }, 'audit: repeated reads not counted'));
  }

  async function endOver(now: Date): Promise<void> {
    const over: Promise<void>[] = [];
    for (const [key, act] of acts) {
      if (act.begunAt.getTime() + ONE_ACT_MS > now.getTime()) break;
      over.push(end(key, act));
    }
    await Promise.all(over);
  }
  const looking = setInterval(() => void endOver(options.clock.now()), LOOK_EVERY_MS).unref();

  return {
    async read(actor, note) {
      const now = options.clock.now();
      await endOver(now);
      const { type, id } = note.subject ?? {};
      const key = JSON.stringify([actor.accountId, actor.sessionId, actor.scopes, note.action, type, id]);
      const known = acts.get(key);
      if (known !== undefined) {
        known.further += 1;
        known.latestAt = now;
        return known.first;
      }
      const first = options.append(actor, note);
      const act = { actor, note, begunAt: now, latestAt: now, further: 0, first };
      acts.set(key, act);
      try {
        await first;
      } catch (thrown) {
        if (acts.get(key) === act) acts.delete(key);
        throw thrown;
      }
    },
    async settle() {
      clearInterval(looking);
      await Promise.all([...acts].map(([key, act]) => end(key, act)));
    },
  };
}
