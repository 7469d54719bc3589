import type { DicomElement } from '../dicom-writer.ts';

/** Content items of structured reports (PS3.3 C.17.3) as elements that the writer takes. */

/** A coded entry (PS3.3 8.8). */
export interface Code {
  value: string;
  scheme: string;
  meaning: string;
}
export const code = (value: string, scheme: string, meaning: string): Code => ({ value, scheme, meaning });

/** Concepts of DICOM's own (PS3.16 annex D). */
export const dcm = (value: string, meaning: string): Code => code(value, 'DCM', meaning);
/** Codes of this product, where no standard scheme has one. */
export const own = (value: string, meaning: string): Code => code(value, '99LIANZHEN', meaning);

export type Relationship =
  'CONTAINS' | 'HAS OBS CONTEXT' | 'HAS CONCEPT MOD' | 'HAS PROPERTIES' | 'INFERRED FROM' | 'SELECTED FROM';

/** An item without its relationship: where it hangs says that. */
export type ContentItem = DicomElement[];

export const codeSequence = (tag: number, ...codes: readonly Code[]): DicomElement => ({
  tag,
  vr: 'SQ',
  value: codes.map(({ value, scheme, meaning }) => [
    { tag: 0x00080100, vr: 'SH', value },
    { tag: 0x00080102, vr: 'SH', value: scheme },
    { tag: 0x00080104, vr: 'LO', value: meaning },
  ]),
});

const item = (valueType: string, name: Code | null, children: readonly ContentItem[]): ContentItem => [
  { tag: 0x0040a040, vr: 'CS', value: valueType },
  ...(name === null ? [] : [codeSequence(0x0040a043, name)]),
  ...(children.length === 0 ? [] : [{ tag: 0x0040a730, vr: 'SQ', value: children } satisfies DicomElement]),
];

/** Hangs an item below another one. */
export const related = (relationship: Relationship, content: ContentItem): ContentItem => [
  { tag: 0x0040a010, vr: 'CS', value: relationship },
  ...content,
];

export const container = (name: Code, children: readonly ContentItem[], templateId?: string): ContentItem => [
  ...item('CONTAINER', name, children),
  { tag: 0x0040a050, vr: 'CS', value: 'SEPARATE' },
  ...(templateId === undefined
    ? []
    : [
        {
          tag: 0x0040a504,
          vr: 'SQ',
          value: [
            [
              { tag: 0x00080105, vr: 'CS', value: 'DCMR' },
              { tag: 0x00080118, vr: 'UI', value: '1.2.840.10008.8.1.1' },
              { tag: 0x0040db00, vr: 'CS', value: templateId },
            ],
          ],
        } satisfies DicomElement,
      ]),
];

export const textItem = (name: Code, value: string, children: readonly ContentItem[] = []): ContentItem => [
  ...item('TEXT', name, children),
  { tag: 0x0040a160, vr: 'UT', value },
];

export const codeItem = (name: Code, value: Code, children: readonly ContentItem[] = []): ContentItem => [
  ...item('CODE', name, children),
  codeSequence(0x0040a168, value),
];

export const uidItem = (name: Code, uid: string): ContentItem => [
  ...item('UIDREF', name, []),
  { tag: 0x0040a124, vr: 'UI', value: uid },
];

export const nameItem = (name: Code, person: string): ContentItem => [
  ...item('PNAME', name, []),
  { tag: 0x0040a123, vr: 'PN', value: person },
];

/** PS3.16 CID 42: why a number has no value. */
const CALCULATION_FAILURE = dcm('114008', 'Calculation failure');

/** @param unit UCUM; `value` null: it could not be reckoned. */
export const numberItem = (
  name: Code,
  value: number | null,
  unit: { value: string; meaning: string },
  children: readonly ContentItem[] = [],
): ContentItem => [
  ...item('NUM', name, children),
  {
    tag: 0x0040a300,
    vr: 'SQ',
    value:
      value === null
        ? []
        : [
            [
              // DS has sixteen characters; the exact number stands beside it.
              { tag: 0x0040a30a, vr: 'DS', value: String(Number(value.toPrecision(10))) },
              { tag: 0x0040a161, vr: 'FD', value },
              codeSequence(0x004008ea, code(unit.value, 'UCUM', unit.meaning)),
            ],
          ],
  },
  ...(value === null ? [codeSequence(0x0040a301, CALCULATION_FAILURE)] : []),
];

export interface ImageReference {
  sopClassUid: string;
  sopInstanceUid: string;
  /** 1-based; null where the instance has one frame. */
  frameNumber: number | null;
}

export const imageItem = ({ sopClassUid, sopInstanceUid, frameNumber }: ImageReference): ContentItem => [
  ...item('IMAGE', null, []),
  {
    tag: 0x00081199,
    vr: 'SQ',
    value: [
      [
        { tag: 0x00081150, vr: 'UI', value: sopClassUid },
        { tag: 0x00081155, vr: 'UI', value: sopInstanceUid },
        ...(frameNumber === null
          ? []
          : [{ tag: 0x00081160, vr: 'IS', value: String(frameNumber) } satisfies DicomElement]),
      ],
    ],
  },
];

/**
 * Spatial coordinates (PS3.3 C.18.6): column and row by turns, 0\0 the outer corner of the first pixel, on one image.
 */
export const coordinatesItem = (
  name: Code | null,
  graphicType: 'POINT' | 'POLYLINE' | 'ELLIPSE',
  points: readonly number[],
  image: ImageReference,
): ContentItem => [
  ...item('SCOORD', name, [related('SELECTED FROM', imageItem(image))]),
  { tag: 0x00700022, vr: 'FL', value: points },
  { tag: 0x00700023, vr: 'CS', value: graphicType },
];
