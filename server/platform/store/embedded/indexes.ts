import { createHash } from 'node:crypto';
import { bsonTag, isDocument, type Document } from './bson-values.ts';
import { TABLE, tableKey, type Collection, type IndexDefinition } from './catalog.ts';
import { StoreError } from './errors.ts';
import { ORDER, encodeKey, invertKey } from './keys.ts';
import type { Overlay, View } from './overlay.ts';
import { valueAt, valuesAt } from './paths.ts';

/** LMDB's largest key is 1,978 bytes; a longer entry is kept as its first bytes and a hash of the whole. */
const MAX_ENTRY_BYTES = 1024;
export const KEPT_BYTES = 960;
/** More entries than this from one document would make each of its changes a bulk load. */
const MAX_ENTRIES = 20_000;
const PRESENT = Buffer.from([1]);
/** An array without elements is indexed as the old undefined type: before null, and not equal to it. */
const EMPTY_ARRAY = Buffer.from([ORDER.emptyArray]);

/** Never cuts: two different long entries stay different, so a unique index stays right. */
function shorten(entry: Buffer): Buffer {
  const hash = createHash('sha256').update(entry).digest();
  return Buffer.concat([entry.subarray(0, KEPT_BYTES), hash]);
}

interface Entries {
  readonly keys: readonly Buffer[];
  readonly multikey: boolean;
  readonly shortened: boolean;
}

function fieldEntries(
  document: Document,
  parts: readonly string[],
): { values: Buffer[]; multikey: boolean; present: boolean } {
  const leaves = valuesAt(document, parts);
  const values: Buffer[] = [];
  let multikey = leaves.length !== 1;
  let present = false;
  for (const leaf of leaves) {
    if (leaf !== undefined) present = true;
    if (!Array.isArray(leaf)) values.push(encodeKey(leaf));
    else {
      multikey = true;
      if (leaf.length === 0) values.push(EMPTY_ARRAY);
      for (const element of leaf) values.push(encodeKey(element));
    }
  }
  if (values.length === 0) values.push(encodeKey(null));
  return { values, multikey, present };
}

/** The path of the first array on the way: two fields below one array may be indexed together, other arrays not. */
function firstArray(document: Document, parts: readonly string[]): string {
  for (let i = 1; i <= parts.length; i++)
    if (Array.isArray(valueAt(document, parts.slice(0, i)))) return parts.slice(0, i).join('.');
  return parts.join('.');
}

const parallelArrays = (index: IndexDefinition): StoreError =>
  new StoreError(
    171,
    'CannotIndexParallelArrays',
    `cannot index parallel arrays [${index.fields.map(({ path }) => path).join('] [')}]`,
  );

/** The entries of a document in an index: none, one, or one for each array element (manual, "Multikey Indexes"). */
export function entriesOf(index: IndexDefinition, document: Document): Entries {
  if (index.partial && !index.partial.test(document)) return { keys: [], multikey: false, shortened: false };
  let tuples: Buffer[] = [Buffer.alloc(0)];
  let multikey = false;
  let present = false;
  const arrays = new Set<string>();
  for (const { parts, descending } of index.fields) {
    const field = fieldEntries(document, parts);
    multikey ||= field.multikey;
    present ||= field.present;
    if (field.values.length > 1) {
      const shared = arrays.has(firstArray(document, parts));
      if (arrays.size > 0 && (!shared || index.unique)) throw parallelArrays(index);
      arrays.add(firstArray(document, parts));
    }
    const values = descending ? field.values.map(invertKey) : field.values;
    if (tuples.length * values.length > MAX_ENTRIES) throw parallelArrays(index);
    tuples = tuples.flatMap((tuple) => values.map((value) => (tuple.length ? Buffer.concat([tuple, value]) : value)));
  }
  if (index.sparse && !present) return { keys: [], multikey: false, shortened: false };
  let shortened = false;
  const keys = tuples.map((tuple) => {
    if (tuple.length <= MAX_ENTRY_BYTES) return tuple;
    shortened = true;
    return shorten(tuple);
  });
  const distinct = keys.length > 1 ? [...new Map(keys.map((key) => [key.toString('latin1'), key])).values()] : keys;
  return { keys: distinct, multikey, shortened };
}

/** The record that an index entry points to: the value of a unique entry, the end of the key of any other. */
export const recordOf = (index: IndexDefinition, key: Buffer, value: Buffer): Buffer =>
  index.unique ? value : key.subarray(key.length - 8);

