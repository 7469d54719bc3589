/**
 * How a gateway sends an instance over a slow line: the file's own bytes in pieces, each as it is, deflated, or as a
 * lossless picture, and before them the length and SHA-256 of the file. The far end puts exactly that file together
 * again, so that the archive never knows which way it came. Numbers are little endian.
 *
 * head: magic (8), length of the file (8), SHA-256 of the file (32)
 * piece: coding (1), bits of PictureForm (1), planes (1), bytes a sample (1), length in the file (4), length here (4),
 *        columns (2), lines (2), base (2), zero (2), and then its bytes
 */

export interface PackedHead {
  byteLength: number;
  sha256: Buffer;
}

/** How samples became the one plane of unsigned numbers that JPEG-LS codes; see picture-samples.ts. */
export interface PictureForm {
  columns: number;
  /** Of all planes, which stand below each other. */
  lines: number;
  planes: 1 | 3;
  bytesPerSample: 1 | 2;
  /** In the file the planes' samples stand beside each other (Planar Configuration 0). */
  interleaved: boolean;
  /** Of the first and the last plane the difference from the middle one was coded. */
  difference: boolean;
  /** Subtracted from every sample, modulo 65536. */
  base: number;
}

interface Lengths {
  rawLength: number;
  codedLength: number;
}
export type PieceHead =
  | (Lengths & { coding: 'stored' })
  | (Lengths & { coding: 'deflated' })
  | (Lengths & { coding: 'picture'; form: PictureForm });

/** Both ends say it in words of their own; throws where it cannot be. */
export class PackedDamaged extends Error {
  override readonly name = 'PackedDamaged';
}

const MAGIC = Buffer.from('LZPACK01');
export const HEAD_BYTES = 48;
export const PIECE_HEAD_BYTES = 20;
/** No picture is larger: a mammogram has 40 megabytes. */
export const LONGEST_PIECE = 64 * 1024 * 1024;
/** JPEG-LS writes the lines and columns of a frame in 16 bits (ISO/IEC 14495-1 C.2.2). */
export const LONGEST_SIDE = 65_535;
/**
 * Against bombs, as for a deflated data set: zeros pack to next to nothing, images do not. What would unpack to more
 * than this goes as it is.
 */
export const GREATEST_RATIO = 60;
export const UNPACKED_BYTES_ANYWAY = 32 * 1024 * 1024;

export const mostUnpackedOf = (packedLength: number) => Math.max(UNPACKED_BYTES_ANYWAY, packedLength * GREATEST_RATIO);

const codings = ['stored', 'deflated', 'picture'] as const;

export function encodeHead({ byteLength, sha256 }: PackedHead): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(byteLength));
  return Buffer.concat([MAGIC, length, sha256]);
}

/** Throws PackedDamaged. */
export function readHead(bytes: Buffer): PackedHead {
  if (bytes.length < HEAD_BYTES || !bytes.subarray(0, 8).equals(MAGIC))
    throw new PackedDamaged('It does not begin like a packed file');
  const byteLength = Number(bytes.readBigUInt64LE(8));
  if (!Number.isSafeInteger(byteLength) || byteLength === 0) throw new PackedDamaged('It packs no possible file');
  return { byteLength, sha256: bytes.subarray(16, HEAD_BYTES) };
}

export function encodePieceHead(head: PieceHead): Buffer {
  const bytes = Buffer.alloc(PIECE_HEAD_BYTES);
  bytes.writeUInt8(codings.indexOf(head.coding), 0);
  bytes.writeUInt32LE(head.rawLength, 4);
  bytes.writeUInt32LE(head.codedLength, 8);
  if (head.coding !== 'picture') return bytes;
  const { columns, lines, planes, bytesPerSample, interleaved, difference, base } = head.form;
  bytes.writeUInt8((interleaved ? 1 : 0) | (difference ? 2 : 0), 1);
  bytes.writeUInt8(planes, 2);
  bytes.writeUInt8(bytesPerSample, 3);
  bytes.writeUInt16LE(columns, 12);
  bytes.writeUInt16LE(lines, 14);
  bytes.writeUInt16LE(base, 16);
  return bytes;
}

/** Throws PackedDamaged unless the lengths can be, and agree with each other. */
export function readPieceHead(bytes: Buffer): PieceHead {
  const coding = codings[bytes.readUInt8(0)];
  const rawLength = bytes.readUInt32LE(4);
  const codedLength = bytes.readUInt32LE(8);
  if (coding === undefined) throw new PackedDamaged('A piece is coded in no known way');
  if (rawLength === 0 || rawLength > LONGEST_PIECE || codedLength === 0 || codedLength > rawLength)
    throw new PackedDamaged('A piece has an impossible length');
  if (coding === 'stored' && codedLength !== rawLength) throw new PackedDamaged('A stored piece has two lengths');
  if (coding !== 'picture') return { coding, rawLength, codedLength };
  const [planes, bytesPerSample, bits] = [bytes.readUInt8(2), bytes.readUInt8(3), bytes.readUInt8(1)];
  const [columns, lines] = [bytes.readUInt16LE(12), bytes.readUInt16LE(14)];
  if ((planes !== 1 && planes !== 3) || (bytesPerSample !== 1 && bytesPerSample !== 2) || lines % planes !== 0)
    throw new PackedDamaged('A picture has an impossible form');
  if (columns * lines * bytesPerSample !== rawLength) throw new PackedDamaged('A picture is not as large as its piece');
  const form: PictureForm = {
    ...{ columns, lines, planes, bytesPerSample },
    interleaved: (bits & 1) !== 0,
    difference: (bits & 2) !== 0,
    base: bytes.readUInt16LE(16),
  };
  return { coding, rawLength, codedLength, form };
}
