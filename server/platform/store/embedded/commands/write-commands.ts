import { encode, getOwn, has, isDocument, toNumber, toPlain, type Document } from '../bson-values.ts';
import { compilePipelineUpdate } from '../aggregate.ts';
import { StoreError, badValue, failedToParse, unsupported } from '../errors.ts';
import { Overlay } from '../overlay.ts';
import { compileProjection } from '../projection.ts';
import { compileFilter, type Variables } from '../query.ts';
import { findAll, insert, remove, replace, type Found } from '../records.ts';
import { LockedByTransaction } from '../transactions.ts';
import { decodeTyped } from '../bson-values.ts';
import { compileUpdate, type Update } from '../update.ts';
import type { Engine, Handler, Request } from './command.ts';

export function refuseCollation(collation: unknown): void {
  if (isDocument(collation) && getOwn(collation, 'locale') !== 'simple') throw unsupported('collation');
}

const documentField = (source: Document, name: string): Document => {
  const value = getOwn(source, name) ?? {};
  if (!isDocument(value))
    throw new StoreError(14, 'TypeMismatch', `BSON field '${name}' is the wrong type, expected type 'object'`);
  return value;
};

/** Inside a transaction a statement joins it; outside, it is durable when the promise resolves. */
function write<T>(engine: Engine, request: Request, statement: (target: Overlay) => T): Promise<T> {
  if (request.transaction) return Promise.resolve(request.transaction.write(statement));
  return engine.storage.write(statement);
}

type WriteError = Document & { index: number };

function describe(error: unknown, index: number): WriteError {
  const known = error instanceof StoreError ? error : undefined;
  // Conflicts and the like concern the whole command, not one statement.
  if (!known && error instanceof LockedByTransaction) throw error;
  if (known && 'errorLabels' in known.extra) throw known;
  return {
    index,
    code: known?.code ?? 2,
    errmsg: error instanceof Error ? error.message : String(error),
    ...known?.extra,
  };
}

/** Runs the statements of a bulk, each wholly or not at all; the first failure ends an ordered one. */
async function bulk(
  engine: Engine,
  request: Request,
  count: number,
  statement: (target: Overlay, index: number) => void,
  restart: () => void,
): Promise<WriteError[]> {
  const ordered = request.command['ordered'] !== false;
  return write(engine, request, (target) => {
    restart();
    const errors: WriteError[] = [];
    for (let i = 0; i < count; i++) {
      const own = new Overlay(target, (name) => target.claim(name));
      try {
        statement(own, i);
        target.absorb(own);
      } catch (error) {
        errors.push(describe(error, i));
        if (ordered || request.transaction) break;
      }
    }
    return errors;
  });
}

const withErrors = (reply: Document, errors: readonly WriteError[]): Document =>
  errors.length > 0 ? { ...reply, writeErrors: errors } : reply;

export const insertCommand: Handler = async (engine, request) => {
  const documents = request.documents();
  if (documents.length === 0)
    throw new StoreError(16, 'InvalidLength', 'Write batch sizes must be between 1 and 100000');
  let n = 0;
  const errors = await bulk(
    engine,
    request,
    documents.length,
    (target, i) => {
      insert(target, engine.storage, request.ns, documents[i] as Buffer);
      n++;
    },
    () => (n = 0),
  );
  return withErrors({ n }, errors);
};

interface UpdateResult {
  readonly matched: number;
  readonly modified: number;
  readonly upserted?: unknown;
  readonly before: Document | undefined;
  readonly after: Document | undefined;
}

interface UpdateStatement {
  readonly q: Document;
  readonly u: unknown;
  readonly multi: boolean;
  readonly upsert: boolean;
  readonly sort: Document | undefined;
  readonly arrayFilters: readonly unknown[];
  readonly hint: unknown;
}

function compileAny(request: Request, target: Overlay, statement: UpdateStatement, variables: Variables): Update {
  const { u, q } = statement;
  if (Array.isArray(u)) {
    if (statement.arrayFilters.length > 0)
      throw failedToParse('arrayFilters may not be specified for pipeline-style updates');
    const apply = compilePipelineUpdate(u, { view: target, database: request.database, variables });
    const plain = compileUpdate({ $setOnInsert: {} }, q);
    return { kind: 'operators', apply, create: () => apply(plain.create()) };
  }
  if (!isDocument(u)) throw failedToParse('Update argument must be either an object or an array');
  return compileUpdate(u, q, statement.arrayFilters, variables);
}

