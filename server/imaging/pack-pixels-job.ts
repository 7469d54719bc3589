import { readFileSync } from 'node:fs';
import dicomParser from 'dicom-parser';
import { EXPLICIT_LITTLE_ENDIAN, JPEG_LS_LOSSLESS } from '../../shared/dicom/pixels/transfer-syntax.ts';
import { readPixelLayout, type PixelLayout } from '../../shared/dicom/pixels/image-description.ts';
import type { ThreadJob } from '../platform/threads/thread-pool.ts';
import { encapsulatedPixels, fileHead } from './dicom-writer.ts';
import { explicitElements } from './explicit-elements.ts';
import { findNativeFrames } from './packing/native-frames.ts';
import { openPictureCoder } from './packing/picture-coder.ts';

// Runs in worker threads: the bytes are a stranger's.

/** What saves less is not worth the decoding at the other end. */
const WORTH = 0.9;
/** An explicit element of 32-bit length: tag, VR, two reserved bytes, length (PS3.5, 7.1.2). */
const PIXEL_HEADER_BYTES = 12;
/** Tag and length (PS3.5, 7.1.3). */
const IMPLICIT_HEADER_BYTES = 8;

/**
 * The same data set with its pixels coded in JPEG-LS without loss (PS3.5, 8.2.3), so that the SOP Instance UID stands:
 * every sample bit comes back as it was. Of one sample a pixel, in little endian; null for all else.
 */
export async function packFile({ path }: { path: string }): Promise<Uint8Array | null> {
  const file = new Uint8Array(readFileSync(path));
  const frames = findNativeFrames(file, file.length);
  if (typeof frames === 'string' || frames.form.planes !== 1) return null;
  const meta = dicomParser.readPart10Header(file) as dicomParser.DataSet & { position: number };
  const uidOf = (tag: string) => meta.string(tag)?.replace(/[\0 ]+$/, '') ?? '';
  const [sopClassUid, sopInstanceUid] = [uidOf('x00020002'), uidOf('x00020003')];
  if (sopClassUid === '' || sopInstanceUid === '') return null;
  const dataSet = dicomParser.parseDicom(file, { untilTag: 'x7fe00010' });
  const { offset, count, bytesPerFrame, form } = frames;
  const pixels = dataSet.elements['x7fe00010']!;
  const layout = readPixelLayout(dataSet);
  if (layout.frames !== count || layout.highBit !== layout.bitsStored - 1) return null;

  const behind = file.subarray(pixels.dataOffset + pixels.length);
  const isExplicit = uidOf('x00020010') === EXPLICIT_LITTLE_ENDIAN;
  // Coded pixels stand in explicit data sets only (PS3.5, A.4).
  if (!isExplicit && behind.length > 0) return null;
  // The length of the pixels' own group (retired) would no longer be true.
  if (isExplicit && dataSet.elements['x7fe00000'] !== undefined) return null;
  const before = isExplicit
    ? [file.subarray(meta.position, offset - PIXEL_HEADER_BYTES)]
    : explicitElements(dataSet, meta.position, offset - IMPLICIT_HEADER_BYTES);
  if (before === null) return null;

  const coder = await openPictureCoder();
  const coded: Uint8Array[] = [];
  for (let index = 0; index < count; index += 1) {
    const at = offset + index * bytesPerFrame;
    const frame = file.slice(at, at + bytesPerFrame);
    const samples = form.bytesPerSample === 1 ? frame : new Uint16Array(frame.buffer);
    // Overlays and rubbish in the unused bits: readers of coded pixels look at them in other ways than of native ones.
    if (!holdsOnlySamples(samples, layout)) return null;
    coded.push(coder.encode({ form: { ...form, base: 0 }, samples, precision: precisionOf(samples, layout.signed) }));
  }
  const head = fileHead(sopClassUid, sopInstanceUid, JPEG_LS_LOSSLESS);
  const packed = Buffer.concat([head, ...before, encapsulatedPixels(coded), behind]);
  return packed.length < file.length * WORTH ? new Uint8Array(packed) : null;
}

/** No bit is set above Bits Stored but copies of a sign. */
function holdsOnlySamples(
  samples: Uint8Array | Uint16Array,
  { signed, bitsStored, bitsAllocated }: PixelLayout,
): boolean {
  const unused = bitsAllocated - bitsStored;
  if (unused === 0) return true;
  const up = 32 - bitsStored;
  const most = 2 ** bitsAllocated - 1;
  return samples.every((sample) => (signed ? (((sample << up) >> up) & most) === sample : sample >> bitsStored === 0));
}

/** 8, 12 or 16, for which the codec has fast ways. Signed numbers keep all their bits, as every reader takes them. */
function precisionOf(samples: Uint8Array | Uint16Array, signed: boolean): number {
  if (samples instanceof Uint8Array) return 8;
  return !signed && samples.every((sample) => sample < 4096) ? 12 : 16;
}

export const packPixelsJob: ThreadJob<{ path: string }, Uint8Array | null> = {
  moduleUrl: import.meta.url,
  exportName: 'packFile',
  timeoutMs: 20_000,
  leavesRoom: true,
};
