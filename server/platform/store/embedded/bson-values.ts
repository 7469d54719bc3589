import { BSONError, deserialize, serialize, type DeserializeOptions } from 'bson';
import { StoreError, badValue } from './errors.ts';

export type Document = Record<string, unknown>;

/** Server limits: BSONObjMaxUserSize and BSONDepth's default maximum. */
export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;
const MAX_DEPTH = 200;

const PLAIN: DeserializeOptions = { promoteBuffers: false, bsonRegExp: true, validation: { utf8: false } };
const TYPED: DeserializeOptions = { ...PLAIN, promoteValues: false, promoteLongs: false };

/** Decodes to JavaScript numbers and strings: for matching, sorting and aggregation. */
export function decodePlain(bytes: Uint8Array): Document {
  return deserialize(bytes, PLAIN);
}

/** Decodes keeping Int32, Double and Long apart: for updates and projections, which must not change a number's type. */
export function decodeTyped(bytes: Uint8Array): Document {
  return deserialize(bytes, TYPED);
}

/**
 * Decodes only some top-level fields, for a search that looks at few fields of many documents. A document that has
 * another shape than expected is decoded whole.
 */
export function decodeFields(bytes: Buffer, fields: ReadonlySet<string>, typed: boolean): Document {
  const parts: Buffer[] = [EMPTY_HEAD];
  const end = bytes.length - 1;
  let wanted = fields.size;
  let length = 5;
  for (let at = 4; at < end && wanted > 0;) {
    const nameEnd = bytes.indexOf(0, at + 1);
    const size = nameEnd < 0 ? -1 : valueSize(bytes, bytes[at] ?? 0, nameEnd + 1);
    if (size < 0) return typed ? decodeTyped(bytes) : decodePlain(bytes);
    const next = nameEnd + 1 + size;
    if (fields.has(bytes.toString('latin1', at + 1, nameEnd)) || hasHighByte(bytes, at + 1, nameEnd)) {
      if (fields.has(bytes.toString('utf8', at + 1, nameEnd))) wanted--;
      parts.push(bytes.subarray(at, next));
      length += next - at;
    }
    at = next;
  }
  parts.push(END);
  const picked = Buffer.concat(parts, length);
  picked.writeInt32LE(length, 0);
  return typed ? decodeTyped(picked) : decodePlain(picked);
}

const EMPTY_HEAD = Buffer.alloc(4);
const END = Buffer.alloc(1);

function hasHighByte(bytes: Buffer, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if ((bytes[i] ?? 0) > 0x7f) return true;
  return false;
}

export function encode(document: Document): Buffer {
  const bytes = serialize(document, { ignoreUndefined: true });
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The `_bsontype` of a BSON wrapper (ObjectId, Long, Decimal128, Binary, ...), otherwise undefined. */
export function bsonTag(value: unknown): string | undefined {
  return typeof value === 'object' && value !== null ? (value as { _bsontype?: string })._bsontype : undefined;
}

/** True for an embedded document: not an array, date, or BSON wrapper. */
export function isDocument(value: unknown): value is Document {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date) &&
    (value as { _bsontype?: unknown })._bsontype === undefined &&
    !(value instanceof Uint8Array) &&
    !(value instanceof RegExp)
  );
}

/** True for `{ $gt: 1 }`: a document whose first field is an operator. */
export function isOperatorDocument(value: unknown): value is Document {
  if (!isDocument(value)) return false;
  for (const name in value) return name.startsWith('$');
  return false;
}

export const has = (object: object, name: string): boolean => Object.prototype.hasOwnProperty.call(object, name);

/** Reads an own field only, so that `__proto__` or `constructor` in a path never reaches a prototype. */
export const getOwn = (object: object, name: string): unknown =>
  has(object, name) ? (object as Document)[name] : undefined;

/** Writes an own field; a field that is really named `__proto__` stays a field. */
export function setOwn(object: object, name: string, value: unknown): void {
  if (name === '__proto__')
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  else (object as Document)[name] = value;
}

export function cloneDeep<T>(value: T): T {
  if (Array.isArray(value)) return value.map(cloneDeep) as T;
  if (!isDocument(value)) return value;
  const copy: Document = {};
  for (const name of Object.keys(value)) setOwn(copy, name, cloneDeep(value[name]));
  return copy as T;
}

/** Int32, Double and Long wrappers to what decodePlain would have given; other values as they are. */
export function toPlain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toPlain);
  switch (bsonTag(value)) {
    case 'Int32':
    case 'Double':
      return Number((value as { value: number }).value);
    case 'Long': {
      const number = (value as { toNumber(): number }).toNumber();
      return Number.isSafeInteger(number) ? number : value;
    }
    default:
  }
  if (!isDocument(value)) return value;
  const copy: Document = {};
  for (const name of Object.keys(value)) setOwn(copy, name, toPlain(value[name]));
  return copy;
}

/** A number out of a command field, whichever numeric type it came in. */
export function toNumber(value: unknown, fallback: number): number {
  if (value === undefined || value === null) return fallback;
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  const plain = bsonTag(value) === 'Decimal128' ? Number(String(value)) : toPlain(value);
  if (typeof plain !== 'number') throw badValue(`Expected a number, found ${describeType(value)}`);
  return plain;
}

