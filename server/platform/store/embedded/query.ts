import type { BSONRegExp } from 'bson';
import {
  bsonTag,
  describeType,
  has,
  isDocument,
  isOperatorDocument,
  toNumber,
  toPlain,
  typeAlias,
  type Document,
} from './bson-values.ts';
import { StoreError, badValue, unsupported } from './errors.ts';
import { compileExpression } from './expressions.ts';
import { ORDER, compareValues, encodeKey, keyText, typeClass } from './keys.ts';
import { valuesAt } from './paths.ts';

/** A test of one field, kept with its operator and operand so that the planner can use an index for it. */
export interface FieldTest {
  readonly kind: 'field';
  readonly path: string;
  readonly parts: readonly string[];
  readonly operator: string;
  readonly operand: unknown;
  readonly test: (document: unknown) => boolean;
}
export interface Group {
  readonly kind: 'and' | 'or' | 'nor';
  readonly children: readonly Condition[];
  readonly test: (document: unknown) => boolean;
}
export interface Opaque {
  readonly kind: 'opaque';
  readonly test: (document: unknown) => boolean;
}
export type Condition = FieldTest | Group | Opaque;

/** A compiled filter. `fields` are the top-level fields that the test reads; undefined when it may read any. */
export interface Filter {
  readonly root: Condition;
  readonly matchesAll: boolean;
  readonly fields: ReadonlySet<string> | undefined;
  /** True where the test tells int from double, so that documents must be decoded with their types. */
  readonly needsTypes: boolean;
  readonly test: (document: unknown) => boolean;
}

type LeafTest = (value: unknown) => boolean;
/** Values for `$$name` in $expr, from a command's `let`. */
export type Variables = Readonly<Record<string, unknown>>;

class Compiler {
  readonly fields = new Set<string>();
  anyField = false;
  needsTypes = false;
  private readonly variables: Variables;

  constructor(variables: Variables) {
    this.variables = variables;
  }

  filter(filter: Document): Condition {
    const children: Condition[] = [];
    for (const name of Object.keys(filter)) {
      const operand = filter[name];
      if (!name.startsWith('$')) children.push(...this.field(name, operand));
      else if (name !== '$comment') children.push(this.topLevel(name, operand));
    }
    return children.length === 1 ? (children[0] as Condition) : group('and', children);
  }

  private topLevel(name: string, operand: unknown): Condition {
    switch (name) {
      case '$and':
      case '$or':
      case '$nor': {
        if (!Array.isArray(operand) || operand.length === 0 || !operand.every(isDocument))
          throw badValue(`${name} must be a nonempty array of documents`);
        return group(
          name.slice(1) as Group['kind'],
          operand.map((child) => this.filter(child)),
        );
      }
      case '$expr': {
        this.anyField = true;
        const expression = compileExpression(toPlain(operand), this.variables);
        return { kind: 'opaque', test: (document) => truthy(expression(toPlain(document) as Document)) };
      }
      case '$where':
      case '$jsonSchema':
      case '$alwaysFalse':
      case '$alwaysTrue':
        throw unsupported(name);
      case '$text':
        throw new StoreError(27, 'IndexNotFound', 'text index required for $text query');
      default:
        throw badValue(
          `unknown top level operator: ${name}. If you have a field name that starts with a '$' symbol, consider using $getField or $setField.`,
        );
    }
  }

  private field(path: string, operand: unknown): Condition[] {
    this.fields.add(path.split('.', 1)[0] as string);
    if (!isOperatorDocument(operand)) return [this.test(path, '$eq', operand)];
    const conditions: Condition[] = [];
    for (const name of Object.keys(operand)) {
      if (!name.startsWith('$')) throw badValue(`unknown operator: ${name}`);
      if (name === '$options') {
        if (!has(operand, '$regex')) throw badValue('$options needs a $regex');
        continue;
      }
      const value = name === '$regex' ? regexOf(operand['$regex'], operand['$options']) : operand[name];
      conditions.push(this.test(path, name, value));
    }
    return conditions;
  }

  private test(path: string, operator: string, operand: unknown): FieldTest {
    const parts = path.split('.');
    const test = this.leaves(operator, operand);
    return {
      kind: 'field',
      path,
      parts,
      operator,
      operand,
      test: (document) => test(valuesAt(document, parts)),
    };
  }

