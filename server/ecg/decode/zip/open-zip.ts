import { unzipSync } from 'fflate';
import { decodeLimits } from '../decode-limits.ts';
import { EcgDecodeError, oneLine } from '../ecg-decode-error.ts';
import { looksLikeWfdbHeader, readWfdbHeader } from '../wfdb/wfdb-header.ts';
import type { OpenNeighbour } from '../wfdb/wfdb-record.ts';

const mostEntries = 1000;

/** What an archive holds: one file, or a WFDB record whose files stand beside its header. */
export type ZippedEcg =
  { kind: 'file'; name: string; bytes: Uint8Array } | { kind: 'wfdb'; header: Uint8Array; open: OpenNeighbour };

/** "PK": a ZIP archive's first local file header (APPNOTE 4.3.7). */
export const looksLikeZip = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 0x03 && bytes[3] === 0x04;

const folderOf = (path: string) => path.slice(0, path.lastIndexOf('/') + 1);
const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);
/** What archivers of macOS and Windows leave beside people's own files. */
const isLitter = (path: string) =>
  path.startsWith('__MACOSX/') || nameOf(path).startsWith('.') || nameOf(path) === 'Thumbs.db';

/**
 * Opens an archive that carries one ECG, as export programs write them and as the several files of a WFDB record travel.
 * @param isEcg whether a file's bytes are an ECG of a known format.
 * @throws EcgDecodeError `malformed`, `too-large` before anything is unpacked, `not-an-ecg` for none or several ECGs.
 */
export function openZippedEcg(bytes: Uint8Array, isEcg: (bytes: Uint8Array) => boolean): ZippedEcg {
  const files = unpack(bytes);
  const records = [...files].filter(([, content]) => looksLikeWfdbHeader(content));
  if (records.length > 0) return chooseRecord(records, files);
  const ecgs = [...files].filter(([, content]) => isEcg(content));
  const [only] = ecgs;
  if (only === undefined) throw new EcgDecodeError('not-an-ecg', 'ZIP: no file in it is an ECG recording');
  if (ecgs.length > 1) {
    const names = oneLine(ecgs.map(([path]) => nameOf(path)).join(', '));
    throw new EcgDecodeError('not-an-ecg', `ZIP: it holds ${ecgs.length} ECGs (${names}); send each by itself`);
  }
  return { kind: 'file', name: only[0], bytes: only[1] };
}

function unpack(bytes: Uint8Array): Map<string, Uint8Array> {
  let entries = 0;
  let total = 0;
  const files = new Map<string, Uint8Array>();
  try {
    const unpacked = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        if (name.endsWith('/') || isLitter(name)) return false;
        entries += 1;
        total += originalSize;
        if (entries > mostEntries) throw new EcgDecodeError('too-large', `ZIP: more than ${mostEntries} files`);
        if (total > decodeLimits.fileBytes) {
          throw new EcgDecodeError(
            'too-large',
            `ZIP: its files have more than ${decodeLimits.fileBytes} bytes when unpacked`,
          );
        }
        return true;
      },
    });
    for (const [path, content] of Object.entries(unpacked)) files.set(path, content);
  } catch (error) {
    if (error instanceof EcgDecodeError) throw error;
    throw new EcgDecodeError(
      'malformed',
      'ZIP: the archive is damaged, locked with a password, or packed in a rare way',
    );
  }
  return files;
}

/** Headers that another one names as its segments are parts of that record. */
function chooseRecord(records: [string, Uint8Array][], files: ReadonlyMap<string, Uint8Array>): ZippedEcg {
  const parts = new Set(
    records.flatMap(([path, header]) =>
      (readWfdbHeader(header).segments ?? []).map(({ name }) => `${folderOf(path)}${name}.hea`),
    ),
  );
  const [only, ...others] = records.filter(([path]) => !parts.has(path));
  if (only === undefined || others.length > 0) {
    throw new EcgDecodeError('not-an-ecg', `ZIP: it holds ${others.length + 1} WFDB records; send each by itself`);
  }
  const [path, header] = only;
  return { kind: 'wfdb', header, open: (name) => files.get(folderOf(path) + name) };
}
