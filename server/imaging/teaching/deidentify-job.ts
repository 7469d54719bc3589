import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { DataSet } from 'dicom-parser';
import type { ThreadJob } from '../../platform/threads/thread-pool.ts';
import { DicomDecodeError } from '../dicom-decode-error.ts';
import { elementHeader, EXPLICIT_LITTLE_ENDIAN, itemHeader, writeDicomFile } from '../dicom-writer.ts';
import { isCoded } from '../frame-media.ts';
import { parseFile } from '../read-instance.ts';
import { deidentifyDataSet } from './deidentify-data-set.ts';
import { scrubCodestream } from './scrub-codestream.ts';

const PIXEL_DATA_TAG = 0x7fe00010;

// Runs in worker threads: the bytes are a stranger's.

export interface DeidentifyRequest {
  path: string;
  /** Patient's Name and ID in the copy. */
  name: string;
  /** Of this export alone, hexadecimal; the UIDs of its copies follow from it and cannot be led back. */
  uidKey: string;
  /** Of its series among those of the export, from 1. */
  seriesNumber: number;
}

/** A copy: new bytes, and stretches of the stored file that are taken over unchanged. */
export interface DeidentifiedFile {
  parts: (Uint8Array | { offset: number; length: number })[];
  byteLength: number;
}

const BIG_ENDIAN = '1.2.840.10008.1.2.2';
const DEFLATED = '1.2.840.10008.1.2.1.99';
/** RLE and the codestreams whose comments are blanked here; what others carry beside the picture nobody knows. */
const CODED = /^1\.2\.840\.10008\.1\.2\.(5|4\.(5\d|6\d|70|80|81|9[0-3]|20[123]))$/;
const PIXEL_DATA = 'x7fe00010';
const RED_PALETTE = 0x00281201;

/** Throws DicomDecodeError for what cannot be read as an image. */
export function deidentifyFile({ path, name, uidKey, seriesNumber }: DeidentifyRequest): DeidentifiedFile {
  const file = readFileSync(path);
  const { dataSet, shift } = parseFile(new Uint8Array(file.buffer, file.byteOffset, file.byteLength));
  const made = deidentifyDataSet(dataSet, { name, seriesNumber, uidFor: (uid) => uidFor(uidKey, uid) });
  if (made === null || dataSet.elements[PIXEL_DATA] === undefined)
    throw new DicomDecodeError('not-dicom', 'The file holds no image');
  // Nothing can check what else a segmented palette says, and without it the picture is none.
  const palette = dataSet.string('x00280004')?.trim() === 'PALETTE COLOR';
  if (palette && !made.elements.some(({ tag }) => tag === RED_PALETTE))
    throw new DicomDecodeError('dicom-damaged', 'The palette is not one that can be checked');
  const syntax = dataSet.string('x00020010')?.replace(/[\0 ]+$/, '') ?? '';
  const coded = isCoded(syntax);
  if (coded && !CODED.test(syntax))
    throw new DicomDecodeError('dicom-damaged', 'Nothing here knows what such a codestream carries');
  if (coded !== (dataSet.elements[PIXEL_DATA].encapsulatedPixelData === true))
    throw new DicomDecodeError('dicom-damaged', 'Pixel Data (7FE0,0010) is not coded as its transfer syntax says');
  const head = writeDicomFile({
    ...made,
    // Native pixels are little endian with explicit VRs in the copy, whatever they were.
    transferSyntaxUid: coded ? syntax : EXPLICIT_LITTLE_ENDIAN,
  });
  const pixels = coded ? codedPixels(dataSet, shift) : nativePixels(dataSet, shift, syntax);
  const parts = [head, ...pixels];
  return { parts, byteLength: parts.reduce((sum, { length }) => sum + length, 0) };
}

export const deidentifyJob: ThreadJob<DeidentifyRequest, DeidentifiedFile> = {
  moduleUrl: import.meta.url,
  exportName: 'deidentifyFile',
  timeoutMs: 20_000,
  leavesRoom: true,
};

