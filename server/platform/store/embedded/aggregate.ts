import { getOwn, has, isDocument, setOwn, toNumber, toPlain, type Document } from './bson-values.ts';
import { accumulatorMaker } from './accumulators.ts';
import {
  addFields,
  document,
  mapStream,
  projection,
  unwind,
  withPath,
  type Scope,
  type Stage,
  type Stream,
} from './document-stages.ts';
import { StoreError, badValue, failedToParse, typeMismatch, unsupported } from './errors.ts';
import { compileExpression, type Expression } from './expressions.ts';
import { keyText } from './keys.ts';
import { sortKey } from './plan.ts';
import { compileFilter } from './query.ts';
import { NO_FIELDS, checkSort, find, sortBy } from './records.ts';

/** Stages that exist in MongoDB and not here; anything else is unknown (40324). */
const UNSUPPORTED = new Set([
  '$out',
  '$merge',
  '$graphLookup',
  '$bucket',
  '$bucketAuto',
  '$redact',
  '$geoNear',
  '$setWindowFields',
  '$densify',
  '$fill',
  '$collStats',
  '$indexStats',
  '$currentOp',
  '$listSessions',
  '$listLocalSessions',
  '$planCacheStats',
  '$search',
  '$searchMeta',
  '$vectorSearch',
  '$changeStreamSplitLargeEvent',
  '$documents',
]);

function wholeNumber(value: unknown, stage: string, least: number): number {
  const number = toNumber(value, NaN);
  if (!Number.isInteger(number) || number < least)
    throw new StoreError(
      5107201,
      'Location5107201',
      `invalid argument to ${stage} stage: Expected a number of at least ${least}`,
    );
  return number;
}

function group(source: Document, scope: Scope): Stage {
  if (!has(source, '_id')) throw new StoreError(15955, 'Location15955', 'a group specification must include an _id');
  const id = compileExpression(source['_id'], scope.variables);
  const fields = Object.entries(source)
    .filter(([name]) => name !== '_id')
    .map(([name, spec]) => {
      if (name.includes('.'))
        throw new StoreError(40235, 'Location40235', `The field name '${name}' cannot contain '.'`);
      const [operator, ...more] = isDocument(spec) ? Object.keys(spec) : [];
      if (operator === undefined || more.length > 0)
        throw new StoreError(40234, 'Location40234', `The field '${name}' must be an accumulator object`);
      return {
        name,
        make: accumulatorMaker(operator),
        compute: compileExpression((spec as Document)[operator], scope.variables),
      };
    });
  return function* (input) {
    const groups = new Map<string, { id: unknown; values: ReturnType<(typeof fields)[number]['make']>[] }>();
    for (const entry of input) {
      if (!entry) {
        yield undefined;
        continue;
      }
      const value = id(entry) ?? null;
      const key = keyText(value);
      let known = groups.get(key);
      if (!known) groups.set(key, (known = { id: value, values: fields.map(({ make }) => make()) }));
      for (let i = 0; i < fields.length; i++)
        known.values[i]?.add((fields[i] as (typeof fields)[number]).compute(entry));
    }
    for (const { id: _id, values } of groups.values()) {
      const result: Document = { _id };
      fields.forEach(({ name }, i) => setOwn(result, name, values[i]?.result()));
      yield result;
    }
  };
}

function lookup(source: Document, scope: Scope): Stage {
  const { from, as, localField, foreignField, pipeline } = source;
  if (typeof from !== 'string' || typeof as !== 'string') throw failedToParse('$lookup needs from and as');
  if ((localField === undefined) !== (foreignField === undefined))
    throw failedToParse('$lookup needs both or neither of localField and foreignField');
  if (localField === undefined && pipeline === undefined)
    throw failedToParse('$lookup needs localField and foreignField, or a pipeline');
  const parts = as.split('.');
  const bindings: [string, Expression][] = Object.entries(isDocument(source['let']) ? source['let'] : {}).map(
    ([name, value]) => [name, compileExpression(value, scope.variables)],
  );
  const local = typeof localField === 'string' ? compileExpression(`$${localField}`) : undefined;
  const stages = Array.isArray(pipeline) ? (pipeline as Document[]) : [];
  return function* (input) {
    for (const entry of input) {
      if (!entry) {
        yield undefined;
        continue;
      }
      const variables: Record<string, unknown> = { ...scope.variables };
      for (const [name, compute] of bindings) variables[name] = compute(entry) ?? null;
      const join: Document[] = [];
      if (local) {
        const value = local(entry) ?? null;
        join.push({ $match: { [String(foreignField)]: Array.isArray(value) ? { $in: value } : { $eq: value } } });
      }
      const found: Document[] = [];
      for (const other of runPipeline({ ...scope, variables }, `${scope.database}.${from}`, [...join, ...stages]))
        if (other) found.push(other);
      yield withPath(entry, parts, found) as Document;
    }
  };
}

