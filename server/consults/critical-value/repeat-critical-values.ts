import type { Hub } from '../../platform/context.ts';
import type { DueWork } from '../../platform/due-times.ts';
import { HubError } from '../../platform/errors.ts';
import { makeContext, systemActor } from '../../platform/make-context.ts';
import { changeCriticalValue } from './change-critical-value.ts';
import { criticalValueRecord } from './critical-value-record.ts';
import { loadCriticalValue } from './find-critical-value.ts';

const MOST_AT_ONCE = 100;

/**
 * Tells the clinic again what it has not read back, each at its stored time, and counts. What fell due while the hub
 * was away is told once, and its next time counts from then.
 */
export function criticalValueRepeats(hub: Hub): DueWork {
  const context = makeContext(hub, systemActor, null);
  const model = hub.store.model(criticalValueRecord);

  async function repeat(id: string) {
    await context.commit(async () => {
      const before = await loadCriticalValue(id, context);
      const now = hub.clock.now();
      if (before.nextRepeatAt === null || before.nextRepeatAt > now) return;
      const repeats = before.repeats + 1;
      const nextRepeatAt = new Date(now.getTime() + before.repeatMinutes * 60_000);
      await changeCriticalValue(before, { repeats, nextRepeatAt }, context);
      const { patientId } = before;
      const subject = { type: 'critical-value', id, patientId };
      await context.audit({ action: 'critical-value:repeat', outcome: 'done', subject, details: { repeats } });
    });
  }

  return {
    name: 'critical-value repeats',
    async nextDueAt() {
      const next = await model
        .findOne({ nextRepeatAt: { $gt: new Date(0) } }, { nextRepeatAt: 1 })
        .sort({ nextRepeatAt: 1 })
        .lean();
      return next?.nextRepeatAt ?? null;
    },
    async run() {
      const due = await model
        .find({ nextRepeatAt: { $lte: hub.clock.now() } }, { _id: 1 })
        .sort({ nextRepeatAt: 1 })
        .limit(MOST_AT_ONCE)
        .lean();
      for (const { _id } of due) {
        await repeat(_id).catch((error: unknown) => {
          // Somebody has answered in the same moment, or another process was quicker.
          if (!(error instanceof HubError && (error.code === 'version-conflict' || error.code === 'conflict')))
            throw error;
        });
      }
    },
  };
}
