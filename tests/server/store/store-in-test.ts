import { afterAll, beforeAll } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Mongoose, mongo, type Connection } from 'mongoose';
import { startEmbeddedStore, type EmbeddedStore } from '../../../server/platform/store/embedded/embedded-store.ts';

export interface StoreInTest {
  /** A connection of its own mongoose, to a database that is empty when the file starts. */
  readonly connection: Connection;
  readonly uri: string;
  readonly store: EmbeddedStore;
  /** Documents whose `_id` may be anything. */
  collection(name: string): mongo.Collection<AnyId>;
}

/** The store takes any value as _id; the driver's types want one type for all documents of a collection. */
export interface AnyId {
  _id?: number | string | object;
  // With unknown the driver's types would allow no $inc on any field.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  [field: string]: any;
}

export async function makeFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'store-test-'));
}

/** Starts one store for a test file and stops it afterwards. */
export function openTestStore(options: { expiryIntervalMs?: number } = {}): StoreInTest {
  let folder = '';
  let store: EmbeddedStore | undefined;
  let connection: Connection | undefined;
  const started = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('The store has not been started');
    return value;
  };
  beforeAll(async () => {
    folder = await makeFolder();
    store = await startEmbeddedStore({ folder, ...options });
    connection = await new Mongoose()
      .createConnection(store.uri, { dbName: 'test', bufferCommands: false })
      .asPromise();
  }, 60_000);
  afterAll(async () => {
    await connection?.close();
    await store?.close();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    get connection() {
      return started(connection);
    },
    get uri() {
      return started(store).uri;
    },
    get store() {
      return started(store);
    },
    collection: (name) => started(connection).getClient().db('test').collection<AnyId>(name),
  };
}

/** What a rejected promise was rejected with; fails when it was not. */
export async function rejection(promise: Promise<unknown>): Promise<mongo.MongoServerError> {
  try {
    await promise;
  } catch (error) {
    return error as mongo.MongoServerError;
  }
  throw new Error('It was expected to be refused');
}
