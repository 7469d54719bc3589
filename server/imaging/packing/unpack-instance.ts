import { createHash } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { readCodestreamHeader } from '../../../shared/dicom/pixels/codestream.ts';
import type { WasmDecoder } from '../../../shared/dicom/pixels/codecs.ts';
import {
  HEAD_BYTES,
  mostUnpackedOf,
  PackedDamaged,
  PIECE_HEAD_BYTES,
  readHead,
  readPieceHead,
  type PictureForm,
} from './packed-format.ts';
import { frameOfSamples } from './picture-samples.ts';

export interface PackedFile {
  byteLength: number;
  /** Exactly so many bytes from there, all of which the file has. */
  read(at: number, length: number): Buffer;
}

/** A file of a million tiny pieces is nobody's picture. */
const MOST_PIECES = 250_000;

/**
 * Puts the file together again that packInstance took apart, and hands on its bytes. `begin` is told its length before
 * the first of them. Hostile bytes end it early: no piece is larger than it says, no file larger than `mostBytes` or
 * out of all proportion. Throws PackedDamaged, also where the bytes are not those whose SHA-256 was sent along; then
 * what was written is of no use.
 */
export function unpackInstance(
  file: PackedFile,
  decoder: () => WasmDecoder,
  { mostBytes, begin, write }: { mostBytes: number; begin(byteLength: number): void; write(bytes: Uint8Array): void },
): { sha256: string; byteLength: number } {
  if (file.byteLength < HEAD_BYTES) throw new PackedDamaged('It is cut off');
  const { byteLength, sha256 } = readHead(file.read(0, HEAD_BYTES));
  if (byteLength > Math.min(mostBytes, mostUnpackedOf(file.byteLength)))
    throw new PackedDamaged('It would become larger than a file of its length can be');
  begin(byteLength);
  const hash = createHash('sha256');
  let written = 0;
  let pieces = 0;
  for (let at = HEAD_BYTES; at < file.byteLength;) {
    if (at + PIECE_HEAD_BYTES > file.byteLength) throw new PackedDamaged('It is cut off');
    const head = readPieceHead(file.read(at, PIECE_HEAD_BYTES));
    at += PIECE_HEAD_BYTES;
    pieces += 1;
    if (at + head.codedLength > file.byteLength) throw new PackedDamaged('It is cut off');
    if (written + head.rawLength > byteLength || pieces > MOST_PIECES)
      throw new PackedDamaged('It has more in it than it says');
    const coded = file.read(at, head.codedLength);
    at += head.codedLength;
    const raw =
      head.coding === 'stored'
        ? coded
        : head.coding === 'deflated'
          ? inflated(coded, head.rawLength)
          : frameOf(coded, head.form, decoder);
    if (raw.length !== head.rawLength) throw new PackedDamaged('A piece is not as long as it says');
    hash.update(raw);
    write(raw);
    written += raw.length;
  }
  if (written !== byteLength || !hash.digest().equals(sha256))
    throw new PackedDamaged('What is in it is not the file that was packed');
  return { sha256: sha256.toString('hex'), byteLength };
}

function inflated(coded: Buffer, rawLength: number): Buffer {
  try {
    return inflateRawSync(coded, { maxOutputLength: rawLength });
  } catch {
    throw new PackedDamaged('A piece cannot be inflated');
  }
}

function frameOf(coded: Buffer, form: PictureForm, open: () => WasmDecoder): Uint8Array {
  const { columns, lines, bytesPerSample } = form;
  const decoder = open();
  try {
    // Looked at before the codec reserves memory for what a codestream promises.
    const { kind, width, height, components, precision } = readCodestreamHeader(coded);
    if (kind !== 'jpeg-ls' || components !== 1 || width !== columns || height !== lines)
      throw new PackedDamaged('A picture is not the one that its piece says');
    if (precision > 16 || precision > 8 !== (bytesPerSample === 2))
      throw new PackedDamaged('A picture has other samples than its piece says');
    decoder.getEncodedBuffer(coded.length).set(coded);
    decoder.decode();
    const decoded = decoder.getDecodedBuffer();
    if (decoded.length !== columns * lines * bytesPerSample) throw new PackedDamaged('A picture is cut off');
    // Out of the codec's memory, which is given back below.
    const bytes = new Uint8Array(decoded);
    return frameOfSamples(bytesPerSample === 1 ? bytes : new Uint16Array(bytes.buffer), form);
  } catch (thrown) {
    // Emscripten throws the address of a C++ exception, the header's reader an error of its own.
    throw thrown instanceof PackedDamaged ? thrown : new PackedDamaged('A picture cannot be decoded');
  } finally {
    decoder.delete();
  }
}
