import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mongo } from 'mongoose';
import { compareValues, encodeKey, invertKey } from '../../../server/platform/store/embedded/keys.ts';
import { arithmetic } from '../../../server/platform/store/embedded/numbers.ts';

const { Decimal128, Double, Int32, Long } = mongo;

/** A number as a fraction of whole numbers, exactly. */
function fraction(value: unknown): { top: bigint; bottom: bigint } {
  if (typeof value === 'number' && !Number.isInteger(value)) {
    let [top, bottom] = [value, 1n];
    while (!Number.isInteger(top)) {
      top *= 2;
      bottom *= 2n;
    }
    return { top: BigInt(top), bottom };
  }
  const [, sign, whole = '', part = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:E([+-]?\d+))?$/i.exec(
      typeof value === 'number' ? String(BigInt(value)) : String(value),
    ) ?? [];
  const power = Number(exponent) - part.length;
  const digits = BigInt(whole + part) * (sign ? -1n : 1n);
  return power >= 0
    ? { top: digits * 10n ** BigInt(power), bottom: 1n }
    : { top: digits, bottom: 10n ** BigInt(-power) };
}

function exactOrder(a: unknown, b: unknown): number {
  const [x, y] = [fraction(a), fraction(b)];
  const difference = x.top * y.bottom - y.top * x.bottom;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

const double = fc.double({ noNaN: true, noDefaultInfinity: true });
const long = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => Long.fromBigInt(value));
const decimal = fc
  .tuple(fc.bigInt({ min: -(10n ** 34n - 1n), max: 10n ** 34n - 1n }), fc.integer({ min: -400, max: 400 }))
  .map(([digits, exponent]) => Decimal128.fromString(`${digits}E${exponent}`));
/** Numbers near each other, where types meet. */
const near = fc
  .tuple(
    fc.integer({ min: -3, max: 3 }),
    fc.constantFrom(0n, 10n, 2n ** 53n, -(2n ** 53n), 2n ** 62n, -(2n ** 62n)),
    fc.nat(3),
  )
  .map(([offset, base, kind]) => {
    const value = base + BigInt(offset);
    return [
      Number(value),
      Long.fromBigInt(value),
      Decimal128.fromString(String(value)),
      Decimal128.fromString(`${value}.5`),
    ][kind];
  });
const number = fc.oneof(double, long, decimal, near, fc.integer());

describe('order-preserving keys (MongoDB manual, "Comparison/Sort Order")', () => {
  test('numbers of all types stand in their exact order', () => {
    fc.assert(
      fc.property(number, number, (a, b) => {
        const order = Math.sign(Buffer.compare(encodeKey(a), encodeKey(b)));
        expect(order).toBe(exactOrder(a, b));
        expect(Math.sign(compareValues(a, b))).toBe(order);
        expect(Math.sign(Buffer.compare(invertKey(encodeKey(a)), invertKey(encodeKey(b))))).toBe(-order + 0);
      }),
      { numRuns: 3000 },
    );
  });

  test('texts stand in the order of their UTF-8 bytes', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'b', '\0', '\u0001', 'é', '中', '\uffee', '\u{1f600}'),
      maxLength: 6,
    });
    fc.assert(
      fc.property(text, text, (a, b) => {
        const order = Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b)));
        expect(Math.sign(Buffer.compare(encodeKey(a), encodeKey(b)))).toBe(order);
        expect(Math.sign(compareValues(a, b))).toBe(order);
      }),
      { numRuns: 2000 },
    );
  });

  test('no key is the beginning of another, so that compound keys are not mistaken', () => {
    const value = fc.oneof(
      number,
      fc.string(),
      fc.boolean(),
      fc.constant(null),
      fc.array(fc.oneof(fc.integer(), fc.string()), { maxLength: 3 }),
      fc.dictionary(fc.string({ minLength: 1, maxLength: 2 }), fc.integer(), { maxKeys: 2 }),
    );
    fc.assert(
      fc.property(value, value, (a, b) => {
        const [x, y] = [encodeKey(a), encodeKey(b)];
        if (!x.equals(y)) expect(x.subarray(0, y.length).equals(y)).toBe(false);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('arithmetic of updates', () => {
  test('whole numbers add and multiply exactly, or overflow', () => {
    const whole = fc.oneof(
      fc.integer().map((value) => new Int32(value)),
      long,
    );
    fc.assert(
      fc.property(whole, whole, fc.constantFrom('add' as const, 'multiply' as const), (a, b, operation) => {
        const [x, y] = [BigInt(String(a)), BigInt(String(b))];
        const exact = operation === 'add' ? x + y : x * y;
        const result = arithmetic(a, b, operation);
        if (BigInt.asIntN(64, exact) === exact) expect(String(result)).toBe(String(exact));
        else expect(result).toBeUndefined();
      }),
    );
  });

  test('decimals add exactly within 34 digits', () => {
    const cents = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n });
    fc.assert(
      fc.property(cents, cents, (a, b) => {
        const result = arithmetic(Decimal128.fromString(`${a}E-2`), Decimal128.fromString(`${b}E-2`), 'add');
        expect(exactOrder(result, Decimal128.fromString(`${a + b}E-2`))).toBe(0);
      }),
    );
    expect(String(arithmetic(new Double(0.5), Decimal128.fromString('0.25'), 'add'))).toBe('0.75');
  });
});
