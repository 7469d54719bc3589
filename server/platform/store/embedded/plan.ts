import { bsonTag, has, isDocument, type Document } from './bson-values.ts';
import { tableKey, type Collection, type IndexDefinition } from './catalog.ts';
import { KEPT_BYTES } from './indexes.ts';
import { ORDER, encodeKey, invertKey, keyText, typeClass } from './keys.ts';
import { conjuncts, isRegex, type Condition, type FieldTest, type Filter } from './query.ts';

/** A walk over part of an index. `ranges` are [low, high) keys, in the order in which they are to be walked. */
export interface IndexScan {
  readonly index: IndexDefinition;
  readonly ranges: readonly (readonly [Buffer, Buffer])[];
  readonly reverse: boolean;
}
export interface Plan {
  /** Empty: every record of the collection. Several: the branches of an $or; a record may come more than once. */
  readonly scans: readonly IndexScan[];
  /** The records come in the order that was asked for. */
  readonly sorted: boolean;
}

export type SortKey = readonly (readonly [path: string, direction: 1 | -1])[];

/** Possible values of one field: points, or one interval of encoded values. */
type Bounds =
  | { readonly kind: 'points'; readonly values: readonly Buffer[] }
  | { readonly kind: 'interval'; readonly low: Buffer; readonly high: Buffer };

const MAX_POINTS = 2000;
const FULL_SCAN: Plan = { scans: [], sorted: false };
const RANGED = new Set<number>([
  ORDER.number,
  ORDER.string,
  ORDER.objectId,
  ORDER.date,
  ORDER.boolean,
  ORDER.binary,
  ORDER.timestamp,
]);

const usablePoint = (value: unknown): boolean => !Array.isArray(value) && !isRegex(value);

/** The literal text that every match of an anchored, case-sensitive expression starts with. */
function regexPrefix(value: unknown): string | undefined {
  if (!isRegex(value) || value.options.replace('u', '') !== '' || !value.pattern.startsWith('^')) return undefined;
  const pattern = value.pattern.slice(1);
  if (pattern.includes('|')) return undefined;
  const literal = /^(?:[^\\^$.|?*+()[\]{}])*/.exec(pattern)?.[0] ?? '';
  const next = pattern[literal.length];
  const prefix = next === '*' || next === '?' || next === '{' ? [...literal].slice(0, -1).join('') : literal;
  return prefix === '' ? undefined : prefix;
}

/** Past every encoding of the same type class. */
const classEnd = (kind: number): Buffer => Buffer.from([kind + 1]);

function boundsOf({ operator, operand }: FieldTest): Bounds | undefined {
  switch (operator) {
    case '$eq': {
      const prefix = regexPrefix(operand);
      if (prefix !== undefined) return prefixBounds(prefix);
      return usablePoint(operand) ? { kind: 'points', values: [encodeKey(operand)] } : undefined;
    }
    case '$regex': {
      const prefix = regexPrefix(operand);
      return prefix === undefined ? undefined : prefixBounds(prefix);
    }
    case '$in': {
      if (!Array.isArray(operand) || operand.length > MAX_POINTS || !operand.every(usablePoint)) return undefined;
      const values = new Map(operand.map((value) => [keyText(value), encodeKey(value)]));
      return { kind: 'points', values: [...values.values()].sort(Buffer.compare) };
    }
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte': {
      if (operand === null || operand === undefined) return undefined;
      const kind = typeClass(operand);
      if (!RANGED.has(kind) || Number.isNaN(operand)) return undefined;
      const at = encodeKey(operand);
      return operator === '$gt' || operator === '$gte'
        ? { kind: 'interval', low: at, high: classEnd(kind) }
        : { kind: 'interval', low: Buffer.from([kind]), high: after(at) };
    }
    default:
      return undefined;
  }
}

/** Past everything that continues a kept prefix: an entry goes on for at most 64 bytes, a hash for 32. */
const PAST_ANY_REST = Buffer.alloc(96, 0xff);

/** The exclusive upper end of a descending walk down to `low`, which is one value or the start of a type class. */
function invertedEnd(low: Buffer): Buffer {
  return low.length === 1 ? Buffer.from([(~(low[0] ?? 0) & 0xff) + 1]) : after(invertKey(low));
}

