import { open, type RootDatabase } from 'lmdb';
import type { ChangeCounts } from './change-counts.ts';
import { FlagRegistry, TABLE, decodeCollection, tableKey, type Catalog, type Collection } from './catalog.ts';
import { checkDataFile } from './data-file.ts';
import { writeFailed } from './errors.ts';
import { Overlay, type Entry, type View } from './overlay.ts';
import { LockedByTransaction, Transaction } from './transactions.ts';

type Database = RootDatabase<Buffer, Buffer>;
type ReadTransaction = ReturnType<Database['useReadTransaction']>;

interface Queued {
  readonly changes: Overlay;
  readonly sequence: number;
  readonly done: () => void;
  readonly failed: (error: Error) => void;
}

/** A picture of what is durable at one moment. Must be closed, or LMDB keeps the old pages. */
export class Snapshot implements View {
  readonly sequence: number;
  private readonly database: Database;
  private readonly catalog: Catalog;
  private transaction: ReadTransaction | undefined;

  constructor(database: Database, catalog: Catalog, sequence: number) {
    this.database = database;
    this.catalog = catalog;
    this.sequence = sequence;
    this.transaction = database.useReadTransaction();
  }

  private get open(): ReadTransaction {
    if (!this.transaction) throw new Error('The snapshot is closed');
    return this.transaction;
  }

  get(key: Buffer): Buffer | undefined {
    return this.database.get(key, { transaction: this.open });
  }

  range(start: Buffer, end: Buffer, reverse = false): Iterable<Entry> {
    return scan(this.database, start, end, reverse, this.open);
  }

  collection(ns: string): Collection | undefined {
    return this.catalog.get(ns);
  }

  collections(): Iterable<Collection> {
    return this.catalog.values();
  }

  close(): void {
    this.transaction?.done();
    this.transaction = undefined;
  }
}

function scan(
  database: Database,
  start: Buffer,
  end: Buffer,
  reverse: boolean,
  transaction?: ReadTransaction,
): Iterable<Entry> {
  const options = reverse
    ? { start: end, end: start, reverse: true, exclusiveStart: true, inclusiveEnd: true }
    : { start, end };
  return database.getRange(transaction ? { ...options, transaction } : options);
}

/**
 * Records and index entries in one LMDB file, and who may write them. There is one writer, this thread: a command
 * computes all its changes in memory at once, over everything queued before it (`tip`), and is answered after the
 * group that carries it is on disk. Readers see only what is on disk. A group that the disk refuses is wholly absent,
 * and so is everything queued behind it.
 */
export class Storage {
  readonly flags = new FlagRegistry();
  private readonly database: Database;
  private readonly changeCounts: ChangeCounts | undefined;
  private durableCatalog: Catalog = new Map();
  /** Namespaces of the durable catalog by the tables of their records. */
  private namespaces = new Map<number, string>();
  private durableSequence = 0;
  private sequence = 0;
  private nextTable: number = TABLE.firstFree;
  private nextRecord = 0n;
  private readonly tip: Overlay;
  private queue: Queued[] = [];
  private flushing = false;
  private closed = false;
  private readonly active = new Set<Transaction>();
  private readonly locks = new Map<string, Transaction>();
  /** When each record was last written, as far back as an open transaction could care. */
  private readonly written = new Map<string, number>();

  constructor(folder: string, changeCounts?: ChangeCounts) {
    checkDataFile(folder);
    this.changeCounts = changeCounts;
    this.database = open<Buffer, Buffer>({
      path: folder,
      noSubdir: false,
      encoding: 'binary',
      keyEncoding: 'binary',
      maxReaders: 1000,
      // The promise of a write must mean "flushed", not "committed".
      overlappingSync: false,
      // With it lmdb holds a promise of its own that nobody can see; a full disk rejects it and ends the thread.
      eventTurnBatching: false,
    });
    this.tip = new Overlay(
      {
        get: (key) => this.database.get(key),
        range: (start, end, reverse = false) => scan(this.database, start, end, reverse),
        collection: (ns) => this.durableCatalog.get(ns),
      },
      () => undefined,
    );
    this.load();
  }

