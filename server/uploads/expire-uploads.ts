import type { Hub } from '../platform/context.ts';
import type { DueWork } from '../platform/due-times.ts';
import { HubError } from '../platform/errors.ts';
import { uploadRecord } from './upload-record.ts';

const EXPIRES_AFTER_MS = 3 * 24 * 3600 * 1000;
const EXPIRES_EMPTY_AFTER_MS = 3600 * 1000;

/** A clinic that is cut off over a weekend still resumes; what nobody comes back for makes room then. */
export const expiryFrom = (now: Date): Date => new Date(now.getTime() + EXPIRES_AFTER_MS);
/** One whose sender may never have learnt of it, since no byte has come. */
export const firstExpiryFrom = (now: Date): Date => new Date(now.getTime() + EXPIRES_EMPTY_AFTER_MS);

/** Removes uploads that nobody came back for, and their bytes. */
export function expireUploads({ store, clock, blobs }: Pick<Hub, 'store' | 'clock' | 'blobs'>): DueWork {
  const model = store.model(uploadRecord);
  return {
    name: 'uploads that expire',
    async nextDueAt() {
      const next = await model.findOne({}, { expiresAt: 1 }).sort({ expiresAt: 1 }).lean();
      return next?.expiresAt ?? null;
    },
    async run() {
      const due = await model.find({ expiresAt: { $lte: clock.now() } }, { _id: 1 }).lean();
      for (const { _id } of due)
        await blobs.partials
          .exclusively(_id, async () => {
            const { deletedCount } = await model.deleteOne({ _id, expiresAt: { $lte: clock.now() } });
            if (deletedCount === 1) await blobs.partials.remove(_id);
          })
          .catch((thrown: unknown) => {
            // It is in use after all, and then has another expiry.
            if (!(thrown instanceof HubError) || thrown.code !== 'upload-busy') throw thrown;
          });
    },
  };
}

/** Bytes whose record was never written, or is gone, belong to nobody. Runs when the hub starts. */
export async function removeStrayUploads({ store, blobs }: Pick<Hub, 'store' | 'blobs'>): Promise<void> {
  const names = await blobs.partials.list();
  const known = await store
    .model(uploadRecord)
    .find({ _id: { $in: names } }, { _id: 1, result: 1 })
    .lean();
  const needed = new Set(
    known.filter(({ result }) => result === null || result.state === 'question').map(({ _id }) => _id),
  );
  for (const name of names) if (!needed.has(name) && /^[0-9a-f]{24}$/.test(name)) await blobs.partials.remove(name);
}
