import dicomParser from 'dicom-parser';
import { nativeFrameBits } from '../../../shared/dicom/pixels/frame-bytes.ts';
import { readPixelLayout } from '../../../shared/dicom/pixels/image-description.ts';
import {
  EXPLICIT_LITTLE_ENDIAN,
  IMPLICIT_LITTLE_ENDIAN,
  pixelCoding,
} from '../../../shared/dicom/pixels/transfer-syntax.ts';
import { LONGEST_PIECE, LONGEST_SIDE, type PictureForm } from './packed-format.ts';

export interface NativeFrames {
  /** Of the first frame, in the file; the others follow it without a gap. */
  offset: number;
  count: number;
  bytesPerFrame: number;
  form: Omit<PictureForm, 'base'>;
}

/** `coded`: its pixels are compressed already, or the whole of it is. */
export type FoundFrames = NativeFrames | 'none' | 'coded';

/**
 * Where the pixels of an uncompressed little endian instance stand, as far as they are pictures of 8 or 16 bits.
 * @param head the file's first bytes, or all of it
 * @param byteLength of the file
 */
export function findNativeFrames(head: Uint8Array, byteLength: number): FoundFrames {
  try {
    return find(head, byteLength);
  } catch {
    // Cut off before its pixels, or no DICOM that can be read: the hub says what is wrong with it.
    return 'none';
  }
}

function find(head: Uint8Array, byteLength: number): FoundFrames {
  const meta = dicomParser.readPart10Header(head);
  const syntax = meta.string('x00020010')?.trim() ?? '';
  if (syntax !== EXPLICIT_LITTLE_ENDIAN && syntax !== IMPLICIT_LITTLE_ENDIAN)
    return pixelCoding(syntax) === 'native' && syntax !== '1.2.840.10008.1.2.1.99' ? 'none' : 'coded';
  const dataSet = dicomParser.parseDicom(head, { untilTag: 'x7fe00010' });
  const pixels = dataSet.elements['x7fe00010'];
  if (pixels === undefined || pixels.hadUndefinedLength === true) return 'none';
  const layout = readPixelLayout(dataSet);
  const { rows, columns, bitsAllocated, samplesPerPixel: planes, photometricInterpretation: colours, frames } = layout;
  if ((bitsAllocated !== 8 && bitsAllocated !== 16) || (planes !== 1 && planes !== 3)) return 'none';
  if (colours === 'YBR_FULL_422') return 'none';
  const bytesPerFrame = nativeFrameBits(layout) / 8;
  const { dataOffset: offset, length } = pixels;
  const count = Math.min(frames, Math.floor(Math.min(length, byteLength - offset) / bytesPerFrame));
  if (count < 1 || bytesPerFrame > LONGEST_PIECE || rows * planes > LONGEST_SIDE || columns > LONGEST_SIDE)
    return 'none';
  const form = {
    columns,
    lines: rows * planes,
    planes,
    bytesPerSample: bitsAllocated === 8 ? 1 : 2,
    interleaved: planes === 3 && !layout.planar,
    difference: planes === 3 && colours === 'RGB',
  } as const;
  return { offset, count, bytesPerFrame, form };
}
