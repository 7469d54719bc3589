import { openBoundedMemory } from '../bounded-memory.ts';
import type { AnyRecordType } from './store.ts';

/** Together, whatever is remembered weighs no more. */
const MOST_BYTES = 64 * 1024 * 1024;
const USUAL_BYTES = 2 * 1024;

interface Remembered {
  counts: readonly number[];
  result: Promise<unknown>;
}

export interface Question<Result> {
  /** Says all that the answer depends on, beside what stands in the store. */
  key: string;
  /** Every kind of record that `find` looks at. */
  of: readonly AnyRecordType[];
  find: () => Promise<Result>;
  /** About how much memory an answer takes, where it may be much. */
  bytesOf?: (result: Result) => number;
}

/** Answers a question out of memory while the answer is sure to be what the store would say. */
export type Recall = <Result>(question: Question<Result>) => Promise<Result>;

/**
 * Remembers what was found for as long as no change of any record that it was found in has been committed: a right that
 * was withdrawn is gone with the next question. What is remembered is shared and must not be changed; it is frozen.
 * @param countOf how often the records of a kind have changed by now
 */
export function openRecollection(countOf: (record: AnyRecordType) => number): Recall {
  const memory = openBoundedMemory<Remembered>(MOST_BYTES);

  return ({ key, of, find, bytesOf }) => {
    // Counted before it is looked at: what changes in between makes the answer void.
    const counts = of.map(countOf);
    const before = memory.get(key);
    if (before?.counts.every((count, index) => count === counts[index]) === true)
      return before.result as ReturnType<typeof find>;
    const result = find().then(freeze);
    const entry: Remembered = { counts, result };
    memory.keep(key, entry, USUAL_BYTES);
    result.then(
      (found) => {
        if (bytesOf !== undefined && memory.get(key) === entry) memory.keep(key, entry, bytesOf(found));
      },
      () => {
        if (memory.get(key) === entry) memory.forget(key);
      },
    );
    return result;
  };
}

function freeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== Array.prototype && prototype !== null) return value;
  for (const part of Object.values(value)) freeze(part);
  return Object.freeze(value);
}
