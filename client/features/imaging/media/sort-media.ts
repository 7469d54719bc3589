import { Unzip, UnzipInflate } from 'fflate';
import { indexLimits, missingFrom, readMediaIndex, type IndexedFile, type PresentFile } from './read-media-index.ts';
import { metaUidsOf } from './meta-uids.ts';

export interface ChosenFile {
  file: File;
  /** With its folder, where that is known. */
  path: string;
}

/** What a person has chosen, sorted by content: names and endings say nothing on a CD. */
export interface SortedMedia {
  /** DICOM files, also those out of archives. */
  dicom: File[];
  /** What was passed over, by its name with its folder. */
  notDicom: { name: string; reason: NotDicom }[];
  /** What the index of a medium (DICOMDIR) names and what was not chosen with it, by its name with its folder. */
  missing: string[];
}

/**
 * `other`: no DICOM file. `archive`: an archive inside an archive, or of another kind than ZIP. `unreadable`: damaged,
 * encrypted, or taken away meanwhile. `too-large`: it unpacks to more than any study has. A media directory (DICOMDIR,
 * PS3.10 section 8) is none of these: it is the index of the others.
 */
export type NotDicom = 'other' | 'archive' | 'unreadable' | 'too-large';

export interface MediaLimits {
  /** Of one unpacked file; the hub takes no larger instance. */
  fileBytes: number;
  /** Of all that one archive unpacks to. */
  archiveBytes: number;
  /** Of one archive. */
  files: number;
  /** How many times larger than its archive the unpacked whole may be, once it is larger than `ratioFromBytes`. */
  ratio: number;
  ratioFromBytes: number;
}

export const mediaLimits: MediaLimits = {
  fileBytes: 512 * 1024 ** 2,
  archiveBytes: 8 * 1024 ** 3,
  files: 20_000,
  ratio: 100,
  ratioFromBytes: 256 * 1024 ** 2,
};

type Kind = 'dicom' | 'directory' | 'zip' | 'archive' | 'other';
/** The preamble, the prefix, and of the meta header what tells a directory from an image, and which image it is. */
const headBytes = 512;
const directorySopClass = '1.2.840.10008.1.3.10';

/** Judges a file by its first bytes (PS3.10 section 7.1), also one whose preamble was cut off, as the hub does. */
export function kindOf(head: Uint8Array): Kind {
  const text = (from: number, length: number) => String.fromCharCode(...head.subarray(from, from + length));
  const bare = head[0] === 0x02 && head[1] === 0 && head[2] === 0;
  if (text(128, 4) === 'DICM' || bare)
    return metaUidsOf(head).sopClassUid === directorySopClass ? 'directory' : 'dicom';
  if (text(0, 4) === 'PK\u0003\u0004') return 'zip';
  const archives = ['PK\u0005\u0006', 'Rar!', '7z\u00bc\u00af', '\u001f\u008b'];
  return archives.some((magic) => text(0, magic.length) === magic) ? 'archive' : 'other';
}

/** Looks at all files and keeps what is needed to say at the end which ones an index misses. */
class Medium {
  readonly sorted: SortedMedia = { dicom: [], notDicom: [], missing: [] };
  private readonly present: PresentFile[] = [];
  private readonly indexes: { path: string; files: IndexedFile[] }[] = [];
  private records = 0;

  /** `dicom` is the file itself, known to be one. */
  image(path: string, dicom: File, head: Uint8Array) {
    this.sorted.dicom.push(dicom);
    this.present.push({ path, sopInstanceUid: metaUidsOf(head).sopInstanceUid });
  }
  index(path: string, bytes: Uint8Array) {
    try {
      const files = readMediaIndex(bytes, { ...indexLimits, records: indexLimits.records - this.records });
      this.records += files.length;
      this.indexes.push({ path, files });
    } catch {
      // Whether the copy is whole cannot be told then, which the person may know.
      this.sorted.notDicom.push({ name: path, reason: 'unreadable' });
    }
  }
  passOver(name: string, reason: NotDicom) {
    this.sorted.notDicom.push({ name, reason });
    this.present.push({ path: name, sopInstanceUid: null });
  }
  add(other: Medium) {
    this.sorted.dicom.push(...other.sorted.dicom);
    this.sorted.notDicom.push(...other.sorted.notDicom);
    this.present.push(...other.present);
    this.indexes.push(...other.indexes);
  }
  finish(): SortedMedia {
    const missing = new Set(this.indexes.flatMap(({ path, files }) => missingFrom(path, files, this.present)));
    return { ...this.sorted, missing: [...missing] };
  }
}