const TYPE_NUMBERS: Readonly<Record<string, number>> = {
  double: 1,
  string: 2,
  object: 3,
  array: 4,
  binData: 5,
  undefined: 6,
  objectId: 7,
  bool: 8,
  date: 9,
  null: 10,
  regex: 11,
  dbPointer: 12,
  javascript: 13,
  symbol: 14,
  javascriptWithScope: 15,
  int: 16,
  timestamp: 17,
  long: 18,
  decimal: 19,
  minKey: -1,
  maxKey: 127,
};
const TYPE_NAMES = new Map(Object.entries(TYPE_NUMBERS).map(([name, number]) => [number, name]));
const TAG_TYPES: Readonly<Record<string, string>> = {
  Int32: 'int',
  Double: 'double',
  Long: 'long',
  Decimal128: 'decimal',
  ObjectId: 'objectId',
  Binary: 'binData',
  Timestamp: 'timestamp',
  BSONRegExp: 'regex',
  BSONSymbol: 'symbol',
  Code: 'javascript',
  MinKey: 'minKey',
  MaxKey: 'maxKey',
  DBRef: 'object',
};

/** The alias that `$type` knows for a value; a plain integer counts as int. */
export function describeType(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  const tag = bsonTag(value);
  if (tag) return TAG_TYPES[tag] ?? 'object';
  if (Array.isArray(value)) return 'array';
  if (value instanceof Date) return 'date';
  if (value instanceof RegExp) return 'regex';
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'long';
    case 'number':
      return Number.isInteger(value) && Math.abs(value) <= 0x7fffffff ? 'int' : 'double';
    default:
      return 'object';
  }
}

/** The type alias for `$type`'s operand (alias or number); throws BadValue for an unknown one. */
export function typeAlias(operand: unknown): string {
  const plain = toPlain(operand);
  const alias = typeof plain === 'number' ? TYPE_NAMES.get(plain) : plain;
  if (typeof alias === 'string' && (alias === 'number' || has(TYPE_NUMBERS, alias))) return alias;
  throw badValue(`Unknown type name alias: ${String(plain)}`);
}

/**
 * Walks raw BSON and refuses what the store could not read back: wrong lengths, or nesting beyond the server's limit
 * (15 Overflow). Values are not interpreted; `deserialize` checks them.
 */
export function checkDepth(bytes: Buffer, offset = 0, depth = 0): void {
  if (depth > MAX_DEPTH) throw new StoreError(15, 'Overflow', `BSON nesting exceeds ${MAX_DEPTH} levels`);
  if (offset + 5 > bytes.length) throw new BSONError('document ends early');
  const end = offset + bytes.readInt32LE(offset) - 1;
  if (end < offset + 4 || end >= bytes.length || bytes[end] !== 0) throw new BSONError('wrong document length');
  let at = offset + 4;
  while (at < end) {
    const type = bytes[at] ?? 0;
    at = bytes.indexOf(0, at + 1) + 1;
    if (at === 0 || at > end) throw new BSONError('field name without end');
    if (type === 0x03 || type === 0x04) checkDepth(bytes, at, depth + 1);
    const size = valueSize(bytes, type, at);
    if (size < 0 || at + size > end) throw new BSONError('value ends early');
    at += size;
  }
}

/** Bytes of the value of a BSON type that starts at `at` (bsonspec.org, version 1.1). */
export function valueSize(bytes: Buffer, type: number, at: number): number {
  switch (type) {
    case 0x06:
    case 0x0a:
    case 0x7f:
    case 0xff:
      return 0;
    case 0x08:
      return 1;
    case 0x10:
      return 4;
    case 0x01:
    case 0x09:
    case 0x11:
    case 0x12:
      return 8;
    case 0x07:
      return 12;
    case 0x13:
      return 16;
    case 0x0b: {
      const pattern = bytes.indexOf(0, at);
      const options = pattern < 0 ? -1 : bytes.indexOf(0, pattern + 1);
      return options < 0 ? -1 : options + 1 - at;
    }
    default:
  }
  if (at + 4 > bytes.length) return -1;
  const length = bytes.readInt32LE(at);
  if (length < 0) return -1;
  switch (type) {
    case 0x02:
    case 0x0d:
    case 0x0e:
      return length + 4;
    case 0x03:
    case 0x04:
    case 0x0f:
      return length;
    case 0x05:
      return length + 5;
    case 0x0c:
      return length + 16;
    default:
      return -1;
  }
}

/** The raw BSON documents of a top-level array field, byte for byte as they came; undefined without such a field. */
export function rawDocuments(bytes: Buffer, field: string): Buffer[] | undefined {
  const array = [...rawFields(bytes)].find(({ name, type }) => name === field && type === 0x04);
  if (!array) return undefined;
  return [...rawFields(array.value)].map(({ name, type, value }) => {
    if (type !== 0x03)
      throw new StoreError(
        14,
        'TypeMismatch',
        `BSON field '${field}.${name}' is the wrong type, expected type 'object'`,
      );
    return value;
  });
}

function* rawFields(bytes: Buffer): Generator<{ name: string; type: number; value: Buffer }> {
  const end = bytes.length - 1;
  let at = 4;
  while (at < end) {
    const type = bytes[at] ?? 0;
    const nameEnd = bytes.indexOf(0, at + 1);
    if (nameEnd < 0) throw new BSONError('field name without end');
    const start = nameEnd + 1;
    const size = valueSize(bytes, type, start);
    if (size < 0 || start + size > end) throw new BSONError('value ends early');
    yield { name: bytes.toString('utf8', at + 1, nameEnd), type, value: bytes.subarray(start, start + size) };
    at = start + size;
  }
}
