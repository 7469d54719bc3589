import {
  getOwn,
  has,
  isDocument,
  isOperatorDocument,
  setOwn,
  toNumber,
  toPlain,
  type Document,
} from './bson-values.ts';
import { StoreError, badValue } from './errors.ts';
import { compileExpression, type Expression } from './expressions.ts';
import { valueAt } from './paths.ts';
import { compileFilter, conjuncts, type Filter, type Variables } from './query.ts';

/** A find projection (manual, "Project Fields to Return from Query"), over documents decoded with their types. */
export type Projection = (document: Document) => Document;

/** A tree of paths; a leaf is what to do there. */
interface Node {
  children?: Map<string, Node>;
  action?: Action;
}
type Action =
  | { readonly kind: 'include' | 'exclude' }
  | { readonly kind: 'value'; readonly compute: Expression }
  | { readonly kind: 'slice'; readonly skip: number; readonly limit: number }
  | { readonly kind: 'elemMatch'; readonly filter: Filter }
  | { readonly kind: 'positional' };

function addPath(root: Node, path: string, action: Action): void {
  let at = root;
  for (const name of path.split('.')) {
    if (name === '')
      throw new StoreError(40352, 'Location40352', 'FieldPath must not end with a "." or hold an empty name.');
    if (at.action) throw new StoreError(31249, 'Location31249', `Path collision at ${path}`);
    at.children ??= new Map();
    let next = at.children.get(name);
    if (!next) at.children.set(name, (next = {}));
    at = next;
  }
  if (at.action || at.children) throw new StoreError(31250, 'Location31250', `Path collision at ${path}`);
  at.action = action;
}

function actionOf(value: unknown, variables: Variables): Action {
  const plain = toPlain(value);
  if (plain === true || plain === false) return { kind: plain ? 'include' : 'exclude' };
  if (typeof plain === 'number') return { kind: plain !== 0 ? 'include' : 'exclude' };
  if (isOperatorDocument(plain)) {
    const slice = plain['$slice'];
    if (typeof slice === 'number')
      return slice >= 0 ? { kind: 'slice', skip: 0, limit: slice } : { kind: 'slice', skip: slice, limit: -slice };
    if (Array.isArray(slice) && slice.every((part) => typeof part === 'number')) {
      const limit = toNumber(slice[1], -1);
      if (limit <= 0)
        throw new StoreError(28724, 'Location28724', 'First and third argument to $slice must be positive');
      return { kind: 'slice', skip: toNumber(slice[0], 0), limit };
    }
    if (isDocument(plain['$elemMatch']))
      return {
        kind: 'elemMatch',
        filter: compileFilter({ element: { $elemMatch: (value as Document)['$elemMatch'] } }, variables),
      };
    if (has(plain, '$meta'))
      throw new StoreError(115, 'CommandNotSupported', '$meta is not supported by the embedded store');
  }
  return { kind: 'value', compute: compileExpression(plain, variables) };
}

function elementMatching(array: unknown, filter: Filter): unknown[] {
  return Array.isArray(array) ? array.filter((element) => filter.test({ element: [element] })).slice(0, 1) : [];
}

interface Scope {
  readonly root: Document;
  readonly plain: () => Document;
  readonly position: (path: string) => unknown[];
}

function apply(action: Action, value: unknown, path: string, scope: Scope): unknown {
  switch (action.kind) {
    case 'include':
      return value;
    case 'exclude':
      return undefined;
    case 'value':
      return action.compute(scope.plain());
    case 'slice': {
      if (!Array.isArray(value)) return value;
      const from = action.skip < 0 ? Math.max(0, value.length + action.skip) : action.skip;
      return value.slice(from, from + action.limit);
    }
    case 'elemMatch': {
      const found = elementMatching(value, action.filter);
      return found.length ? found : undefined;
    }
    case 'positional':
      return Array.isArray(value) ? scope.position(path) : value;
  }
}

