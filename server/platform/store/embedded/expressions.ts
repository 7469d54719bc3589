import { Aggregator } from 'mingo/aggregator';
import { Context, evalExpr } from 'mingo/core';
import * as mingoExpressions from 'mingo/operators/expression';
import type { Options } from 'mingo/types';
import { getOwn, has, isDocument, toPlain, type Document } from './bson-values.ts';
import { StoreError, badValue, failedToParse, unsupported } from './errors.ts';
import { compareValues, keyText } from './keys.ts';

/** Aggregation expressions (manual, "Aggregation Operators") on mingo, with its comparisons replaced by BSON order. */
export type Expression = (document: Document) => unknown;
type Evaluate = (document: unknown, operand: unknown, options: Options) => unknown;

function pair(name: string, operand: unknown): [unknown, unknown] {
  if (!Array.isArray(operand) || operand.length !== 2)
    throw new StoreError(16020, 'Location16020', `Expression ${name} takes exactly 2 arguments.`);
  return [operand[0], operand[1]];
}

const comparing =
  (name: string, decide: (order: number) => unknown): Evaluate =>
  (document, operand, options) => {
    const [left, right] = pair(name, operand);
    // In expressions a missing field sorts before null (manual, $cmp and "Comparison/Sort Order").
    const a = evalExpr(document, left, options);
    const b = evalExpr(document, right, options);
    if (a === undefined || b === undefined) return decide(Number(a !== undefined) - Number(b !== undefined));
    return decide(compareValues(a, b));
  };

/** $min and $max used as expressions: over the arguments, or over the one array argument. */
const extreme =
  (sign: number): Evaluate =>
  (document, operand, options) => {
    const value = evalExpr(document, operand, options);
    const values = Array.isArray(value) && value.length === 1 && Array.isArray(value[0]) ? value[0] : value;
    let best: unknown = null;
    for (const candidate of Array.isArray(values) ? values : [values]) {
      if (candidate === null || candidate === undefined) continue;
      if (best === null || compareValues(candidate, best) * sign > 0) best = candidate;
    }
    return best;
  };

function arrays(name: string, document: unknown, operand: unknown, options: Options): unknown[][] | null {
  const values = evalExpr(document, operand, options);
  if (!Array.isArray(values)) throw badValue(`${name} needs arrays`);
  if (values.some((value) => value === null || value === undefined)) return null;
  if (!values.every(Array.isArray)) throw badValue(`All operands of ${name} must be arrays`);
  return values;
}

const onSets =
  (name: string, combine: (left: Map<string, unknown>, right: Map<string, unknown>) => unknown): Evaluate =>
  (document, operand, options) => {
    const sets = arrays(name, document, operand, options)?.map(
      (values) => new Map(values.map((value) => [keyText(value), value])),
    );
    if (!sets) return null;
    let result: unknown = sets.length < 2 ? combine(sets[0] ?? new Map(), sets[0] ?? new Map()) : undefined;
    for (let i = 1; i < sets.length; i++)
      result = combine(
        i === 1 ? (sets[0] as Map<string, unknown>) : new Map((result as unknown[]).map((v) => [keyText(v), v])),
        sets[i] as Map<string, unknown>,
      );
    return result;
  };

const isSubset = (left: Map<string, unknown>, right: Map<string, unknown>): boolean =>
  [...left.keys()].every((key) => right.has(key));

const OWN: Readonly<Record<string, Evaluate>> = {
  $cmp: comparing('$cmp', (order) => Math.sign(order)),
  $eq: comparing('$eq', (order) => order === 0),
  $ne: comparing('$ne', (order) => order !== 0),
  $gt: comparing('$gt', (order) => order > 0),
  $gte: comparing('$gte', (order) => order >= 0),
  $lt: comparing('$lt', (order) => order < 0),
  $lte: comparing('$lte', (order) => order <= 0),
  $min: extreme(-1),
  $max: extreme(1),
  $in: (document, operand, options) => {
    const [needle, list] = pair('$in', operand).map((part) => evalExpr(document, part, options));
    if (!Array.isArray(list))
      throw new StoreError(40081, 'Location40081', '$in requires an array as a second argument');
    return list.some((value) => compareValues(value, needle) === 0);
  },
  $indexOfArray: (document, operand, options) => {
    const [list, needle, from = 0, to = Infinity] = evalExpr(document, operand, options) as unknown[];
    if (list === null || list === undefined) return null;
    if (!Array.isArray(list)) throw badValue('$indexOfArray requires an array');
    return list.findIndex((value, i) => i >= Number(from) && i < Number(to) && compareValues(value, needle) === 0);
  },
  $sortArray: (document, operand, options) => {
    const { input, sortBy } = evalExpr(document, operand, options) as Document;
    if (input === null || input === undefined) return null;
    if (!Array.isArray(input)) throw badValue('$sortArray needs an array');
    if (!isDocument(sortBy)) return [...input].sort((a, b) => compareValues(a, b) * Number(sortBy));
    const keys = Object.entries(sortBy).map(([path, direction]) => ({
      parts: path.split('.'),
      sign: Number(direction),
    }));
    const at = (value: unknown, parts: string[]): unknown =>
      parts.reduce<unknown>((inner, name) => (isDocument(inner) ? getOwn(inner, name) : undefined), value);
    return [...input].sort((a, b) => {
      for (const { parts, sign } of keys) {
        const order = compareValues(at(a, parts), at(b, parts)) * sign;
        if (order) return order;
      }
      return 0;
    });
  },
  $setUnion: onSets('$setUnion', (left, right) => [...new Map([...left, ...right]).values()]),
  $setIntersection: onSets('$setIntersection', (left, right) =>
    [...left].filter(([key]) => right.has(key)).map(([, value]) => value),
  ),
  $setDifference: onSets('$setDifference', (left, right) =>
    [...left].filter(([key]) => !right.has(key)).map(([, value]) => value),
  ),
  $setIsSubset: onSets('$setIsSubset', isSubset),
  $setEquals: onSets('$setEquals', (left, right) => left.size === right.size && isSubset(left, right)),
  $toString: (document, operand, options) => {
    const value = evalExpr(document, operand, options);
    if (value === null || value === undefined) return null;
    if (value instanceof Date) return value.toISOString();
    if (typeof value === 'object' && !('_bsontype' in value)) throw badValue('Unsupported conversion to string');
    return String(value);
  },
};

