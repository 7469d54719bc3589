import type { ActionContext } from '../platform/context.ts';
import { newId } from '../platform/store/store.ts';
import { listingRecord } from './listing-record.ts';
import type { StudyFields } from './study-record.ts';

/** Puts a study into its readers' lists, in place of what stood there. Runs in the caller's transaction. */
export async function listForReaders(
  { _id: studyId, studyDate }: Pick<StudyFields, '_id' | 'studyDate'>,
  readers: readonly string[],
  { store }: Pick<ActionContext, 'store'>,
): Promise<void> {
  const listings = store.model(listingRecord);
  await listings.deleteMany({ studyId });
  await listings.create(
    readers.map((reader) => ({ _id: newId(), reader, studyId, studyDate })),
    { ordered: true },
  );
}

/** Ids of the newest studies in these readers' lists, newest first; `dated` confines their Study Date. */
export async function newestFor(
  readers: readonly string[],
  dated: object,
  count: number,
  { store }: Pick<ActionContext, 'store'>,
): Promise<string[]> {
  const lists = await Promise.all(
    readers.map((reader) =>
      store
        .model(listingRecord)
        .find({ $and: [{ reader }, dated] })
        .sort({ studyDate: -1, studyId: -1 })
        .limit(count)
        .lean(),
    ),
  );
  const rows = lists.flat();
  rows.sort((a, b) => (b.studyDate ?? '').localeCompare(a.studyDate ?? '') || (a.studyId < b.studyId ? 1 : -1));
  return [...new Set(rows.map(({ studyId }) => studyId))].slice(0, count);
}
