import { UUID } from 'bson';
import { decodePlain, encode, getOwn, has, isDocument, toNumber, toPlain, type Document } from '../bson-values.ts';
import {
  TABLE,
  catalogKey,
  checkNamespace,
  compileIndex,
  tableKey,
  type Collection,
  type IndexDefinition,
} from '../catalog.ts';
import { cursorReply } from '../cursors.ts';
import { StoreError, badValue, namespaceNotFound, typeMismatch, unsupported } from '../errors.ts';
import { addToIndex } from '../indexes.ts';
import { encodeKey, keyText } from '../keys.ts';
import type { Overlay } from '../overlay.ts';
import { compileFilter } from '../query.ts';
import { collectionForWriting, find, saveCollection } from '../records.ts';
import { reading, type Engine, type Handler } from './command.ts';
import { refuseCollation } from './write-commands.ts';

/** Marks tables as gone. Their keys are removed afterwards, a portion at a time, so that a drop is quick. */
function dropTables(target: Overlay, ids: readonly number[]): void {
  for (const table of ids) {
    const id = Buffer.allocUnsafe(4);
    id.writeUInt32BE(table);
    target.put(tableKey(TABLE.dropped, id), Buffer.from([1]));
  }
}

function dropCollection(target: Overlay, collection: Collection): void {
  target.claim(`catalog:${collection.ns}`);
  target.remove(catalogKey(collection.ns));
  target.setCollection(collection.ns, null);
  dropTables(target, [collection.id, ...collection.indexes.map(({ id }) => id)]);
}

const PURGE_PORTION = 2000;
const purging = new WeakSet<Engine>();

/** Removes what dropped tables have left behind; goes on after a restart. Failures leave it for the next time. */
export async function purgeDropped(engine: Engine): Promise<void> {
  if (purging.has(engine)) return;
  purging.add(engine);
  try {
    for (const table of engine.storage.droppedTables()) while (await engine.storage.purge(table, PURGE_PORTION));
  } catch {
    // The disk is full or the store is closing: the marks are still there.
  } finally {
    purging.delete(engine);
  }
}

const COLLECTION_OPTIONS = new Set([
  'create',
  'autoIndexId',
  'idIndex',
  'writeConcern',
  'comment',
  'lsid',
  '$db',
  '$clusterTime',
  '$readPreference',
  'txnNumber',
  'autocommit',
  'startTransaction',
  'readConcern',
  'apiVersion',
  'maxTimeMS',
]);

export const createCommand: Handler = async (engine, request) => {
  const { command, ns } = request;
  refuseCollation(command['collation']);
  const options = Object.keys(command).filter(
    (name) =>
      !COLLECTION_OPTIONS.has(name) && name !== 'collation' && command[name] !== undefined && command[name] !== false,
  );
  if (options.length > 0) throw unsupported(`create with ${options.join(', ')}`);
  const make = (target: Overlay): Document => {
    if (target.collection(ns)) throw new StoreError(48, 'NamespaceExists', `Collection ${ns} already exists.`);
    collectionForWriting(target, engine.storage, ns);
    return {};
  };
  return request.transaction ? request.transaction.write(make) : engine.storage.write(make);
};

const INDEX_OPTIONS = new Set([
  'v',
  'key',
  'name',
  'ns',
  'unique',
  'sparse',
  'partialFilterExpression',
  'expireAfterSeconds',
  'background',
]);

