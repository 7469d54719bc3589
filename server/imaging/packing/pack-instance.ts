import { deflateRawSync } from 'node:zlib';
import { findNativeFrames } from './native-frames.ts';
import {
  encodeHead,
  encodePieceHead,
  HEAD_BYTES,
  LONGEST_PIECE,
  mostUnpackedOf,
  PIECE_HEAD_BYTES,
  type PictureForm,
} from './packed-format.ts';
import { samplesOfFrame, type PackedSamples } from './picture-samples.ts';

/** What of CharLS is needed to code a plane. */
export interface PictureCoder {
  encode(samples: PackedSamples): Uint8Array;
}

export interface FileToPack {
  byteLength: number;
  sha256: Buffer;
  /** Exactly so many bytes from there, all of which the file has. */
  read(at: number, length: number): Buffer;
}

/** The head of a file with hundreds of private attributes; pixels behind more than this are deflated like the rest. */
const HEAD_OF_FILE = 4 * 1024 * 1024;
const DEFLATED_AT_A_TIME = 1024 * 1024;
/** What saves less is not worth the work at the other end. */
const WORTH = 0.9;
/** After so much it is seen whether it is worth while. */
const TRIED_BYTES = 8 * 1024 * 1024;

/**
 * Packs a DICOM file for a slow line, piece by piece, and hands the pieces on. The answer is the length of it all;
 * null where it is not worth it, and then what was written is of no use.
 */
export function packInstance(file: FileToPack, coder: PictureCoder, write: (bytes: Uint8Array) => void): number | null {
  const frames = findNativeFrames(file.read(0, Math.min(HEAD_OF_FILE, file.byteLength)), file.byteLength);
  if (frames === 'coded') return null;
  let packed = HEAD_BYTES;
  write(encodeHead(file));

  const put = (head: Parameters<typeof encodePieceHead>[0], bytes: Uint8Array) => {
    write(encodePieceHead(head));
    write(bytes);
    packed += PIECE_HEAD_BYTES + bytes.length;
  };
  const putDeflated = (raw: Buffer) => {
    const deflated = deflateRawSync(raw);
    if (deflated.length < raw.length)
      put({ coding: 'deflated', rawLength: raw.length, codedLength: deflated.length }, deflated);
    else put({ coding: 'stored', rawLength: raw.length, codedLength: raw.length }, raw);
  };
  const deflateTo = (from: number, to: number): boolean => {
    for (let at = from; at < to; at += DEFLATED_AT_A_TIME) {
      putDeflated(file.read(at, Math.min(DEFLATED_AT_A_TIME, to - at)));
      if (!isWorth(Math.min(to, at + DEFLATED_AT_A_TIME))) return false;
    }
    return true;
  };
  const isWorth = (upTo: number) => upTo < TRIED_BYTES || packed < upTo * WORTH;

  let at = 0;
  if (frames !== 'none') {
    const { offset, count, bytesPerFrame, form } = frames;
    deflateTo(0, offset);
    for (let frame = 0; frame < count; frame += 1) {
      at = offset + (frame + 1) * bytesPerFrame;
      const raw = file.read(at - bytesPerFrame, bytesPerFrame);
      const picture = pictureOf(raw, form, coder);
      if (picture === null) deflateTo(at - bytesPerFrame, at);
      else put(picture.head, picture.bytes);
      if (!isWorth(at)) return null;
    }
  }
  if (!deflateTo(at, file.byteLength)) return null;
  return packed < file.byteLength * WORTH && file.byteLength <= mostUnpackedOf(packed) ? packed : null;
}

/** Null where JPEG-LS makes hardly less of it: a dithered or palette picture may deflate better. */
function pictureOf(raw: Buffer, shape: Omit<PictureForm, 'base'>, coder: PictureCoder) {
  if (raw.length > LONGEST_PIECE) return null;
  const samples = samplesOfFrame(raw, shape);
  let bytes: Uint8Array;
  try {
    bytes = coder.encode(samples);
  } catch {
    // Noise grows beyond the coder's own buffer.
    return null;
  }
  if (bytes.length > raw.length * WORTH) return null;
  const { form } = samples;
  return { head: { coding: 'picture', rawLength: raw.length, codedLength: bytes.length, form } as const, bytes };
}
