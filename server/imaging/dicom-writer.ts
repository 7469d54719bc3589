import { deflateRawSync } from 'node:zlib';

/**
 * A small writer of DICOM Part 10 files (PS3.10 clause 7) in explicit VR little endian, enough for what the hub writes
 * itself. Text is written as UTF-8, so the data set must declare SpecificCharacterSet ISO_IR 192.
 */

/** Value of one element: text (several values joined by a backslash), numbers, raw bytes, or items of a sequence. */
export type ElementValue = string | number | readonly number[] | Uint8Array | readonly DicomElement[][];

export interface DicomElement {
  /** Group in the upper, element in the lower 16 bits, e.g. 0x00100010. */
  tag: number;
  vr: string;
  value: ElementValue;
}

export interface DicomFile {
  sopClassUid: string;
  sopInstanceUid: string;
  /** Must be an explicit VR little endian syntax; defaults to 1.2.840.10008.1.2.1. */
  transferSyntaxUid?: string;
  /** The data set without group 0002 and without Pixel Data; sorted by the writer. */
  elements: readonly DicomElement[];
  /** Native pixels, or the fragments of an encapsulated image (PS3.5 annex A.4), one a frame. */
  pixelData?: { native: Uint8Array; bitsAllocated: 8 | 16 } | { fragments: readonly Uint8Array[] };
}

export const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
export const DEFLATED_LITTLE_ENDIAN = '1.2.840.10008.1.2.1.99';
/** 2.25 + the decimal form of a UUID of this project (PS3.5 annex B.2). */
const IMPLEMENTATION_CLASS_UID = '2.25.226493201758946312205637485213049861627';
const IMPLEMENTATION_VERSION_NAME = 'LIANZHEN_1';

/** VRs whose length field has 32 bits behind two reserved bytes (PS3.5 clause 7.1.2). */
const LONG_LENGTH_VRS = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);
const NUMBER_WRITERS: Record<string, { size: number; write: (view: DataView, offset: number, value: number) => void }> =
  {
    US: { size: 2, write: (view, offset, value) => view.setUint16(offset, value, true) },
    SS: { size: 2, write: (view, offset, value) => view.setInt16(offset, value, true) },
    UL: { size: 4, write: (view, offset, value) => view.setUint32(offset, value, true) },
    SL: { size: 4, write: (view, offset, value) => view.setInt32(offset, value, true) },
    FL: { size: 4, write: (view, offset, value) => view.setFloat32(offset, value, true) },
    FD: { size: 8, write: (view, offset, value) => view.setFloat64(offset, value, true) },
    AT: {
      size: 4,
      write: (view, offset, value) => {
        view.setUint16(offset, value >>> 16, true);
        view.setUint16(offset + 2, value & 0xffff, true);
      },
    },
  };
const utf8 = new TextEncoder();

/**
 * Writes a complete Part 10 file.
 * @throws RangeError when a value is too long for its VR's length field, or its VR is unknown for its kind.
 */
export function writeDicomFile(file: DicomFile): Uint8Array {
  const transferSyntaxUid = file.transferSyntaxUid ?? EXPLICIT_LITTLE_ENDIAN;
  const elements = [...file.elements].sort((a, b) => a.tag - b.tag);
  const parts = elements.map(writeElement);
  if (file.pixelData) parts.push(writePixelData(file.pixelData));
  let dataSet = concatenate(parts);
  if (transferSyntaxUid === DEFLATED_LITTLE_ENDIAN) dataSet = padEven(deflateRawSync(dataSet), 0);

  return concatenate([fileHead(file.sopClassUid, file.sopInstanceUid, transferSyntaxUid), dataSet]);
}

/** Preamble and File Meta Information (PS3.10, 7.1). */
export function fileHead(sopClassUid: string, sopInstanceUid: string, transferSyntaxUid: string): Uint8Array {
  const meta = concatenate(
    [
      { tag: 0x00020001, vr: 'OB', value: new Uint8Array([0, 1]) },
      { tag: 0x00020002, vr: 'UI', value: sopClassUid },
      { tag: 0x00020003, vr: 'UI', value: sopInstanceUid },
      { tag: 0x00020010, vr: 'UI', value: transferSyntaxUid },
      { tag: 0x00020012, vr: 'UI', value: IMPLEMENTATION_CLASS_UID },
      { tag: 0x00020013, vr: 'SH', value: IMPLEMENTATION_VERSION_NAME },
    ].map(writeElement),
  );
  const preamble = new Uint8Array(132);
  preamble.set(utf8.encode('DICM'), 128);
  const metaLength = writeElement({ tag: 0x00020000, vr: 'UL', value: meta.length });
  return concatenate([preamble, metaLength, meta]);
}