function project(value: unknown, node: Node, inclusive: boolean, path: string, scope: Scope): unknown {
  if (node.action) return apply(node.action, value, path, scope);
  if (Array.isArray(value))
    return value
      .map((element) =>
        isDocument(element) || Array.isArray(element)
          ? project(element, node, inclusive, path, scope)
          : inclusive
            ? undefined
            : element,
      )
      .filter((element) => element !== undefined);
  if (!isDocument(value)) {
    if (!inclusive) return value;
    return [...(node.children?.values() ?? [])].some(computes) ? project({}, node, inclusive, path, scope) : undefined;
  }
  const result: Document = {};
  for (const name of Object.keys(value)) {
    const child = node.children?.get(name);
    if (!child) {
      if (!inclusive) setOwn(result, name, value[name]);
      continue;
    }
    if (child.action?.kind === 'value') continue;
    const projected = project(value[name], child, inclusive, path ? `${path}.${name}` : name, scope);
    if (projected !== undefined) setOwn(result, name, projected);
  }
  for (const [name, child] of node.children ?? []) {
    if (!computes(child) || (child.children && has(value, name))) continue;
    const computed = project(getOwn(value, name), child, inclusive, path ? `${path}.${name}` : name, scope);
    if (computed !== undefined) setOwn(result, name, computed);
  }
  return result;
}

const computes = (node: Node): boolean =>
  node.action?.kind === 'value' || [...(node.children?.values() ?? [])].some(computes);

/** `{ a: { b: 1 } }` means `{ 'a.b': 1 }` (manual, "Embedded Field Specification"). */
function* flatten(source: Document, prefix = ''): Generator<readonly [string, unknown]> {
  for (const [name, value] of Object.entries(source)) {
    const path = prefix + name;
    if (isDocument(value) && !isOperatorDocument(value) && Object.keys(value).length > 0)
      yield* flatten(value, `${path}.`);
    else yield [path, value];
  }
}

/**
 * Compiles a projection. Mixing inclusion and exclusion is refused with 31253/31254, path collisions with 31249/31250.
 * `filter` serves the positional `$`.
 */
export function compileProjection(source: Document, filter: Filter, variables: Variables = {}): Projection | undefined {
  const entries = [...flatten(source)];
  if (entries.length === 0) return undefined;
  const root: Node = {};
  let inclusive: boolean | undefined;
  let id: boolean | undefined;
  for (const [path, value] of entries) {
    if (path.endsWith('.$')) {
      addPath(root, path.slice(0, -2), { kind: 'positional' });
      inclusive = true;
      continue;
    }
    const action = actionOf(value, variables);
    if (path === '_id' && (action.kind === 'include' || action.kind === 'exclude')) {
      id = action.kind === 'include';
      continue;
    }
    addPath(root, path, action);
    if (action.kind === 'slice' || action.kind === 'elemMatch') {
      if (action.kind === 'elemMatch') inclusive ??= true;
      continue;
    }
    const including = action.kind !== 'exclude';
    if (inclusive !== undefined && inclusive !== including)
      throw including
        ? new StoreError(31253, 'Location31253', `Cannot do inclusion on field ${path} in exclusion projection`)
        : new StoreError(31254, 'Location31254', `Cannot do exclusion on field ${path} in inclusion projection`);
    inclusive = including;
  }
  const including = inclusive ?? id ?? false;
  if (including && id !== false && !root.children?.has('_id')) addPath(root, '_id', { kind: 'include' });
  if (!including && id === false) addPath(root, '_id', { kind: 'exclude' });
  const conditions = [...conjuncts(filter.root)];
  return (document) => {
    let plain: Document | undefined;
    const scope: Scope = {
      root: document,
      plain: () => (plain ??= toPlain(document) as Document),
      position: (path) => {
        const tests = conditions.filter(
          (condition) =>
            condition.kind === 'field' && (condition.path === path || condition.path.startsWith(`${path}.`)),
        );
        const parts = path.split('.');
        const array = valueAt(document, parts);
        const wrap = (element: unknown): Document =>
          parts.reduceRight<unknown>((inner, name) => ({ [name]: inner }), [element]) as Document;
        const at =
          Array.isArray(array) && tests.length
            ? array.findIndex((element) => tests.every(({ test }) => test(wrap(element))))
            : -1;
        if (at < 0)
          throw badValue(
            "Executor error during find command :: caused by :: positional operator '.$' couldn't find a matching element in the array",
          );
        return [(array as unknown[])[at]];
      },
    };
    return project(document, root, including, '', scope) as Document;
  };
}