function prefixBounds(prefix: string): Bounds {
  const low = encodeKey(prefix).subarray(0, -2);
  return { kind: 'interval', low, high: after(low) };
}

/** Past every key that starts with these bytes; no UTF-8 text and no encoding has FF twice at such a place. */
function after(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.from([0xff, 0xff])]);
}

/** All tests by field, those inside $elemMatch under their full path. */
function testsByPath(conditions: Iterable<Condition>): Map<string, FieldTest[]> {
  const byPath = new Map<string, FieldTest[]>();
  for (const condition of conditions) {
    if (condition.kind !== 'field') continue;
    const known = byPath.get(condition.path);
    if (known) known.push(condition);
    else byPath.set(condition.path, [condition]);
  }
  return byPath;
}

function combine(tests: readonly FieldTest[], index: IndexDefinition): Bounds | undefined {
  let interval: Bounds | undefined;
  for (const test of tests) {
    const bounds = boundsOf(test);
    if (bounds?.kind === 'points') return bounds;
    if (!bounds) continue;
    if (!interval) interval = bounds;
    // Different elements of an array may satisfy the two ends, so a multikey index can serve only one of them.
    else if (interval.kind === 'interval' && !index.flags.multikey)
      interval = {
        kind: 'interval',
        low: Buffer.compare(interval.low, bounds.low) >= 0 ? interval.low : bounds.low,
        high: Buffer.compare(interval.high, bounds.high) <= 0 ? interval.high : bounds.high,
      };
  }
  return interval;
}

/** True when every matching document is certainly in the partial or sparse index. */
function covers(index: IndexDefinition, tests: ReadonlyMap<string, FieldTest[]>): boolean {
  if (index.sparse && !index.fields.some(({ path }) => (tests.get(path) ?? []).some(requiresValue))) return false;
  if (!index.partial) return true;
  for (const condition of conjuncts(index.partial.root)) {
    if (condition.kind !== 'field') return false;
    const implied = (tests.get(condition.path) ?? []).some((test) => implies(test, condition));
    if (!implied) return false;
  }
  return true;
}

/** True for tests that no missing field passes. */
function requiresValue({ operator, operand }: FieldTest): boolean {
  switch (operator) {
    case '$eq':
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      return (
        operand !== null && operand !== undefined && bsonTag(operand) !== 'MaxKey' && bsonTag(operand) !== 'MinKey'
      );
    case '$in':
      return Array.isArray(operand) && operand.every((value) => value !== null && value !== undefined);
    case '$regex':
    case '$type':
      return true;
    case '$exists':
      return operand === true;
    default:
      return false;
  }
}

function implies(test: FieldTest, wanted: FieldTest): boolean {
  if (test.operator === wanted.operator && keyText(test.operand) === keyText(wanted.operand)) return true;
  if (wanted.operator === '$exists' && wanted.operand === true) return requiresValue(test);
  if (!['$eq', '$gt', '$gte', '$lt', '$lte', '$in', '$type'].includes(wanted.operator)) return false;
  const sample = (value: unknown): boolean =>
    !isDocument(value) && usablePoint(value) && value !== null && wanted.test(nest(wanted.parts, value));
  if (test.operator === '$eq') return sample(test.operand);
  return (
    test.operator === '$in' && Array.isArray(test.operand) && test.operand.length > 0 && test.operand.every(sample)
  );
}

const nest = (parts: readonly string[], value: unknown): Document =>
  parts.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as Document;

interface Candidate {
  readonly scan: IndexScan;
  readonly sorted: boolean;
  readonly score: number;
}

