import type { AnyRecordType } from './store.ts';

/** Together, whatever is remembered weighs no more. */
const MOST_BYTES = 64 * 1024 * 1024;
const USUAL_BYTES = 2 * 1024;

interface Remembered {
  counts: readonly number[];
  result: Promise<unknown>;
  bytes: number;
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
  // The longest unused first.
  const known = new Map<string, Remembered>();
  let bytes = 0;

  function forget(key: string) {
    bytes -= known.get(key)?.bytes ?? 0;
    known.delete(key);
  }

  function makeRoom() {
    for (const oldest of known.keys()) {
      if (bytes <= MOST_BYTES) break;
      forget(oldest);
    }
  }

  return ({ key, of, find, bytesOf }) => {
    // Counted before it is looked at: what changes in between makes the answer void.
    const counts = of.map(countOf);
    const before = known.get(key);
    if (before !== undefined) {
      known.delete(key);
      if (before.counts.every((count, index) => count === counts[index])) {
        known.set(key, before);
        return before.result as ReturnType<typeof find>;
      }
      bytes -= before.bytes;
    }
    const result = find().then(freeze);
    const entry: Remembered = { counts, result, bytes: USUAL_BYTES };
    known.set(key, entry);
    bytes += entry.bytes;
    makeRoom();
    result.then(
      (found) => {
        if (known.get(key) !== entry || bytesOf === undefined) return;
        const more = bytesOf(found) - entry.bytes;
        entry.bytes += more;
        bytes += more;
        makeRoom();
      },
      () => {
        if (known.get(key) === entry) forget(key);
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
