import { Long } from 'bson';
import { encode, type Document } from './bson-values.ts';
import { StoreError } from './errors.ts';

/** The server's default for the first batch, and how much one batch may weigh. */
export const FIRST_BATCH = 101;
const MAX_BATCH_BYTES = 16 * 1024 * 1024 - 64 * 1024;
/** cursorTimeoutMillis, the server's default. */
const IDLE_MS = 10 * 60_000;
/** A search hands over to other work after this long. */
const SLICE_MS = 12;

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Lets other commands run between slices of a long search, and ends it at its time limit (50 MaxTimeMSExpired). */
export class Pacer {
  private readonly deadline: number;
  private sliceEnd = performance.now() + SLICE_MS;

  constructor(maxTimeMs: number) {
    this.deadline = maxTimeMs > 0 ? performance.now() + maxTimeMs : Infinity;
  }

  /** True when it is time to await `pause`. */
  get due(): boolean {
    return performance.now() >= this.sliceEnd;
  }

  async pause(): Promise<void> {
    if (performance.now() >= this.deadline)
      throw new StoreError(50, 'MaxTimeMSExpired', 'operation exceeded time limit');
    await nextTurn();
    this.sliceEnd = performance.now() + SLICE_MS;
  }
}

/** Results on their way to a client: encoded documents, with `undefined` as a chance to pause. */
export type Results = Iterator<Buffer | undefined>;

interface Cursor {
  readonly ns: string;
  readonly results: Results;
  readonly close: () => void;
  readonly owner: string | undefined;
  held: Buffer | undefined;
  lastUsed: number;
  busy: boolean;
}

/** A cursor reply with its documents as raw bytes: `{ cursor: { <field>: [...], id, ns }, ...rest }`. */
export function cursorReply(
  ns: string,
  id: bigint,
  field: 'firstBatch' | 'nextBatch',
  batch: readonly Buffer[],
  rest: Document,
): Buffer {
  const elements: Buffer[] = [];
  batch.forEach((bytes, i) => elements.push(Buffer.from(`\x03${i}\0`), bytes));
  const array = wrap(elements);
  const tail = encode({ id: Long.fromBigInt(id), ns });
  const cursor = wrap([Buffer.from(`\x04${field}\0`), array, tail.subarray(4, -1)]);
  return wrap([Buffer.from('\x03cursor\0'), cursor, encode(rest).subarray(4, -1)]);
}

function wrap(parts: readonly Buffer[]): Buffer {
  const head = Buffer.allocUnsafe(4);
  const document = Buffer.concat([head, ...parts, Buffer.from([0])]);
  document.writeInt32LE(document.length, 0);
  return document;
}

export interface Batch {
  readonly id: bigint;
  readonly documents: readonly Buffer[];
}

export class Cursors {
  private readonly open = new Map<bigint, Cursor>();
  private nextId = 1n + BigInt(Math.floor(Math.random() * 2 ** 40));

  /** The first batch of a search; the rest waits under the returned id, which is 0 when there is no rest. */
  async start(
    ns: string,
    results: Results,
    options: { size: number; single: boolean; owner: string | undefined; pacer: Pacer; close: () => void },
  ): Promise<Batch> {
    const cursor: Cursor = {
      ns,
      results,
      close: options.close,
      owner: options.owner,
      held: undefined,
      lastUsed: Date.now(),
      busy: false,
    };
    let kept = false;
    try {
      const { documents, done } = await take(cursor, options.size, options.pacer);
      if (done || options.single) return { id: 0n, documents };
      const id = this.nextId++;
      this.open.set(id, cursor);
      kept = true;
      return { id, documents };
    } finally {
      if (!kept) cursor.close();
    }
  }

  async more(id: bigint, ns: string, size: number, pacer: Pacer): Promise<Batch> {
    const cursor = this.open.get(id);
    if (!cursor || cursor.ns !== ns) throw new StoreError(43, 'CursorNotFound', `cursor id ${id} not found`);
    if (cursor.busy) throw new StoreError(202, 'CursorInUse', `cursor id ${id} is already in use`);
    cursor.busy = true;
    cursor.lastUsed = Date.now();
    try {
      const { documents, done } = await take(cursor, size, pacer);
      if (!done) return { id, documents };
      this.drop(id);
      return { id: 0n, documents };
    } catch (error) {
      this.drop(id);
      throw error;
    } finally {
      cursor.busy = false;
    }
  }

  private drop(id: bigint): boolean {
    const cursor = this.open.get(id);
    if (!cursor) return false;
    this.open.delete(id);
    cursor.close();
    return true;
  }

  kill(ids: readonly bigint[]): { killed: bigint[]; notFound: bigint[] } {
    const killed: bigint[] = [];
    const notFound: bigint[] = [];
    for (const id of ids) (this.drop(id) ? killed : notFound).push(id);
    return { killed, notFound };
  }

  killOwned(owner: string): void {
    for (const [id, cursor] of this.open) if (cursor.owner === owner) this.drop(id);
  }

  expire(now: number): void {
    for (const [id, cursor] of this.open) if (!cursor.busy && cursor.lastUsed < now - IDLE_MS) this.drop(id);
  }

  closeAll(): void {
    for (const id of [...this.open.keys()]) this.drop(id);
  }
}

async function take(cursor: Cursor, size: number, pacer: Pacer): Promise<{ documents: Buffer[]; done: boolean }> {
  const documents: Buffer[] = [];
  let bytes = 0;
  while (documents.length < size) {
    let next = cursor.held;
    cursor.held = undefined;
    if (!next) {
      const step = cursor.results.next();
      if (step.done) return { documents, done: true };
      next = step.value;
    }
    if (next) {
      if (documents.length > 0 && bytes + next.length > MAX_BATCH_BYTES) {
        cursor.held = next;
        break;
      }
      bytes += next.length;
      documents.push(next);
    }
    if (pacer.due) await pacer.pause();
  }
  return { documents, done: false };
}
