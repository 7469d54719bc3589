import type { AsyncLocalStorage } from 'node:async_hooks';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Mongoose, Types, type Connection, type Model, type Schema } from 'mongoose';
import { HubError } from '../errors.ts';
import type { Log } from '../log.ts';
import { startEmbeddedStore } from './embedded/embedded-store.ts';
import { openRecollection, type Recall } from './recollection.ts';

/** A kind of record, whatever its fields: what a slice lists. */
export interface AnyRecordType {
  readonly name: string;
  /** A mongoose Schema; its type parameters differ from record to record and do not unite. */
  readonly schema: unknown;
}

/** What a slice declares of a kind of record: its name and its schema. `_id` is a string of 24 hex digits. */
export interface RecordType<Fields extends { _id: string }> extends AnyRecordType {
  /** Carries the type; never set. */
  readonly fields?: Fields;
}

export function defineRecord<Fields extends { _id: string }>(name: string, schema: Schema<Fields>): RecordType<Fields> {
  // Every version is our own field, so mongoose's hidden one only confuses; unknown fields are a programming error.
  schema.set('versionKey', false);
  schema.set('strict', 'throw');
  schema.set('minimize', false);
  return { name, schema };
}

/** A new record id; ids of one process sort by creation. */
export const newId = (): string => new Types.ObjectId().toHexString();

export interface Store {
  model<Fields extends { _id: string }>(record: RecordType<Fields>): Model<Fields>;
  /**
   * Runs `work` in one transaction; what it does through models joins by itself. Do one thing after the other in
   * it, and no effect outside the store: it runs again after a write conflict, or after a unique index found that
   * somebody else has just written the same (then the second look sees theirs).
   */
  transaction<Result>(work: () => Promise<Result>): Promise<Result>;
  /**
   * Answers out of memory what was found before, as long as nothing has been committed to any of the kinds of record
   * that it was found in. Only on the embedded store, which tells of every change; else, and within a transaction, it
   * always looks.
   */
  recall: Recall;
  ready(): boolean;
  close(): Promise<void>;
}

const isDuplicateKey = (thrown: unknown) => (thrown as { code?: unknown } | null)?.code === 11000;

/** Connects to MongoDB, or starts the embedded store inside the data folder, and builds every index. */
export async function openStore(options: {
  mongodbUri: string | null;
  dataFolder: string;
  records: readonly AnyRecordType[];
  log: Log;
  onLost: (cause: Error) => void;
}): Promise<Store> {
  let embedded: Awaited<ReturnType<typeof startEmbeddedStore>> | null = null;
  if (options.mongodbUri === null) {
    const folder = join(options.dataFolder, 'store');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    embedded = await startEmbeddedStore({ folder });
    void embedded.failed.catch(options.onLost);
  }
  const mongoose = new Mongoose();
  mongoose.set('transactionAsyncLocalStorage', true);
  // sanitizeFilter stays off: every value in a filter has come through a contract as a plain string or number, and
  // with it on our own $in and $lt would have to be marked one by one.
  mongoose.set('strictQuery', 'throw');
  const connection: Connection = mongoose.createConnection(options.mongodbUri ?? embedded!.uri, {
    ...(options.mongodbUri === null && { dbName: 'lianzhen' }),
    bufferCommands: false,
    autoIndex: false,
    autoCreate: false,
    retryWrites: true,
    serverSelectionTimeoutMS: 10_000,
    w: 'majority',
    journal: true,
  });
  try {
    await connection.asPromise();
    for (const record of options.records) {
      const model = connection.model(record.name, record.schema as Schema);
      await model.createCollection();
      await model.createIndexes();
    }
  } catch (thrown) {
    await connection.close().catch(() => undefined);
    await embedded?.close();
    throw thrown;
  }

  // What mongoose keeps for its own models; one more of our own would slow every promise down.
  const { transactionAsyncLocalStorage: running } = mongoose as unknown as {
    transactionAsyncLocalStorage: AsyncLocalStorage<{ session?: unknown }>;
  };
  const namespaces = new Map(
    options.records.map(({ name }) => [name, `${connection.name}.${connection.model(name).collection.collectionName}`]),
  );
  const counts = embedded?.changeCounts;
  const recollection = counts && openRecollection(({ name }) => counts.of(namespaces.get(name)!));

  return {
    recall: (question) =>
      recollection === undefined || running.getStore()?.session != null ? question.find() : recollection(question),
    model<Fields extends { _id: string }>(record: RecordType<Fields>) {
      return connection.model<Fields>(record.name);
    },
    async transaction(work) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await connection.transaction(work);
        } catch (thrown) {
          if (!isDuplicateKey(thrown)) throw thrown;
          if (attempt === 3) throw new HubError('conflict');
        }
      }
    },
    ready: () => connection.readyState === 1,
    async close() {
      await connection.close();
      await embedded?.close();
    },
  };
}
