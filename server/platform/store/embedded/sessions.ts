import { StoreError, noSuchTransaction } from './errors.ts';
import type { Storage } from './storage.ts';
import type { Transaction } from './transactions.ts';

/** transactionLifetimeLimitSeconds and localLogicalSessionTimeoutMinutes, the server's defaults. */
const TRANSACTION_LIFETIME_MS = 60_000;
export const SESSION_TIMEOUT_MINUTES = 30;

interface OpenTransaction {
  readonly number: bigint;
  readonly transaction: Transaction;
  readonly expiry: NodeJS.Timeout;
  state: 'open' | 'committed' | 'aborted';
  commit?: Promise<void>;
}

interface Session {
  transaction?: OpenTransaction;
  retryable?: { readonly number: bigint; readonly reply: Promise<unknown> };
  lastUsed: number;
}

/** What the server remembers of each client session: its transaction, and the answer to its last retryable write. */
export class Sessions {
  private readonly storage: Storage;
  private readonly byId = new Map<string, Session>();

  constructor(storage: Storage) {
    this.storage = storage;
  }

  private session(id: string): Session {
    let session = this.byId.get(id);
    if (!session) this.byId.set(id, (session = { lastUsed: 0 }));
    session.lastUsed = Date.now();
    return session;
  }

  /** The transaction of a command with `autocommit: false`; begins it when `start`. */
  join(id: string, number: bigint, start: boolean): Transaction {
    const session = this.session(id);
    const known = session.transaction;
    if (known && number < known.number) throw tooOld(number, known.number);
    if (start) {
      if (known?.number === number)
        throw new StoreError(
          117,
          'ConflictingOperationInProgress',
          `Only servers in a sharded cluster can start a new transaction at the active transaction number ${number}`,
        );
      if (known?.state === 'open') this.end(known, 'aborted');
      const transaction = this.storage.begin();
      const opened: OpenTransaction = {
        number,
        transaction,
        state: 'open',
        expiry: setTimeout(() => this.end(opened, 'aborted'), TRANSACTION_LIFETIME_MS),
      };
      opened.expiry.unref();
      session.transaction = opened;
      return transaction;
    }
    if (known?.number !== number)
      throw noSuchTransaction(`Given transaction number ${number} does not match any in-progress transactions.`);
    if (known.state === 'aborted')
      throw noSuchTransaction(`Transaction with { txnNumber: ${number} } has been aborted.`);
    if (known.state === 'committed')
      throw new StoreError(
        256,
        'TransactionCommitted',
        `Transaction with { txnNumber: ${number} } has been committed.`,
      );
    return known.transaction;
  }

  private end(opened: OpenTransaction, state: 'committed' | 'aborted'): void {
    if (opened.state !== 'open') return;
    opened.state = state;
    clearTimeout(opened.expiry);
    if (state === 'aborted') opened.transaction.abort();
  }

  /** Commits; asked again for the same transaction (the driver retries), it gives the same answer. */
  async commit(id: string, number: bigint): Promise<void> {
    const opened = this.session(id).transaction;
    if (opened?.number !== number || opened.state === 'aborted')
      throw noSuchTransaction(`Transaction with { txnNumber: ${number} } has been aborted or does not exist.`);
    if (opened.state === 'open') {
      this.end(opened, 'committed');
      opened.commit = opened.transaction.commit();
      opened.commit.catch(() => (opened.state = 'aborted'));
    }
    await opened.commit;
  }

  abort(id: string, number: bigint): void {
    const opened = this.session(id).transaction;
    if (opened?.number !== number || opened.state === 'aborted')
      throw new StoreError(251, 'NoSuchTransaction', `Transaction with { txnNumber: ${number} } is not in progress.`);
    if (opened.state === 'committed')
      throw new StoreError(
        256,
        'TransactionCommitted',
        `Transaction with { txnNumber: ${number} } has been committed.`,
      );
    this.end(opened, 'aborted');
  }

  /** A failed statement ends its transaction. */
  abortQuietly(id: string): void {
    const opened = this.byId.get(id)?.transaction;
    if (opened) this.end(opened, 'aborted');
  }

  /**
   * Runs a retryable write once: the same session and number again gets the first answer. A write that failed was not
   * done, so it may run again.
   */
  once<T>(id: string, number: bigint, run: () => Promise<T>): Promise<T> {
    const session = this.session(id);
    const known = session.retryable;
    if (known?.number === number) return known.reply as Promise<T>;
    if (known && number < known.number) throw tooOld(number, known.number);
    const reply = run();
    session.retryable = { number, reply };
    reply.catch(() => {
      if (session.retryable?.reply === reply) delete session.retryable;
    });
    return reply;
  }

  forget(id: string): void {
    this.abortQuietly(id);
    this.byId.delete(id);
  }

  /** Drops sessions that no command has used for the session timeout. */
  expire(now: number): void {
    const oldest = now - SESSION_TIMEOUT_MINUTES * 60_000;
    for (const [id, session] of this.byId) if (session.lastUsed < oldest) this.forget(id);
  }

  forgetAll(): void {
    for (const id of [...this.byId.keys()]) this.forget(id);
  }
}

const tooOld = (number: bigint, known: bigint): StoreError =>
  new StoreError(
    225,
    'TransactionTooOld',
    `Cannot use txnNumber ${number}: a newer one, ${known}, has already started on this session.`,
  );
