import dicomParser from 'dicom-parser';
import { part10Head } from './part-10-head.ts';

/**
 * The small data sets of DIMSE-N, little endian: UIDs, 16-bit numbers and sequences of them, which is all that Storage
 * Commitment needs (PS3.4, J.3).
 */

export type SmallValue = string | number | SmallDataSet[];
/** By tag, e.g. 0x00081195. */
export type SmallDataSet = Map<number, SmallValue>;

export const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
export const IMPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2';

/** @param transferSyntax explicit or implicit little endian */
export function encodeDataSet(dataSet: SmallDataSet, transferSyntax: string): Buffer {
  const explicit = transferSyntax === EXPLICIT_LITTLE_ENDIAN;
  const elements = [...dataSet]
    .sort(([a], [b]) => a - b)
    .map(([tag, value]) => {
      if (typeof value === 'string')
        return element(tag, 'UI', Buffer.from(value.length % 2 === 0 ? value : `${value}\0`, 'latin1'));
      if (typeof value === 'number') return element(tag, 'US', Buffer.from([value & 0xff, value >> 8]));
      const items = value.flatMap((item) => {
        const bytes = encodeDataSet(item, transferSyntax);
        const head = Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0]);
        head.writeUInt32LE(bytes.length, 4);
        return [head, bytes];
      });
      return element(tag, 'SQ', Buffer.concat(items));
    });
  return Buffer.concat(elements);

  function element(tag: number, vr: 'UI' | 'US' | 'SQ', bytes: Buffer): Buffer {
    const long = explicit && vr === 'SQ';
    const head = Buffer.alloc(long ? 12 : 8);
    head.writeUInt16LE(tag >>> 16, 0);
    head.writeUInt16LE(tag & 0xffff, 2);
    if (explicit) head.write(vr, 4, 'latin1');
    if (explicit && !long) head.writeUInt16LE(bytes.length, 6);
    else head.writeUInt32LE(bytes.length, long ? 8 : 4);
    return Buffer.concat([head, bytes]);
  }
}

/** Throws where the bytes are no data set. */
export function parseDataSet(bytes: Buffer, transferSyntaxUid: string): dicomParser.DataSet {
  // As a file, which is what the parser takes.
  const head = part10Head({ sopClassUid: '0', sopInstanceUid: '0', transferSyntaxUid });
  return dicomParser.parseDicom(Buffer.concat([head, bytes]));
}
