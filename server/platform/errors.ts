import { errorCatalogue, type ErrorCode } from '../../shared/contracts/errors.ts';
import type { ErrorDetails } from '../../shared/contracts/contract.ts';

/** A refusal that a person can be told about: one of the closed list, never with a stack. */
export class HubError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails | undefined;
  /** Further members of the problem document (RFC 9457, 3.2), for HTTP only. */
  readonly extensions: Record<string, unknown> | undefined;

  constructor(code: ErrorCode, details?: ErrorDetails, extensions?: Record<string, unknown>) {
    super(errorCatalogue[code].message);
    this.code = code;
    this.details = details;
    this.extensions = extensions;
  }

  get status(): number {
    return errorCatalogue[this.code].status;
  }
}

/** What the driver and mongoose throw while the database cannot be reached; nothing of theirs is imported for it. */
const outages = new Set([
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoNotConnectedError',
  'MongoPoolClearedError',
  'MongoPoolClearedOnNetworkError',
  'MongoServerSelectionError',
  'MongoTopologyClosedError',
  'MongooseServerSelectionError',
]);

/**
 * Whatever was thrown, as a refusal: an unknown error becomes `internal`, a full disk `storage-full`, a store that
 * cannot be reached `unavailable`.
 */
export function asHubError(thrown: unknown): HubError {
  if (thrown instanceof HubError) return thrown;
  const { name, message } = (thrown ?? {}) as { name?: unknown; message?: unknown };
  if (outages.has(String(name)) || (name === 'MongooseError' && /initial connection/.test(String(message))))
    return new HubError('unavailable');
  const code = (thrown as { code?: unknown } | null)?.code;
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG' || code === 14031) return new HubError('storage-full');
  return new HubError('internal');
}