/** Sorts what was chosen and opens ZIP archives, one file at a time. `onProgress` is told the bytes that were read. */
export async function sortMedia(
  files: readonly ChosenFile[],
  onProgress: (readBytes: number) => void = () => undefined,
  limits: MediaLimits = mediaLimits,
): Promise<SortedMedia> {
  const medium = new Medium();
  let read = 0;
  for (const { file, path } of files) {
    try {
      const head = new Uint8Array(await file.slice(0, headBytes).arrayBuffer());
      const kind = kindOf(head);
      if (kind === 'dicom') medium.image(path, file, head);
      else if (kind === 'directory') medium.index(path, await beginningOf(file));
      else if (kind === 'zip') {
        const before = read;
        medium.add(await openZip(file, path, limits, (bytes) => onProgress(before + bytes)));
      } else medium.passOver(path, kind);
    } catch {
      medium.passOver(path, 'unreadable');
    }
    read += file.size;
    onProgress(read);
  }
  return medium.finish();
}

/** Of an index too large to be read no more than shows that it is. */
async function beginningOf(index: File): Promise<Uint8Array> {
  return new Uint8Array(await index.slice(0, indexLimits.bytes + 1).arrayBuffer());
}

class TooLarge extends Error {}

async function openZip(
  archive: File,
  archiveName: string,
  limits: MediaLimits,
  onProgress: (bytes: number) => void,
): Promise<Medium> {
  const medium = new Medium();
  let unpacked = 0;
  let count = 0;
  const guard = (bytes: number) => {
    unpacked += bytes;
    const most = Math.min(limits.archiveBytes, Math.max(limits.ratioFromBytes, archive.size * limits.ratio));
    if (unpacked > most) throw new TooLarge();
  };
  const unzip = new Unzip();
  unzip.register(UnzipInflate);
  unzip.onfile = (entry) => {
    count += 1;
    if (count > limits.files) throw new TooLarge();
    const path = nameOf(entry.name);
    if (path.endsWith('/')) return;
    const name = `${archiveName}/${path}`;
    let parts: Uint8Array<ArrayBuffer>[] = [];
    let length = 0;
    let kind: Kind | null = null;
    let head = new Uint8Array(0);
    const isHeld = () => kind === null || kind === 'dicom' || (kind === 'directory' && length <= indexLimits.bytes);
    const judge = () => {
      head = joined(parts, headBytes);
      kind = kindOf(head);
      // What is neither image nor index need not be held.
      if (!isHeld()) parts = [];
    };
    entry.ondata = (error, chunk, final) => {
      if (error) {
        if (error instanceof TooLarge) throw error;
        medium.passOver(name, 'unreadable');
        return;
      }
      guard(chunk.length);
      length += chunk.length;
      if (length > limits.fileBytes) throw new TooLarge();
      if (isHeld()) parts.push(new Uint8Array(chunk));
      if (kind === null && length >= headBytes) judge();
      if (!final) return;
      if (kind === null) judge();
      if (kind === 'dicom') medium.image(name, new File(parts, path.split('/').at(-1) ?? path), head);
      else if (kind === 'directory') medium.index(name, joined(parts, length));
      else medium.passOver(name, kind === 'other' ? 'other' : 'archive');
      parts = [];
    };
    try {
      entry.start();
    } catch (error) {
      if (error instanceof TooLarge) throw error;
      // Compressed in a way that only special programs know, or encrypted.
      medium.passOver(name, 'unreadable');
    }
  };
  const pieceBytes = 1024 * 1024;
  try {
    for (let from = 0; from < archive.size; from += pieceBytes) {
      const piece = new Uint8Array(await archive.slice(from, from + pieceBytes).arrayBuffer());
      unzip.push(piece, from + pieceBytes >= archive.size);
      onProgress(Math.min(archive.size, from + pieceBytes));
    }
  } catch (error) {
    // Nothing of a bomb is believed; of a damaged archive the whole files are.
    if (error instanceof TooLarge) {
      const refused = new Medium();
      refused.passOver(archiveName, 'too-large');
      return refused;
    }
    medium.passOver(archiveName, 'unreadable');
  }
  return medium;
}

function joined(parts: readonly Uint8Array[], most: number): Uint8Array<ArrayBuffer> {
  const head = new Uint8Array(
    Math.min(
      most,
      parts.reduce((sum, part) => sum + part.length, 0),
    ),
  );
  let at = 0;
  for (const part of parts) {
    if (at >= most) break;
    const taken = part.subarray(0, most - at);
    head.set(taken, at);
    at += taken.length;
  }
  return head.subarray(0, at);
}

/** Archives made on Chinese Windows name their files in GBK and do not say so; they are read as Latin-1 then. */
export function nameOf(name: string): string {
  const codes = [...name].map((letter) => letter.charCodeAt(0));
  if (!codes.some((code) => code > 0x7f) || codes.some((code) => code > 0xff)) return name;
  try {
    return new TextDecoder('gb18030', { fatal: true }).decode(Uint8Array.from(codes));
  } catch {
    return name;
  }
}
