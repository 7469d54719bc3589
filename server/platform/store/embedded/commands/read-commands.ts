import { decodeTyped, encode, getOwn, isDocument, toNumber, type Document } from '../bson-values.ts';
import { runPipeline } from '../aggregate.ts';
import type { Stream } from '../document-stages.ts';
import { Pacer, FIRST_BATCH, cursorReply, type Results } from '../cursors.ts';
import { StoreError, badValue, failedToParse, typeMismatch, unsupported } from '../errors.ts';
import { encodeKey, keyText } from '../keys.ts';
import { valuesAt } from '../paths.ts';
import { choosePlan, sortKey } from '../plan.ts';
import { compileProjection } from '../projection.ts';
import { compileFilter } from '../query.ts';
import { NO_FIELDS, find } from '../records.ts';
import { reading, type Handler, type Request } from './command.ts';
import { refuseCollation } from './write-commands.ts';

function documentOf(command: Document, name: string): Document {
  const value = getOwn(command, name) ?? {};
  if (!isDocument(value)) throw typeMismatch(`BSON field '${name}' is the wrong type, expected type 'object'`);
  return value;
}

const pacer = ({ command }: Request): Pacer => new Pacer(toNumber(command['maxTimeMS'], 0));

function batchSize(value: unknown): number {
  const size = toNumber(value, FIRST_BATCH);
  if (!Number.isInteger(size) || size < 0)
    throw new StoreError(
      51024,
      'Location51024',
      `BSON field 'batchSize' value must be >= 0, actual value '${String(value)}'`,
    );
  return size;
}

function* findResults(command: Document, found: ReturnType<typeof find>): Generator<Buffer | undefined> {
  const variables = documentOf(command, 'let');
  const filter = compileFilter(documentOf(command, 'filter'), variables);
  const project = compileProjection(documentOf(command, 'projection'), filter, variables);
  for (const one of found) yield one && (project ? encode(project(decodeTyped(one.bytes))) : one.bytes);
}

/** In a transaction the results are collected at once, so that its later writes cannot change a cursor under way. */
async function collected(results: Results, pace: Pacer): Promise<Results> {
  const all: Buffer[] = [];
  for (;;) {
    const step = results.next();
    if (step.done) return all[Symbol.iterator]();
    if (step.value) all.push(step.value);
    if (pace.due) await pace.pause();
  }
}

export const findCommand: Handler = (engine, request) => {
  const { command, ns } = request;
  if (command['tailable'] === true)
    throw badValue(`error processing query: tailable cursor requested on non capped collection`);
  for (const name of ['min', 'max', 'returnKey', 'showRecordId'])
    if (command[name] !== undefined && command[name] !== false) throw unsupported(`find with ${name}`);
  refuseCollation(command['collation']);
  const limit = toNumber(command['limit'], 0);
  const skip = toNumber(command['skip'], 0);
  if (skip < 0)
    throw new StoreError(51024, 'Location51024', `BSON field 'skip' value must be >= 0, actual value '${skip}'`);
  const sort = command['sort'] === undefined ? undefined : documentOf(command, 'sort');
  const filter = compileFilter(documentOf(command, 'filter'), documentOf(command, 'let'));
  const pace = pacer(request);
  return reading(engine, request, async (view, keep) => {
    let results: Results = findResults(
      command,
      find(view, ns, { filter, sort, skip, limit: Math.abs(limit), hint: command['hint'], reads: NO_FIELDS }),
    );
    if (request.transaction) results = await collected(results, pace);
    const batch = await engine.cursors.start(ns, results, {
      size: batchSize(command['batchSize']),
      single: command['singleBatch'] === true || limit < 0,
      owner: request.sessionId,
      pacer: pace,
      close: keep(),
    });
    return cursorReply(ns, batch.id, 'firstBatch', batch.documents, {});
  });
};

function* encoded(stream: Stream): Generator<Buffer | undefined> {
  for (const document of stream) yield document && encode(document);
}

export const aggregateCommand: Handler = (engine, request) => {
  const { command, database } = request;
  const pipeline = command['pipeline'];
  if (!Array.isArray(pipeline)) throw typeMismatch('A pipeline must be an array of objects');
  const first = pipeline[0] as unknown;
  if (isDocument(first) && '$changeStream' in first)
    throw new StoreError(40573, 'Location40573', 'The $changeStream stage is only supported on replica sets');
  if (!isDocument(command['cursor']) && command['explain'] !== true)
    throw failedToParse("The 'cursor' option is required, except for aggregate with the explain argument");
  if (typeof command['aggregate'] !== 'string') throw unsupported('an aggregation without a collection');
  refuseCollation(command['collation']);
  const pace = pacer(request);
  const size = batchSize(isDocument(command['cursor']) ? command['cursor']['batchSize'] : undefined);
  return reading(engine, request, async (view, keep) => {
    const scope = { view, database, variables: documentOf(command, 'let') };
    const stream = runPipeline(scope, request.ns, pipeline, command['hint']);
    let results: Results = encoded(stream);
    if (request.transaction) results = await collected(results, pace);
    const batch = await engine.cursors.start(request.ns, results, {
      size,
      single: false,
      owner: request.sessionId,
      pacer: pace,
      close: keep(),
    });
    return cursorReply(request.ns, batch.id, 'firstBatch', batch.documents, {});
  });
};

