import { ObjectId, UUID } from 'bson';
import {
  MAX_DOCUMENT_BYTES,
  checkDepth,
  decodeFields,
  decodePlain,
  decodeTyped,
  encode,
  has,
  isDocument,
  isOperatorDocument,
  type Document,
} from './bson-values.ts';
import { checkNamespace, catalogKey, encodeCollection, idIndex, tableKey, type Collection } from './catalog.ts';
import { StoreError, badValue } from './errors.ts';
import { maintainIndexes, recordsInRange } from './indexes.ts';
import { encodeKey, invertKey } from './keys.ts';
import type { Overlay, View } from './overlay.ts';
import { valuesAt } from './paths.ts';
import { choosePlan, isNaturalSort, sortKey, type Plan, type SortKey } from './plan.ts';
import { isRegex, type Filter } from './query.ts';
import type { Storage } from './storage.ts';

/** One stored document: its record number, its BSON as stored, and decoded (plainly, or typed where asked). */
export interface Found {
  readonly record: Buffer;
  readonly bytes: Buffer;
  readonly document: Document;
}

export interface Search {
  readonly filter: Filter;
  readonly sort?: Document | undefined;
  readonly skip?: number;
  readonly limit?: number;
  /** The name or key of the index to walk, or `{ $natural: 1 }`; refused when there is no such index. */
  readonly hint?: unknown;
  /** Which top-level fields of `document` the caller reads, where it does not read all; none: only the bytes. */
  readonly reads?: ReadonlySet<string> | undefined;
}

const recordKey = (collection: Collection, record: Buffer): Buffer => tableKey(collection.id, record);

/** The collection for writing; made when it does not exist, as MongoDB does on the first insert. */
export function collectionForWriting(
  target: Overlay,
  storage: Storage,
  ns: string,
  options: Document = {},
): Collection {
  const known = target.collection(ns);
  if (known) return known;
  checkNamespace(ns);
  target.claim(`catalog:${ns}`);
  const id = storage.newTable();
  const index = storage.newTable();
  const created: Collection = { ns, id, options, uuid: new UUID(), indexes: [idIndex(index, storage.flags.of(index))] };
  saveCollection(target, created);
  return created;
}

export function saveCollection(target: Overlay, collection: Collection): void {
  target.put(catalogKey(collection.ns), encodeCollection(collection));
  target.setCollection(collection.ns, collection);
}

function* scanPlan(
  view: View,
  collection: Collection,
  plan: Plan,
  backwards: boolean,
): Generator<{ record: Buffer; bytes: Buffer }> {
  if (plan.scans.length === 0) {
    for (const { key, value } of view.range(tableKey(collection.id), tableKey(collection.id + 1), backwards))
      yield { record: key.subarray(4), bytes: value };
    return;
  }
  const many =
    plan.scans.length > 1 || plan.scans.some(({ index, ranges }) => index.flags.multikey && ranges.length > 1);
  const seen = many ? new Set<string>() : undefined;
  for (const { index, ranges, reverse } of plan.scans) {
    for (const [low, high] of ranges) {
      for (const record of recordsInRange(view, index, low, high, reverse)) {
        if (seen) {
          const name = record.toString('latin1');
          if (seen.has(name)) continue;
          seen.add(name);
        }
        const bytes = view.get(recordKey(collection, record));
        if (bytes) yield { record, bytes };
      }
    }
  }
}

/** Sort keys of a document: for arrays the least element ascending, the greatest descending (manual, "sort"). */
function keysFor(document: Document, sort: readonly { parts: readonly string[]; sign: 1 | -1 }[]): Buffer[] {
  return sort.map(({ parts, sign }) => {
    let best: Buffer | undefined;
    for (const leaf of valuesAt(document, parts)) {
      // An empty array sorts before null; the byte 08 lies between MinKey and null.
      const candidates = Array.isArray(leaf)
        ? leaf.length
          ? leaf.map(encodeKey)
          : [Buffer.from([0x08])]
        : [encodeKey(leaf)];
      for (const key of candidates) if (!best || Buffer.compare(key, best) * sign < 0) best = key;
    }
    const key = best ?? encodeKey(null);
    return sign < 0 ? invertKey(key) : key;
  });
}

