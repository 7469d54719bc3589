import { inflateRawSync } from 'node:zlib';
import dicomParser from 'dicom-parser';
import type { DataSet } from 'dicom-parser';
import { decodeLimits } from '../decode-limits.ts';
import { EcgDecodeError } from '../ecg-decode-error.ts';

const implicitLittleEndian = '1.2.840.10008.1.2';
const explicitLittleEndian = '1.2.840.10008.1.2.1';
const explicitBigEndian = '1.2.840.10008.1.2.2';

/**
 * In implicit VR the parser guesses sequences by their first bytes; samples can look like that, so that the tags of the
 * waveform module are named here (PS3.6).
 */
const implicitVrs: ReadonlyMap<string, string> = new Map([
  ['x54000100', 'SQ'],
  ['x54001010', 'OW'],
  ['x5400100a', 'OW'],
  ['x003a0200', 'SQ'],
  ['x003a0208', 'SQ'],
  ['x003a0211', 'SQ'],
  ['x0040b020', 'SQ'],
  ['x0040a043', 'SQ'],
  ['x0040a168', 'SQ'],
  ['x004008ea', 'SQ'],
]);

export interface ParsedDicom {
  dataSet: DataSet;
  littleEndian: boolean;
}

function causeOf(thrown: unknown): unknown {
  return typeof thrown === 'object' && thrown !== null && 'exception' in thrown ? thrown.exception : thrown;
}

function inflate(bytes: Uint8Array): Uint8Array {
  try {
    return inflateRawSync(bytes, { maxOutputLength: decodeLimits.fileBytes });
  } catch (error) {
    if (error instanceof RangeError) {
      throw new EcgDecodeError(
        'too-large',
        `DICOM: the deflated data set inflates beyond ${decodeLimits.fileBytes} bytes`,
      );
    }
    throw new EcgDecodeError('malformed', 'DICOM: the deflated data set cannot be inflated');
  }
}

/** A file without preamble (not PS3.10, but met): with group 0002 at once, or a bare data set in little endian. */
function withPreamble(bytes: Uint8Array): { bytes: Uint8Array; transferSyntax?: string } {
  const hasMagic = bytes.length >= 132 && String.fromCharCode(...bytes.subarray(128, 132)) === 'DICM';
  if (hasMagic) return { bytes };
  if (bytes[0] === 0x02 && bytes[1] === 0x00) {
    const padded = new Uint8Array(bytes.length + 132);
    padded.set([0x44, 0x49, 0x43, 0x4d], 128);
    padded.set(bytes, 132);
    return { bytes: padded };
  }
  const vr = String.fromCharCode(bytes[4] ?? 0, bytes[5] ?? 0);
  return { bytes, transferSyntax: /^[A-Z]{2}$/.test(vr) ? explicitLittleEndian : implicitLittleEndian };
}

/**
 * Parses a whole DICOM file, deflated ones with a cap.
 * @throws EcgDecodeError `truncated`, `malformed` or `too-large`.
 */
export function parseDicomDataSet(file: Uint8Array): ParsedDicom {
  const { bytes, transferSyntax } = withPreamble(file);
  try {
    const dataSet = dicomParser.parseDicom(bytes, {
      ...(transferSyntax === undefined ? {} : { TransferSyntaxUID: transferSyntax }),
      vrCallback: (tag) => implicitVrs.get(tag),
      inflater: (array, position) => inflate(array.subarray(position)),
    });
    const syntax = transferSyntax ?? dataSet.string('x00020010');
    return { dataSet, littleEndian: syntax !== explicitBigEndian };
  } catch (thrown) {
    const cause = causeOf(thrown);
    if (cause instanceof EcgDecodeError) throw cause;
    const detail = typeof cause === 'string' ? cause : cause instanceof Error ? cause.message : '';
    if (/overrun|past the end|past end|eof|seek|outside|maxP|invalid value/i.test(detail)) {
      throw new EcgDecodeError(
        'truncated',
        'DICOM: the file ends inside an element; it is cut off or a length is wrong',
      );
    }
    if (/0002,0010/.test(detail)) {
      throw new EcgDecodeError('malformed', 'DICOM: the file meta information names no transfer syntax (0002,0010)');
    }
    throw new EcgDecodeError('malformed', 'DICOM: the data set cannot be parsed');
  }
}
