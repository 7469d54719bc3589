import type { EcgDocument } from '../../../shared/ecg/waveform.ts';
import { decodeAecg } from './aecg/decode-aecg.ts';
import { decodeLimits } from './decode-limits.ts';
import { decodeDicomEcg } from './dicom/decode-dicom-ecg.ts';
import { EcgDecodeError } from './ecg-decode-error.ts';
import { decodeEdf } from './edf/decode-edf.ts';
import { decodeIshne } from './ishne/decode-ishne.ts';
import { decodeMfer } from './mfer/decode-mfer.ts';
import { decodeMuse } from './muse/decode-muse.ts';
import { decodePhilips } from './philips/decode-philips.ts';
import { recogniseEcg } from './recognise-ecg.ts';
import type { ReadableFormat } from './recognise-ecg.ts';
import { decodeScp } from './scp/decode-scp.ts';
import { decodeWfdb } from './wfdb/decode-wfdb.ts';
import { looksLikeZip, openZippedEcg } from './zip/open-zip.ts';

const decoders: Readonly<Record<ReadableFormat, (bytes: Uint8Array) => EcgDocument>> = {
  dicom: decodeDicomEcg,
  'scp-ecg': decodeScp,
  'hl7-aecg': decodeAecg,
  'muse-xml': decodeMuse,
  'philips-xml': decodePhilips,
  ishne: decodeIshne,
  edf: decodeEdf,
  mfer: decodeMfer,
};

/**
 * Reads an ECG file of any supported format, told by content: DICOM ECG waveforms (PS3.3 A.34), SCP-ECG (EN 1064,
 * ISO 11073-91064), HL7 aECG, GE MUSE XML, Philips XML, MFER (ISO 22077), EDF, EDF+, BDF and ISHNE Holter recordings.
 * A WFDB record is several files, which come in a ZIP archive (or see decodeWfdb); an archive of one ECG of any other
 * format is opened too. Pure and synchronous; call it in a worker thread with a time limit,
 * for the bytes are a stranger's.
 * @returns amplitudes in microvolts; null where the file holds no sample; nothing is invented or padded.
 * @throws EcgDecodeError, and nothing else, with a code and one line that says where.
 */
export function decodeEcg(bytes: Uint8Array): EcgDocument {
  if (bytes.length > decodeLimits.fileBytes) {
    throw new EcgDecodeError(
      'too-large',
      `The file has ${bytes.length} bytes; at most ${decodeLimits.fileBytes} are read`,
    );
  }
  try {
    return looksLikeZip(bytes) ? decodeZipped(bytes) : decoders[recogniseEcg(bytes)](bytes);
  } catch (error) {
    if (error instanceof EcgDecodeError) throw error;
    // Whatever a hostile file breaks (stack depth, array length) is the file's fault: refuse it, name no internals.
    throw new EcgDecodeError('malformed', 'The file is damaged in a way that stops the reader');
  }
}

function decodeZipped(bytes: Uint8Array): EcgDocument {
  const found = openZippedEcg(bytes, isEcg);
  return found.kind === 'wfdb'
    ? decodeWfdb(found.header, found.open)
    : decoders[recogniseEcg(found.bytes)](found.bytes);
}

function isEcg(bytes: Uint8Array): boolean {
  try {
    recogniseEcg(bytes);
    return true;
  } catch {
    return false;
  }
}
