import type { Binary, BSONRegExp, Code, Decimal128, Double, Long, ObjectId, Timestamp } from 'bson';
import { bsonTag, has } from './bson-values.ts';

/**
 * Order-preserving bytes for BSON values: comparing two encodings byte by byte gives MongoDB's comparison order
 * (manual, "Comparison/Sort Order"), equal numbers of different types give equal bytes, and no encoding is a prefix of
 * another, so that several can be concatenated into a compound key.
 */

/** The first byte of every encoding: MongoDB's canonical type order. */
export const ORDER = {
  minKey: 0x01,
  emptyArray: 0x08,
  null: 0x10,
  number: 0x18,
  string: 0x20,
  object: 0x28,
  array: 0x30,
  binary: 0x38,
  objectId: 0x40,
  boolean: 0x48,
  date: 0x50,
  timestamp: 0x58,
  regex: 0x60,
  code: 0x70,
  maxKey: 0xf0,
} as const;

const scratch = new DataView(new ArrayBuffer(8));

class KeyWriter {
  bytes = Buffer.allocUnsafe(256);
  length = 0;

  private room(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.length + count));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }

  byte(value: number): void {
    this.room(1);
    this.bytes[this.length++] = value;
  }

  raw(value: Uint8Array): void {
    this.room(value.length);
    this.bytes.set(value, this.length);
    this.length += value.length;
  }

  /** Zero becomes 00 FF and the end is 00 00, so that a shorter string sorts first and nothing is ambiguous. */
  text(value: string): void {
    this.room(Buffer.byteLength(value) * 2 + 2);
    const start = this.length;
    let end = start + this.bytes.write(value, start);
    for (let at = this.bytes.indexOf(0, start); at >= 0 && at < end; at = this.bytes.indexOf(0, at + 2)) {
      this.bytes.copyWithin(at + 2, at + 1, end);
      this.bytes[at + 1] = 0xff;
      end++;
    }
    this.bytes[end] = 0;
    this.bytes[end + 1] = 0;
    this.length = end + 2;
  }

  eight(): void {
    this.room(8);
    for (let i = 0; i < 8; i++) this.bytes[this.length++] = scratch.getUint8(i);
  }

  invertFrom(start: number): void {
    for (let i = start; i < this.length; i++) this.bytes[i] = ~(this.bytes[i] ?? 0) & 0xff;
  }
}

/** An exact decimal: coefficient x 10^exponent. */
export interface Exact {
  readonly coefficient: bigint;
  readonly exponent: number;
}

/** Splits a finite Decimal128 in its text form into coefficient and exponent; undefined for NaN and Infinity. */
export function exactDecimal(text: string): Exact | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (!match) return undefined;
  const fraction = match[3] ?? '';
  const coefficient = BigInt((match[2] ?? '') + fraction || '0');
  return {
    coefficient: match[1] === '-' ? -coefficient : coefficient,
    exponent: Number(match[4] ?? 0) - fraction.length,
  };
}

const pow10 = (exponent: number): bigint => 10n ** BigInt(exponent);