function facet(source: Document, scope: Scope): Stage {
  const branches = Object.entries(source).map(([name, pipeline]) => {
    if (!Array.isArray(pipeline)) throw new StoreError(40171, 'Location40171', `${name} must be an array of stages`);
    return { name, stages: compileStages(pipeline as Document[], scope) };
  });
  return function* (input) {
    const all: Document[] = [];
    for (const entry of input) {
      if (entry) all.push(entry);
      else yield undefined;
    }
    const result: Document = {};
    for (const { name, stages } of branches) {
      let stream: Stream = all;
      for (const stage of stages) stream = stage(stream);
      setOwn(
        result,
        name,
        [...stream].filter((entry) => entry !== undefined),
      );
    }
    yield result;
  };
}

function compileStage(name: string, source: unknown, scope: Scope): Stage {
  switch (name) {
    case '$match': {
      const filter = compileFilter(document(source, name), scope.variables);
      return function* (input) {
        for (const entry of input) if (!entry || filter.test(entry)) yield entry;
      };
    }
    case '$sort': {
      const sort = document(source, name);
      checkSort(sort);
      if (Object.keys(sort).length === 0)
        throw new StoreError(15976, 'Location15976', '$sort stage must have at least one sort key');
      return function* (input) {
        const all: Document[] = [];
        for (const entry of input) {
          if (entry) all.push(entry);
          else yield undefined;
        }
        yield* sortBy(all, sortKey(sort), (entry) => entry);
      };
    }
    case '$limit': {
      const limit = wholeNumber(source, name, 1);
      return function* (input) {
        let count = 0;
        for (const entry of input) {
          yield entry;
          if (entry && ++count >= limit) return;
        }
      };
    }
    case '$skip': {
      const skip = wholeNumber(source, name, 0);
      return function* (input) {
        let count = 0;
        for (const entry of input) if (!entry || count++ >= skip) yield entry;
      };
    }
    case '$count': {
      if (typeof source !== 'string' || source === '' || source.startsWith('$') || source.includes('.'))
        throw new StoreError(40156, 'Location40156', 'the count field must be a non-empty string without $ and .');
      return function* (input) {
        let count = 0;
        for (const entry of input) {
          if (entry) count++;
          else yield undefined;
        }
        if (count > 0) yield { [source]: count };
      };
    }
    case '$group':
      return group(document(source, name), scope);
    case '$project':
      return projection(document(source, name), scope);
    case '$addFields':
    case '$set':
      return addFields(document(source, name), scope);
    case '$unset': {
      const paths = (Array.isArray(source) ? source : [source]).map(String);
      return projection(Object.fromEntries(paths.map((path) => [path, 0])), scope);
    }
    case '$replaceRoot':
    case '$replaceWith': {
      const expression = compileExpression(
        name === '$replaceRoot' ? document(source, name)['newRoot'] : source,
        scope.variables,
      );
      return (input) =>
        mapStream(input, (entry) => {
          const root = expression(entry);
          if (!isDocument(root))
            throw new StoreError(40228, 'Location40228', `'newRoot' expression must evaluate to an object`);
          return root;
        });
    }
    case '$unwind':
      return unwind(source);
    case '$lookup':
      return lookup(document(source, name), scope);
    case '$sortByCount': {
      const grouping = group({ _id: source, count: { $sum: 1 } }, scope);
      const sorting = compileStage('$sort', { count: -1 }, scope);
      return (input) => sorting(grouping(input));
    }
    case '$facet':
      return facet(document(source, name), scope);
    case '$unionWith': {
      const from = typeof source === 'string' ? { coll: source } : document(source, name);
      const pipeline = (getOwn(from, 'pipeline') ?? []) as Document[];
      return function* (input) {
        yield* input;
        yield* runPipeline(scope, `${scope.database}.${String(from['coll'])}`, pipeline);
      };
    }
    case '$changeStream':
      throw new StoreError(40573, 'Location40573', 'The $changeStream stage is only supported on replica sets');
    default:
      if (UNSUPPORTED.has(name)) throw unsupported(`The stage ${name}`);
      throw new StoreError(40324, 'Location40324', `Unrecognized pipeline stage name: '${name}'`);
  }
}

