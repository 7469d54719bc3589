import type { DataSet, Element } from 'dicom-parser';
import { vrOfAttribute } from './attribute-vr.ts';
import { elementHeader, hasLongLength, itemHeader } from './dicom-writer.ts';

/** Tag and 32-bit length, of an implicit element as of an item (PS3.5, 7.1.3 and 7.5). */
const HEADER_BYTES = 8;
const MAX_SHORT_LENGTH = 0xffff;
/** Of sequences within sequences, and of elements in all; a hostile file has thousands and millions. */
const MAX_DEPTH = 16;
const MAX_ELEMENTS = 100_000;

/** What cannot be written again in another form with every value where it was. */
class NotRewritable extends Error {}

/**
 * The elements of an implicit little endian data set before its Pixel Data in Explicit VR Little Endian: the same
 * values, byte for byte, under headers that name their VR (PS3.5, 7.1.2). Sequences and items state their length.
 * Null where not every byte is accounted for, as with tags that stand twice, a length cannot be stated again, or
 * sequences are nested too deeply.
 * @param from where the data set begins in its bytes
 * @param to where its Pixel Data begins, header and all
 */
export function explicitElements(dataSet: DataSet, from: number, to: number): Uint8Array[] | null {
  let left = MAX_ELEMENTS;

  function write(set: DataSet, depth: number, signedAround: boolean, from: number, to: number): Uint8Array[] {
    if (depth > MAX_DEPTH) throw new NotRewritable();
    const representation = set.uint16('x00280103');
    const signed = representation === undefined ? signedAround : representation === 1;
    const written: Uint8Array[] = [];
    let at = from;
    let last = '';
    for (const { key, element } of inOrder(set, from, to)) {
      left -= 1;
      if (element.dataOffset !== at + HEADER_BYTES || key <= last || left < 0) throw new NotRewritable();
      // dicom-parser leaves the delimiter of a sequence out of its length.
      at = element.dataOffset + element.length + (element.hadUndefinedLength === true ? HEADER_BYTES : 0);
      last = key;
      // dicom-parser lists an item's delimiter among its elements; a group's length (retired) would no longer be true.
      if (key.startsWith('xfffe') || key.endsWith('0000')) continue;
      const named = vrOfAttribute(key, signed);
      const sequence = named === 'SQ' || (named === 'UN' && element.hadUndefinedLength === true);
      const value = sequence ? itemsOf(element, depth, signed) : [bytesOf(set, element)];
      const length = lengthOf(value);
      // PS3.5, 6.2.2: what is too long for its own VR is of unknown one.
      const vr = sequence ? 'SQ' : length > MAX_SHORT_LENGTH && !hasLongLength(named) ? 'UN' : named;
      written.push(elementHeader(Number.parseInt(key.slice(1), 16), vr, length));
      for (const part of value) written.push(part);
    }
    if (at !== to) throw new NotRewritable();
    return written;
  }

  function itemsOf(element: Element, depth: number, signed: boolean): Uint8Array[] {
    if (element.items === undefined && element.length > 0) throw new NotRewritable();
    const parts: Uint8Array[] = [];
    let at = element.dataOffset;
    for (const { dataSet, dataOffset, length } of element.items ?? []) {
      if (dataOffset !== at + HEADER_BYTES) throw new NotRewritable();
      at = dataOffset + length;
      const body = dataSet === undefined ? [] : write(dataSet, depth + 1, signed, dataOffset, dataOffset + length);
      parts.push(itemHeader(0xe000, lengthOf(body)));
      for (const part of body) parts.push(part);
    }
    if (at !== element.dataOffset + element.length) throw new NotRewritable();
    return parts;
  }

  try {
    return write(dataSet, 0, false, from, to);
  } catch (thrown) {
    if (thrown instanceof NotRewritable) return null;
    throw thrown;
  }
}

/** The elements between two places, as they follow each other in the file. */
function inOrder(set: DataSet, from: number, to: number): { key: string; element: Element }[] {
  return Object.entries(set.elements)
    .map(([key, element]) => ({ key, element }))
    .filter(({ element }) => element.dataOffset > from && element.dataOffset <= to)
    .sort((a, b) => a.element.dataOffset - b.element.dataOffset);
}

function bytesOf(set: DataSet, element: Element): Uint8Array {
  if (element.hadUndefinedLength === true || element.length % 2 === 1) throw new NotRewritable();
  return set.byteArray.subarray(element.dataOffset, element.dataOffset + element.length);
}

const lengthOf = (parts: readonly Uint8Array[]): number => parts.reduce((sum, part) => sum + part.length, 0);
