import { decodeEcg } from '../../../server/ecg/decode/decode-ecg.ts';
import { EcgDecodeError } from '../../../server/ecg/decode/ecg-decode-error.ts';
import type { EcgDocument } from '../../../shared/ecg/waveform.ts';

/** Decodes and says how it ended; any other error than EcgDecodeError fails the test. */
export function outcome(bytes: Uint8Array, decode: (bytes: Uint8Array) => EcgDocument = decodeEcg): string {
  try {
    const document = decode(bytes);
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

/** The same, with the processor time that it took in milliseconds. */
export function timedOutcome(
  bytes: Uint8Array,
  decode: (bytes: Uint8Array) => EcgDocument = decodeEcg,
): { ended: string; milliseconds: number } {
  const start = process.cpuUsage();
  const ended = outcome(bytes, decode);
  return { ended, milliseconds: process.cpuUsage(start).user / 1000 };
}