  /** A test over all values that the path reaches. */
  private leaves(operator: string, operand: unknown): (leaves: readonly unknown[]) => boolean {
    switch (operator) {
      case '$ne': {
        if (isRegex(operand)) throw badValue("Can't have regex as arg to $ne.");
        const equal = this.leaves('$eq', operand);
        return (leaves) => !equal(leaves);
      }
      case '$nin': {
        const member = this.leaves('$in', operand);
        return (leaves) => !member(leaves);
      }
      case '$not': {
        if (!isRegex(operand) && !isOperatorDocument(operand)) throw badValue('$not needs a regex or a document');
        const tests = isRegex(operand)
          ? [this.leaves('$eq', operand)]
          : Object.keys(operand as Document)
              .filter((name) => name !== '$options')
              .map((name) => {
                const document = operand as Document;
                return this.leaves(
                  name,
                  name === '$regex' ? regexOf(document['$regex'], document['$options']) : document[name],
                );
              });
        return (leaves) => !tests.every((test) => test(leaves));
      }
      case '$exists': {
        const wanted = truthy(toPlain(operand));
        return (leaves) => leaves.some((leaf) => leaf !== undefined) === wanted;
      }
      case '$size': {
        const size = toNumber(operand, NaN);
        if (!Number.isInteger(size) || size < 0) throw badValue('$size must be a whole number of at least 0');
        return (leaves) => leaves.some((leaf) => Array.isArray(leaf) && leaf.length === size);
      }
      case '$elemMatch': {
        const test = this.elementTest(operand);
        return (leaves) => leaves.some((leaf) => Array.isArray(leaf) && leaf.some(test));
      }
      case '$all':
        return this.all(operand);
      default: {
        const test = this.value(operator, operand);
        return (leaves) => leaves.some((leaf) => test(leaf) || (Array.isArray(leaf) && leaf.some(test)));
      }
    }
  }

  private elementTest(operand: unknown): LeafTest {
    if (!isDocument(operand)) throw badValue('$elemMatch needs an Object');
    const names = Object.keys(operand);
    const onValue =
      isOperatorDocument(operand) && !names.some((name) => ['$and', '$or', '$nor', '$expr'].includes(name));
    if (!onValue) {
      const inner = new Compiler(this.variables);
      const test = inner.filter(operand).test;
      this.needsTypes ||= inner.needsTypes;
      return (element) => (isDocument(element) || Array.isArray(element)) && test(element);
    }
    const tests = names
      .filter((name) => name !== '$options')
      .map((name) =>
        this.leaves(name, name === '$regex' ? regexOf(operand['$regex'], operand['$options']) : operand[name]),
      );
    return (element) => tests.every((test) => test([element]));
  }

  private all(operand: unknown): (leaves: readonly unknown[]) => boolean {
    if (!Array.isArray(operand)) throw badValue('$all needs an array');
    if (operand.length === 0) return () => false;
    const tests = operand.map((element) => {
      if (isOperatorDocument(element)) {
        if (Object.keys(element)[0] !== '$elemMatch') throw badValue('no $ expressions in $all');
        return this.leaves('$elemMatch', element['$elemMatch']);
      }
      return this.leaves('$eq', element);
    });
    return (leaves) => tests.every((test) => test(leaves));
  }

  /** A test of one value. */
  private value(operator: string, operand: unknown): LeafTest {
    switch (operator) {
      case '$eq':
        return isRegex(operand) ? matchRegex(operand) : equals(operand);
      case '$in':
        return memberOf(operand);
      case '$regex':
        return matchRegex(operand as BSONRegExp);
      case '$gt':
        return inRange(operand, (order) => order > 0);
      case '$gte':
        return inRange(operand, (order) => order >= 0);
      case '$lt':
        return inRange(operand, (order) => order < 0);
      case '$lte':
        return inRange(operand, (order) => order <= 0);
      case '$type':
        return this.hasType(operand);
      case '$mod':
        return modulo(operand);
      case '$bitsAllSet':
      case '$bitsAnySet':
      case '$bitsAllClear':
      case '$bitsAnyClear':
      case '$geoWithin':
      case '$geoIntersects':
      case '$near':
      case '$nearSphere':
        throw unsupported(operator);
      default:
        throw badValue(`unknown operator: ${operator}`);
    }
  }

  private hasType(operand: unknown): LeafTest {
    const aliases = (Array.isArray(operand) ? operand : [operand]).map(typeAlias);
    if (aliases.some((alias) => alias === 'int' || alias === 'double' || alias === 'long')) this.needsTypes = true;
    return (value) => {
      if (value === undefined) return false;
      const type = describeType(value);
      return aliases.some(
        (alias) => alias === type || (alias === 'number' && ['int', 'long', 'double', 'decimal'].includes(type)),
      );
    };
  }
}

function group(kind: Group['kind'], children: readonly Condition[]): Group {
  const test: Group['test'] =
    kind === 'and'
      ? (document) => children.every((child) => child.test(document))
      : kind === 'or'
        ? (document) => children.some((child) => child.test(document))
        : (document) => !children.some((child) => child.test(document));
  return { kind, children, test };
}

const truthy = (value: unknown): boolean =>
  value !== false && value !== null && value !== undefined && value !== 0 && compareValues(value, 0) !== 0;

export const isRegex = (value: unknown): value is BSONRegExp => bsonTag(value) === 'BSONRegExp';

