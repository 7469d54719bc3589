import type { EcgDocument } from '../../../shared/ecg/waveform.ts';
import { outcome } from '../ecg-files/decode-outcome.ts';

/** The readers' line for an error that none foresaw: with a mutated file that is a defect of ours. */
const unforeseen = /^The (?:file|record) is damaged in a way that stops the reader$/;

/** How decoding ended, `read` or an error's code. @throws for whatever must not happen, unforeseen errors included */
export function judge(bytes: Uint8Array, decode: (bytes: Uint8Array) => EcgDocument): string {
  return outcome(bytes, (file) => {
    try {
      return decode(file);
    } catch (error) {
      if (error instanceof Error && unforeseen.test(error.message)) {
        throw new Error('A decoder threw an error of its own', { cause: error });
      }
      throw error;
    }
  });
}