/** PS3.5 annex B.2, from a key that nobody keeps. */
export function uidFor(uidKey: string, uid: string): string {
  const digest = createHmac('sha256', Buffer.from(uidKey, 'hex')).update(uid).digest().subarray(0, 16);
  digest[6] = (digest[6]! & 0x0f) | 0x80;
  digest[8] = (digest[8]! & 0x3f) | 0x80;
  return `2.25.${BigInt(`0x${digest.toString('hex')}`)}`;
}

type Parts = DeidentifiedFile['parts'];

/** As many bytes as the picture has, and none that were put behind it. */
function nativePixels(dataSet: DataSet, shift: number, syntax: string): Parts {
  const { dataOffset, length } = dataSet.elements[PIXEL_DATA]!;
  const number = (tag: string) => dataSet.uint16(tag) ?? 0;
  const bits = number('x00280100');
  const samples = number('x00280002') || 1;
  const frames = Number(dataSet.string('x00280008')?.trim() || 1);
  const bytesOf = (channels: number) =>
    Math.ceil((number('x00280010') * number('x00280011') * channels * bits * frames) / 8);
  // Full sampling stands under the name of 422, too.
  const halved = dataSet.string('x00280004')?.trim() === 'YBR_FULL_422' && length < bytesOf(samples);
  const needed = bytesOf(halved ? 2 : samples);
  // The stated length may reach beyond the file's end.
  if (!(needed > 0) || needed > length || dataOffset + needed > dataSet.byteArray.length)
    throw new DicomDecodeError('dicom-damaged', 'Pixel Data (7FE0,0010) is cut off');
  const padding = new Uint8Array(needed % 2);
  const words = bits > 8;
  const header = elementHeader(PIXEL_DATA_TAG, words ? 'OW' : 'OB', needed + padding.length);
  if (syntax === BIG_ENDIAN || syntax === DEFLATED) {
    const bytes = Uint8Array.from(dataSet.byteArray.subarray(dataOffset, dataOffset + needed));
    if (syntax === BIG_ENDIAN) swap(bytes, bits / 8);
    return [header, bytes, padding];
  }
  return [header, { offset: dataOffset - shift, length: needed }, padding];
}

function swap(bytes: Uint8Array, size: number): void {
  const view = Buffer.from(bytes.buffer);
  if (size === 2) view.swap16();
  else if (size === 4) view.swap32();
  else if (size === 8) view.swap64();
}

/** The fragments with a Basic Offset Table that is true (PS3.5 A.4), comments of their codestreams blanked. */
function codedPixels(dataSet: DataSet, shift: number): Parts {
  const { fragments = [], basicOffsetTable = [] } = dataSet.elements[PIXEL_DATA]!;
  if (fragments.length === 0) throw new DicomDecodeError('dicom-damaged', 'Pixel Data (7FE0,0010) has no fragments');
  if (fragments.some(({ position, length }) => position + length > dataSet.byteArray.length))
    throw new DicomDecodeError('dicom-damaged', 'Pixel Data (7FE0,0010) is cut off');
  const starts = new Set(fragments.map(({ offset }) => offset));
  const table = basicOffsetTable.every((offset) => starts.has(offset)) ? basicOffsetTable : [];
  const tableBytes = new Uint8Array(table.length * 4);
  table.forEach((offset, index) => new DataView(tableBytes.buffer).setUint32(index * 4, offset, true));
  return [
    elementHeader(PIXEL_DATA_TAG, 'OB', 0xffffffff),
    itemHeader(0xe000, tableBytes.length),
    tableBytes,
    ...fragments.flatMap(({ position, length }): Parts => {
      const fragment = dataSet.byteArray.subarray(position, position + length);
      if (isBoxed(fragment)) throw new DicomDecodeError('dicom-damaged', 'A file stands in the place of a codestream');
      const scrubbed = scrubCodestream(fragment);
      return [itemHeader(0xe000, length), scrubbed ?? { offset: position - shift, length }];
    }),
    itemHeader(0xe0dd, 0),
  ];
}

/** A JP2 file instead of its codestream (PS3.5 A.4.4 forbids it): its boxes may say anything. */
const isBoxed = (bytes: Uint8Array) => [0, 0, 0, 12, 0x6a, 0x50].every((value, index) => bytes[index] === value);