function runUpdate(
  engine: Engine,
  request: Request,
  target: Overlay,
  statement: UpdateStatement,
  variables: Variables,
): UpdateResult {
  const update = compileAny(request, target, statement, variables);
  if (statement.multi && update.kind === 'replacement')
    throw failedToParse('multi update is not supported for replacement-style update');
  const filter = compileFilter(statement.q, variables);
  const found = findAll(target, request.ns, {
    filter,
    sort: statement.sort,
    limit: statement.multi ? 0 : 1,
    hint: statement.hint,
  });
  let modified = 0;
  let before: Document | undefined;
  let after: Document | undefined;
  for (const one of found) {
    before = decodeTyped(one.bytes);
    after = update.apply(before);
    if (!has(after, '_id'))
      throw new StoreError(
        66,
        'ImmutableField',
        "Performing an update on the path '_id' would modify the immutable field '_id'",
      );
    if (replace(target, request.ns, one, after)) modified++;
  }
  if (found.length > 0 || !statement.upsert) return { matched: found.length, modified, before, after };
  const created = update.create();
  const bytes = encode(created);
  const upserted = insert(target, engine.storage, request.ns, bytes);
  return {
    matched: 0,
    modified: 0,
    upserted,
    before: undefined,
    after: has(created, '_id') ? created : { _id: upserted, ...created },
  };
}

export const updateCommand: Handler = async (engine, request) => {
  const updates = request.typed()['updates'];
  if (!Array.isArray(updates) || updates.length === 0)
    throw new StoreError(16, 'InvalidLength', 'Write batch sizes must be between 1 and 100000');
  const variables = documentField(request.command, 'let');
  let n = 0;
  let nModified = 0;
  let upserted: Document[] = [];
  const errors = await bulk(
    engine,
    request,
    updates.length,
    (target, index) => {
      const source = updates[index] as Document;
      refuseCollation(source['collation']);
      const result = runUpdate(
        engine,
        request,
        target,
        {
          q: documentField(source, 'q'),
          u: source['u'],
          multi: source['multi'] === true,
          upsert: source['upsert'] === true,
          sort: isDocument(source['sort']) ? (toPlain(source['sort']) as Document) : undefined,
          arrayFilters: (source['arrayFilters'] as unknown[] | undefined) ?? [],
          hint: toPlain(source['hint']),
        },
        variables,
      );
      n += result.matched;
      nModified += result.modified;
      if (result.upserted !== undefined) {
        n++;
        upserted.push({ index, _id: result.upserted });
      }
    },
    () => {
      n = nModified = 0;
      upserted = [];
    },
  );
  return withErrors({ n, nModified, ...(upserted.length > 0 && { upserted }) }, errors);
};

export const deleteCommand: Handler = async (engine, request) => {
  const deletes = request.command['deletes'];
  if (!Array.isArray(deletes) || deletes.length === 0)
    throw new StoreError(16, 'InvalidLength', 'Write batch sizes must be between 1 and 100000');
  const variables = documentField(request.command, 'let');
  let n = 0;
  const errors = await bulk(
    engine,
    request,
    deletes.length,
    (target, i) => {
      const source = deletes[i] as Document;
      refuseCollation(source['collation']);
      const filter = compileFilter(documentField(source, 'q'), variables);
      const found = findAll(target, request.ns, { filter, limit: toNumber(source['limit'], 0), hint: source['hint'] });
      for (const one of found) remove(target, request.ns, one);
      n += found.length;
    },
    () => (n = 0),
  );
  return withErrors({ n }, errors);
};

function findOne(target: Overlay, request: Request, q: Document, variables: Variables): Found | undefined {
  const sort = isDocument(request.command['sort']) ? request.command['sort'] : undefined;
  return findAll(target, request.ns, {
    filter: compileFilter(q, variables),
    sort,
    limit: 1,
    hint: request.command['hint'],
  })[0];
}

export const findAndModifyCommand: Handler = async (engine, request) => {
  const { command } = request;
  refuseCollation(command['collation']);
  const typed = request.typed();
  const q = documentField(typed, 'query');
  const variables = documentField(command, 'let');
  const filter = compileFilter(q, variables);
  const project = compileProjection(documentField(command, 'fields'), filter, variables);
  const shown = (document: Document | undefined): Document | null =>
    document ? (project ? project(document) : document) : null;
  const removing = command['remove'] === true;
  if (removing === has(command, 'update'))
    throw failedToParse('Either an update or remove=true must be specified, and not both');
  if (removing && command['upsert'] === true) throw failedToParse('Cannot specify both upsert=true and remove=true');
  return write(engine, request, (target): Document => {
    if (removing) {
      const found = findOne(target, request, q, variables);
      if (found) remove(target, request.ns, found);
      return { lastErrorObject: { n: found ? 1 : 0 }, value: found ? shown(decodeTyped(found.bytes)) : null };
    }
    const result = runUpdate(
      engine,
      request,
      target,
      {
        q,
        u: typed['update'],
        multi: false,
        upsert: command['upsert'] === true,
        sort: isDocument(command['sort']) ? command['sort'] : undefined,
        arrayFilters: (typed['arrayFilters'] as unknown[] | undefined) ?? [],
        hint: command['hint'],
      },
      variables,
    );
    const created = result.upserted !== undefined;
    return {
      lastErrorObject: {
        n: result.matched + (created ? 1 : 0),
        updatedExisting: result.matched > 0,
        ...(created && { upserted: result.upserted }),
      },
      value: command['new'] === true ? shown(result.after) : shown(result.before),
    };
  }).catch((error: unknown) => {
    if (error instanceof TypeError) throw badValue(error.message);
    throw error;
  });
};
