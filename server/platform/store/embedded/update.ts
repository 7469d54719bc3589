import { Timestamp } from 'bson';
import { cloneDeep, describeType, has, isDocument, isOperatorDocument, type Document } from './bson-values.ts';
import { StoreError, badValue, failedToParse, typeMismatch, unsupported } from './errors.ts';
import { addToSet, pop, pull, pullAll, push } from './update-arrays.ts';
import { compareValues } from './keys.ts';
import { arithmetic, numberKind } from './numbers.ts';
import { compileFilter, type Filter, type Variables } from './query.ts';
import {
  compileArrayFilters,
  expandPath,
  placeOf,
  read,
  unset,
  write,
  type ArrayFilters,
  type Place,
} from './update-paths.ts';

/** A compiled update: gives the new document for a matched one. Both are decoded with their types. */
export interface Update {
  readonly kind: 'operators' | 'replacement';
  readonly apply: (before: Document) => Document;
  /** For an upsert: the document to insert, made from the filter's equalities. */
  readonly create: () => Document;
}

type Operator = (
  place: (create: boolean) => Place | undefined,
  operand: unknown,
  path: string,
  document: Document,
) => void;

const numeric =
  (name: '$inc' | '$mul', operation: 'add' | 'multiply'): Operator =>
  (place, operand, path, document) => {
    if (!numberKind(operand))
      throw typeMismatch(
        `Cannot ${name === '$inc' ? 'increment' : 'multiply'} with non-numeric argument: {${path}: ${describeType(operand)}}`,
      );
    const at = place(true) as Place;
    const current = read(at);
    if (current === undefined) return write(at, name === '$inc' ? operand : arithmetic(operand, 0, 'multiply'));
    if (!numberKind(current))
      throw typeMismatch(
        `Cannot apply ${name} to a value of non-numeric type. {_id: ${String(document['_id'])}} has the field '${at.name}' of non-numeric type ${describeType(current)}`,
      );
    const result = arithmetic(current, operand, operation);
    if (result === undefined)
      throw badValue(`Failed to apply ${name} operations to current value of field '${path}': integer overflow`);
    write(at, result);
  };

const bound =
  (sign: number): Operator =>
  (place, operand) => {
    const at = place(true) as Place;
    const current = read(at);
    if (current === undefined || compareValues(operand, current) * sign > 0) write(at, operand);
  };

const OPERATORS: Readonly<Record<string, Operator>> = {
  $set: (place, operand) => write(place(true) as Place, cloneDeep(operand)),
  $setOnInsert: () => undefined,
  $unset: (place) => unset(place(false)),
  $inc: numeric('$inc', 'add'),
  $mul: numeric('$mul', 'multiply'),
  $min: bound(-1),
  $max: bound(1),
  $currentDate: (place, operand) => {
    const type = isDocument(operand) ? operand['$type'] : 'date';
    if (operand !== true && operand !== false && type !== 'date' && type !== 'timestamp')
      throw badValue("$currentDate needs true or { $type: 'date' | 'timestamp' }");
    const now = new Date();
    write(
      place(true) as Place,
      type === 'timestamp' && isDocument(operand) ? new Timestamp({ t: Math.floor(now.getTime() / 1000), i: 1 }) : now,
    );
  },
  $push: (place, operand, path) => push(place(true) as Place, operand, path),
  $addToSet: (place, operand, path) => addToSet(place(true) as Place, operand, path),
  $pull: (place, operand) => pull(place(false), operand),
  $pullAll: (place, operand) => pullAll(place(false), operand),
  $pop: (place, operand, path) => pop(place(false), operand, path),
};

interface Step {
  readonly operator: string;
  readonly path: string;
  readonly operand: unknown;
}

function stepsOf(update: Document): Step[] {
  const steps: Step[] = [];
  for (const operator of Object.keys(update)) {
    const fields = update[operator];
    if (operator === '$bit') throw unsupported('$bit');
    if (operator !== '$rename' && !has(OPERATORS, operator))
      throw failedToParse(
        `Unknown modifier: ${operator}. Expected a valid update modifier or pipeline-style update specified as an array`,
      );
    if (!isDocument(fields))
      throw failedToParse(
        `Modifiers operate on fields but we found type ${describeType(fields)} instead. For example: {$mod: {<field>: ...}} not {${operator}: ${String(fields)}}`,
      );
    for (const path of Object.keys(fields)) {
      if (path === '') throw new StoreError(56, 'EmptyFieldName', 'An empty update path is not valid.');
      steps.push({ operator, path, operand: fields[path] });
    }
  }
  const taken: string[] = [];
  for (const { operator, path, operand } of steps)
    for (const one of operator === '$rename' ? [path, String(operand)] : [path]) {
      const other = taken.find((known) => known === one || known.startsWith(`${one}.`) || one.startsWith(`${known}.`));
      if (other !== undefined)
        throw new StoreError(
          40,
          'ConflictingUpdateOperators',
          `Updating the path '${one}' would create a conflict at '${other}'`,
        );
      taken.push(one);
    }
  return steps;
}

