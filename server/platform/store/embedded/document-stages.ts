import { getOwn, has, isDocument, isOperatorDocument, setOwn, type Document } from './bson-values.ts';
import { StoreError, badValue, failedToParse } from './errors.ts';
import { compileExpression } from './expressions.ts';
import type { View } from './overlay.ts';
import { compileProjection } from './projection.ts';
import { compileFilter, type Variables } from './query.ts';

/** The aggregation stages that turn one document into one or several, each for itself. */

/** Documents, with `undefined` now and then as a chance to pause. */
export type Stream = Iterable<Document | undefined>;
export type Stage = (input: Stream) => Stream;

export interface Scope {
  readonly view: View;
  readonly database: string;
  readonly variables: Variables;
}

const NO_FILTER = compileFilter({});

export function* mapStream(input: Stream, change: (document: Document) => Document | undefined): Stream {
  for (const document of input) yield document && change(document);
}

export function document(value: unknown, stage: string): Document {
  if (!isDocument(value)) throw failedToParse(`the ${stage} stage specification must be an object`);
  return value;
}

/** Sets a dotted path in a copy; through arrays it sets it in every element. */
export function withPath(value: unknown, parts: readonly string[], newValue: unknown): unknown {
  const [name, ...rest] = parts;
  if (name === undefined) return newValue;
  if (Array.isArray(value)) return value.map((element) => withPath(element, parts, newValue));
  const copy: Document = isDocument(value) ? { ...value } : {};
  const inner = withPath(getOwn(copy, name), rest, newValue);
  if (inner === undefined) delete copy[name];
  else setOwn(copy, name, inner);
  return copy;
}

function* additions(source: Document, prefix = ''): Generator<readonly [string, unknown]> {
  for (const [name, value] of Object.entries(source)) {
    const path = prefix + name;
    if (isDocument(value) && !isOperatorDocument(value) && Object.keys(value).length > 0)
      yield* additions(value, `${path}.`);
    else yield [path, value];
  }
}

export function addFields(source: Document, scope: Scope): Stage {
  const fields = [...additions(source)].map(([path, value]) => {
    if (path.split('.').some((name) => name === '' || name === '__proto__'))
      throw failedToParse(`The field name ${path} is not allowed`);
    return { parts: path.split('.'), compute: compileExpression(value, scope.variables) };
  });
  return (input) =>
    mapStream(input, (before) => {
      let after = before;
      for (const { parts, compute } of fields) after = withPath(after, parts, compute(before)) as Document;
      return after;
    });
}

export function projection(source: Document, scope: Scope): Stage {
  if (Object.keys(source).length === 0)
    throw new StoreError(51272, 'Location51272', '$project stage specification must have at least one field');
  for (const [path, value] of Object.entries(source)) {
    if (path.endsWith('.$')) throw badValue('positional projection is not allowed in $project');
    if (isOperatorDocument(value) && has(value, '$elemMatch')) throw badValue('$elemMatch is not allowed in $project');
  }
  const project = compileProjection(source, NO_FILTER, scope.variables);
  return (input) => mapStream(input, (before) => (project ? project(before) : before));
}

export function unwind(source: unknown): Stage {
  const options = typeof source === 'string' ? { path: source } : document(source, '$unwind');
  const path = options['path'];
  if (typeof path !== 'string' || !path.startsWith('$') || path.length < 2)
    throw new StoreError(28818, 'Location28818', `path option to $unwind stage should be prefixed with a '$'`);
  const parts = path.slice(1).split('.');
  const keepEmpty = getOwn(options, 'preserveNullAndEmptyArrays') === true;
  const indexField = getOwn(options, 'includeArrayIndex');
  const indexParts = typeof indexField === 'string' ? indexField.split('.') : undefined;
  const compute = compileExpression(path);
  return function* (input) {
    for (const entry of input) {
      if (!entry) {
        yield undefined;
        continue;
      }
      const value = compute(entry);
      const number = (result: Document, index: number | null): Document =>
        indexParts ? (withPath(result, indexParts, index) as Document) : result;
      if (Array.isArray(value) && value.length > 0) {
        for (const [i, element] of value.entries()) yield number(withPath(entry, parts, element) as Document, i);
      } else if (Array.isArray(value) || value === null || value === undefined) {
        if (keepEmpty)
          yield number(Array.isArray(value) ? (withPath(entry, parts, undefined) as Document) : entry, null);
      } else yield number(entry, null);
    }
  };
}
