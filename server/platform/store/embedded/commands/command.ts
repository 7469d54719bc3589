import type { Document } from '../bson-values.ts';
import type { Cursors } from '../cursors.ts';
import type { Sessions } from '../sessions.ts';
import type { Snapshot, Storage } from '../storage.ts';
import type { Transaction } from '../transactions.ts';

/** What all commands work on. */
export interface Engine {
  readonly storage: Storage;
  readonly sessions: Sessions;
  readonly cursors: Cursors;
  /** The address that `hello` names as this server's own. */
  readonly address: string;
}

/** One command as it came in. */
export interface Request {
  readonly name: string;
  /** The command document, decoded plainly. */
  readonly command: Document;
  /** The same with number types kept, decoded when first asked for. */
  readonly typed: () => Document;
  /** Documents to insert, byte for byte. */
  readonly documents: () => readonly Buffer[];
  readonly database: string;
  /** `database.collection`, when the command's value names a collection. */
  readonly ns: string;
  readonly sessionId: string | undefined;
  readonly transaction: Transaction | undefined;
  readonly connectionId: number;
}

/** A reply without `ok`: a document, or one that is already encoded. */
export type Reply = Document | Buffer;
export type Handler = (engine: Engine, request: Request) => Reply | Promise<Reply>;

/**
 * Reads from the transaction's own picture, or from a snapshot that is closed afterwards unless `keep` was called (then
 * whoever keeps it closes it).
 */
export async function reading<T>(
  engine: Engine,
  request: Request,
  read: (view: Snapshot | Transaction, keep: () => () => void) => T | Promise<T>,
): Promise<T> {
  if (request.transaction) return read(request.transaction, () => () => undefined);
  const snapshot = engine.storage.snapshot();
  let kept = false;
  try {
    return await read(snapshot, () => {
      kept = true;
      return () => snapshot.close();
    });
  } finally {
    if (!kept) snapshot.close();
  }
}
