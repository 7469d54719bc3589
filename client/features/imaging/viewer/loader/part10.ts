import * as dicomParserModule from 'dicom-parser';
import type { DataSet, Element } from 'dicom-parser';
import type { ParsedInstance } from '../../../../../shared/dicom/pixels/data-set.ts';
import { ImagingError } from '../../../../../shared/dicom/pixels/imaging-error.ts';
import { inflateRaw } from '../../../../../shared/dicom/pixels/inflate.ts';
import {
  DEFLATED_LITTLE_ENDIAN,
  EXPLICIT_BIG_ENDIAN,
  EXPLICIT_LITTLE_ENDIAN,
  IMPLICIT_LITTLE_ENDIAN,
} from '../../../../../shared/dicom/pixels/transfer-syntax.ts';

/** The class is there at run time, but dicom-parser's own types declare the interface only. */
type DicomParser = typeof dicomParserModule & {
  DataSet: new (
    parser: dicomParserModule.ByteArrayParser,
    bytes: Uint8Array,
    elements: Record<string, Element>,
  ) => DataSet;
};
// A bundler sees dicom-parser's CommonJS exports by name, Node sees them as the default export only.
const dicomParser = ('default' in dicomParserModule ? dicomParserModule.default : dicomParserModule) as DicomParser;

/**
 * What a deflated data set may become: images deflate to a half or a tenth, masks further, but these are small. Zeros
 * deflate to a thousandth, which makes a bomb.
 */
const MAXIMUM_INFLATED_BYTES = 768 * 1024 * 1024;
const INFLATED_BYTES_ANYWAY = 32 * 1024 * 1024;
const GREATEST_RATIO = 60;
const VALUE_REPRESENTATIONS = new Set(
  'AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC UI UL UN UR US UT UV'.split(' '),
);
const PIXEL_DATA_TAGS = new Set(['x7fe00008', 'x7fe00009', 'x7fe00010']);

/**
 * Parses one DICOM file of any of the four base encodings, with or without preamble and meta information.
 * @param options.maximumInflatedBytes cap for a deflated data set.
 * @throws ImagingError `not-dicom`, `truncated`, `too-large` or `damaged`.
 */
export function parseInstance(file: Uint8Array, options: { maximumInflatedBytes?: number } = {}): ParsedInstance {
  const metaStart = findMetaInformation(file);
  const meta = metaStart === undefined ? { end: 0, transferSyntaxUid: undefined } : readMeta(file, metaStart);
  let bytes = file;
  let start = meta.end;
  let transferSyntaxUid = meta.transferSyntaxUid;
  if (transferSyntaxUid === DEFLATED_LITTLE_ENDIAN) {
    const deflated = file.subarray(start);
    const limit = Math.min(MAXIMUM_INFLATED_BYTES, Math.max(INFLATED_BYTES_ANYWAY, deflated.length * GREATEST_RATIO));
    bytes = inflateRaw(deflated, options.maximumInflatedBytes ?? limit);
    start = 0;
  }
  const sniffed = sniffEncoding(bytes, start);
  if (sniffed === undefined) throw new ImagingError(metaStart === undefined ? 'not-dicom' : 'damaged', 'data set');
  transferSyntaxUid ??= sniffed;
  return { dataSet: readDataSet(bytes, start, sniffed), transferSyntaxUid };
}

/** Where group 0002 begins: behind the preamble, behind a bare "DICM", or at the very start; undefined without one. */
function findMetaInformation(bytes: Uint8Array): number | undefined {
  const magicAt = (offset: number) =>
    bytes[offset] === 0x44 && bytes[offset + 1] === 0x49 && bytes[offset + 2] === 0x43 && bytes[offset + 3] === 0x4d;
  if (bytes.length >= 140 && magicAt(128)) return 132;
  if (magicAt(0)) return 4;
  if (bytes[0] === 2 && bytes[1] === 0 && VALUE_REPRESENTATIONS.has(ascii(bytes, 4, 2))) return 0;
  return undefined;
}

