import type { Collection } from './catalog.ts';

/** A consistent picture of the store: records, index entries and the catalog. */
export interface View {
  get(key: Buffer): Buffer | undefined;
  /** Keys in [start, end), ascending, or descending when `reverse`. Both bounds lie in one table. */
  range(start: Buffer, end: Buffer, reverse?: boolean): Iterable<Entry>;
  collection(ns: string): Collection | undefined;
}

/** `value` null in an overlay means that the key is removed. */
export interface Entry {
  readonly key: Buffer;
  readonly value: Buffer;
}
interface Change {
  readonly key: Buffer;
  readonly value: Buffer | null;
}

/** Decides whether a record may be written now; throws when somebody else holds or has changed it. */
export type Claim = (name: string) => void;

class Table {
  readonly changes = new Map<string, Change>();
  private sorted: Change[] | undefined;

  set(name: string, change: Change): void {
    const known = this.changes.has(name);
    this.changes.set(name, change);
    if (!this.sorted) return;
    const at = this.position(change.key);
    this.sorted.splice(at, known ? 1 : 0, change);
  }

  delete(name: string): void {
    if (this.changes.delete(name)) this.sorted = undefined;
  }

  /** The changes with keys in [start, end), ascending, as they are now. */
  between(start: Buffer, end: Buffer): Change[] {
    this.sorted ??= [...this.changes.values()].sort((a, b) => Buffer.compare(a.key, b.key));
    return this.sorted.slice(this.position(start), this.position(end));
  }

  private position(key: Buffer): number {
    const sorted = this.sorted as Change[];
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (Buffer.compare((sorted[middle] as Change).key, key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/**
 * Changes laid over another view. A statement writes into its own overlay and gives it to its command or transaction
 * only when it has wholly succeeded: that is the rollback which LMDB's batched writes do not offer.
 */
export class Overlay implements View {
  private readonly base: View;
  private readonly tables = new Map<number, Table>();
  readonly collections = new Map<string, Collection | null>();
  readonly claims = new Set<string>();
  private readonly claimFrom: Claim;

  constructor(base: View, claim: Claim) {
    this.base = base;
    this.claimFrom = claim;
  }

  get isEmpty(): boolean {
    return this.tables.size === 0 && this.collections.size === 0;
  }

  get(key: Buffer): Buffer | undefined {
    const change = this.tables.get(key.readUInt32BE(0))?.changes.get(key.toString('latin1'));
    return change ? (change.value ?? undefined) : this.base.get(key);
  }

  *range(start: Buffer, end: Buffer, reverse = false): Iterable<Entry> {
    const changes = this.tables.get(start.readUInt32BE(0))?.between(start, end) ?? [];
    if (changes.length === 0) {
      yield* this.base.range(start, end, reverse);
      return;
    }
    if (reverse) changes.reverse();
    const sign = reverse ? -1 : 1;
    let next = 0;
    for (const entry of this.base.range(start, end, reverse)) {
      let replaced = false;
      for (let change = changes[next]; change; change = changes[next]) {
        const order = Buffer.compare(change.key, entry.key) * sign;
        if (order > 0) break;
        next++;
        replaced = order === 0;
        if (change.value) yield { key: change.key, value: change.value };
        if (replaced) break;
      }
      if (!replaced) yield entry;
    }
    for (; next < changes.length; next++) {
      const change = changes[next] as Change;
      if (change.value) yield { key: change.key, value: change.value };
    }
  }

  collection(ns: string): Collection | undefined {
    const changed = this.collections.get(ns);
    return changed === undefined ? this.base.collection(ns) : (changed ?? undefined);
  }

  /** Announces that the named record will be written. Must come before the change itself. */
  claim(name: string): void {
    if (this.claims.has(name)) return;
    this.claimFrom(name);
    this.claims.add(name);
  }

  put(key: Buffer, value: Buffer): void {
    this.change({ key, value });
  }

  remove(key: Buffer): void {
    this.change({ key, value: null });
  }

  setCollection(ns: string, collection: Collection | null): void {
    this.collections.set(ns, collection);
  }

  private change(change: Change): void {
    const number = change.key.readUInt32BE(0);
    let table = this.tables.get(number);
    if (!table) this.tables.set(number, (table = new Table()));
    table.set(change.key.toString('latin1'), change);
  }

  *changes(): Generator<Change> {
    for (const table of this.tables.values()) yield* table.changes.values();
  }

  /** The tables in which something changes. */
  tableNumbers(): Iterable<number> {
    return this.tables.keys();
  }

  /** Takes over everything of `other`, which was laid over this overlay. */
  absorb(other: Overlay): void {
    for (const change of other.changes()) this.change(change);
    for (const [ns, collection] of other.collections) this.collections.set(ns, collection);
    for (const name of other.claims) this.claims.add(name);
  }

  /** Forgets the changes of `other` that nothing later has replaced: the base holds them now. */
  forget(other: Overlay): void {
    for (const change of other.changes()) {
      const number = change.key.readUInt32BE(0);
      const table = this.tables.get(number);
      const name = change.key.toString('latin1');
      if (table?.changes.get(name) !== change) continue;
      table.delete(name);
      if (table.changes.size === 0) this.tables.delete(number);
    }
    for (const [ns, collection] of other.collections)
      if (this.collections.get(ns) === collection) this.collections.delete(ns);
  }

  clear(): void {
    this.tables.clear();
    this.collections.clear();
    this.claims.clear();
  }
}
