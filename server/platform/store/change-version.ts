import type { Model } from 'mongoose';
import { HubError } from '../errors.ts';
import type { RecordType, Store } from './store.ts';

interface Versioned {
  _id: string;
  version: number;
}

/** One atomic step of a record, only from the version that was read. Throws version-conflict. */
export async function changeVersion<Fields extends Versioned>(
  record: RecordType<Fields>,
  before: Versioned,
  change: Partial<Fields>,
  { store }: { store: Store },
): Promise<Fields> {
  // Every such record has these two fields; mongoose's types cannot see it through the type parameter.
  const model = store.model(record) as unknown as Model<Versioned>;
  const after = await model
    .findOneAndUpdate(
      { _id: before._id, version: before.version },
      { $set: change as Partial<Versioned>, $inc: { version: 1 } },
      { returnDocument: 'after' },
    )
    .lean();
  if (after === null) throw new HubError('version-conflict');
  return after as unknown as Fields;
}