function compareKeys(a: readonly Buffer[], b: readonly Buffer[]): number {
  for (let i = 0; i < a.length; i++) {
    const order = Buffer.compare(a[i] as Buffer, b[i] as Buffer);
    if (order) return order;
  }
  return 0;
}

/** Sorts by BSON order, keeping the order of equals. `documentOf` gives what the sort looks at. */
export function sortBy<T>(items: readonly T[], sort: SortKey, documentOf: (item: T) => Document): T[] {
  const keys = sort.map(([path, sign]) => ({ parts: path.split('.'), sign }));
  return items
    .map((item) => ({ item, keys: keysFor(documentOf(item), keys) }))
    .sort((a, b) => compareKeys(a.keys, b.keys))
    .map(({ item }) => item);
}

export function checkSort(sort: Document | undefined): void {
  for (const [path, direction] of Object.entries(sort ?? {})) {
    const sign = Number(String(direction));
    if (isDocument(direction) || (sign !== 1 && sign !== -1))
      throw new StoreError(
        15975,
        'Location15975',
        `$sort key ordering must be 1 (for ascending) or -1 (for descending), not ${path}`,
      );
  }
}

/** The collection with only the index that the caller insists on. */
function hinted(collection: Collection, hint: unknown): Collection {
  if (hint === undefined || (isDocument(hint) && Object.keys(hint).length === 0)) return collection;
  if (isDocument(hint) && isNaturalSort(hint)) return { ...collection, indexes: [] };
  const index = collection.indexes.find(({ name, key }) =>
    isDocument(hint) ? encodeKey(key).equals(encodeKey(hint)) : name === hint,
  );
  if (!index)
    throw badValue(
      'error processing query: planner returned error :: caused by :: hint provided does not correspond to an existing index',
    );
  return { ...collection, indexes: [index] };
}

function decoder({ filter, reads }: Search, order: SortKey): (bytes: Buffer) => Document {
  const { fields, needsTypes } = filter;
  if (!reads || !fields) return needsTypes ? decodeTyped : decodePlain;
  const read = new Set([...reads, ...fields, ...order.map(([path]) => path.split('.', 1)[0] as string)]);
  if (read.size === 0) return () => NOTHING;
  return (bytes) => decodeFields(bytes, read, needsTypes);
}
const NOTHING: Document = {};
export const NO_FIELDS: ReadonlySet<string> = new Set();

/** How many records may be looked at between two pauses of a search. */
const PAUSE_EVERY = 128;

/**
 * Finds documents in order. Yields `undefined` now and then while nothing has matched, so that the caller can let
 * other work run. Nothing that the caller writes meanwhile is seen if the view is a snapshot; otherwise collect first.
 */
export function* find(view: View, ns: string, search: Search): Generator<Found | undefined> {
  const sort = search.sort && Object.keys(search.sort).length > 0 ? search.sort : undefined;
  checkSort(sort);
  const collection = view.collection(ns);
  if (!collection) return;
  const { filter, skip = 0 } = search;
  const limit = search.limit || Infinity;
  const natural = sort !== undefined && isNaturalSort(sort);
  const order = sort && !natural ? sortKey(sort) : [];
  const plan = choosePlan(hinted(collection, search.hint), filter, order);
  const decode = decoder(search, order);
  const backwards = natural && Number(String(sort['$natural'])) < 0;

  function* matches(): Generator<Found | undefined> {
    let looked = 0;
    for (const { record, bytes } of scanPlan(view, collection as Collection, plan, backwards)) {
      if (++looked % PAUSE_EVERY === 0) yield undefined;
      const document = decode(bytes);
      if (filter.matchesAll || filter.test(document)) yield { record, bytes, document };
    }
  }

  let results: Iterable<Found | undefined> = matches();
  if (order.length > 0 && !plan.sorted) {
    const all: Found[] = [];
    for (const found of results) {
      if (found) all.push(found);
      else yield undefined;
    }
    results = sortBy(all, order, ({ document }) => document);
  }
  let passed = 0;
  for (const found of results) {
    if (!found) yield undefined;
    else if (passed++ >= skip) {
      yield found;
      if (passed - skip >= limit) return;
    }
  }
}