function show(value: unknown): string {
  if (value === undefined || value === null) return 'null';
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof Date) return `new Date(${value.getTime()})`;
  if (bsonTag(value) === 'ObjectId') return `ObjectId('${String(value)}')`;
  if (isDocument(value))
    return `{ ${Object.entries(value)
      .map(([name, inner]) => `${name}: ${show(inner)}`)
      .join(', ')} }`;
  if (Array.isArray(value)) return `[ ${value.map(show).join(', ')} ]`;
  return String(value);
}

/** 11000 with keyPattern and keyValue, in the server's wording, which mongoose and callers read. */
function duplicateKey(collection: Collection, index: IndexDefinition, document: Document): StoreError {
  const keyValue: Document = {};
  for (const { path, parts } of index.fields)
    keyValue[path] = valueAt(document, parts) ?? valuesAt(document, parts)[0] ?? null;
  const text = Object.entries(keyValue).map(([path, value]) => `${path}: ${show(value)}`);
  return new StoreError(
    11000,
    'DuplicateKey',
    `E11000 duplicate key error collection: ${collection.ns} index: ${index.name} dup key: { ${text.join(', ')} }`,
    { keyPattern: index.key, keyValue },
  );
}

function noteFlags(target: Overlay, index: IndexDefinition, entries: Entries): void {
  const id = Buffer.allocUnsafe(4);
  id.writeUInt32BE(index.id);
  const note = (letter: string): void => {
    const key = tableKey(TABLE.indexFlags, id, Buffer.from(letter));
    if (!target.get(key)) target.put(key, PRESENT);
  };
  // In memory at once, on disk with the document: an aborted transaction leaves the flag set, which costs only speed.
  if (entries.multikey) {
    index.flags.multikey = true;
    note('m');
  }
  if (entries.shortened) {
    index.flags.shortened = true;
    note('s');
  }
}

/** Adds one document to one index; throws 11000 when a unique entry belongs to another record. */
export function addToIndex(
  target: Overlay,
  collection: Collection,
  index: IndexDefinition,
  record: Buffer,
  document: Document,
): void {
  const entries = entriesOf(index, document);
  for (const entry of entries.keys) putEntry(target, collection, index, entry, record, document);
  noteFlags(target, index, entries);
}

function putEntry(
  target: Overlay,
  collection: Collection,
  index: IndexDefinition,
  entry: Buffer,
  record: Buffer,
  document: Document,
): void {
  if (!index.unique) return target.put(tableKey(index.id, entry, record), PRESENT);
  const key = tableKey(index.id, entry);
  // Claimed before it is read, so that of two transactions inserting one value the second gets a write conflict.
  target.claim(key.toString('latin1'));
  const holder = target.get(key);
  if (holder && !holder.equals(record)) throw duplicateKey(collection, index, document);
  target.put(key, record);
}

function removeEntry(target: Overlay, index: IndexDefinition, entry: Buffer, record: Buffer): void {
  if (!index.unique) return target.remove(tableKey(index.id, entry, record));
  const key = tableKey(index.id, entry);
  target.claim(key.toString('latin1'));
  target.remove(key);
}

/** Brings all indexes of a collection from the old to the new form of a record; either may be absent. */
export function maintainIndexes(
  target: Overlay,
  collection: Collection,
  record: Buffer,
  before: Document | undefined,
  after: Document | undefined,
): void {
  for (const index of collection.indexes) {
    const old = before ? entriesOf(index, before).keys : [];
    const entries = after ? entriesOf(index, after) : undefined;
    const kept = new Set(entries?.keys.map((entry) => entry.toString('latin1')));
    for (const entry of old) {
      const name = entry.toString('latin1');
      if (kept.has(name)) kept.delete(name);
      else removeEntry(target, index, entry, record);
    }
    if (!after || !entries) continue;
    for (const entry of entries.keys)
      if (kept.has(entry.toString('latin1'))) putEntry(target, collection, index, entry, record, after);
    noteFlags(target, index, entries);
  }
}

/** All records of an index in a key range, each once, in index order. */
export function* recordsInRange(
  view: View,
  index: IndexDefinition,
  low: Buffer,
  high: Buffer,
  reverse: boolean,
): Generator<Buffer> {
  const seen = index.flags.multikey ? new Set<string>() : undefined;
  for (const { key, value } of view.range(low, high, reverse)) {
    const record = recordOf(index, key, value);
    if (seen) {
      const name = record.toString('latin1');
      if (seen.has(name)) continue;
      seen.add(name);
    }
    yield record;
  }
}
