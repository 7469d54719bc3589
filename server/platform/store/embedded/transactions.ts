import type { Collection } from './catalog.ts';
import { snapshotUnavailable, writeConflict } from './errors.ts';
import { Overlay, type Entry, type View } from './overlay.ts';
import type { Snapshot, Storage } from './storage.ts';

/** Thrown to a write outside transactions that meets a record which an open transaction has written: wait for it. */
export class LockedByTransaction extends Error {
  readonly holder: Transaction;

  constructor(holder: Transaction) {
    super('The record is held by an open transaction');
    this.holder = holder;
  }
}

/**
 * A multi-document transaction under snapshot isolation: it reads the store as it was when it began, with its own
 * changes over that. The first to update a record wins; the other gets WriteConflict with TransientTransactionError
 * (manual, "Production Considerations: In-progress Transactions and Write Conflicts").
 */
export class Transaction implements View {
  /** Resolves when the transaction is over, however it ended. */
  readonly ended: Promise<void>;
  private readonly finish: () => void;
  private readonly storage: Storage;
  private readonly snapshot: Snapshot;
  private readonly locks: Map<string, Transaction>;
  private readonly written: ReadonlyMap<string, number>;
  private readonly changes: Overlay;
  private readonly held = new Set<string>();
  private readonly used = new Set<string>();
  private over = false;

  constructor(
    storage: Storage,
    snapshot: Snapshot,
    locks: Map<string, Transaction>,
    written: ReadonlyMap<string, number>,
  ) {
    this.storage = storage;
    this.snapshot = snapshot;
    this.locks = locks;
    this.written = written;
    let finish = (): void => undefined;
    this.ended = new Promise((resolve) => (finish = resolve));
    this.finish = finish;
    this.changes = new Overlay(snapshot, (name) => this.lock(name));
  }

  get(key: Buffer): Buffer | undefined {
    return this.changes.get(key);
  }

  range(start: Buffer, end: Buffer, reverse?: boolean): Iterable<Entry> {
    return this.changes.range(start, end, reverse);
  }

  /** Refuses a collection whose definition has changed since the snapshot: its indexes would not fit what is read. */
  collection(ns: string): Collection | undefined {
    if (!this.used.has(ns)) {
      if (this.storage.currentCollection(ns) !== this.snapshot.collection(ns)) throw snapshotUnavailable();
      this.used.add(ns);
    }
    return this.changes.collection(ns);
  }

  get isOver(): boolean {
    return this.over;
  }

  uses(ns: string): boolean {
    return this.used.has(ns);
  }

  private lock(name: string): void {
    if (this.held.has(name)) return;
    if (this.locks.has(name) || (this.written.get(name) ?? 0) > this.snapshot.sequence) throw writeConflict();
    this.locks.set(name, this);
    this.held.add(name);
  }

  /** Runs one statement; what it did is kept only when it does not throw. */
  write<T>(statement: (target: Overlay) => T): T {
    const target = new Overlay(this, (name) => this.lock(name));
    const result = statement(target);
    this.changes.absorb(target);
    return result;
  }

  /** Resolves when the transaction is on disk; rejects when the disk refused it, and then nothing of it exists. */
  async commit(): Promise<void> {
    if (this.over) return;
    const durable = this.changes.isEmpty ? undefined : this.storage.enqueue(this.changes);
    this.release();
    await durable;
  }

  abort(): void {
    if (!this.over) this.release();
  }

  private release(): void {
    this.over = true;
    for (const name of this.held) this.locks.delete(name);
    this.snapshot.close();
    this.storage.ended(this);
    this.finish();
  }
}