function nameOf(stage: unknown): string {
  if (!isDocument(stage)) throw typeMismatch("Each element of the 'pipeline' array must be an object");
  const names = Object.keys(stage);
  if (names.length !== 1)
    throw new StoreError(
      40323,
      'Location40323',
      'A pipeline stage specification object must contain exactly one field.',
    );
  return names[0] as string;
}

export function compileStages(pipeline: readonly unknown[], scope: Scope): Stage[] {
  return pipeline.map((stage) => {
    const name = nameOf(stage);
    return compileStage(name, (stage as Document)[name], scope);
  });
}

/**
 * Runs an aggregation over a collection. What leads the pipeline ($match, then $sort, $skip, $limit) is answered from
 * indexes; the rest streams. All stages are compiled, and so checked, before the first document is read.
 */
export function runPipeline(scope: Scope, ns: string, pipeline: readonly unknown[], hint?: unknown): Stream {
  const names = pipeline.map(nameOf);
  let at = 0;
  const matches: Document[] = [];
  const at0 = (): unknown => (pipeline[at] as Document | undefined)?.[names[at] as string];
  while (names[at] === '$match') matches.push(document(at0(), names[at++] as string));
  const filter = compileFilter(matches.length > 1 ? { $and: matches } : (matches[0] ?? {}), scope.variables);
  const sort = names[at] === '$sort' ? document(at0(), names[at++] as string) : undefined;
  const skip = names[at] === '$skip' ? wholeNumber(at0(), names[at++] as string, 0) : 0;
  const limit = names[at] === '$limit' ? wholeNumber(at0(), names[at++] as string, 1) : 0;
  if (sort && Object.keys(sort).length === 0)
    throw new StoreError(15976, 'Location15976', '$sort stage must have at least one sort key');
  checkSort(sort);
  const stages = compileStages(pipeline.slice(at), scope);
  const found = find(scope.view, ns, { filter, sort, skip, limit, hint, reads: fieldsRead(names[at], at0()) });
  let stream: Stream = documents(found, filter.needsTypes);
  for (const stage of stages) stream = stage(stream);
  return stream;
}

/** The top-level fields that a $count or $group needs, so that the rest of each document need not be decoded. */
function fieldsRead(stage: string | undefined, source: unknown): ReadonlySet<string> | undefined {
  if (stage === '$count') return NO_FIELDS;
  if (stage !== '$group') return undefined;
  const fields = new Set<string>();
  const collect = (value: unknown): boolean => {
    if (typeof value === 'string') {
      if (value.startsWith('$$')) return false;
      if (value.startsWith('$')) fields.add(value.slice(1).split('.', 1)[0] as string);
      return true;
    }
    if (Array.isArray(value)) return value.every(collect);
    return !isDocument(value) || Object.entries(value).every(([name, inner]) => name !== '$getField' && collect(inner));
  };
  return collect(source) ? fields : undefined;
}

/** A filter that needs types decodes with them; expressions want plain numbers. */
function* documents(found: ReturnType<typeof find>, typed: boolean): Stream {
  for (const entry of found) yield entry && (typed ? (toPlain(entry.document) as Document) : entry.document);
}

const UPDATE_STAGES = new Set(['$addFields', '$set', '$unset', '$project', '$replaceRoot', '$replaceWith']);

/** An update given as a pipeline: a function from the stored document to the new one. */
export function compilePipelineUpdate(pipeline: readonly unknown[], scope: Scope): (before: Document) => Document {
  for (const stage of pipeline)
    if (!UPDATE_STAGES.has(nameOf(stage)))
      throw new StoreError(72, 'InvalidOptions', `${nameOf(stage)} is not allowed to be used within an update`);
  const stages = compileStages(toPlain(pipeline) as unknown[], scope);
  return (before) => {
    let stream: Stream = [toPlain(before) as Document];
    for (const stage of stages) stream = stage(stream);
    const [after] = [...stream];
    if (!after) throw badValue('the update pipeline gave no document');
    return has(after, '_id') || !has(before, '_id') ? after : { _id: before['_id'], ...after };
  };
}
