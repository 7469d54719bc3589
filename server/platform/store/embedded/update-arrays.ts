import {
  cloneDeep,
  describeType,
  has,
  isDocument,
  isOperatorDocument,
  toNumber,
  type Document,
} from './bson-values.ts';
import { badValue, typeMismatch } from './errors.ts';
import { compareValues, keyText } from './keys.ts';
import { compileFilter } from './query.ts';
import { sortBy } from './records.ts';
import { sortKey } from './plan.ts';
import { read, write, type Place } from './update-paths.ts';

/** The array operators of updates (manual, "Array Update Operators"). */

function arrayAt(place: Place, path: string): unknown[] {
  const current = read(place);
  if (current === undefined) return [];
  if (!Array.isArray(current))
    throw badValue(`The field '${path}' must be an array but is of type ${describeType(current)}`);
  return [...current];
}

function each(operand: unknown, name: string): { values: unknown[]; modifiers: Document } {
  if (!isDocument(operand) || !has(operand, '$each')) return { values: [operand], modifiers: {} };
  const { $each, ...modifiers } = operand;
  if (!Array.isArray($each))
    throw typeMismatch(`The argument to $each in ${name} must be an array but it was of type: ${describeType($each)}`);
  return { values: $each, modifiers };
}

export function push(place: Place, operand: unknown, path: string): void {
  const { values, modifiers } = each(operand, '$push');
  let array = arrayAt(place, path);
  for (const name of Object.keys(modifiers))
    if (!['$slice', '$sort', '$position'].includes(name)) throw badValue(`Unrecognized clause in $push: ${name}`);
  const position = modifiers['$position'] === undefined ? array.length : toNumber(modifiers['$position'], 0);
  array.splice(position < 0 ? Math.max(0, array.length + position) : position, 0, ...cloneDeep(values));
  const sort = modifiers['$sort'];
  if (sort !== undefined) {
    if (isDocument(sort)) array = sortBy(array, sortKey(sort), (element) => (isDocument(element) ? element : {}));
    else {
      const sign = toNumber(sort, 0);
      if (sign !== 1 && sign !== -1) throw badValue('The $sort element value must be either 1 or -1');
      array.sort((a, b) => compareValues(a, b) * sign);
    }
  }
  if (modifiers['$slice'] !== undefined) {
    const slice = toNumber(modifiers['$slice'], NaN);
    if (!Number.isInteger(slice)) throw badValue('The value for $slice must be an integer value');
    array = slice >= 0 ? array.slice(0, slice) : array.slice(slice);
  }
  write(place, array);
}

export function addToSet(place: Place, operand: unknown, path: string): void {
  const { values, modifiers } = each(operand, '$addToSet');
  const [other] = Object.keys(modifiers);
  if (other !== undefined) throw badValue(`Found unexpected fields after $each in $addToSet: ${other}`);
  const array = arrayAt(place, path);
  const known = new Set(array.map(keyText));
  for (const value of values) {
    const name = keyText(value);
    if (known.has(name)) continue;
    known.add(name);
    array.push(cloneDeep(value));
  }
  write(place, array);
}

function filterArray(place: Place | undefined, operator: string, keep: (element: unknown) => boolean): void {
  const current = read(place);
  if (!place || current === undefined) return;
  if (!Array.isArray(current)) throw badValue(`Cannot apply ${operator} to a non-array value`);
  const kept = current.filter(keep);
  if (kept.length !== current.length) write(place, kept);
}

/** A plain document pulls the embedded documents that match it as a filter; operators are tested on the element. */
export function pull(place: Place | undefined, operand: unknown): void {
  if (isDocument(operand) && !isOperatorDocument(operand)) {
    const filter = compileFilter(operand);
    return filterArray(place, '$pull', (element) => !(isDocument(element) && filter.test(element)));
  }
  const filter = compileFilter({ element: operand });
  // An equality on an array value must not also match its elements: the element is tested as a whole.
  filterArray(place, '$pull', (element) =>
    Array.isArray(element) ? keyText(element) !== keyText(operand) : !filter.test({ element }),
  );
}

export function pullAll(place: Place | undefined, operand: unknown): void {
  if (!Array.isArray(operand)) throw badValue('$pullAll requires an array argument');
  const unwanted = new Set(operand.map(keyText));
  filterArray(place, '$pullAll', (element) => !unwanted.has(keyText(element)));
}

export function pop(place: Place | undefined, operand: unknown, path: string): void {
  const end = toNumber(operand, 0);
  if (end !== 1 && end !== -1) throw badValue(`$pop expects 1 or -1, found: ${String(operand)}`);
  const current = read(place);
  if (!place || current === undefined) return;
  if (!Array.isArray(current))
    throw typeMismatch(`Path '${path}' contains an element of non-array type '${describeType(current)}'`);
  write(place, end === 1 ? current.slice(0, -1) : current.slice(1));
}
