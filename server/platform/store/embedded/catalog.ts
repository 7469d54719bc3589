import { UUID } from 'bson';
import { decodePlain, encode, isDocument, toPlain, type Document } from './bson-values.ts';
import { StoreError } from './errors.ts';
import { compileFilter, type Filter } from './query.ts';

/** Key spaces inside the one LMDB database; every key starts with a table number (4 bytes, big endian). */
export const TABLE = { catalog: 1, indexFlags: 2, dropped: 3, firstFree: 16 } as const;

export const tableKey = (table: number, ...rest: readonly Uint8Array[]): Buffer => {
  const head = Buffer.allocUnsafe(4);
  head.writeUInt32BE(table);
  return Buffer.concat([head, ...rest]);
};
export const catalogKey = (ns: string): Buffer => tableKey(TABLE.catalog, Buffer.from(ns));

/** The largest namespace the server allows, in bytes; also keeps catalog keys inside LMDB's limit. */
const MAX_NAMESPACE_BYTES = 255;

export interface IndexField {
  readonly path: string;
  readonly parts: readonly string[];
  readonly descending: boolean;
}

/**
 * What an index has seen, shared by all versions of its definition. Both only ever turn true: `multikey` once a
 * document gave several entries, `shortened` once an entry was too long and is kept as prefix and hash.
 */
export interface IndexFlags {
  multikey: boolean;
  shortened: boolean;
}

export interface IndexDefinition {
  readonly id: number;
  readonly name: string;
  readonly key: Document;
  readonly fields: readonly IndexField[];
  readonly unique: boolean;
  readonly sparse: boolean;
  readonly partial: Filter | undefined;
  readonly expireAfterSeconds: number | undefined;
  /** As given to createIndexes, for listIndexes. */
  readonly spec: Document;
  readonly flags: IndexFlags;
}

export interface Collection {
  readonly ns: string;
  readonly id: number;
  readonly options: Document;
  readonly uuid: UUID;
  readonly indexes: readonly IndexDefinition[];
}

export type Catalog = ReadonlyMap<string, Collection>;

/** `flags` of the index number, made once and then shared. */
export class FlagRegistry {
  private readonly byIndex = new Map<number, IndexFlags>();

  of(id: number): IndexFlags {
    let flags = this.byIndex.get(id);
    if (!flags) this.byIndex.set(id, (flags = { multikey: false, shortened: false }));
    return flags;
  }
}

export function checkNamespace(ns: string): void {
  const dot = ns.indexOf('.');
  const database = ns.slice(0, dot);
  const name = ns.slice(dot + 1);
  const wrong =
    dot <= 0 ||
    name === '' ||
    name.startsWith('.') ||
    name.startsWith('system.') ||
    /[$\0]/.test(name) ||
    /[/\\. "$\0]/.test(database) ||
    Buffer.byteLength(ns) > MAX_NAMESPACE_BYTES;
  if (wrong) throw new StoreError(73, 'InvalidNamespace', `Invalid namespace specified '${ns}'`);
}

export function idIndex(id: number, flags: IndexFlags): IndexDefinition {
  return compileIndex(id, { v: 2, key: { _id: 1 }, name: '_id_', unique: true }, flags);
}

/** `spec` is what createIndexes was given, already checked by `checkIndexSpec`. */
export function compileIndex(id: number, spec: Document, flags: IndexFlags): IndexDefinition {
  const key = toPlain(spec['key']) as Document;
  const expire = spec['expireAfterSeconds'];
  return {
    id,
    name: String(spec['name']),
    key,
    fields: Object.entries(key).map(([path, direction]) => ({
      path,
      parts: path.split('.'),
      descending: Number(direction) < 0,
    })),
    unique: spec['unique'] === true,
    sparse: spec['sparse'] === true,
    partial: isDocument(spec['partialFilterExpression']) ? compileFilter(spec['partialFilterExpression']) : undefined,
    expireAfterSeconds: expire === undefined ? undefined : Number(toPlain(expire)),
    spec,
    flags,
  };
}

export function encodeCollection(collection: Collection): Buffer {
  return encode({
    ns: collection.ns,
    id: collection.id,
    uuid: collection.uuid,
    options: collection.options,
    indexes: collection.indexes.map(({ id, spec }) => ({ id, spec })),
  });
}

export function decodeCollection(bytes: Buffer, flags: FlagRegistry): Collection {
  const stored = decodePlain(bytes);
  const indexes = stored['indexes'] as { id: number; spec: Document }[];
  return {
    ns: String(stored['ns']),
    id: Number(stored['id']),
    uuid: stored['uuid'] as UUID,
    options: stored['options'] as Document,
    indexes: indexes.map(({ id, spec }) => compileIndex(id, spec, flags.of(id))),
  };
}
