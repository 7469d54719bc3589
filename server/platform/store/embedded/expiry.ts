import { isDocument } from './bson-values.ts';
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
    for (const { expireAfterSeconds, fields, spec } of indexes) {
      const [field] = fields;
      if (expireAfterSeconds === undefined || !field) continue;
      const old = { [field.path]: { $lt: new Date(now - expireAfterSeconds * 1000) } };
      const only = spec['partialFilterExpression'];
      const filter = compileFilter(isDocument(only) ? { $and: [old, only] } : old);
      try {
        let removed = PORTION;
        while (removed === PORTION)
          removed = await engine.storage.write((target) => {
            const found = findAll(target, ns, { filter, limit: PORTION });
            for (const one of found) remove(target, ns, one);
            return found.length;
          });
      } catch {
        // The disk is full or the collection is going away.
      }
    }
  }
}
