import { decodeEcg } from '../../../server/ecg/decode/decode-ecg.ts';
import { EcgDecodeError } from '../../../server/ecg/decode/ecg-decode-error.ts';

/** Decodes and says how it ended; any other error than EcgDecodeError fails the test. */
export function outcome(bytes: Uint8Array): string {
  try {
    const document = decodeEcg(bytes);
    for (const group of document.groups) {
      for (const lead of group.leads) {
        if (!(lead.sampleRateHz > 0)) throw new Error(`Lead ${lead.name} has a rate of ${lead.sampleRateHz}`);
        if (lead.samples.some((sample) => sample !== null && !Number.isFinite(sample)))
          throw new Error('A sample is no number');
      }
    }
    return 'read';
  } catch (error) {
    if (!(error instanceof EcgDecodeError)) throw error;
    if (error.message.includes('\n') || error.message.length > 300)
      throw new Error(`Not one line: ${error.message}`, { cause: error });
    return error.code;
  }
}
