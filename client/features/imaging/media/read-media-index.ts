import dicomParser, { type DataSet } from 'dicom-parser';

/** A file that the index of a medium names (PS3.3 F.3.2.2). */
export interface IndexedFile {
  /** Referenced File ID (0004,1500): folders and name from the folder of the index, with slashes between. */
  path: string;
  /** Referenced SOP Instance UID in File (0004,1511); the same file is known by it under any name. */
  sopInstanceUid: string | null;
}

export interface IndexLimits {
  /** Of the index itself. A record has some hundred bytes, with a small picture some thousand. */
  bytes: number;
  records: number;
}

export const indexLimits: IndexLimits = { bytes: 32 * 1024 ** 2, records: 100_000 };

/** PS3.10 8.2: eight components of eight letters; writers are less strict. */
const longestPath = 1024;

/**
 * The files that a media directory (DICOMDIR, PS3.3 annex F) names, without those of inactive records, each once.
 * Throws for what is damaged or beyond the limits.
 */
export function readMediaIndex(bytes: Uint8Array, limits: IndexLimits = indexLimits): IndexedFile[] {
  if (bytes.length > limits.bytes) throw new Error('The media directory is too large.');
  const { items } = dicomParser.parseDicom(bytes).elements['x00041220'] ?? {};
  if (items === undefined) throw new Error('The media directory has no records.');
  if (items.length > limits.records) throw new Error('The media directory has too many records.');
  const files = new Map<string, IndexedFile>();
  for (const { dataSet } of items) {
    const file = dataSet === undefined ? null : fileOf(dataSet);
    if (file !== null) files.set(file.path, file);
  }
  return [...files.values()];
}

function fileOf(record: DataSet): IndexedFile | null {
  // 0: inactive; what it refers to may be gone. Writers of today leave the flag at FFFF.
  if (record.uint16('x00041410') === 0) return null;
  const path = (record.string('x00041500') ?? '')
    .split('\\')
    .map((component) => component.trim())
    .filter((component) => component !== '')
    .join('/');
  if (path === '' || path.length > longestPath) return null;
  return { path, sopInstanceUid: record.string('x00041511')?.trim() || null };
}

/** A file that was chosen: with its folder as far as that is known. */
export interface PresentFile {
  path: string;
  sopInstanceUid: string | null;
}

/**
 * What the index at this path names and what is not among the files chosen, by path from where the choice began.
 * A file counts as there under its path or, renamed or without its folder, by its SOP Instance UID.
 */
export function missingFrom(
  indexPath: string,
  index: readonly IndexedFile[],
  present: readonly PresentFile[],
): string[] {
  const folder = indexPath.slice(0, indexPath.lastIndexOf('/') + 1);
  const paths = new Set(present.map(({ path }) => plainPath(path)));
  const uids = new Set(present.map(({ sopInstanceUid }) => sopInstanceUid));
  return index
    .filter(
      ({ path, sopInstanceUid }) =>
        !(sopInstanceUid !== null && uids.has(sopInstanceUid)) && !paths.has(plainPath(folder + path)),
    )
    .map(({ path }) => folder + path);
}

/** Mounted media show their names in either case, with ISO 9660's version or its last dot. */
const plainPath = (path: string) => path.toLowerCase().replace(/;\d+$/, '').replace(/\.$/, '');
