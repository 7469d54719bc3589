/**
 * A refusal in MongoDB's own terms: `code` and `codeName` come from the server's error_codes.yml, `extra` is merged
 * into the reply (keyPattern, keyValue, errorLabels, ...).
 */
export class StoreError extends Error {
  readonly code: number;
  readonly codeName: string;
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(code: number, codeName: string, message: string, extra: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = 'StoreError';
    this.code = code;
    this.codeName = codeName;
    this.extra = extra;
  }
}

const TRANSIENT = { errorLabels: ['TransientTransactionError'] };

export const badValue = (message: string): StoreError => new StoreError(2, 'BadValue', message);
export const failedToParse = (message: string): StoreError => new StoreError(9, 'FailedToParse', message);
export const typeMismatch = (message: string): StoreError => new StoreError(14, 'TypeMismatch', message);
export const unsupported = (what: string): StoreError =>
  new StoreError(115, 'CommandNotSupported', `${what} is not supported by the embedded store`);
export const namespaceNotFound = (ns: string): StoreError =>
  new StoreError(26, 'NamespaceNotFound', `ns does not exist: ${ns}`);

/** First updater wins: somebody else has written this record since the transaction's snapshot. */
export const writeConflict = (): StoreError =>
  new StoreError(
    112,
    'WriteConflict',
    'Write conflict during plan execution and yielding is disabled. :: Please retry your operation or multi-document transaction.',
    TRANSIENT,
  );

export const snapshotUnavailable = (): StoreError =>
  new StoreError(
    246,
    'SnapshotUnavailable',
    'Unable to read from a snapshot due to pending collection catalog changes; please retry the operation.',
    TRANSIENT,
  );

export const noSuchTransaction = (message: string): StoreError =>
  new StoreError(251, 'NoSuchTransaction', message, TRANSIENT);

/** The disk refused a group of writes: nothing of it is in the store. */
export const writeFailed = (reason: string): StoreError =>
  new StoreError(14031, 'OutOfDiskSpace', `The write was not stored: ${reason}`);
