import type { DataSet } from '../../shared/dicom/pixels/data-set.ts';
import { fragmentsByFrame, nativeFrameBits } from '../../shared/dicom/pixels/frame-bytes.ts';
import { readPixelLayout } from '../../shared/dicom/pixels/image-description.ts';
import {
  EXPLICIT_LITTLE_ENDIAN,
  IMPLICIT_LITTLE_ENDIAN,
  pixelCoding,
} from '../../shared/dicom/pixels/transfer-syntax.ts';

/**
 * Where each frame's bytes stand in the stored file, so that a frame is served without parsing the file again.
 * `native`: samples as Explicit VR Little Endian has them, equally long; `coded`: codestreams in the file's transfer
 * syntax, as offset and length by turns, one list a frame.
 */
export type FrameTable =
  { kind: 'native'; offset: number; frameBytes: number; frames: number } | { kind: 'coded'; frames: number[][] };

/** A table for each of 100,000 frames would weigh more than the record; such files are read when they are asked for. */
const MAX_CODED_FRAMES = 4000;
const MAX_CODED_FRAGMENTS = 16_000;

/**
 * @param shift bytes that stand in the parsed form, but not in the file
 * @returns null where the file's own bytes are no frames: deflated, big endian, one-bit, or damaged
 */
export function readFrameTable(
  dataSet: DataSet,
  transferSyntaxUid: string,
  frames: number,
  shift: number,
): FrameTable | null {
  const element = dataSet.elements['x7fe00010'];
  if (element === undefined) return null;
  try {
    if (element.encapsulatedPixelData === true) {
      if ((element.fragments ?? []).length > MAX_CODED_FRAGMENTS || frames > MAX_CODED_FRAMES) return null;
      const coding = pixelCoding(transferSyntaxUid);
      if (coding === 'native' || coding === 'deflated-frames') return null;
      const found = fragmentsByFrame(dataSet.byteArray, element, frames);
      return {
        kind: 'coded',
        frames: found.map((parts) => parts.flatMap(({ position, length }) => [position - shift, length])),
      };
    }
    if (transferSyntaxUid !== EXPLICIT_LITTLE_ENDIAN && transferSyntaxUid !== IMPLICIT_LITTLE_ENDIAN) return null;
    const layout = readPixelLayout(dataSet);
    const bits = nativeFrameBits(layout);
    if (bits % 8 !== 0 || layout.bitsAllocated < 8 || element.length * 8 < bits * frames) return null;
    // Full sampling under the name of 422 has another length: only decoding tells.
    if (layout.photometricInterpretation === 'YBR_FULL_422' && element.length * 8 >= bits * frames * 1.5) return null;
    return { kind: 'native', offset: element.dataOffset - shift, frameBytes: bits / 8, frames };
  } catch {
    return null;
  }
}