/** A spec with only what matters kept; refuses what this store's indexes cannot do (67, 115). */
function checkIndexSpec(spec: unknown): Document {
  const cannot = (reason: string): StoreError => new StoreError(67, 'CannotCreateIndex', reason);
  if (!isDocument(spec)) throw typeMismatch('The index specification must be an object');
  const key = spec['key'];
  const name = spec['name'];
  if (!isDocument(key) || Object.keys(key).length === 0) throw cannot('Index keys cannot be an empty object.');
  if (typeof name !== 'string' || name === '') throw cannot('The index name must be a non-empty string');
  for (const [path, direction] of Object.entries(key)) {
    if (typeof direction === 'string') throw unsupported(`an index of type '${direction}'`);
    if (path.includes('$**')) throw unsupported('a wildcard index');
    if (path === '' || path.split('.').some((part) => part === '' || part.startsWith('$')))
      throw cannot(`Index key contains an illegal field name: '${path}'`);
    if (!toNumber(direction, 0)) throw cannot('Values in the index key pattern cannot be 0.');
  }
  refuseCollation(spec['collation']);
  for (const option of Object.keys(spec))
    if (!INDEX_OPTIONS.has(option) && option !== 'collation' && spec[option] !== false)
      throw unsupported(`the index option ${option}`);
  const expire = spec['expireAfterSeconds'];
  if (expire !== undefined) {
    if (typeof toPlain(expire) !== 'number' || toNumber(expire, -1) < 0)
      throw cannot('TTL index option must be a number of seconds of at least 0');
    if (Object.keys(key).length > 1 || has(key, '_id'))
      throw cannot('TTL indexes are single-field indexes, and not on _id');
  }
  if (spec['sparse'] === true && spec['partialFilterExpression'] !== undefined)
    throw cannot('cannot mix "partialFilterExpression" and "sparse" options');
  const partial = spec['partialFilterExpression'];
  if (partial !== undefined) {
    if (!isDocument(partial)) throw cannot('"partialFilterExpression" must be an object');
    compileFilter(partial);
  }
  return {
    v: 2,
    key,
    name,
    ...(spec['unique'] === true && { unique: true }),
    ...(spec['sparse'] === true && { sparse: true }),
    ...(partial !== undefined && { partialFilterExpression: partial }),
    ...(expire !== undefined && { expireAfterSeconds: expire }),
  };
}

/** Everything that makes two indexes different, without their names. Field order counts. */
function signature(spec: Document, options: boolean): string {
  const parts: Document = {
    key: Object.entries(spec['key'] as Document).map(([path, direction]) => [path, Math.sign(toNumber(direction, 0))]),
    partial: spec['partialFilterExpression'] ?? null,
  };
  if (options)
    Object.assign(parts, {
      unique: spec['unique'] === true,
      sparse: spec['sparse'] === true,
      expire: spec['expireAfterSeconds'] === undefined ? null : toNumber(spec['expireAfterSeconds'], 0),
    });
  return keyText(parts);
}

/** The index that the spec would repeat; throws 85 or 86 when it contradicts one. */
function existing(collection: Collection, spec: Document): IndexDefinition | undefined {
  const named = collection.indexes.find(({ name }) => name === spec['name']);
  const alike = collection.indexes.find((index) => signature(index.spec, false) === signature(spec, false));
  if (alike?.name === '_id_') return alike;
  if (named && named !== alike)
    throw new StoreError(
      86,
      'IndexKeySpecsConflict',
      `An existing index has the same name as the requested index. When index names are not specified, they are auto generated and can cause conflicts. Requested index: ${named.name}`,
    );
  if (!alike) return undefined;
  if (signature(alike.spec, true) !== signature(spec, true))
    throw named
      ? new StoreError(
          86,
          'IndexKeySpecsConflict',
          `An existing index has the same name as the requested index, with other options: ${alike.name}`,
        )
      : new StoreError(
          85,
          'IndexOptionsConflict',
          `An equivalent index already exists with a different name and options: ${alike.name}`,
        );
  if (alike.name !== spec['name'])
    throw new StoreError(85, 'IndexOptionsConflict', `Index already exists with a different name: ${alike.name}`);
  return alike;
}

export const createIndexesCommand: Handler = async (engine, request) => {
  const { command, ns } = request;
  const specs = command['indexes'];
  if (!Array.isArray(specs) || specs.length === 0) throw badValue('Must specify at least one index to create');
  const wanted = specs.map(checkIndexSpec);
  checkNamespace(ns);
  return engine.storage.write((target): Document => {
    engine.storage.claimCatalog(ns);
    const before = target.collection(ns);
    let collection = collectionForWriting(target, engine.storage, ns);
    const numIndexesBefore = collection.indexes.length;
    for (const spec of wanted) {
      if (existing(collection, spec)) continue;
      const id = engine.storage.newTable();
      const index = compileIndex(id, spec, engine.storage.flags.of(id));
      collection = { ...collection, indexes: [...collection.indexes, index] };
      for (const found of find(target, ns, { filter: compileFilter({}) }))
        if (found) addToIndex(target, collection, index, found.record, found.document);
      target.claim(`catalog:${ns}`);
      saveCollection(target, collection);
    }
    return {
      numIndexesBefore,
      numIndexesAfter: collection.indexes.length,
      createdCollectionAutomatically: before === undefined,
    };
  });
};

