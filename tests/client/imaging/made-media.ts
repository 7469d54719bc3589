import { writeDicomFile, type DicomElement } from '../../../server/imaging/dicom-writer.ts';

const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
const MEDIA_DIRECTORY = '1.2.840.10008.1.3.10';

/** The beginning of a Part 10 file, and as many noughts as wanted behind it. */
export function part10(sopClassUid: string, more = 1000, sopInstanceUid = '2.25.1'): Uint8Array<ArrayBuffer> {
  const head = writeDicomFile({ sopClassUid, sopInstanceUid, transferSyntaxUid: EXPLICIT_LITTLE_ENDIAN, elements: [] });
  const bytes = new Uint8Array(head.length + more);
  bytes.set(head);
  return bytes;
}

export interface MadeRecord {
  /** Referenced File ID, with slashes; none for a patient or a study. */
  path?: string;
  sopInstanceUid?: string;
  inactive?: boolean;
}

/** A DICOMDIR (PS3.3 annex F) of these records. */
export function mediaIndex(records: readonly MadeRecord[]): Uint8Array<ArrayBuffer> {
  const items = records.map(({ path, sopInstanceUid, inactive }): DicomElement[] => [
    { tag: 0x00041400, vr: 'UL', value: [0] },
    { tag: 0x00041410, vr: 'US', value: [inactive === true ? 0 : 0xffff] },
    { tag: 0x00041420, vr: 'UL', value: [0] },
    { tag: 0x00041430, vr: 'CS', value: path === undefined ? 'PATIENT' : 'IMAGE' },
    ...(path === undefined ? [] : [{ tag: 0x00041500, vr: 'CS', value: path.replaceAll('/', '\\') } as const]),
    ...(sopInstanceUid === undefined ? [] : [{ tag: 0x00041511, vr: 'UI', value: sopInstanceUid } as const]),
  ]);
  return new Uint8Array(
    writeDicomFile({
      sopClassUid: MEDIA_DIRECTORY,
      sopInstanceUid: '2.25.2',
      transferSyntaxUid: EXPLICIT_LITTLE_ENDIAN,
      elements: [
        { tag: 0x00041130, vr: 'CS', value: 'DISC' },
        { tag: 0x00041220, vr: 'SQ', value: items },
      ],
    }),
  );
}