/** What mingo offers but does not do as MongoDB does, or what would run a client's code. */
const REFUSED = new Set([
  '$function',
  '$toDecimal',
  '$convert',
  '$toHashedIndexKey',
  '$median',
  '$percentile',
  '$accumulator',
]);

const expression = { ...mingoExpressions, ...OWN } as unknown as Record<string, Evaluate>;
/**
 * Hands out the options as mingo has prepared them for a pipeline. Given raw options, mingo would copy the table of all
 * operators again for every single evaluation.
 */
const prepare = (input: unknown, take: (options: Options) => void, options: Options): unknown => {
  take(options);
  return input;
};
const context = Context.init({ expression: expression as never, pipeline: { $prepare: prepare } as never });

function prepared(options: Options): Options {
  let ready = options;
  const take = (given: Options): void => {
    ready = given;
  };
  new Aggregator([{ $prepare: take }], options).stream([]);
  return ready;
}

/** Operands that are not expressions themselves and are therefore not checked for operators. */
const LITERAL = '$literal';

/** Refuses unknown operators and any name that could reach an object's prototype (mingo resolves paths with `in`). */
export function checkExpression(value: unknown): void {
  if (typeof value === 'string') {
    if (value.startsWith('$') && /(?:^|[.$])(?:__proto__|constructor|prototype)(?:\.|$)/.test(value))
      throw failedToParse(`The field path ${value} is not allowed`);
    return;
  }
  if (Array.isArray(value)) return value.forEach(checkExpression);
  if (!isDocument(value)) return;
  for (const name of Object.keys(value)) {
    if (/(?:^|\.)__proto__(?:\.|$)/.test(name)) throw failedToParse(`The field name ${name} is not allowed`);
    if (name === LITERAL) continue;
    if (name.startsWith('$')) {
      if (REFUSED.has(name)) throw unsupported(`Expression ${name}`);
      if (!has(expression, name))
        throw new StoreError(168, 'InvalidPipelineOperator', `Unrecognized expression '${name}'`);
    }
    checkExpression(value[name]);
  }
}

/** `$a.b` without variables, as the parts of its path. */
export function fieldPath(value: unknown): string[] | undefined {
  return typeof value === 'string' && /^\$[^$]/.test(value) ? value.slice(1).split('.') : undefined;
}

/** A field path in an expression: through arrays it gives an array of the values that are there. */
function resolvePath(value: unknown, parts: readonly string[], from = 0): unknown {
  if (from === parts.length) return value;
  if (Array.isArray(value))
    return value
      .filter((element) => isDocument(element) || Array.isArray(element))
      .map((element) => resolvePath(element, parts, from))
      .filter((element) => element !== undefined);
  return isDocument(value) ? resolvePath(getOwn(value, parts[from] as string), parts, from + 1) : undefined;
}

/**
 * Compiles an aggregation expression over plainly decoded documents. Unknown operators are refused with 168, those
 * that this store does not do with 115; a failing evaluation throws mingo's error, which the dispatcher reports.
 */
export function compileExpression(source: unknown, variables: Readonly<Record<string, unknown>> = {}): Expression {
  checkExpression(source);
  const path = fieldPath(source);
  if (path) return (document) => resolvePath(document, path);
  if (typeof source !== 'object' || source === null) {
    if (typeof source !== 'string' || !source.startsWith('$')) return () => source;
    if (source === '$$ROOT' || source === '$$CURRENT') return (document) => document;
  }
  const options = prepared({
    idKey: '_id',
    processingMode: 0,
    useStrictMode: true,
    scriptEnabled: false,
    failOnError: true,
    variables: toPlain(variables) as Document,
    context,
  });
  return (document) => evalExpr(document, source, options);
}
