import { fileHead, writeDicomFile, type DicomElement, type DicomFile } from '../../../server/imaging/dicom-writer.ts';

/** A small image and its attributes, to be written in whatever form a test needs. */
export interface TestImage {
  rows: number;
  columns: number;
  bitsAllocated: 1 | 8 | 16 | 32;
  bitsStored?: number;
  highBit?: number;
  signed?: boolean;
  samplesPerPixel?: 1 | 3;
  planar?: boolean;
  photometricInterpretation?: string;
  frames?: number;
  extra?: readonly DicomElement[];
}

const SECONDARY_CAPTURE = '1.2.840.10008.5.1.4.1.1.7';
export const SOP_INSTANCE_UID = '2.25.4711';

export function imageElements(image: TestImage): DicomElement[] {
  const { bitsAllocated, samplesPerPixel = 1 } = image;
  const bitsStored = image.bitsStored ?? bitsAllocated;
  return [
    { tag: 0x00080016, vr: 'UI', value: SECONDARY_CAPTURE },
    { tag: 0x00080018, vr: 'UI', value: SOP_INSTANCE_UID },
    { tag: 0x00080060, vr: 'CS', value: 'OT' },
    { tag: 0x00280002, vr: 'US', value: samplesPerPixel },
    { tag: 0x00280004, vr: 'CS', value: image.photometricInterpretation ?? 'MONOCHROME2' },
    ...(samplesPerPixel === 3 ? [{ tag: 0x00280006, vr: 'US', value: image.planar ? 1 : 0 }] : []),
    ...(image.frames === undefined ? [] : [{ tag: 0x00280008, vr: 'IS', value: String(image.frames) }]),
    { tag: 0x00280010, vr: 'US', value: image.rows },
    { tag: 0x00280011, vr: 'US', value: image.columns },
    { tag: 0x00280100, vr: 'US', value: bitsAllocated },
    { tag: 0x00280101, vr: 'US', value: bitsStored },
    { tag: 0x00280102, vr: 'US', value: image.highBit ?? bitsStored - 1 },
    { tag: 0x00280103, vr: 'US', value: image.signed ? 1 : 0 },
    ...(image.extra ?? []),
  ];
}

/** A Part 10 file in explicit VR little endian (or deflated), native or encapsulated. */
export function writeImage(
  image: TestImage,
  pixelData: NonNullable<DicomFile['pixelData']> | undefined,
  transferSyntaxUid?: string,
): Uint8Array {
  return writeDicomFile({
    sopClassUid: SECONDARY_CAPTURE,
    sopInstanceUid: SOP_INSTANCE_UID,
    elements: imageElements(image),
    ...(pixelData ? { pixelData } : {}),
    ...(transferSyntaxUid ? { transferSyntaxUid } : {}),
  });
}

/** Native bytes of 16-bit words, little endian. */
export function wordsOf(values: ArrayLike<number>): { native: Uint8Array; bitsAllocated: 16 } {
  const view = new DataView(new ArrayBuffer(values.length * 2));
  for (let index = 0; index < values.length; index++) view.setUint16(index * 2, values[index]! & 0xffff, true);
  return { native: new Uint8Array(view.buffer), bitsAllocated: 16 };
}

/**
 * The same data set in explicit VR big endian (PS3.5 clause 7 and annex A): elements of text and US only, with the
 * pixels as words.
 */
export function writeBigEndian(image: TestImage, words: ArrayLike<number>, { withMeta = true } = {}): Uint8Array {
  const parts: number[] = [];
  const put16 = (value: number) => parts.push(value >> 8, value & 255);
  const header = (tag: number, vr: string, length: number) => {
    put16(tag >>> 16);
    put16(tag & 0xffff);
    parts.push(vr.charCodeAt(0), vr.charCodeAt(1));
    if (vr === 'OW') {
      put16(0);
      put16(length >>> 16);
    }
    put16(length & 0xffff);
  };
  for (const { tag, vr, value } of imageElements(image).sort((one, other) => one.tag - other.tag)) {
    if (vr === 'US') {
      header(tag, vr, 2);
      put16(value as number);
    } else {
      const text = String(value).length % 2 ? `${String(value)}${vr === 'UI' ? '\0' : ' '}` : String(value);
      header(tag, vr, text.length);
      parts.push(...Buffer.from(text, 'latin1'));
    }
  }
  header(0x7fe00010, 'OW', words.length * 2);
  for (let index = 0; index < words.length; index++) put16(words[index]! & 0xffff);
  if (!withMeta) return Uint8Array.from(parts);
  return Uint8Array.from([...fileHead(SECONDARY_CAPTURE, SOP_INSTANCE_UID, '1.2.840.10008.1.2.2'), ...parts]);
}
