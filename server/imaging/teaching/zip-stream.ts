import { crc32 } from 'node:zlib';

/** One file of an archive; its bytes are asked for when it is their turn. */
export interface ZipEntry {
  /** ASCII, with slashes. */
  name: string;
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

const UTF8_AND_DESCRIPTOR = 0x0808;
/** 1 January 1980, midnight: an archive says nothing about when it was made. */
const NO_DATE = 0x0021;
const LIMIT_32 = 0xffffffff;

/**
 * A ZIP archive (PKWARE APPNOTE 6.3) of stored files, piece by piece: sizes stand behind each file, so that nothing is
 * held in memory; beyond 4 GB or 65,535 files in its 64-bit form. Each file itself stays below 4 GB.
 */
export async function* zipStream(entries: AsyncIterable<ZipEntry>): AsyncGenerator<Uint8Array> {
  const central: Uint8Array[] = [];
  let offset = 0;
  for await (const { name, body } of entries) {
    const nameBytes = Buffer.from(name, 'utf8');
    const local = fields([4, 0x04034b50], [2, 45], [2, UTF8_AND_DESCRIPTOR], [2, 0], [2, 0], [2, NO_DATE]);
    const start = Buffer.concat([local, fields([4, 0], [4, 0], [4, 0], [2, nameBytes.length], [2, 0]), nameBytes]);
    yield start;
    let checksum = 0;
    let size = 0;
    for await (const piece of body) {
      if (piece.length === 0) continue;
      checksum = crc32(piece, checksum);
      size += piece.length;
      if (size >= LIMIT_32) throw new RangeError('a file of an archive stays below 4 GB');
      yield piece;
    }
    const sizes = fields([4, checksum], [4, size], [4, size]);
    const descriptor = Buffer.concat([fields([4, 0x08074b50]), sizes]);
    yield descriptor;
    const far = offset >= LIMIT_32;
    const extra = far ? Buffer.concat([fields([2, 1], [2, 8]), long(offset)]) : Buffer.alloc(0);
    central.push(
      Buffer.concat([
        fields([4, 0x02014b50], [2, 45], [2, 45], [2, UTF8_AND_DESCRIPTOR], [2, 0], [2, 0], [2, NO_DATE]),
        sizes,
        fields([2, nameBytes.length], [2, extra.length], [2, 0], [2, 0], [2, 0], [4, 0], [4, far ? LIMIT_32 : offset]),
        nameBytes,
        extra,
      ]),
    );
    offset += start.length + size + descriptor.length;
  }
  const directory = Buffer.concat(central);
  yield directory;
  const count = central.length;
  if (count >= 0xffff || offset >= LIMIT_32) {
    const end = offset + directory.length;
    yield Buffer.concat([
      fields([4, 0x06064b50]),
      long(44),
      fields([2, 45], [2, 45], [4, 0], [4, 0]),
      ...[count, count, directory.length, offset].map(long),
      fields([4, 0x07064b50], [4, 0]),
      long(end),
      fields([4, 1]),
    ]);
  }
  const shown = Math.min(count, 0xffff);
  yield fields(
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, shown],
    [2, shown],
    [4, directory.length],
    [4, Math.min(offset, LIMIT_32)],
    [2, 0],
  );
}

/** Little-endian fields of two or four bytes. */
function fields(...parts: (readonly [size: 2 | 4, value: number])[]): Buffer {
  const bytes = Buffer.alloc(parts.reduce((sum, [size]) => sum + size, 0));
  let at = 0;
  for (const [size, value] of parts) at = bytes.writeUIntLE(value, at, size);
  return bytes;
}

function long(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
