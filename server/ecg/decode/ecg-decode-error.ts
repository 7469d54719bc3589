/** The closed list of reasons for which bytes are refused. */
export const ecgDecodeErrorCodes = [
  'not-an-ecg',
  'truncated',
  'malformed',
  'too-large',
  'unsupported-format',
  'hostile-xml',
] as const;
export type EcgDecodeErrorCode = (typeof ecgDecodeErrorCodes)[number];

/** Words of a file may stand in messages: without control characters, and never long. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').slice(0, 300);
}

/** The only error that decoding throws. `message` is one plain English line that says what is wrong and where. */
export class EcgDecodeError extends Error {
  readonly code: EcgDecodeErrorCode;

  constructor(code: EcgDecodeErrorCode, message: string) {
    super(oneLine(message));
    this.name = 'EcgDecodeError';
    this.code = code;
  }
}