/** All records of a search at once, for writes, which must not see their own effects; by their bytes only. */
export function findAll(view: View, ns: string, search: Search): Found[] {
  const all: Found[] = [];
  for (const found of find(view, ns, { ...search, reads: NO_FIELDS })) if (found) all.push(found);
  return all;
}

function checkId(document: Document): void {
  const id = document['_id'];
  if (Array.isArray(id)) throw new StoreError(53, 'InvalidIdField', "The '_id' value cannot be of type array");
  if (isRegex(id)) throw new StoreError(53, 'InvalidIdField', "The '_id' value cannot be of type regex");
  if (id === undefined) throw new StoreError(53, 'InvalidIdField', "The '_id' value cannot be of type undefined");
  if (isOperatorDocument(id))
    throw new StoreError(
      52,
      'DollarPrefixedFieldName',
      `_id fields may not contain '$'-prefixed fields: ${Object.keys(id)[0]} is not valid for storage.`,
    );
}

/** Inserts BSON as it came, giving it an `_id` in first place if it has none. Returns the `_id`. */
export function insert(target: Overlay, storage: Storage, ns: string, bytes: Buffer): unknown {
  checkDepth(bytes);
  let stored = bytes;
  let document = decodePlain(bytes);
  if (!has(document, '_id') || Object.keys(document)[0] !== '_id') {
    const { _id = new ObjectId(), ...rest } = decodeTyped(bytes);
    stored = encode({ _id, ...rest });
    document = decodePlain(stored);
  }
  if (stored.length > MAX_DOCUMENT_BYTES)
    throw new StoreError(
      10334,
      'BSONObjectTooLarge',
      `object to insert too large. size in bytes: ${stored.length}, max size: ${MAX_DOCUMENT_BYTES}`,
    );
  checkId(document);
  const collection = collectionForWriting(target, storage, ns);
  const record = storage.newRecord();
  maintainIndexes(target, collection, record, undefined, document);
  target.claim(recordKey(collection, record).toString('latin1'));
  target.put(recordKey(collection, record), stored);
  return document['_id'];
}

/** Replaces a stored document. Returns false when nothing in it changed. */
export function replace(target: Overlay, ns: string, found: Found, after: Document): boolean {
  const collection = target.collection(ns) as Collection;
  const key = recordKey(collection, found.record);
  const stored = encode(after);
  // Claimed even when nothing changes: a transaction that sets what is already there still means to own the record.
  target.claim(key.toString('latin1'));
  if (stored.equals(found.bytes)) return false;
  if (stored.length > MAX_DOCUMENT_BYTES)
    throw new StoreError(
      17419,
      'Location17419',
      `Resulting document after update is larger than ${MAX_DOCUMENT_BYTES}`,
    );
  checkDepth(stored);
  const plain = decodePlain(stored);
  if (!encodeKey(plain['_id']).equals(encodeKey(decodePlain(found.bytes)['_id'])))
    throw new StoreError(
      66,
      'ImmutableField',
      "After applying the update, the (immutable) field '_id' was found to have been altered",
    );
  maintainIndexes(target, collection, found.record, decodePlain(found.bytes), plain);
  target.put(key, stored);
  return true;
}

export function remove(target: Overlay, ns: string, found: Found): void {
  const collection = target.collection(ns);
  if (!collection) throw badValue(`no collection ${ns}`);
  const key = recordKey(collection, found.record);
  target.claim(key.toString('latin1'));
  maintainIndexes(target, collection, found.record, decodePlain(found.bytes), undefined);
  target.remove(key);
}
