import type { Engine } from './commands/command.ts';
import { compileFilter } from './query.ts';
import { findAll, remove } from './records.ts';

/** Deleted in one go; the rest follows at once in the next. */
const PORTION = 500;

/**
 * Deletes what TTL indexes say is over (manual, "TTL Indexes"): documents whose indexed date, or the earliest in an
 * array, is older than the index's seconds. A failure leaves the documents for the next round.
 */
export async function removeExpired(engine: Engine, now: number): Promise<void> {
  for (const { ns, indexes } of engine.storage.currentCollections()) {
    for (const { expireAfterSeconds, fields, partial } of indexes) {
      const [field] = fields;
      if (expireAfterSeconds === undefined || !field) continue;
      const filter = compileFilter({ [field.path]: { $lt: new Date(now - expireAfterSeconds * 1000) } });
      try {
        let removed = PORTION;
        while (removed === PORTION)
          removed = await engine.storage.write((target) => {
            const found = findAll(target, ns, { filter, limit: PORTION });
            const over = partial ? found.filter(({ document }) => partial.test(document)) : found;
            for (const one of over) remove(target, ns, one);
            return over.length;
          });
      } catch {
        // The disk is full or the collection is going away.
      }
    }
  }
}
