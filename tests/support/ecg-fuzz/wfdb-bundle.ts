import { decodeWfdb } from '../../../server/ecg/decode/wfdb/decode-wfdb.ts';
import { writeWfdb } from '../../../server/ecg/encode/wfdb.ts';
import type { EcgDocument } from '../../../shared/ecg/waveform.ts';

// A WFDB record is several files; the fuzzer changes one. Here they lie in one: header, header of each segment, samples,
// the first two each behind their length of four bytes.

function bundle(header: Uint8Array, segment: Uint8Array, samples: Uint8Array): Uint8Array {
  const length = (bytes: Uint8Array) => {
    const field = Buffer.alloc(4);
    field.writeUInt32LE(bytes.length);
    return field;
  };
  return Uint8Array.from(Buffer.concat([length(header), header, length(segment), segment, samples]));
}

/** The document as records of several sample formats, and as one of two segments. */
export function wfdbBundles(document: EcgDocument): Uint8Array[] {
  const none = new Uint8Array(0);
  const single = ([16, 212, 8, 24, 310] as const).flatMap((format) => {
    try {
      const { header, samples } = writeWfdb(document, { format });
      return [bundle(header.bytes, none, samples.bytes)];
    } catch (error) {
      if (error instanceof RangeError) return [];
      throw error;
    }
  });
  const { header, samples } = writeWfdb(document);
  const [leads, rate, frames] = Buffer.from(header.bytes)
    .toString('latin1')
    .split(' ')
    .slice(1, 4)
    .map(Number.parseFloat);
  const master = `two/2 ${leads} ${rate} ${2 * (frames ?? 0)}\nrecord ${frames}\nrecord ${frames}\n`;
  return [...single, bundle(Buffer.from(master), header.bytes, samples.bytes)];
}

/** Reads such a bundle: every .hea file that is asked for is the segment's header, any other the samples. */
export function decodeWfdbBundle(bytes: Uint8Array): EcgDocument {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const part = (at: number): [Uint8Array, number] => {
    const length = at + 4 <= bytes.length ? view.getUint32(at, true) : 0;
    return [bytes.subarray(at + 4, at + 4 + length), at + 4 + length];
  };
  const [header, second] = part(0);
  const [segment, rest] = part(second);
  return decodeWfdb(header, (name) => (name.endsWith('.hea') ? segment : bytes.subarray(rest)));
}
