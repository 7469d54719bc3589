import type { DataSet } from 'dicom-parser';
import type { DicomElement } from '../dicom-writer.ts';
import { KEPT, TERMS, type Keeping } from './kept-attributes.ts';

/** What is put in the place of the person, for one export. */
export interface Pseudonym {
  /** Patient's Name and Patient ID. */
  name: string;
  /** The UID that stands for another one throughout the export. */
  uidFor(uid: string): string;
  /** Series Number: counted anew, since some devices make one of a patient's number. */
  seriesNumber: number;
}

const MAX_TEXT = 1024 * 1024;
const MAX_DEPTH = 5;
const MAX_ITEMS = 20_000;
const UID = /^[0-9]+(\.[0-9]+)+$/;
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$/;
const INTEGER = /^[+-]?\d+$/;
/** No acquisition has such numbers; a date, a telephone and an identity number are. */
const TOO_LARGE = 1e7;
const AGE = /^(\d{3})([DWMY])$/;
const STORAGE_CLASS = /^1\.2\.840\.10008\.5\.1\.4\.1\.1(\.\d{1,4}){1,4}$/;
/** DICOM PS3.15 E.1.1: people above this age are few. */
const OLDEST_TOLD = 89;

const keyOf = (tag: number) => `x${tag.toString(16).padStart(8, '0')}`;

/**
 * The attributes of an image without whose it is, after the Basic Application Level Confidentiality Profile of PS3.15
 * annex E with the option Retain Patient Characteristics (sex, and age up to 89 years). Pixel data is not among them.
 * Null for what is no image of a class of the standard.
 */
export function deidentifyDataSet(
  dataSet: DataSet,
  pseudonym: Pseudonym,
): { sopClassUid: string; sopInstanceUid: string; elements: DicomElement[] } | null {
  const sopClassUid = textOf(dataSet, 0x00080016);
  if (!STORAGE_CLASS.test(sopClassUid)) return null;
  const signed = numbersOf(dataSet, 0x00280103, 'US')[0] === 1;
  const kept = keep(dataSet, pseudonym, signed, 0);
  const sopInstanceUid = kept.find(({ tag }) => tag === 0x00080018)?.value;
  if (typeof sopInstanceUid !== 'string') return null;
  const sex = textOf(dataSet, 0x00100040);
  const age = ageOf(textOf(dataSet, 0x00101010));
  return {
    sopClassUid,
    sopInstanceUid,
    elements: [
      ...kept,
      { tag: 0x00200011, vr: 'IS', value: String(pseudonym.seriesNumber) },
      { tag: 0x00080005, vr: 'CS', value: 'ISO_IR 192' },
      { tag: 0x00080016, vr: 'UI', value: sopClassUid },
      // Type 2: there, and empty.
      ...(
        [
          [0x00080020, 'DA'],
          [0x00080030, 'TM'],
          [0x00080050, 'SH'],
          [0x00080070, 'LO'],
          [0x00080090, 'PN'],
          [0x00100030, 'DA'],
          [0x00200010, 'SH'],
          [0x00201040, 'LO'],
        ] as const
      ).map(([tag, vr]): DicomElement => ({ tag, vr, value: '' })),
      { tag: 0x00100010, vr: 'PN', value: pseudonym.name },
      { tag: 0x00100020, vr: 'LO', value: pseudonym.name },
      { tag: 0x00100040, vr: 'CS', value: ['M', 'F', 'O'].includes(sex) ? sex : '' },
      ...(age === '' ? [] : [{ tag: 0x00101010, vr: 'AS', value: age } satisfies DicomElement]),
      { tag: 0x00120062, vr: 'CS', value: 'YES' },
      { tag: 0x00120063, vr: 'LO', value: 'DICOM PS3.15 Annex E Basic Profile\\Only listed attributes kept\\Lianzhen' },
      {
        tag: 0x00120064,
        vr: 'SQ',
        value: [
          coded('113100', 'Basic Application Confidentiality Profile'),
          coded('113108', 'Retain Patient Characteristics Option'),
        ],
      },
      { tag: 0x00280303, vr: 'CS', value: 'REMOVED' },
    ],
  };
}

const coded = (value: string, meaning: string): DicomElement[] => [
  { tag: 0x00080100, vr: 'SH', value },
  { tag: 0x00080102, vr: 'SH', value: 'DCM' },
  { tag: 0x00080104, vr: 'LO', value: meaning },
];

function ageOf(text: string): string {
  const found = AGE.exec(text);
  if (found === null) return '';
  return found[2] === 'Y' && Number(found[1]) > OLDEST_TOLD ? '090Y' : text;
}

function keep(dataSet: DataSet, pseudonym: Pseudonym, signed: boolean, depth: number): DicomElement[] {
  const kept: DicomElement[] = [];
  for (const key of Object.keys(dataSet.elements)) {
    const tag = Number.parseInt(key.slice(1), 16);
    const keeping = KEPT.get(tag);
    const element = keeping && take(dataSet, tag, keeping, pseudonym, signed, depth);
    if (element) kept.push(element);
  }
  return kept;
}

