import type { ErrorDetails } from '../../shared/contracts/contract.ts';
import { errorCatalogue, type ErrorCode } from '../../shared/contracts/errors.ts';

/** The hub's codes, and the one that the window itself gives: the line stayed away until the request was given up. */
export type RefusalCode = ErrorCode | 'line-away';

/** Why a request was not done. The wording for people stands in the locales under `errors.<code>`. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly details: ErrorDetails;
  /** The whole problem document of an HTTP answer (RFC 9457), for members beyond code and details. */
  readonly problem: Readonly<Record<string, unknown>>;

  constructor(code: RefusalCode, message: string, details: ErrorDetails = {}, problem: Record<string, unknown> = {}) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
    this.details = details;
    this.problem = problem;
  }
}

/** True for the two codes after which this window may do nothing more under its name. */
export function endsTheWindow(code: RefusalCode): boolean {
  return code === 'session-replaced' || code === 'unauthenticated';
}

/** Codes that pass by themselves: the hub restarts, a part of it is not ready. */
export function passesByItself(code: RefusalCode): boolean {
  return code === 'unavailable' || code === 'line-away' || code === 'call-unavailable';
}

function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(errorCatalogue, value);
}

/**
 * A refusal from an HTTP answer. A gateway between us and the hub may answer in its own words (502, an HTML page):
 * then the status decides.
 */
export function refusalFromHttp(status: number, body: unknown): Refusal {
  const problem = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const message = typeof problem.detail === 'string' ? problem.detail : `HTTP ${status}`;
  const details = typeof problem.details === 'object' && problem.details !== null ? problem.details : {};
  if (isErrorCode(problem.code)) return new Refusal(problem.code, message, details as ErrorDetails, problem);
  return new Refusal(codeOfStatus(status), message, {}, problem);
}

function codeOfStatus(status: number): ErrorCode {
  if (status === 401) return 'unauthenticated';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not-found';
  if (status === 409) return 'conflict';
  if (status === 413) return 'too-large';
  if (status === 415) return 'unsupported-media';
  if (status === 422) return 'invalid';
  if (status === 429) return 'too-many-requests';
  if (status === 502 || status === 503 || status === 504) return 'unavailable';
  if (status === 507) return 'storage-full';
  return status >= 500 ? 'internal' : 'malformed';
}