/** File Meta Information is explicit VR little endian whatever follows (PS3.10 clause 7.1). */
function readMeta(bytes: Uint8Array, start: number): { end: number; transferSyntaxUid: string | undefined } {
  const stream = new dicomParser.ByteStream(dicomParser.littleEndianByteArrayParser, bytes, start);
  let transferSyntaxUid: string | undefined;
  while (stream.position + 8 <= bytes.length) {
    if (bytes[stream.position] !== 2 || bytes[stream.position + 1] !== 0) break;
    const element = reading(() => dicomParser.readDicomElementExplicit(stream));
    if (element.tag === 'x00020010') {
      transferSyntaxUid =
        ascii(bytes, element.dataOffset, element.length)
          .replace(/[\0 ]+$/, '')
          .trim() || undefined;
    }
  }
  return { end: stream.position, transferSyntaxUid };
}

/**
 * Looks at the first element instead of believing the meta information: files whose declared and real encoding
 * differ are common, and one glance tells them apart.
 */
function sniffEncoding(bytes: Uint8Array, start: number): string | undefined {
  if (bytes.length < start + 8) return undefined;
  const group = bytes[start]! | (bytes[start + 1]! << 8);
  const explicit = VALUE_REPRESENTATIONS.has(ascii(bytes, start + 4, 2));
  if (group === 0 || group > 0x7fe0) return undefined;
  if (group === 0x0400 || group === 0x0800) return explicit ? EXPLICIT_BIG_ENDIAN : undefined;
  if (group > 0x20 && !explicit) return undefined;
  return explicit ? EXPLICIT_LITTLE_ENDIAN : IMPLICIT_LITTLE_ENDIAN;
}

function readDataSet(bytes: Uint8Array, start: number, encoding: string): DataSet {
  const bigEndian = encoding === EXPLICIT_BIG_ENDIAN;
  const parser = bigEndian ? dicomParser.bigEndianByteArrayParser : dicomParser.littleEndianByteArrayParser;
  const stream = new dicomParser.ByteStream(parser, bytes, start);
  const elements: Record<string, Element> = {};
  const explicit = encoding !== IMPLICIT_LITTLE_ENDIAN;
  while (stream.position + 8 <= bytes.length) {
    const element = readElement(stream, explicit);
    elements[element.tag] ??= element;
    if (PIXEL_DATA_TAGS.has(element.tag)) break;
  }
  return new dicomParser.DataSet(parser, bytes, elements);
}

function readElement(stream: dicomParserModule.ByteStream, explicit: boolean): Element {
  const { byteArray: bytes, position } = stream;
  if (!explicit) return reading(() => readImplicitElement(stream));
  const vr = ascii(bytes, position + 4, 2);
  // dicom-parser takes the length of these three for 16 bits wide, and Extended Offset Table (7FE0,0001) is an OV.
  if (vr === 'OV' || vr === 'SV' || vr === 'UV') {
    return reading(() => {
      const tag = dicomParser.readTag(stream);
      stream.seek(4);
      const length = stream.readUint32();
      const element = { tag, vr, length, dataOffset: stream.position };
      stream.seek(length);
      return element;
    });
  }
  return reading(() => dicomParser.readDicomElementExplicit(stream));
}

/** Encapsulated pixels belong to explicit VR (PS3.5 A.4), yet some writers put them behind implicit elements. */
function readImplicitElement(stream: dicomParserModule.ByteStream): Element {
  const { byteArray: bytes, position } = stream;
  const encapsulated = [0xe0, 0x7f, 0x10, 0, 0xff, 0xff, 0xff, 0xff].every(
    (byte, index) => bytes[position + index] === byte,
  );
  if (!encapsulated) return dicomParser.readDicomElementImplicit(stream);
  stream.seek(8);
  const element: Element = {
    tag: 'x7fe00010',
    length: 0xffffffff,
    dataOffset: stream.position,
    hadUndefinedLength: true,
  };
  dicomParser.findEndOfEncapsulatedElement(stream, element);
  return element;
}

/** dicom-parser throws strings; whatever runs over the end of the bytes is a cut-off file. */
function reading<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof ImagingError) throw thrown;
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    const overrun = /seek|past end|outside|overrun|attempt to read/i.test(message);
    throw new ImagingError(overrun ? 'truncated' : 'damaged', 'data set');
  }
}

function ascii(bytes: Uint8Array, offset: number, length: number): string {
  let text = '';
  for (let index = offset; index < offset + length && index < bytes.length; index++) {
    text += String.fromCharCode(bytes[index]!);
  }
  return text;
}