function writeElement(element: DicomElement): Uint8Array {
  return withHeader(element.tag, element.vr, encodeValue(element));
}

function encodeValue({ vr, value }: DicomElement): Uint8Array {
  if (value instanceof Uint8Array) return padEven(value, 0);
  if (typeof value === 'string') return padEven(utf8.encode(value), vr === 'UI' ? 0 : 0x20);
  if (vr === 'SQ') return concatenate((value as readonly DicomElement[][]).map(writeItem));
  const numbers = typeof value === 'number' ? [value] : (value as readonly number[]);
  const writer = NUMBER_WRITERS[vr];
  if (!writer) throw new RangeError(`VR ${vr} does not hold numbers`);
  const bytes = new Uint8Array(numbers.length * writer.size);
  const view = new DataView(bytes.buffer);
  numbers.forEach((number, index) => writer.write(view, index * writer.size, number));
  return bytes;
}

function writeItem(elements: readonly DicomElement[]): Uint8Array {
  const body = concatenate([...elements].sort((a, b) => a.tag - b.tag).map(writeElement));
  return concatenate([itemHeader(0xe000, body.length), body]);
}

function writePixelData(pixelData: NonNullable<DicomFile['pixelData']>): Uint8Array {
  if ('native' in pixelData) {
    return withHeader(0x7fe00010, pixelData.bitsAllocated === 16 ? 'OW' : 'OB', padEven(pixelData.native, 0));
  }
  return encapsulatedPixels(pixelData.fragments);
}

/** Pixel Data of coded frames, one fragment each, with its Basic Offset Table (PS3.5, A.4). */
export function encapsulatedPixels(frames: readonly Uint8Array[]): Uint8Array {
  const fragments = frames.map((fragment) => padEven(fragment, 0));
  // Offsets of each frame's item from the first byte after the table.
  let next = 0;
  const offsets = fragments.map((fragment) => {
    const offset = next;
    next += 8 + fragment.length;
    return offset;
  });
  const table = encodeValue({ tag: 0, vr: 'UL', value: offsets });
  return concatenate([
    elementHeader(0x7fe00010, 'OB', 0xffffffff),
    itemHeader(0xe000, table.length),
    table,
    ...fragments.flatMap((fragment) => [itemHeader(0xe000, fragment.length), fragment]),
    itemHeader(0xe0dd, 0),
  ]);
}

function withHeader(tag: number, vr: string, body: Uint8Array): Uint8Array {
  return concatenate([elementHeader(tag, vr, body.length), body]);
}

export const hasLongLength = (vr: string): boolean => LONG_LENGTH_VRS.has(vr);

/** The header of an element in Explicit VR Little Endian (PS3.5, 7.1.2). Throws RangeError for what its VR cannot hold. */
export function elementHeader(tag: number, vr: string, length: number): Uint8Array {
  const long = hasLongLength(vr);
  if (!long && length > 0xffff) throw new RangeError(`element ${tag.toString(16)} is too long for VR ${vr}`);
  const bytes = new Uint8Array(long ? 12 : 8);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, tag >>> 16, true);
  view.setUint16(2, tag & 0xffff, true);
  bytes.set(utf8.encode(vr), 4);
  if (long) view.setUint32(8, length, true);
  else view.setUint16(6, length, true);
  return bytes;
}

/** An item or delimiter of a sequence or of fragments (PS3.5, 7.5 and A.4); `element` of group FFFE. */
export function itemHeader(element: number, length: number): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0xfffe, true);
  view.setUint16(2, element, true);
  view.setUint32(4, length, true);
  return bytes;
}

function padEven(bytes: Uint8Array, filler: number): Uint8Array {
  if (bytes.length % 2 === 0) return bytes;
  const padded = new Uint8Array(bytes.length + 1);
  padded.set(bytes);
  padded[bytes.length] = filler;
  return padded;
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
