import { bsonTag, describeType, isDocument, type Document } from './bson-values.ts';
import { StoreError, typeMismatch, unsupported } from './errors.ts';
import { compareValues, keyText } from './keys.ts';
import { arithmetic, numberKind } from './numbers.ts';

/** One running accumulator of one group (manual, "$group": accumulator operators). */
export interface Accumulator {
  add(value: unknown): void;
  result(): unknown;
}

/** JavaScript numbers stay numbers; Long and Decimal128 are added as what they are. */
function plus(sum: unknown, value: unknown): unknown {
  if (typeof sum === 'number' && typeof value === 'number') return sum + value;
  const result = arithmetic(sum, value, 'add');
  if (result === undefined) throw new StoreError(2, 'BadValue', 'long overflow in $sum');
  const tag = bsonTag(result);
  return tag === 'Int32' || tag === 'Double' ? (result as { value: number }).value : result;
}

function extreme(sign: number): Accumulator {
  let best: unknown = null;
  return {
    add: (value) => {
      if (value === null || value === undefined) return;
      if (best === null || compareValues(value, best) * sign > 0) best = value;
    },
    result: () => best,
  };
}

const MAKERS: Readonly<Record<string, () => Accumulator>> = {
  $sum: () => {
    let sum: unknown = 0;
    return {
      add: (value) => {
        if (numberKind(value)) sum = plus(sum, value);
      },
      result: () => sum,
    };
  },
  $avg: () => {
    let sum = 0;
    let count = 0;
    return {
      add: (value) => {
        const kind = numberKind(value);
        if (!kind) return;
        if (kind === 'decimal') throw unsupported('$avg of Decimal128');
        sum += Number(String(value));
        count++;
      },
      result: () => (count ? sum / count : null),
    };
  },
  $min: () => extreme(-1),
  $max: () => extreme(1),
  $first: () => {
    let value: unknown;
    let any = false;
    return {
      add: (next) => {
        if (!any) value = next;
        any = true;
      },
      result: () => value ?? null,
    };
  },
  $last: () => {
    let value: unknown;
    return { add: (next) => (value = next), result: () => value ?? null };
  },
  $push: () => {
    const values: unknown[] = [];
    return {
      add: (value) => {
        if (value !== undefined) values.push(value);
      },
      result: () => values,
    };
  },
  $addToSet: () => {
    const values = new Map<string, unknown>();
    return {
      add: (value) => {
        if (value !== undefined && !values.has(keyText(value))) values.set(keyText(value), value);
      },
      result: () => [...values.values()],
    };
  },
  $count: () => {
    let count = 0;
    return { add: () => void count++, result: () => count };
  },
  $mergeObjects: () => {
    const merged: Document = {};
    return {
      add: (value) => {
        if (value === null || value === undefined) return;
        if (!isDocument(value))
          throw typeMismatch(`$mergeObjects requires object inputs, but input is of type ${describeType(value)}`);
        Object.assign(merged, value);
      },
      result: () => merged,
    };
  },
};

/** The maker of a $group accumulator; 15952 for an unknown one. */
export function accumulatorMaker(name: string): () => Accumulator {
  const maker = Object.prototype.hasOwnProperty.call(MAKERS, name) ? MAKERS[name] : undefined;
  if (!maker) throw new StoreError(15952, 'Location15952', `unknown group operator '${name}'`);
  return maker;
}