const asBigInt = (value: unknown): bigint => {
  const number =
    typeof value === 'object' && value !== null ? BigInt(String(value)) : BigInt(Math.trunc(Number(value)));
  return number;
};

export const getMoreCommand: Handler = async (engine, request) => {
  const { command, database } = request;
  const ns = `${database}.${String(command['collection'])}`;
  const size = toNumber(command['batchSize'], 0);
  const batch = await engine.cursors.more(asBigInt(command['getMore']), ns, size > 0 ? size : Infinity, pacer(request));
  return cursorReply(ns, batch.id, 'nextBatch', batch.documents, {});
};

export const killCursorsCommand: Handler = (engine, { command }) => {
  const ids = command['cursors'];
  if (!Array.isArray(ids))
    throw typeMismatch("BSON field 'killCursors.cursors' is the wrong type, expected type 'array'");
  const { killed, notFound } = engine.cursors.kill(ids.map(asBigInt));
  return { cursorsKilled: killed, cursorsNotFound: notFound, cursorsAlive: [], cursorsUnknown: [] };
};

export const countCommand: Handler = (engine, request) => {
  const { command, ns } = request;
  refuseCollation(command['collation']);
  const filter = compileFilter(documentOf(command, 'query'), documentOf(command, 'let'));
  const pace = pacer(request);
  return reading(engine, request, async (view) => {
    let n = 0;
    const search = {
      filter,
      skip: toNumber(command['skip'], 0),
      limit: Math.abs(toNumber(command['limit'], 0)),
      hint: command['hint'],
      reads: NO_FIELDS,
    };
    for (const found of find(view, ns, search)) {
      if (found) n++;
      if (pace.due) await pace.pause();
    }
    return { n };
  });
};

export const distinctCommand: Handler = (engine, request) => {
  const { command, ns } = request;
  const key = command['key'];
  if (typeof key !== 'string')
    throw typeMismatch("BSON field 'distinct.key' is the wrong type, expected type 'string'");
  refuseCollation(command['collation']);
  const filter = compileFilter(documentOf(command, 'query'));
  const parts = key.split('.');
  const pace = pacer(request);
  return reading(engine, request, async (view) => {
    const values = new Map<string, unknown>();
    for (const found of find(view, ns, { filter, hint: command['hint'], reads: new Set([parts[0] as string]) })) {
      for (const leaf of found ? valuesAt(found.document, parts) : [])
        for (const value of Array.isArray(leaf) ? leaf : [leaf])
          if (value !== undefined && !values.has(keyText(value))) values.set(keyText(value), value);
      if (pace.due) await pace.pause();
    }
    return { values: [...values.values()].sort((a, b) => Buffer.compare(encodeKey(a), encodeKey(b))) };
  });
};

/** Only the plan: which index would be walked, or that the whole collection would be. */
export const explainCommand: Handler = (engine, request) => {
  const inner = documentOf(request.command, 'explain');
  const [name = ''] = Object.keys(inner);
  if (!['find', 'count', 'aggregate', 'distinct'].includes(name)) throw unsupported(`explain of ${name}`);
  const ns = `${request.database}.${String(inner[name])}`;
  const pipeline = inner['pipeline'];
  const match = Array.isArray(pipeline) && isDocument(pipeline[0]) ? pipeline[0]['$match'] : undefined;
  const filter = compileFilter((inner['filter'] ?? inner['query'] ?? match ?? {}) as Document);
  const sort = isDocument(inner['sort']) ? sortKey(inner['sort']) : [];
  return reading(engine, request, (view) => {
    const collection = view.collection(ns);
    const plan = collection ? choosePlan(collection, filter, sort) : undefined;
    const scans = (plan?.scans ?? []).map(({ index, reverse }) => ({
      stage: 'IXSCAN',
      indexName: index.name,
      keyPattern: index.key,
      direction: reverse ? 'backward' : 'forward',
    }));
    const source =
      scans.length === 0
        ? { stage: 'COLLSCAN' }
        : { stage: 'FETCH', inputStage: scans.length === 1 ? scans[0] : { stage: 'OR', inputStages: scans } };
    const winningPlan = sort.length > 0 && !plan?.sorted ? { stage: 'SORT', inputStage: source } : source;
    return { queryPlanner: { namespace: ns, winningPlan, rejectedPlans: [] }, explainVersion: '1' };
  });
};