function rename(document: Document, from: string, to: unknown): void {
  if (typeof to !== 'string') throw badValue(`The 'to' field for $rename must be a string: ${from}`);
  if (/(?:^|\.)\$/.test(from) || /(?:^|\.)\$/.test(to))
    throw badValue('The source and target field for $rename must not be dynamic');
  const source = placeOf(document, from.split('.'), false);
  const value = read(source);
  if (source && Array.isArray(source.parent)) throw badValue(`The source field cannot be an array element, '${from}'`);
  if (value === undefined) return;
  unset(source);
  const target = placeOf(document, to.split('.'), true) as Place;
  if (Array.isArray(target.parent)) throw badValue(`The destination field cannot be an array element, '${to}'`);
  write(target, value);
}

function applySteps(
  before: Document,
  steps: readonly Step[],
  filter: Filter,
  arrayFilters: ArrayFilters,
  inserting: boolean,
): Document {
  const after = cloneDeep(before);
  for (const { operator, path, operand } of steps) {
    if (operator === '$rename') {
      rename(after, path, operand);
      continue;
    }
    if (operator === '$setOnInsert' && !inserting) continue;
    const apply = (operator === '$setOnInsert' ? OPERATORS['$set'] : OPERATORS[operator]) as Operator;
    // Paths are resolved against the document as it was: an update never re-tests its filter half way.
    for (const parts of expandPath(before, path, filter, arrayFilters))
      apply((create) => placeOf(after, parts, create), operand, path, before);
  }
  return after;
}

/** The fields that an upsert takes from its filter: plain equalities, $eq, a single $in, and those inside $and. */
function equalities(filter: Document, into: Document = {}): Document {
  for (const [path, operand] of Object.entries(filter)) {
    if (path === '$and' || (path === '$or' && Array.isArray(operand) && operand.length === 1)) {
      for (const child of operand as Document[]) equalities(child, into);
      continue;
    }
    if (path.startsWith('$')) continue;
    let value: unknown;
    if (!isOperatorDocument(operand)) value = operand;
    else if (has(operand, '$eq')) value = operand['$eq'];
    else if (Array.isArray(operand['$in']) && operand['$in'].length === 1) value = operand['$in'][0];
    else if (Array.isArray(operand['$all']) && operand['$all'].length === 1) value = operand['$all'][0];
    if (value === undefined || describeType(value) === 'regex') continue;
    write(placeOf(into, path.split('.'), true) as Place, cloneDeep(value));
  }
  return into;
}

const idFirst = (document: Document): Document => {
  if (!has(document, '_id') || Object.keys(document)[0] === '_id') return document;
  const { _id, ...rest } = document;
  return { _id, ...rest };
};

/**
 * Compiles an update of operators or a replacement document. `source` and `filter` are decoded with their types.
 * Errors carry the server's codes: 9 unknown operator, 40 conflicting paths, 28 path not viable, 14 wrong type.
 */
export function compileUpdate(
  source: Document,
  filterSource: Document,
  arrayFilterSource: readonly unknown[] = [],
  variables: Variables = {},
): Update {
  const operators: boolean = isOperatorDocument(source);
  const filter = compileFilter(filterSource, variables);
  if (!operators) {
    const dollar = Object.keys(source).find((name) => name.startsWith('$'));
    if (dollar !== undefined)
      throw new StoreError(
        52,
        'DollarPrefixedFieldName',
        `The dollar ($) prefixed field '${dollar}' in '${dollar}' is not allowed in the context of an update's replacement document.`,
      );
    if (arrayFilterSource.length > 0)
      throw failedToParse('arrayFilters may not be specified for replacement-style updates');
    const withId = (id: unknown): Document => {
      if (has(source, '_id') || id === undefined) return idFirst(source);
      return { _id: id, ...source };
    };
    return {
      kind: 'replacement',
      apply: (before) => withId(before['_id']),
      create: () => withId(equalities(filterSource)['_id']),
    };
  }
  const steps = stepsOf(source);
  const arrayFilters = compileArrayFilters(
    arrayFilterSource,
    steps.map(({ path }) => path),
    variables,
  );
  return {
    kind: 'operators',
    apply: (before) => applySteps(before, steps, filter, arrayFilters, false),
    create: () => idFirst(applySteps(equalities(filterSource), steps, filter, arrayFilters, true)),
  };
}