  private load(): void {
    const catalog = new Map<string, Collection>();
    for (const { value } of scan(this.database, tableKey(TABLE.catalog), tableKey(TABLE.catalog + 1), false)) {
      const collection = decodeCollection(value, this.flags);
      catalog.set(collection.ns, collection);
      this.reserve(collection.id, ...collection.indexes.map(({ id }) => id));
      for (const { key } of scan(this.database, tableKey(collection.id), tableKey(collection.id + 1), true)) {
        const record = key.readBigUInt64BE(4);
        if (record > this.nextRecord) this.nextRecord = record;
        break;
      }
    }
    for (const { key } of scan(this.database, tableKey(TABLE.indexFlags), tableKey(TABLE.indexFlags + 1), false)) {
      const flags = this.flags.of(key.readUInt32BE(4));
      if (key[8] === 0x6d) flags.multikey = true;
      else flags.shortened = true;
    }
    for (const id of this.droppedTables()) this.reserve(id);
    this.takeCatalog(catalog);
  }

  private takeCatalog(catalog: Catalog): void {
    this.durableCatalog = catalog;
    this.namespaces = new Map([...catalog.values()].map(({ id, ns }) => [id, ns]));
  }

  private reserve(...ids: readonly number[]): void {
    this.nextTable = Math.max(this.nextTable, ...ids.map((id) => id + 1));
  }

  newTable(): number {
    return this.nextTable++;
  }

  newRecord(): Buffer {
    const id = Buffer.allocUnsafe(8);
    id.writeBigUInt64BE(++this.nextRecord);
    return id;
  }

  snapshot(): Snapshot {
    return new Snapshot(this.database, this.durableCatalog, this.durableSequence);
  }

  /** The catalog with everything that is queued. */
  currentCollection(ns: string): Collection | undefined {
    return this.tip.collection(ns);
  }

  currentCollections(): Collection[] {
    const names = new Set([...this.durableCatalog.keys(), ...this.tip.collections.keys()]);
    return [...names].map((ns) => this.tip.collection(ns)).filter((collection) => collection !== undefined);
  }

  /**
   * Runs `change` over the newest state and resolves with its result when that is on disk. `change` must be
   * synchronous; it is run again after waiting when it meets a record that an open transaction holds.
   */
  async write<T>(change: (target: Overlay) => T): Promise<T> {
    for (;;) {
      const target = new Overlay(this.tip, (name) => {
        const holder = this.locks.get(name);
        if (holder) throw new LockedByTransaction(holder);
      });
      let result: T;
      try {
        result = change(target);
      } catch (error) {
        if (!(error instanceof LockedByTransaction)) throw error;
        await error.holder.ended;
        continue;
      }
      // An answer that changed nothing may still rest on what is only queued: it waits for that.
      await (target.isEmpty ? this.durable() : this.enqueue(target));
      return result;
    }
  }

  /** Resolves when everything that is queued now is on disk; rejects when the disk refused it. */
  async durable(): Promise<void> {
    if (this.flushing) await this.enqueue(new Overlay(this.tip, () => undefined));
  }

  begin(): Transaction {
    const transaction = new Transaction(this, this.snapshot(), this.locks, this.written);
    this.active.add(transaction);
    return transaction;
  }

  /** Waits until no open transaction has used the collection; a change of its catalog entry must not cross one. */
  claimCatalog(ns: string): void {
    for (const transaction of this.active) if (transaction.uses(ns)) throw new LockedByTransaction(transaction);
  }

  ended(transaction: Transaction): void {
    this.active.delete(transaction);
    this.prune();
  }

  private prune(): void {
    if (this.active.size > 0) return;
    for (const [name, sequence] of this.written) if (sequence <= this.durableSequence) this.written.delete(name);
  }

