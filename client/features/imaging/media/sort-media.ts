import { Unzip, UnzipInflate } from 'fflate';

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
}

/**
 * `other`: no DICOM file. `archive`: an archive inside an archive, or of another kind than ZIP. `unreadable`: damaged,
 * encrypted, or taken away meanwhile. `too-large`: it unpacks to more than any study has. The media directory
 * (DICOMDIR, PS3.10 section 8) is passed over without a word: it holds no image.
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
/** The preamble, the prefix, and of the meta header what tells a directory from an image. */
const headBytes = 512;
const directorySopClass = '1.2.840.10008.1.3.10';

/** Judges a file by its first bytes (PS3.10 section 7.1), also one whose preamble was cut off, as the hub does. */
export function kindOf(head: Uint8Array): Kind {
  const text = (from: number, length: number) => String.fromCharCode(...head.subarray(from, from + length));
  const bare = head[0] === 0x02 && head[1] === 0 && head[2] === 0;
  if (text(128, 4) === 'DICM' || bare)
    return text(0, headBytes).includes(`${directorySopClass}\0`) ? 'directory' : 'dicom';
  if (text(0, 4) === 'PK\u0003\u0004') return 'zip';
  const archives = ['PK\u0005\u0006', 'Rar!', '7z\u00bc\u00af', '\u001f\u008b'];
  return archives.some((magic) => text(0, magic.length) === magic) ? 'archive' : 'other';
}

/** Sorts what was chosen and opens ZIP archives, one file at a time. `onProgress` is told the bytes that were read. */
export async function sortMedia(
  files: readonly ChosenFile[],
  onProgress: (readBytes: number) => void = () => undefined,
  limits: MediaLimits = mediaLimits,
): Promise<SortedMedia> {
  const sorted: SortedMedia = { dicom: [], notDicom: [] };
  let read = 0;
  for (const { file, path: name } of files) {
    try {
      const kind = kindOf(new Uint8Array(await file.slice(0, headBytes).arrayBuffer()));
      if (kind === 'dicom') sorted.dicom.push(file);
      else if (kind === 'zip') {
        const before = read;
        const opened = await openZip(file, name, limits, (bytes) => onProgress(before + bytes));
        sorted.dicom.push(...opened.dicom);
        sorted.notDicom.push(...opened.notDicom);
      } else if (kind !== 'directory') sorted.notDicom.push({ name, reason: kind });
    } catch {
      sorted.notDicom.push({ name, reason: 'unreadable' });
    }
    read += file.size;
    onProgress(read);
  }
  return sorted;
}

class TooLarge extends Error {}

async function openZip(
  archive: File,
  archiveName: string,
  limits: MediaLimits,
  onProgress: (bytes: number) => void,
): Promise<SortedMedia> {
  const sorted: SortedMedia = { dicom: [], notDicom: [] };
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
    const judge = () => {
      kind = kindOf(new Uint8Array(joined(parts, headBytes)));
      // What is no image need not be held.
      if (kind !== 'dicom') parts = [];
    };
    entry.ondata = (error, chunk, final) => {
      if (error) {
        if (error instanceof TooLarge) throw error;
        sorted.notDicom.push({ name, reason: 'unreadable' });
        return;
      }
      guard(chunk.length);
      length += chunk.length;
      if (length > limits.fileBytes) throw new TooLarge();
      if (kind === null || kind === 'dicom') parts.push(new Uint8Array(chunk));
      if (kind === null && length >= headBytes) judge();
      if (!final) return;
      if (kind === null) judge();
      if (kind === 'dicom') sorted.dicom.push(new File(parts, path.split('/').at(-1) ?? path));
      else if (kind !== 'directory') sorted.notDicom.push({ name, reason: kind === 'other' ? 'other' : 'archive' });
      parts = [];
    };
    try {
      entry.start();
    } catch (error) {
      if (error instanceof TooLarge) throw error;
      // Compressed in a way that only special programs know, or encrypted.
      sorted.notDicom.push({ name, reason: 'unreadable' });
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
    if (error instanceof TooLarge) return { dicom: [], notDicom: [{ name: archiveName, reason: 'too-large' }] };
    sorted.notDicom.push({ name: archiveName, reason: 'unreadable' });
  }
  return sorted;
}

function joined(parts: readonly Uint8Array[], most: number): Uint8Array {
  const head = new Uint8Array(most);
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
