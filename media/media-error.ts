/**
 * `not-found`: no such id, or not this peer's own; `invalid`: parameters that do not fit; `room-full` and
 * `limit`: a bound was reached; `unavailable`: no worker at the moment, or the room is closed.
 */
export type MediaErrorCode = 'not-found' | 'invalid' | 'room-full' | 'limit' | 'unavailable';

/** What the media door throws for everything that a caller can bring about. */
export class MediaError extends Error {
  readonly code: MediaErrorCode;

  constructor(code: MediaErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MediaError';
    this.code = code;
  }
}