function equals(operand: unknown): LeafTest {
  if (operand === null || operand === undefined) return (value) => value === null || value === undefined;
  if (typeof operand === 'string')
    return (value) => value === operand || (bsonTag(value) === 'BSONSymbol' && String(value) === operand);
  const wanted = encodeKey(operand);
  const kind = wanted[0];
  return (value) =>
    value !== undefined &&
    value !== null &&
    typeof value !== 'string' &&
    typeClass(value) === kind &&
    encodeKey(value).equals(wanted);
}

function memberOf(operand: unknown): LeafTest {
  if (!Array.isArray(operand)) throw badValue('$in needs an array');
  if (operand.some(isOperatorDocument)) throw badValue('cannot nest $ under $in');
  const members = new Set<string>();
  const regexes: LeafTest[] = [];
  let nullish = false;
  for (const member of operand) {
    if (isRegex(member)) regexes.push(matchRegex(member));
    else if (member === null || member === undefined) nullish = true;
    else members.add(keyText(member));
  }
  return (value) =>
    value === null || value === undefined
      ? nullish
      : (members.size > 0 && members.has(keyText(value))) || regexes.some((test) => test(value));
}

function inRange(operand: unknown, accept: (order: number) => boolean): LeafTest {
  if (isRegex(operand)) throw badValue("Can't have RegEx as arg to predicate over field.");
  if (operand === null || operand === undefined)
    return accept(0) ? (value) => value === null || value === undefined : () => false;
  const tag = bsonTag(operand);
  if (tag === 'MinKey' || tag === 'MaxKey') return (value) => accept(compareValues(value ?? null, operand));
  const kind = typeClass(operand);
  if (kind === ORDER.number && Number.isNaN(Number(String(operand))))
    return (value) => typeClass(value) === kind && Number.isNaN(Number(String(value))) && accept(0);
  return (value) =>
    value !== undefined &&
    value !== null &&
    typeClass(value) === kind &&
    !(kind === ORDER.number && Number.isNaN(Number(String(value)))) &&
    accept(compareValues(value, operand));
}

function modulo(operand: unknown): LeafTest {
  if (!Array.isArray(operand) || operand.length !== 2)
    throw badValue('malformed mod, needs to be [divisor, remainder]');
  const divisor = Math.trunc(toNumber(operand[0], NaN));
  const remainder = Math.trunc(toNumber(operand[1], NaN));
  if (!divisor || Number.isNaN(remainder)) throw badValue('divisor cannot be 0');
  return (value) =>
    value !== undefined &&
    value !== null &&
    typeClass(value) === ORDER.number &&
    Math.trunc(Number(String(value))) % divisor === remainder;
}

function regexOf(pattern: unknown, options: unknown): BSONRegExp {
  if (options !== undefined && typeof options !== 'string') throw badValue('$options has to be a string');
  if (isRegex(pattern)) return options === undefined ? pattern : plainRegex(pattern.pattern, options);
  if (typeof pattern !== 'string') throw badValue('$regex has to be a string');
  return plainRegex(pattern, options ?? '');
}

/** A stand-in with what the tests read; only the pattern and options of a BSON regular expression matter here. */
const plainRegex = (pattern: string, options: string): BSONRegExp =>
  ({ _bsontype: 'BSONRegExp', pattern, options }) as unknown as BSONRegExp;

/** MongoDB's options i, m and s mean the same in JavaScript; x (free spacing) does not exist there. */
export function compileRegex({ pattern, options }: { pattern: string; options: string }): RegExp {
  if (/[^imsu]/.test(options)) throw unsupported(`the regular expression option in '${options}'`);
  const flags = options.replace('u', '');
  try {
    return new RegExp(pattern, flags + 'u');
  } catch {
    try {
      return new RegExp(pattern, flags);
    } catch (error) {
      throw new StoreError(51091, 'Location51091', `Regular expression is invalid: ${String(error)}`);
    }
  }
}

function matchRegex(operand: BSONRegExp): LeafTest {
  const regex = compileRegex(operand);
  return (value) =>
    (typeof value === 'string' && regex.test(value)) ||
    (isRegex(value) && value.pattern === operand.pattern && value.options === operand.options);
}

/**
 * Compiles a MongoDB filter. Throws StoreError 2 (BadValue) for what MongoDB would refuse and 115 for what this store
 * does not do ($where, $jsonSchema, $geo..., $bits...).
 */
export function compileFilter(filter: Document = {}, variables: Variables = {}): Filter {
  const compiler = new Compiler(variables);
  const root = compiler.filter(filter);
  return {
    root,
    matchesAll: root.kind === 'and' && root.children.length === 0,
    fields: compiler.anyField ? undefined : compiler.fields,
    needsTypes: compiler.needsTypes,
    test: root.test,
  };
}

/** The conditions that must all hold: the tests of the top level and of every `$and` in it. */
export function* conjuncts(condition: Condition): Generator<Condition> {
  if (condition.kind === 'and') for (const child of condition.children) yield* conjuncts(child);
  else yield condition;
}