export const dropIndexesCommand: Handler = async (engine, request) => {
  const { command, ns } = request;
  const reply = await engine.storage.write((target): Document => {
    engine.storage.claimCatalog(ns);
    const collection = target.collection(ns);
    if (!collection) throw namespaceNotFound(ns);
    const asked = (Array.isArray(command['index']) ? command['index'] : [command['index']]) as unknown[];
    const dropped = asked.flatMap((one) => {
      if (one === '*') return collection.indexes.filter(({ name }) => name !== '_id_');
      const found = collection.indexes.find(
        ({ name, key }) => name === one || (isDocument(one) && encodeKey(one).equals(encodeKey(key))),
      );
      if (!found) throw new StoreError(27, 'IndexNotFound', `index not found with name [${String(one)}]`);
      if (found.name === '_id_') throw new StoreError(72, 'InvalidOptions', 'cannot drop _id index');
      return [found];
    });
    target.claim(`catalog:${ns}`);
    dropTables(
      target,
      dropped.map(({ id }) => id),
    );
    saveCollection(target, { ...collection, indexes: collection.indexes.filter((index) => !dropped.includes(index)) });
    return { nIndexesWas: collection.indexes.length };
  });
  void purgeDropped(engine);
  return reply;
};

export const listIndexesCommand: Handler = (engine, request) =>
  reading(engine, request, (view) => {
    const collection = view.collection(request.ns);
    if (!collection) throw namespaceNotFound(request.ns);
    return cursorReply(
      request.ns,
      0n,
      'firstBatch',
      collection.indexes.map(({ spec }) => encode(spec)),
      {},
    );
  });

const inDatabase =
  (database: string) =>
  (collection: Collection): boolean =>
    collection.ns.startsWith(`${database}.`);

export const listCollectionsCommand: Handler = (engine, { command, database }) => {
  const filter = compileFilter(isDocument(command['filter']) ? command['filter'] : {});
  const snapshot = engine.storage.snapshot();
  try {
    const all = [...snapshot.collections()].filter(inDatabase(database)).map(({ ns, options, uuid }) => ({
      name: ns.slice(database.length + 1),
      type: 'collection',
      options,
      info: { readOnly: false, uuid },
      idIndex: { v: 2, key: { _id: 1 }, name: '_id_' },
    }));
    const shown = all
      .filter((one) => filter.test(decodePlain(encode(one))))
      .map((one) => (command['nameOnly'] === true ? { name: one.name, type: one.type } : one));
    return cursorReply(`${database}.$cmd.listCollections`, 0n, 'firstBatch', shown.map(encode), {});
  } finally {
    snapshot.close();
  }
};

export const listDatabasesCommand: Handler = (engine) => {
  const snapshot = engine.storage.snapshot();
  try {
    const names = new Set([...snapshot.collections()].map(({ ns }) => ns.slice(0, ns.indexOf('.'))));
    return { databases: [...names].sort().map((name) => ({ name, sizeOnDisk: 0, empty: false })), totalSize: 0 };
  } finally {
    snapshot.close();
  }
};

export const dropCommand: Handler = async (engine, { ns }) => {
  const reply = await engine.storage.write((target): Document => {
    engine.storage.claimCatalog(ns);
    const collection = target.collection(ns);
    if (!collection) return {};
    dropCollection(target, collection);
    return { nIndexesWas: collection.indexes.length, ns };
  });
  void purgeDropped(engine);
  return reply;
};

export const dropDatabaseCommand: Handler = async (engine, { database }) => {
  const reply = await engine.storage.write((target): Document => {
    for (const collection of engine.storage.currentCollections().filter(inDatabase(database))) {
      engine.storage.claimCatalog(collection.ns);
      dropCollection(target, collection);
    }
    return { dropped: database };
  });
  void purgeDropped(engine);
  return reply;
};

export const renameCollectionCommand: Handler = async (engine, { command }) => {
  const from = String(command['renameCollection']);
  const to = String(command['to']);
  checkNamespace(to);
  if (from.split('.', 1)[0] !== to.split('.', 1)[0]) throw unsupported('renaming into another database');
  const reply = await engine.storage.write((target): Document => {
    engine.storage.claimCatalog(from);
    engine.storage.claimCatalog(to);
    const source = target.collection(from);
    if (!source) throw new StoreError(26, 'NamespaceNotFound', `Source collection ${from} does not exist`);
    const present = target.collection(to);
    if (present && getOwn(command, 'dropTarget') !== true)
      throw new StoreError(48, 'NamespaceExists', 'target namespace exists');
    if (present) dropCollection(target, present);
    target.claim(`catalog:${from}`);
    target.claim(`catalog:${to}`);
    target.remove(catalogKey(from));
    target.setCollection(from, null);
    saveCollection(target, { ...source, ns: to, uuid: new UUID() });
    return {};
  });
  void purgeDropped(engine);
  return reply;
};
