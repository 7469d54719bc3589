import type { DataSet, Element } from 'dicom-parser';
import { vrOfAttribute } from './attribute-vr.ts';
import { elementHeader, hasLongLength, itemHeader } from './dicom-writer.ts';

const PIXEL_DATA = 'x7fe00010';
const MAX_SHORT_LENGTH = 0xffff;
/** Of sequences within sequences; a hostile file has thousands. */
const MAX_DEPTH = 16;

/**
 * The elements of an implicit little endian data set before its Pixel Data in Explicit VR Little Endian: the same
 * values, byte for byte, under headers that name their VR (PS3.5, 7.1.2). Sequences and items state their length.
 * Null where a length cannot be stated again or sequences are nested too deeply.
 */
export function explicitElements(dataSet: DataSet): Uint8Array[] | null {
  const signed = dataSet.uint16('x00280103') === 1;
  const write = (set: DataSet, depth: number): Uint8Array[] | null => {
    if (depth > MAX_DEPTH) return null;
    const written: Uint8Array[] = [];
    for (const [key, element] of Object.entries(set.elements).sort(([a], [b]) => (a < b ? -1 : 1))) {
      // dicom-parser lists an item's delimiter among its elements; a group's length (retired) would no longer be true.
      if (key.startsWith('x0002') || key.startsWith('xfffe') || key.endsWith('0000')) continue;
      if (key >= PIXEL_DATA && depth === 0) break;
      const value = valueOf(set, element, depth);
      if (value === null) return null;
      const length = value.reduce((sum, part) => sum + part.length, 0);
      const named = element.items === undefined ? vrOfAttribute(key, signed) : 'SQ';
      // PS3.5, 6.2.2: what is too long for its own VR is of unknown one.
      const vr = length > MAX_SHORT_LENGTH && !hasLongLength(named) ? 'UN' : named;
      written.push(elementHeader(Number.parseInt(key.slice(1), 16), vr, length), ...value);
    }
    return written;
  };
  const valueOf = (set: DataSet, element: Element, depth: number): Uint8Array[] | null => {
    if (element.items === undefined) {
      if (element.hadUndefinedLength === true) return null;
      return [set.byteArray.subarray(element.dataOffset, element.dataOffset + element.length)];
    }
    const items: Uint8Array[] = [];
    for (const item of element.items) {
      const body = item.dataSet === undefined ? [] : write(item.dataSet, depth + 1);
      if (body === null) return null;
      const length = body.reduce((sum, part) => sum + part.length, 0);
      items.push(itemHeader(0xe000, length), ...body);
    }
    return items;
  };
  return write(dataSet, 0);
}
