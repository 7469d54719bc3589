import type { PaperRefusalCode } from '../../../shared/contracts/errors.ts';
import { oneLine } from '../decode/ecg-decode-error.ts';

export type PictureRefusalCode = PaperRefusalCode | 'pdf-locked' | 'damaged' | 'too-large' | 'unsupported';

/** The only error that reading a picture of paper throws on purpose. `message` is one plain English line. */
export class PaperRefusal extends Error {
  readonly code: PictureRefusalCode;

  constructor(code: PictureRefusalCode, message: string) {
    super(oneLine(message));
    this.name = 'PaperRefusal';
    this.code = code;
  }
}
