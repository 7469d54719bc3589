import { EXPLICIT_LITTLE_ENDIAN } from '../../shared/dicom/pixels/transfer-syntax.ts';
import { takes, type MediaRange } from './media-ranges.ts';

/** The media types under which a coded frame goes, the standard's name first (PS3.18 table 8.7.3-5). */
const codedMedia: Record<string, readonly string[]> = {
  '1.2.840.10008.1.2.5': ['image/dicom-rle', 'image/x-dicom-rle'],
  '1.2.840.10008.1.2.4.50': ['image/jpeg'],
  '1.2.840.10008.1.2.4.51': ['image/jpeg'],
  '1.2.840.10008.1.2.4.57': ['image/jpeg'],
  '1.2.840.10008.1.2.4.70': ['image/jpeg'],
  '1.2.840.10008.1.2.4.80': ['image/jls', 'image/x-jls'],
  '1.2.840.10008.1.2.4.81': ['image/jls', 'image/x-jls'],
  '1.2.840.10008.1.2.4.90': ['image/jp2'],
  '1.2.840.10008.1.2.4.91': ['image/jp2'],
  '1.2.840.10008.1.2.4.92': ['image/jpx'],
  '1.2.840.10008.1.2.4.93': ['image/jpx'],
  '1.2.840.10008.1.2.4.100': ['video/mpeg', 'video/mpeg2'],
  '1.2.840.10008.1.2.4.101': ['video/mpeg', 'video/mpeg2'],
  '1.2.840.10008.1.2.4.102': ['video/mp4'],
  '1.2.840.10008.1.2.4.103': ['video/mp4'],
  '1.2.840.10008.1.2.4.104': ['video/mp4'],
  '1.2.840.10008.1.2.4.105': ['video/mp4'],
  '1.2.840.10008.1.2.4.106': ['video/mp4'],
  '1.2.840.10008.1.2.4.107': ['video/h265', 'video/mp4'],
  '1.2.840.10008.1.2.4.108': ['video/h265', 'video/mp4'],
  '1.2.840.10008.1.2.4.110': ['image/jxl'],
  '1.2.840.10008.1.2.4.111': ['image/jxl'],
  '1.2.840.10008.1.2.4.112': ['image/jxl'],
  '1.2.840.10008.1.2.4.201': ['image/jphc', 'image/jhc', 'image/htj2k'],
  '1.2.840.10008.1.2.4.202': ['image/jphc', 'image/jhc', 'image/htj2k'],
  '1.2.840.10008.1.2.4.203': ['image/jphc', 'image/jhc', 'image/htj2k'],
};

export const OCTETS = 'application/octet-stream';

/** The form in which frames are answered. */
export interface FrameForm {
  /** `stored`: the file's own bytes. `native`: samples as Explicit VR Little Endian has them. */
  form: 'stored' | 'native';
  media: string;
  transferSyntaxUid: string;
  multipart: boolean;
}

/** How an instance's frames stand in its file: as samples, as codestreams, or so that they have to be decoded. */
export type StoredAs = 'native' | 'coded' | 'other';

/**
 * The form that a client gets of an instance's frames; null where none fits (406). Octets without a transfer syntax
 * are uncompressed samples, as the standard says; with `*` they are whatever is stored, as viewers mean it.
 */
export function chooseFrameForm(
  ranges: readonly MediaRange[],
  { transferSyntaxUid, storedAs }: { transferSyntaxUid: string; storedAs: StoredAs },
): FrameForm | null {
  const names = codedMedia[transferSyntaxUid] ?? [];
  for (const range of ranges) {
    const { media, transferSyntax } = range;
    const multipart = range.multipart || media === '*/*';
    const own = transferSyntax === transferSyntaxUid || transferSyntax === '*';
    if (storedAs === 'coded' && (own || transferSyntax === null)) {
      const name = names.find((one) => takes(range, one)) ?? (own && takes(range, OCTETS) ? OCTETS : undefined);
      if (name !== undefined) return { form: 'stored', media: name, transferSyntaxUid, multipart };
    }
    const uncompressed = transferSyntax === null || transferSyntax === '*' || transferSyntax === EXPLICIT_LITTLE_ENDIAN;
    if (takes(range, OCTETS) && (uncompressed || (own && storedAs === 'native')))
      return {
        form: storedAs === 'native' ? 'stored' : 'native',
        media: OCTETS,
        transferSyntaxUid: EXPLICIT_LITTLE_ENDIAN,
        multipart,
      };
  }
  return null;
}

/** Whether a transfer syntax keeps each frame as a codestream of its own. */
export const isCoded = (transferSyntaxUid: string): boolean => Object.hasOwn(codedMedia, transferSyntaxUid);
