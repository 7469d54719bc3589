import type { DataSet, Element } from 'dicom-parser';
import { decodeDicomText } from '../../shared/dicom/dicom-text.ts';
import { vrOfAttribute } from './attribute-vr.ts';

/** PS3.18 annex F: one attribute. */
export interface JsonAttribute {
  vr: string;
  Value?: unknown[];
  BulkDataURI?: string;
}

/** How a BulkDataURI begins while the address of the instance is not known yet; nothing in a value can look like it. */
const BULK_MARK = '"BulkDataURI":"bulk:';

/** Metadata as it is kept, made into what is answered: with the address of the instance's bulk data. */
export const withBulkDataAddresses = (metadataJson: string, instanceUrl: string): string =>
  metadataJson.replaceAll(BULK_MARK, `"BulkDataURI":"${instanceUrl}/bulkdata/`);

/**
 * DICOM JSON as text, its attributes in ascending order of their tags (PS3.18, F.2.2): JavaScript by itself puts those
 * first whose tag is a number.
 */
export function dicomJsonText(json: Readonly<Record<string, JsonAttribute>>): string {
  const attributes = Object.keys(json)
    .sort()
    .map((tag) => `"${tag}":${attributeText(json[tag]!)}`);
  return `{${attributes.join(',')}}`;
}

function attributeText(attribute: JsonAttribute): string {
  if (attribute.vr !== 'SQ' || attribute.Value === undefined) return JSON.stringify(attribute);
  const items = attribute.Value.map((item) => dicomJsonText(item as Record<string, JsonAttribute>));
  return `{"vr":"SQ","Value":[${items.join(',')}]}`;
}

/** Longer values are bulk data: named by address here, they stay in the file. */
const MAX_VALUE_BYTES = 2048;
const MAX_DEPTH = 8;
const MAX_ATTRIBUTES = 4000;
const TEXT = new Set(['LO', 'SH', 'ST', 'LT', 'UT', 'UC', 'PN']);
const BINARY = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW']);
const PLAIN = new Set(['AE', 'AS', 'CS', 'DA', 'DT', 'TM', 'UI', 'UR']);

/**
 * The data set as DICOM JSON without private attributes, bulk data by address: what WADO-RS answers as metadata.
 * `charsets`: the terms of Specific Character Set; the JSON itself is UTF-8.
 */
export function dicomJson(dataSet: DataSet, charsets: readonly string[]): Record<string, JsonAttribute> {
  let left = MAX_ATTRIBUTES;
  const convert = (set: DataSet, depth: number, way: string, around: boolean): Record<string, JsonAttribute> => {
    const representation = set.uint16('x00280103');
    const signed = representation === undefined ? around : representation === 1;
    const json: Record<string, JsonAttribute> = {};
    for (const [key, element] of Object.entries(set.elements).sort(([a], [b]) => (a < b ? -1 : 1))) {
      const group = Number.parseInt(key.slice(1, 5), 16);
      // dicom-parser lists an item's delimiter among its elements.
      if (group === 0x0002 || group === 0xfffe || group % 2 === 1 || key.endsWith('0000') || left <= 0) continue;
      left -= 1;
      const vr = element.vr ?? vrOfImplicit(key, element, signed);
      const name = key.slice(1).toUpperCase();
      if (vr === 'SQ') {
        if (depth >= MAX_DEPTH) continue;
        const items = (element.items ?? [])
          .slice(0, 1000)
          .map((item, index) =>
            item.dataSet === undefined ? {} : convert(item.dataSet, depth + 1, `${way}${name}/${index}/`, signed),
          );
        json[name] = items.length === 0 ? { vr } : { vr, Value: items };
        continue;
      }
      const bulk = BINARY.has(vr) || group === 0x7fe0;
      if (element.length > 0 && (bulk || element.length > MAX_VALUE_BYTES)) {
        // An unknown VR of an implicit file says nothing about what its bytes are.
        if (vr !== 'UN' || bulk) json[name] = { vr: vr === 'UN' ? 'OW' : vr, BulkDataURI: `bulk:${way}${name}` };
        continue;
      }
      if (element.dataOffset + element.length > set.byteArray.length) continue;
      // The JSON is UTF-8 whatever the file is in (PS3.18 F.2.2).
      const values = key === 'x00080005' ? ['ISO_IR 192'] : valuesOf(set, key, element, vr, charsets);
      if (values !== null) json[name] = values.length === 0 ? { vr } : { vr, Value: values };
    }
    return json;
  };
  return convert(dataSet, 0, '', false);
}

/** By the registry; by what it looks like only where that does not know it: an empty value before a delimiter looks like a sequence. */
function vrOfImplicit(key: string, element: Element, signed: boolean): string {
  const registered = vrOfAttribute(key, signed);
  return registered === 'UN' && element.items !== undefined ? 'SQ' : registered;
}

function valuesOf(
  set: DataSet,
  key: string,
  element: Element,
  vr: string,
  charsets: readonly string[],
): unknown[] | null {
  if (element.length === 0) return [];
  if (TEXT.has(vr)) {
    const text = decodeDicomText(
      set.byteArray.subarray(element.dataOffset, element.dataOffset + element.length) as Uint8Array,
      charsets,
      () => undefined,
    );
    if (vr === 'PN') return text.split('\\').map(personName);
    return (vr === 'ST' || vr === 'LT' || vr === 'UT' ? [text] : text.split('\\'))
      .map((value) => value.trim())
      .map((value) => (value === '' ? null : value));
  }
  if (PLAIN.has(vr)) return (set.string(key) ?? '').split('\\').map((value) => value.replace(/[\0 ]+$/, '').trim());
  if (vr === 'DS' || vr === 'IS')
    return (set.string(key) ?? '')
      .split('\\')
      .map((value) => (value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : null));
  const read = binary(set, key, vr);
  if (read === null) return null;
  const count = Math.floor(element.length / read.size);
  return Array.from({ length: count }, (_, index) => read.at(index) ?? null);
}

function binary(
  set: DataSet,
  key: string,
  vr: string,
): { size: number; at: (index: number) => number | string | undefined } | null {
  if (vr === 'US') return { size: 2, at: (index) => set.uint16(key, index) };
  if (vr === 'SS') return { size: 2, at: (index) => set.int16(key, index) };
  if (vr === 'UL') return { size: 4, at: (index) => set.uint32(key, index) };
  if (vr === 'SL') return { size: 4, at: (index) => set.int32(key, index) };
  if (vr === 'FL') return { size: 4, at: (index) => set.float(key, index) };
  if (vr === 'AT') return { size: 4, at: (index) => tagAt(set, key, index) };
  if (vr === 'FD') return { size: 8, at: (index) => set.double(key, index) };
  return null;
}

/** Eight hexadecimal digits (PS3.18, F.2.2). */
function tagAt(set: DataSet, key: string, index: number): string | undefined {
  const words = [set.uint16(key, 2 * index), set.uint16(key, 2 * index + 1)];
  if (words.includes(undefined)) return undefined;
  return words
    .map((word) => word!.toString(16).padStart(4, '0'))
    .join('')
    .toUpperCase();
}

function personName(value: string): Record<string, string> | null {
  const [alphabetic = '', ideographic = '', phonetic = ''] = value.split('=').map((group) => group.trim());
  const name = {
    ...(alphabetic && { Alphabetic: alphabetic }),
    ...(ideographic && { Ideographic: ideographic }),
    ...(phonetic && { Phonetic: phonetic }),
  };
  return Object.keys(name).length === 0 ? null : name;
}