  /** Makes the changes visible to later writers at once and durable with the next group. */
  enqueue(changes: Overlay): Promise<void> {
    if (this.closed) return Promise.reject(writeFailed('the store is closing'));
    const sequence = ++this.sequence;
    for (const name of changes.claims) this.written.set(name, sequence);
    this.tip.absorb(changes);
    return new Promise((done, failed) => {
      this.queue.push({ changes, sequence, done, failed });
      if (!this.flushing) {
        this.flushing = true;
        setImmediate(() => void this.flush());
      }
    });
  }

  private async flush(): Promise<void> {
    while (this.queue.length > 0) {
      const group = this.queue;
      this.queue = [];
      try {
        await this.store(group);
      } catch (error) {
        this.discard(group, error);
        continue;
      }
      this.database.resetReadTxn();
      const catalog = new Map(this.durableCatalog);
      let renamed = false;
      for (const { changes } of group) {
        for (const [ns, collection] of changes.collections) {
          renamed = true;
          if (collection) catalog.set(ns, collection);
          else catalog.delete(ns);
        }
      }
      if (renamed) this.takeCatalog(catalog);
      this.count(group, renamed);
      this.durableSequence = (group.at(-1) as Queued).sequence;
      for (const { changes } of group) this.tip.forget(changes);
      this.prune();
      for (const { done } of group) done();
    }
    this.flushing = false;
  }

  /** What the group changed can be read from now on, and nobody has been told of it yet. */
  private count(group: readonly Queued[], catalogChanged: boolean): void {
    if (catalogChanged) return this.changeCounts?.allChanged();
    const tables = new Set(group.flatMap(({ changes }) => [...changes.tableNumbers()]));
    for (const table of tables) {
      const ns = this.namespaces.get(table);
      if (ns !== undefined) this.changeCounts?.changed(ns);
    }
  }

  private async store(group: readonly Queued[]): Promise<void> {
    const merged = new Map<string, { key: Buffer; value: Buffer | null }>();
    for (const { changes } of group)
      for (const change of changes.changes()) merged.set(change.key.toString('latin1'), change);
    if (merged.size === 0) return;
    const batch = this.database.batch(() => {
      for (const { key, value } of merged.values()) {
        if (value) void this.database.put(key, value);
        else void this.database.remove(key);
      }
    });
    await batch.catch((error: Error & { commitError?: Promise<unknown> }) => {
      // It tells the cause, but not always: looked at only so that it is not an unhandled rejection.
      error.commitError?.catch(() => undefined);
      throw error;
    });
  }

  private discard(group: readonly Queued[], error: unknown): void {
    const behind = this.queue;
    this.queue = [];
    this.tip.clear();
    const failure = writeFailed(error instanceof Error ? error.message : String(error));
    for (const { failed } of [...group, ...behind]) failed(failure);
  }

  /** Tables whose collection or index is gone but whose keys are not all removed yet. */
  droppedTables(): number[] {
    return [...scan(this.database, tableKey(TABLE.dropped), tableKey(TABLE.dropped + 1), false)].map(({ key }) =>
      key.readUInt32BE(4),
    );
  }

  /** Removes one portion of the keys of a dropped table; resolves false when nothing is left of it. */
  async purge(table: number, portion: number): Promise<boolean> {
    const target = new Overlay(this.tip, () => undefined);
    let count = 0;
    for (const { key } of scan(this.database, tableKey(table), tableKey(table + 1), false)) {
      target.remove(key);
      if (++count === portion) break;
    }
    if (count < portion) {
      const id = Buffer.allocUnsafe(4);
      id.writeUInt32BE(table);
      target.remove(tableKey(TABLE.dropped, id));
      target.remove(tableKey(TABLE.indexFlags, id, Buffer.from('m')));
      target.remove(tableKey(TABLE.indexFlags, id, Buffer.from('s')));
    }
    await this.enqueue(target);
    return count === portion;
  }

  /** Ends open transactions, writes what is queued and closes the file. */
  async close(): Promise<void> {
    if (this.closed) return;
    for (const transaction of [...this.active]) transaction.abort();
    await this.durable().catch(() => undefined);
    this.closed = true;
    await this.database.close();
  }
}
