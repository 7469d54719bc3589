import type { DataSet } from './data-set.ts';

/** Reads values out of a parsed data set. Tags are written as dicom-parser does: `x` and eight hexadecimal digits. */

/** Text of a string VR, trimmed; undefined when absent or empty. Only for attributes of the default repertoire. */
export function text(dataSet: DataSet, tag: string): string | undefined {
  return dataSet.string(tag)?.trim() || undefined;
}

/** All values of a DS or IS; undefined when absent or when one of them is no number. */
export function decimals(dataSet: DataSet, tag: string): number[] | undefined {
  const joined = text(dataSet, tag);
  if (joined === undefined) return undefined;
  const values = joined.split('\\').map((value) => Number(value.trim() || Number.NaN));
  return values.every(Number.isFinite) ? values : undefined;
}

/** First value of a DS or IS. */
export function decimal(dataSet: DataSet, tag: string): number | undefined {
  const first = text(dataSet, tag)?.split('\\')[0]?.trim();
  if (!first) return undefined;
  const value = Number(first);
  return Number.isFinite(value) ? value : undefined;
}

/** Value number `index` of a US. */
export function unsignedShort(dataSet: DataSet, tag: string, index = 0): number | undefined {
  const element = dataSet.elements[tag];
  if (!element || element.length < 2 * (index + 1)) return undefined;
  return dataSet.uint16(tag, index);
}

/** Value number `index` of an element that is US or SS by the sign of the pixels. */
export function shortBySign(dataSet: DataSet, tag: string, signed: boolean, index = 0): number | undefined {
  const element = dataSet.elements[tag];
  if (!element || element.length < 2 * (index + 1)) return undefined;
  return signed ? dataSet.int16(tag, index) : dataSet.uint16(tag, index);
}

/** Data sets of a sequence's items; empty when absent. */
export function items(dataSet: DataSet, tag: string): DataSet[] {
  return (dataSet.elements[tag]?.items ?? []).flatMap((item) => (item.dataSet ? [item.dataSet] : []));
}

/** Raw bytes of an element; undefined when absent or empty. */
export function rawBytes(dataSet: DataSet, tag: string): Uint8Array | undefined {
  const element = dataSet.elements[tag];
  if (!element || element.length === 0) return undefined;
  return dataSet.byteArray.subarray(element.dataOffset, element.dataOffset + element.length);
}

/** 16-bit words of an element, in the data set's byte order. */
export function words(dataSet: DataSet, tag: string): Uint16Array | undefined {
  const element = dataSet.elements[tag];
  if (!element || element.length < 2) return undefined;
  const result = new Uint16Array(element.length >> 1);
  for (let index = 0; index < result.length; index++) result[index] = dataSet.uint16(tag, index) ?? 0;
  return result;
}

/**
 * The item of a functional group macro that holds for a frame (PS3.3 C.7.6.16): the frame's own, else the shared one.
 * @param frameIndex 0-based.
 */
export function functionalGroup(dataSet: DataSet, macroTag: string, frameIndex: number): DataSet | undefined {
  const perFrame = dataSet.elements['x52009230']?.items?.[frameIndex]?.dataSet;
  const own = perFrame && items(perFrame, macroTag)[0];
  if (own) return own;
  const shared = items(dataSet, 'x52009229')[0];
  return shared && items(shared, macroTag)[0];
}
