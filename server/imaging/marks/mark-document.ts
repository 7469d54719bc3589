import { chinaDateTime } from '../../../shared/rules/china-time.ts';
import type { Actor } from '../../platform/context.ts';
import type { JsonAttribute } from '../dicom-json.ts';
import { writeDicomFile, type DicomElement } from '../dicom-writer.ts';
import { dcm, codeItem, nameItem, related, textItem, type ContentItem } from './sr-content.ts';

/** An image of the study that a document refers to. */
export interface ReferredInstance {
  seriesInstanceUid: string;
  sopInstanceUid: string;
  sopClassUid: string;
  numberOfFrames: number;
}

export interface MarkDocument {
  sopClassUid: string;
  modality: 'SR' | 'KO';
  seriesDescription: string;
  seriesNumber: number;
  seriesInstanceUid: string;
  sopInstanceUid: string;
  studyInstanceUid: string;
  /** DICOM JSON of an image of the study: whose and which study it is. */
  source: Record<string, JsonAttribute>;
  madeAt: Date;
  referred: readonly ReferredInstance[];
  /** Of the kind of document alone, e.g. its completion. */
  elements: readonly DicomElement[];
  /** The root content item. */
  content: ContentItem;
}

/** Of the patient and the study (PS3.3 C.7.1.1, C.7.2.1), copied as the images have them; type 2 even when empty. */
const COPIED: readonly { tag: number; vr: string; always?: true }[] = [
  { tag: 0x00080020, vr: 'DA', always: true },
  { tag: 0x00080030, vr: 'TM', always: true },
  { tag: 0x00080050, vr: 'SH', always: true },
  { tag: 0x00080090, vr: 'PN', always: true },
  { tag: 0x00081030, vr: 'LO' },
  { tag: 0x00100010, vr: 'PN', always: true },
  { tag: 0x00100020, vr: 'LO', always: true },
  { tag: 0x00100021, vr: 'LO' },
  { tag: 0x00100030, vr: 'DA', always: true },
  { tag: 0x00100040, vr: 'CS', always: true },
  { tag: 0x00101010, vr: 'AS' },
  { tag: 0x00200010, vr: 'SH', always: true },
];

/** The Part 10 file of a report or a key object selection. */
export function writeMarkDocument(document: MarkDocument): Uint8Array {
  const { source, madeAt, content } = document;
  const [day, time] = chinaDateTime(madeAt).split(' ') as [string, string];
  const date = day.replaceAll('-', '');
  const clock = time.replaceAll(':', '');
  const synthetic = textOf(source, 0x0008001c);
  return writeDicomFile({
    sopClassUid: document.sopClassUid,
    sopInstanceUid: document.sopInstanceUid,
    elements: [
      { tag: 0x00080005, vr: 'CS', value: 'ISO_IR 192' },
      { tag: 0x00080012, vr: 'DA', value: date },
      { tag: 0x00080013, vr: 'TM', value: clock },
      { tag: 0x00080016, vr: 'UI', value: document.sopClassUid },
      { tag: 0x00080018, vr: 'UI', value: document.sopInstanceUid },
      ...(synthetic === '' ? [] : [{ tag: 0x0008001c, vr: 'CS', value: synthetic } satisfies DicomElement]),
      { tag: 0x00080021, vr: 'DA', value: date },
      { tag: 0x00080023, vr: 'DA', value: date },
      { tag: 0x00080031, vr: 'TM', value: clock },
      { tag: 0x00080033, vr: 'TM', value: clock },
      { tag: 0x00080060, vr: 'CS', value: document.modality },
      { tag: 0x00080070, vr: 'LO', value: 'Lianzhen' },
      { tag: 0x0008103e, vr: 'LO', value: document.seriesDescription },
      { tag: 0x00081111, vr: 'SQ', value: [] },
      { tag: 0x0020000d, vr: 'UI', value: document.studyInstanceUid },
      { tag: 0x0020000e, vr: 'UI', value: document.seriesInstanceUid },
      { tag: 0x00200011, vr: 'IS', value: String(document.seriesNumber) },
      { tag: 0x00200013, vr: 'IS', value: '1' },
      ...COPIED.flatMap(({ tag, vr, always }): DicomElement[] => {
        const value = textOf(source, tag);
        return value === '' && always === undefined ? [] : [{ tag, vr, value }];
      }),
      evidence(document),
      ...document.elements,
      ...content,
    ],
  });
}

/** A value of DICOM JSON (PS3.18 annex F) as text; a person's name with its groups. Empty where there is none. */
export function textOf(json: Record<string, JsonAttribute>, tag: number): string {
  const value = json[tag.toString(16).toUpperCase().padStart(8, '0')]?.Value?.[0];
  if (typeof value !== 'object' || value === null) return value === undefined || value === null ? '' : String(value);
  const { Alphabetic = '', Ideographic = '', Phonetic = '' } = value as Record<string, string>;
  return [Alphabetic, Ideographic, Phonetic].join('=').replace(/=+$/, '');
}

/** Current Requested Procedure Evidence Sequence (PS3.3 C.17.2): every image that the content names. */
function evidence({ studyInstanceUid, referred }: MarkDocument): DicomElement {
  const bySeries = new Map<string, ReferredInstance[]>();
  for (const one of new Map(referred.map((each) => [each.sopInstanceUid, each])).values())
    bySeries.set(one.seriesInstanceUid, [...(bySeries.get(one.seriesInstanceUid) ?? []), one]);
  return {
    tag: 0x0040a375,
    vr: 'SQ',
    value: [
      [
        { tag: 0x0020000d, vr: 'UI', value: studyInstanceUid },
        {
          tag: 0x00081115,
          vr: 'SQ',
          value: [...bySeries].map(([seriesInstanceUid, instances]): DicomElement[] => [
            { tag: 0x0020000e, vr: 'UI', value: seriesInstanceUid },
            {
              tag: 0x00081199,
              vr: 'SQ',
              value: instances.map(({ sopClassUid, sopInstanceUid }): DicomElement[] => [
                { tag: 0x00081150, vr: 'UI', value: sopClassUid },
                { tag: 0x00081155, vr: 'UI', value: sopInstanceUid },
              ]),
            },
          ]),
        },
      ],
    ],
  };
}

/** TID 1002 and 1003: the person who observes, with where they work. */
export const observer = ({ name, organisationName }: Pick<Actor, 'name' | 'organisationName'>): ContentItem[] => [
  related('HAS OBS CONTEXT', codeItem(dcm('121005', 'Observer Type'), dcm('121006', 'Person'))),
  related('HAS OBS CONTEXT', nameItem(dcm('121008', 'Person Observer Name'), name)),
  ...(organisationName === ''
    ? []
    : [related('HAS OBS CONTEXT', textItem(dcm('121009', "Person Observer's Organization Name"), organisationName))]),
];
