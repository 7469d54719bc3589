import { Zip, ZipPassThrough } from 'fflate';

/** One file of an archive; its bytes are asked for when it is their turn. */
export interface ZipEntry {
  /** ASCII, with slashes. */
  name: string;
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** What an archive's 32-bit form holds, with room for its own words; nobody teaches with more. */
export const largestArchive = { bytes: 4e9, files: 60_000 } as const;

/** An archive says nothing about when it was made: the first day that a ZIP can name. */
const NO_DATE = new Date(1980, 0, 1);

/** A ZIP archive (PKWARE APPNOTE 6.3) of stored files, piece by piece; at most {@link largestArchive}. */
export async function* zipStream(entries: AsyncIterable<ZipEntry>): AsyncGenerator<Uint8Array> {
  const made: Uint8Array[] = [];
  const zip = new Zip((error, piece) => {
    if (error) throw error;
    if (piece.length > 0) made.push(piece);
  });
  for await (const { name, body } of entries) {
    const file = new ZipPassThrough(name);
    file.mtime = NO_DATE;
    zip.add(file);
    for await (const piece of body) {
      if (piece.length > 0) file.push(piece);
      yield* made.splice(0);
    }
    file.push(new Uint8Array(), true);
    yield* made.splice(0);
  }
  zip.end();
  yield* made.splice(0);
}
