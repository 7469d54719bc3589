/** Why an image cannot be shown: a closed list, one sentence each in the locale files (`imaging.viewer.error.*`). */
export type ImagingErrorCode =
  | 'network'
  | 'not-found'
  | 'forbidden'
  | 'not-dicom'
  | 'no-pixels'
  | 'truncated'
  | 'damaged'
  | 'unsupported-syntax'
  | 'unsupported-pixels'
  | 'too-large'
  | 'timeout'
  | 'cancelled';

/** An image that cannot be shown, with the reason for the reader and a detail for support. */
export class ImagingError extends Error {
  readonly code: ImagingErrorCode;
  /** A standard's name or number, e.g. a transfer syntax UID; never data of the patient. */
  readonly detail: string;

  constructor(code: ImagingErrorCode, detail = '') {
    super(detail ? `${code}: ${detail}` : code);
    this.name = 'ImagingError';
    this.code = code;
    this.detail = detail;
  }
}

/** Gives any thrown value a code: what a decoder throws about bytes means that the bytes are damaged. */
export function asImagingError(thrown: unknown): ImagingError {
  if (thrown instanceof ImagingError) return thrown;
  if (thrown instanceof DOMException && thrown.name === 'AbortError') return new ImagingError('cancelled');
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new ImagingError('damaged', message.slice(0, 200));
}
