import { describeType, getOwn, has, isDocument, setOwn, type Document } from './bson-values.ts';
import { StoreError, badValue } from './errors.ts';
import { isArrayPosition, valueAt } from './paths.ts';
import { compileFilter, conjuncts, type Condition, type Filter, type Variables } from './query.ts';

/** Longest array that an update may make by writing past its end, as in the server. */
const MAX_PADDED_ARRAY = 1_500_000;

export type ArrayFilters = ReadonlyMap<string, Filter>;

/** Compiles arrayFilters; each names one identifier (manual, "$[<identifier>]"). */
export function compileArrayFilters(
  filters: readonly unknown[],
  paths: readonly string[],
  variables: Variables,
): ArrayFilters {
  const compiled = new Map<string, Filter>();
  for (const filter of filters) {
    if (!isDocument(filter)) throw new StoreError(14, 'TypeMismatch', 'each array filter must be an object');
    const identifiers = new Set<string>();
    collectIdentifiers(filter, identifiers);
    const [identifier, ...more] = identifiers;
    if (identifier === undefined)
      throw new StoreError(
        9,
        'FailedToParse',
        'Cannot use an expression without a top-level field name in arrayFilters',
      );
    if (more.length > 0)
      throw new StoreError(
        9,
        'FailedToParse',
        `Error parsing array filter :: caused by :: Expected a single top-level field name, found '${identifier}' and '${more[0]}'`,
      );
    if (!/^[a-z][A-Za-z0-9]*$/.test(identifier))
      throw badValue(
        `The top-level field name must be an alphanumeric string beginning with a lowercase letter, found '${identifier}'`,
      );
    if (compiled.has(identifier))
      throw new StoreError(
        9,
        'FailedToParse',
        `Found multiple array filters with the same top-level field name ${identifier}`,
      );
    if (!paths.some((path) => path.includes(`$[${identifier}]`)))
      throw new StoreError(
        9,
        'FailedToParse',
        `The array filter for identifier '${identifier}' was not used in the update`,
      );
    compiled.set(identifier, compileFilter(filter, variables));
  }
  return compiled;
}

function collectIdentifiers(filter: Document, into: Set<string>): void {
  for (const [name, operand] of Object.entries(filter)) {
    if (!name.startsWith('$')) into.add(name.split('.', 1)[0] as string);
    else if (Array.isArray(operand))
      for (const child of operand) if (isDocument(child)) collectIdentifiers(child, into);
  }
}

/** Tests of the filter on a field at or below the array, wherever an $and has put them. */
function conditionsBelow(root: Condition, path: string): Extract<Condition, { kind: 'field' }>[] {
  const found: Extract<Condition, { kind: 'field' }>[] = [];
  for (const condition of conjuncts(root))
    if (condition.kind === 'field' && (condition.path === path || condition.path.startsWith(`${path}.`)))
      found.push(condition);
  return found;
}

/** The element that `$` means: the first that satisfies what the filter says of the array. */
function positionalIndex(before: Document, arrayPath: string, filter: Filter): number {
  const parts = arrayPath.split('.');
  const array = valueAt(before, parts);
  const conditions = conditionsBelow(filter.root, arrayPath);
  if (conditions.length > 0 && Array.isArray(array)) {
    const wrap = (element: unknown): Document =>
      parts.reduceRight<unknown>((inner, name) => ({ [name]: inner }), [element]) as Document;
    const at = array.findIndex((element) => conditions.every((condition) => condition.test(wrap(element))));
    if (at >= 0) return at;
  }
  throw badValue('The positional operator did not find the match needed from the query.');
}

/**
 * Turns a path with `$`, `$[]` and `$[identifier]` into the concrete paths it stands for in the document as it was
 * before the update. `$[]` and `$[identifier]` over a missing array is refused, as in MongoDB.
 */
export function expandPath(before: Document, path: string, filter: Filter, arrayFilters: ArrayFilters): string[][] {
  const names = path.split('.');
  if (names.some((name) => name === ''))
    throw new StoreError(
      56,
      'EmptyFieldName',
      `The update path '${path}' contains an empty field name, which is not allowed.`,
    );
  let paths: string[][] = [[]];
  for (const name of names) {
    if (name === '$') {
      paths = paths.map((prefix) => [...prefix, String(positionalIndex(before, prefix.join('.'), filter))]);
    } else if (name.startsWith('$[') && name.endsWith(']')) {
      const identifier = name.slice(2, -1);
      const test = identifier === '' ? undefined : arrayFilters.get(identifier);
      if (identifier !== '' && !test)
        throw badValue(`No array filter found for identifier '${identifier}' in path '${path}'`);
      paths = paths.flatMap((prefix) => {
        const array = valueAt(before, prefix);
        if (!Array.isArray(array))
          throw badValue(`The path '${prefix.join('.')}' must exist in the document in order to apply array updates.`);
        return array.flatMap((element, i) =>
          !test || test.test({ [identifier]: element }) ? [[...prefix, String(i)]] : [],
        );
      });
    } else if (name.startsWith('$') && names.length === 1) {
      throw new StoreError(
        52,
        'DollarPrefixedFieldName',
        `The dollar ($) prefixed field '${name}' in '${path}' is not allowed in the context of an update's replacement document.`,
      );
    } else paths = paths.map((prefix) => [...prefix, name]);
  }
  return paths;
}

/** The place of a field: its parent container and its name there. */
export interface Place {
  readonly parent: Document | unknown[];
  readonly name: string;
}

/** Finds the parent of a path, making embedded documents on the way when `create`. Undefined: it is not there. */
export function placeOf(document: Document, parts: readonly string[], create: boolean): Place | undefined {
  let at: Document | unknown[] = document;
  for (const [i, name] of parts.slice(0, -1).entries()) {
    const next = child(at, name);
    if (isDocument(next) || Array.isArray(next)) {
      at = next;
      continue;
    }
    if (next !== undefined) {
      if (!create) return undefined;
      throw notViable(parts[i + 1] as string, name, next);
    }
    if (!create) return undefined;
    const made: Document = {};
    write({ parent: at, name }, made);
    at = made;
  }
  const name = parts.at(-1) as string;
  if (Array.isArray(at) && !isArrayPosition(name)) {
    if (!create) return undefined;
    throw notViable(name, parts.at(-2) ?? '', at);
  }
  return { parent: at, name };
}

const notViable = (field: string, element: string, value: unknown): StoreError =>
  new StoreError(28, 'PathNotViable', `Cannot create field '${field}' in element {${element}: ${describeType(value)}}`);

const child = (parent: Document | unknown[], name: string): unknown =>
  Array.isArray(parent) ? (isArrayPosition(name) ? parent[Number(name)] : undefined) : getOwn(parent, name);

export function read(place: Place | undefined): unknown {
  return place ? child(place.parent, place.name) : undefined;
}

export function write({ parent, name }: Place, value: unknown): void {
  if (!Array.isArray(parent)) return setOwn(parent, name, value);
  if (!isArrayPosition(name)) throw notViable(name, '', parent);
  const at = Number(name);
  if (at > parent.length + MAX_PADDED_ARRAY) throw badValue(`The array index ${name} is too far past the end`);
  while (parent.length < at) parent.push(null);
  parent[at] = value;
}

/** Removes a field; an array element becomes null, so that the others keep their positions. */
export function unset(place: Place | undefined): void {
  if (!place) return;
  const { parent, name } = place;
  if (Array.isArray(parent)) {
    if (Number(name) < parent.length) parent[Number(name)] = null;
  } else if (has(parent, name)) delete parent[name];
}
