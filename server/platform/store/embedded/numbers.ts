import { Decimal128, Double, Int32, Long } from 'bson';
import { bsonTag } from './bson-values.ts';
import { exactDecimal, type Exact } from './keys.ts';

/** Arithmetic of $inc and $mul on BSON numbers: int32 grows to int64, any double gives double, any decimal decimal. */

type Kind = 'int' | 'long' | 'double' | 'decimal';

export function numberKind(value: unknown): Kind | undefined {
  switch (bsonTag(value)) {
    case 'Int32':
      return 'int';
    case 'Long':
      return 'long';
    case 'Double':
      return 'double';
    case 'Decimal128':
      return 'decimal';
    default:
  }
  if (typeof value === 'bigint') return 'long';
  if (typeof value !== 'number') return undefined;
  return Number.isInteger(value) && Math.abs(value) <= 0x7fffffff ? 'int' : 'double';
}

const DECIMAL_DIGITS = 34;

function exact(value: unknown, kind: Kind): Exact | undefined {
  return exactDecimal(kind === 'double' ? String(Number(String(value))) : String(value));
}

/** The nearest Decimal128, half to even (IEEE 754-2008, which the BSON type follows). */
function toDecimal({ coefficient, exponent }: Exact): Decimal128 {
  let magnitude = coefficient < 0n ? -coefficient : coefficient;
  let power = exponent;
  const excess = magnitude.toString().length - DECIMAL_DIGITS;
  if (excess > 0) {
    const divisor = 10n ** BigInt(excess);
    const rest = magnitude % divisor;
    magnitude /= divisor;
    power += excess;
    if (rest * 2n > divisor || (rest * 2n === divisor && magnitude % 2n === 1n)) magnitude += 1n;
  }
  return Decimal128.fromStringWithRounding(`${coefficient < 0n ? '-' : ''}${magnitude}E${power}`);
}

function decimalArithmetic(a: Exact, b: Exact, operation: 'add' | 'multiply'): Decimal128 {
  if (operation === 'multiply')
    return toDecimal({ coefficient: a.coefficient * b.coefficient, exponent: a.exponent + b.exponent });
  const exponent = Math.min(a.exponent, b.exponent);
  const scaled = (x: Exact): bigint => x.coefficient * 10n ** BigInt(x.exponent - exponent);
  return toDecimal({ coefficient: scaled(a) + scaled(b), exponent });
}

/** The result in the wider of both types; undefined when an int64 overflows or an operand is no number. */
export function arithmetic(a: unknown, b: unknown, operation: 'add' | 'multiply'): unknown {
  const kinds = [numberKind(a), numberKind(b)] as const;
  const [left, right] = kinds;
  if (!left || !right) return undefined;
  if (left === 'decimal' || right === 'decimal') {
    const x = exact(a, left);
    const y = exact(b, right);
    if (!x || !y) return Decimal128.fromString('NaN');
    return decimalArithmetic(x, y, operation);
  }
  const double = (value: unknown): number => Number(String(value));
  if (left === 'double' || right === 'double')
    return new Double(operation === 'add' ? double(a) + double(b) : double(a) * double(b));
  const x = BigInt(String(a));
  const y = BigInt(String(b));
  const result = operation === 'add' ? x + y : x * y;
  if (left === 'int' && right === 'int' && result >= -0x80000000n && result <= 0x7fffffffn)
    return new Int32(Number(result));
  return BigInt.asIntN(64, result) === result ? Long.fromBigInt(result) : undefined;
}