function candidate(
  index: IndexDefinition,
  tests: ReadonlyMap<string, FieldTest[]>,
  sort: SortKey,
): Candidate | undefined {
  if (!covers(index, tests)) return undefined;
  let prefixes: Buffer[] = [Buffer.alloc(0)];
  let score = 0;
  let single = true;
  let used = 0;
  let interval: (Bounds & { kind: 'interval' }) | undefined;
  let descendingInterval = false;
  const fixed = new Set<string>();
  for (const { path, descending } of index.fields) {
    const bounds = combine(tests.get(path) ?? [], index);
    if (!bounds) break;
    if (bounds.kind === 'interval') {
      interval = bounds;
      descendingInterval = descending;
      score += 4;
      break;
    }
    if (prefixes.length * bounds.values.length > MAX_POINTS) break;
    const values = descending ? bounds.values.map(invertKey) : bounds.values;
    prefixes = prefixes.flatMap((prefix) => values.map((value) => Buffer.concat([prefix, value])));
    if (bounds.values.length === 1) fixed.add(path);
    else single = false;
    score += 10;
    used++;
  }
  const direction = single ? sortDirection(index, used, fixed, sort) : 0;
  const sorted = direction !== 0 && !index.flags.multikey && !index.flags.shortened && !index.sparse;
  if (score === 0 && !sorted) return undefined;
  if (sorted) score += 3;
  if (index.unique && used === index.fields.length) score += 20;
  const reverse = sorted && direction < 0;
  const ranges = prefixes.map((prefix) => rangeOf(index, prefix, interval, descendingInterval));
  ranges.sort(([a], [b]) => Buffer.compare(a, b) * (reverse ? -1 : 1));
  return { scan: { index, ranges, reverse }, sorted, score };
}

/** 1 or -1 when the index fields after the fixed ones are the sort, forwards or backwards; otherwise 0. */
function sortDirection(index: IndexDefinition, from: number, fixed: ReadonlySet<string>, sort: SortKey): number {
  const wanted = sort.filter(([path]) => !fixed.has(path));
  if (sort.length === 0) return 0;
  if (wanted.length === 0) return 1;
  let direction = 0;
  for (const [i, [path, sign]] of wanted.entries()) {
    const field = index.fields[from + i];
    if (field?.path !== path) return 0;
    const here = field.descending ? -sign : sign;
    if (direction !== 0 && here !== direction) return 0;
    direction = here;
  }
  return direction;
}

function rangeOf(
  index: IndexDefinition,
  prefix: Buffer,
  interval: { low: Buffer; high: Buffer } | undefined,
  descending: boolean,
): readonly [Buffer, Buffer] {
  let low = prefix;
  let high = prefix.length ? after(prefix) : undefined;
  if (interval) {
    // Inverted, the upper end becomes the lower one; its FF FF becomes 00 00, which is before every continuation.
    low = Buffer.concat([prefix, descending ? invertKey(interval.high) : interval.low]);
    high = Buffer.concat([prefix, descending ? invertedEnd(interval.low) : interval.high]);
  }
  // Long entries are stored by their first bytes and a hash: such a bound is widened to all that share these bytes.
  if (low.length > KEPT_BYTES) low = low.subarray(0, KEPT_BYTES);
  if (high && high.length > KEPT_BYTES) high = Buffer.concat([high.subarray(0, KEPT_BYTES), PAST_ANY_REST]);
  return [tableKey(index.id, low), high ? tableKey(index.id, high) : tableKey(index.id + 1)];
}

function best(collection: Collection, conditions: Iterable<Condition>, sort: SortKey): Candidate | undefined {
  const tests = testsByPath(conditions);
  let chosen: Candidate | undefined;
  for (const index of collection.indexes) {
    const found = candidate(index, tests, sort);
    if (found && (!chosen || found.score > chosen.score)) chosen = found;
  }
  return chosen;
}

/**
 * Chooses how to find the records of a filter. The records found are always a superset of the matching ones; the
 * caller still tests each, and sorts when `sorted` is false.
 */
export function choosePlan(collection: Collection, filter: Filter, sort: SortKey = []): Plan {
  const conditions = [...conjuncts(filter.root)];
  const chosen = best(collection, conditions, sort);
  if (chosen && chosen.score > 3) return { scans: [chosen.scan], sorted: chosen.sorted };
  for (const condition of conditions) {
    if (condition.kind !== 'or') continue;
    const branches = condition.children.map((child) => best(collection, conjuncts(child), []));
    if (branches.every((branch) => branch !== undefined))
      return { scans: branches.map(({ scan }) => scan), sorted: false };
  }
  return chosen ? { scans: [chosen.scan], sorted: chosen.sorted } : FULL_SCAN;
}

/** A sort document as ordered pairs; throws nothing: the caller has checked it. */
export function sortKey(sort: Document): SortKey {
  return Object.entries(sort).map(([path, direction]) => [path, Number(String(direction)) < 0 ? -1 : 1] as const);
}

export const isNaturalSort = (sort: Document): boolean => has(sort, '$natural');