/** Null where the value is none that such an attribute can have. */
function take(
  dataSet: DataSet,
  tag: number,
  keeping: Keeping,
  pseudonym: Pseudonym,
  signed: boolean,
  depth: number,
): DicomElement | null {
  const source = dataSet.elements[keyOf(tag)]!;
  if (keeping.as === 'items') {
    if (source.items === undefined || depth >= MAX_DEPTH || source.items.length > MAX_ITEMS) return null;
    const items = source.items.flatMap((item) =>
      item.dataSet === undefined ? [] : [keep(item.dataSet, pseudonym, signed, depth + 1)],
    );
    return { tag, vr: 'SQ', value: items };
  }
  // A sequence under the tag of a value is none.
  if (source.items !== undefined || source.length === 0) return null;
  switch (keeping.as) {
    case 'terms': {
      const words = textOf(dataSet, tag)
        .split('\\')
        .map((word) => (TERMS.has(word.trim()) ? word.trim() : ''));
      while (words.at(-1) === '') words.pop();
      return words.length === 0 ? null : { tag, vr: keeping.vr, value: words.join('\\') };
    }
    case 'decimals':
    case 'integers': {
      const pattern = keeping.as === 'decimals' ? DECIMAL : INTEGER;
      const values = textOf(dataSet, tag)
        .split('\\')
        .map((value) => value.trim());
      const isOne = (value: string) => value.length <= 16 && pattern.test(value) && Math.abs(Number(value)) < TOO_LARGE;
      if (!values.every((value) => value === '' || isOne(value))) return null;
      return { tag, vr: keeping.as === 'decimals' ? 'DS' : 'IS', value: values.join('\\') };
    }
    case 'uid': {
      const value = textOf(dataSet, tag);
      return UID.test(value) && value.length <= 64 ? { tag, vr: 'UI', value: pseudonym.uidFor(value) } : null;
    }
    case 'numbers': {
      const values = numbersOf(dataSet, tag, keeping.vr);
      const isOne = (value: number) =>
        Math.abs(value) < keeping.below && (value === 0 || Number.isInteger(value) || Math.abs(value) > 1e-9);
      return fits(values, keeping.most) && values.every(isOne) ? { tag, vr: keeping.vr, value: values } : null;
    }
    case 'pixel-numbers': {
      const vr = signed ? 'SS' : 'US';
      const values = numbersOf(dataSet, tag, vr);
      return fits(values, keeping.most) ? { tag, vr, value: values } : null;
    }
    case 'tags': {
      const values = numbersOf(dataSet, tag, 'AT').map(Number);
      return fits(values, 1) && values.every((value) => KEPT.has(value) || KNOWN_POINTERS.has(value))
        ? { tag, vr: 'AT', value: values }
        : null;
    }
    case 'table': {
      const [entries = 0, , bits] = numbersOf(dataSet, keeping.descriptor, 'US');
      const expected = (entries === 0 ? 65536 : entries) * (bits === 8 && source.length < entries * 2 ? 1 : 2);
      if (source.length !== expected + (expected % 2)) return null;
      return { tag, vr: 'OW', value: littleEndianWords(dataSet, tag) };
    }
  }
}

/** Frame Content Sequence and other groups that dimensions point to without keeping their text. */
const KNOWN_POINTERS = new Set([0x00181063, 0x00181065, 0x00209056, 0x00540010, 0x00540080]);

const fits = (values: readonly number[], most: number) => values.length > 0 && values.length <= most;

function textOf(dataSet: DataSet, tag: number): string {
  const element = dataSet.elements[keyOf(tag)];
  if (element === undefined || element.items !== undefined || element.length > MAX_TEXT) return '';
  const bytes = dataSet.byteArray.subarray(element.dataOffset, element.dataOffset + element.length);
  return Buffer.from(bytes)
    .toString('latin1')
    .replace(/[\0 ]+$/, '')
    .trim();
}

const SIZES = { US: 2, SS: 2, UL: 4, SL: 4, FL: 4, FD: 8, AT: 4 } as const;

/** Empty where the length is none of whole numbers. */
function numbersOf(dataSet: DataSet, tag: number, vr: keyof typeof SIZES): number[] {
  const key = keyOf(tag);
  const element = dataSet.elements[key];
  const size = SIZES[vr];
  if (element === undefined || element.items !== undefined || element.length % size !== 0 || element.length > 64)
    return [];
  return Array.from({ length: element.length / size }, (_, at): number => {
    switch (vr) {
      case 'US':
        return dataSet.uint16(key, at)!;
      case 'SS':
        return dataSet.int16(key, at)!;
      case 'UL':
        return dataSet.uint32(key, at)!;
      case 'SL':
        return dataSet.int32(key, at)!;
      case 'FL':
        return dataSet.float(key, at)!;
      case 'FD':
        return dataSet.double(key, at)!;
      case 'AT':
        return dataSet.uint16(key, at * 2)! * 0x10000 + dataSet.uint16(key, at * 2 + 1)!;
    }
  });
}

function littleEndianWords(dataSet: DataSet, tag: number): Uint8Array {
  const key = keyOf(tag);
  const { length } = dataSet.elements[key]!;
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at + 1 < length; at += 2) view.setUint16(at, dataSet.uint16(key, at / 2)!, true);
  return bytes;
}