/** Compares |coefficient x 10^exponent| with the finite double `magnitude` exactly. */
function compareMagnitude(coefficient: bigint, exponent: number, magnitude: number): number {
  if (magnitude === 0) return coefficient === 0n ? 0 : 1;
  scratch.setFloat64(0, magnitude);
  const bits = scratch.getBigUint64(0);
  const rawExponent = Number((bits >> 52n) & 0x7ffn);
  const mantissa = (bits & 0xfffffffffffffn) | (rawExponent ? 0x10000000000000n : 0n);
  const shift = (rawExponent || 1) - 1075;
  let left = coefficient;
  let right = mantissa;
  if (exponent >= 0) left *= pow10(exponent);
  else right *= pow10(-exponent);
  if (shift >= 0) right <<= BigInt(shift);
  else left <<= BigInt(-shift);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The largest double that is not beyond the value in magnitude. */
function truncateToDouble(coefficient: bigint, exponent: number): number {
  const digits = coefficient.toString().length + exponent;
  if (digits > 310) return Number.MAX_VALUE;
  if (digits < -330) return 0;
  const nearest = Math.min(Number(`${coefficient}e${exponent}`), Number.MAX_VALUE);
  if (compareMagnitude(coefficient, exponent, nearest) >= 0) return nearest;
  scratch.setFloat64(0, nearest);
  scratch.setBigUint64(0, scratch.getBigUint64(0) - 1n);
  return scratch.getFloat64(0);
}

const NAN = 0;
const NEGATIVE = 1;
const ZERO = 2;
const POSITIVE = 3;

/** Sign, the magnitude cut to a double, then 0, or 1 and the exact decimal where the double alone would lose digits. */
function writeMagnitude(writer: KeyWriter, negative: boolean, magnitude: number, rest?: Exact): void {
  if (magnitude === 0 && !rest) return writer.byte(ZERO);
  writer.byte(negative ? NEGATIVE : POSITIVE);
  const start = writer.length;
  scratch.setFloat64(0, magnitude);
  writer.eight();
  if (rest) {
    writer.byte(1);
    const digits = rest.coefficient.toString();
    const adjusted = digits.length + rest.exponent + 0x8000;
    writer.byte(adjusted >> 8);
    writer.byte(adjusted & 0xff);
    for (const digit of digits.replace(/0+$/, '')) writer.byte(digit.charCodeAt(0) - 47);
    writer.byte(0);
  } else writer.byte(0);
  if (negative) writer.invertFrom(start);
}

function writeDouble(writer: KeyWriter, value: number): void {
  writer.byte(ORDER.number);
  if (Number.isNaN(value)) writer.byte(NAN);
  else writeMagnitude(writer, value < 0, Math.abs(value));
}

function writeExact(writer: KeyWriter, { coefficient, exponent }: Exact): void {
  writer.byte(ORDER.number);
  const magnitude = coefficient < 0n ? -coefficient : coefficient;
  if (magnitude === 0n) return writer.byte(ZERO);
  const double = truncateToDouble(magnitude, exponent);
  const exact = compareMagnitude(magnitude, exponent, double) === 0;
  writeMagnitude(writer, coefficient < 0n, double, exact ? undefined : { coefficient: magnitude, exponent });
}

function writeLong(writer: KeyWriter, value: bigint): void {
  if (value >= -9007199254740992n && value <= 9007199254740992n) writeDouble(writer, Number(value));
  else writeExact(writer, { coefficient: value, exponent: 0 });
}

function writeBinary(writer: KeyWriter, bytes: Uint8Array, subType: number): void {
  writer.byte(ORDER.binary);
  scratch.setUint32(0, bytes.length);
  for (let i = 0; i < 4; i++) writer.byte(scratch.getUint8(i));
  writer.byte(subType);
  writer.raw(bytes);
}

function writeValue(writer: KeyWriter, value: unknown): void {
  switch (typeof value) {
    case 'string':
      writer.byte(ORDER.string);
      return writer.text(value);
    case 'number':
      return writeDouble(writer, value);
    case 'boolean':
      writer.byte(ORDER.boolean);
      return writer.byte(value ? 1 : 0);
    case 'bigint':
      return writeLong(writer, value);
    case 'object':
      break;
    default:
      return writer.byte(ORDER.null);
  }
  if (value === null) return writer.byte(ORDER.null);
  if (Array.isArray(value)) {
    writer.byte(ORDER.array);
    for (const element of value) writeValue(writer, element);
    return writer.byte(0);
  }
  if (value instanceof Date) {
    writer.byte(ORDER.date);
    scratch.setBigUint64(0, BigInt.asUintN(64, BigInt(value.getTime() || 0)) ^ 0x8000000000000000n);
    return writer.eight();
  }
  if (value instanceof RegExp) {
    writer.byte(ORDER.regex);
    writer.text(value.source);
    return writer.text(value.flags);
  }
  if (value instanceof Uint8Array) return writeBinary(writer, value, 0);
  const tag = bsonTag(value);
  if (tag !== undefined) return writeWrapper(writer, tag, value);
  writer.byte(ORDER.object);
  for (const name of Object.keys(value)) {
    const field = (value as Record<string, unknown>)[name];
    if (field === undefined) continue;
    const at = writer.length;
    writer.byte(0);
    writer.text(name);
    const valueAt = writer.length;
    writeValue(writer, field);
    // Field types are compared before field names.
    writer.bytes[at] = writer.bytes[valueAt] ?? 0;
  }
  writer.byte(0);
}

function writeWrapper(writer: KeyWriter, tag: string, value: object): void {
  switch (tag) {
    case 'ObjectId':
      writer.byte(ORDER.objectId);
      return writer.raw((value as ObjectId).id);
    case 'Int32':
    case 'Double':
      return writeDouble(writer, Number((value as Double).value));
    case 'Long':
      return writeLong(writer, (value as Long).toBigInt());
    case 'Decimal128': {
      const text = (value as Decimal128).toString();
      const exact = exactDecimal(text);
      return exact ? writeExact(writer, exact) : writeDouble(writer, Number(text));
    }
    case 'Binary': {
      const binary = value as Binary;
      return writeBinary(writer, binary.buffer.subarray(0, binary.position), binary.sub_type);
    }
    case 'Timestamp':
      writer.byte(ORDER.timestamp);
      scratch.setBigUint64(0, BigInt.asUintN(64, (value as Timestamp).toBigInt()));
      return writer.eight();
    case 'BSONRegExp':
      writer.byte(ORDER.regex);
      writer.text((value as BSONRegExp).pattern);
      return writer.text((value as BSONRegExp).options);
    case 'BSONSymbol':
      return writeValue(writer, String(value));
    case 'Code': {
      const code = value as Code;
      writer.byte(ORDER.code);
      writer.text(String(code.code));
      return writeValue(writer, code.scope ?? null);
    }
    case 'DBRef':
      return writeValue(writer, (value as { toJSON(): object }).toJSON());
    case 'MinKey':
      return writer.byte(ORDER.minKey);
    case 'MaxKey':
      return writer.byte(ORDER.maxKey);
    default:
      throw new TypeError(`Unknown BSON type ${tag}`);
  }
}

/** The order-preserving bytes of one BSON value; a missing value sorts and compares as null. */
export function encodeKey(value: unknown): Buffer {
  const writer = new KeyWriter();
  writeValue(writer, value);
  return writer.bytes.subarray(0, writer.length);
}

/** The same as a string, for use in Map and Set. */
export const keyText = (value: unknown): string => encodeKey(value).toString('latin1');

/** Turns ascending bytes into descending ones; still no prefix of another. */
export function invertKey(bytes: Buffer): Buffer {
  const inverted = Buffer.allocUnsafe(bytes.length);
  for (let i = 0; i < bytes.length; i++) inverted[i] = ~(bytes[i] ?? 0) & 0xff;
  return inverted;
}

/** MongoDB orders strings by their UTF-8 bytes; UTF-16 units differ from that only where surrogates take part. */
function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    let x = a.charCodeAt(i);
    let y = b.charCodeAt(i);
    if (x === y) continue;
    if (x >= 0xd800 && y >= 0xd800) {
      x = x >= 0xe000 ? x - 0x800 : x + 0x2000;
      y = y >= 0xe000 ? y - 0x800 : y + 0x2000;
    }
    return x < y ? -1 : 1;
  }
  return a.length < b.length ? -1 : 1;
}

/** MongoDB's comparison of any two values: negative, zero or positive. */
export function compareValues(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number' && !Number.isNaN(a) && !Number.isNaN(b))
    return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  return Buffer.compare(encodeKey(a), encodeKey(b));
}

/** The canonical type class: ranges such as $gt compare only values of one class. */
export function typeClass(value: unknown): number {
  switch (typeof value) {
    case 'string':
      return ORDER.string;
    case 'number':
    case 'bigint':
      return ORDER.number;
    case 'boolean':
      return ORDER.boolean;
    default:
  }
  if (value instanceof Date) return ORDER.date;
  if (Array.isArray(value)) return ORDER.array;
  const tag = bsonTag(value);
  if (tag === undefined) return value === null || value === undefined ? ORDER.null : (encodeKey(value)[0] ?? 0);
  return has(TAG_CLASS, tag) ? (TAG_CLASS[tag] as number) : (encodeKey(value)[0] ?? 0);
}

const TAG_CLASS: Readonly<Record<string, number>> = {
  Int32: ORDER.number,
  Double: ORDER.number,
  Long: ORDER.number,
  Decimal128: ORDER.number,
  ObjectId: ORDER.objectId,
  Binary: ORDER.binary,
  Timestamp: ORDER.timestamp,
};
