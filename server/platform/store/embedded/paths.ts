import { getOwn, has, isDocument } from './bson-values.ts';

const INDEX = /^(?:0|[1-9]\d*)$/;

/**
 * All values that a dotted path reaches in a document, going through arrays of documents as queries do. The values are
 * leaves: an array at the end of the path is one value; `undefined` stands for a field that is missing.
 */
export function valuesAt(value: unknown, parts: readonly string[], from = 0, into: unknown[] = []): unknown[] {
  if (from === parts.length) {
    into.push(value);
    return into;
  }
  const name = parts[from] as string;
  if (isDocument(value)) return valuesAt(getOwn(value, name), parts, from + 1, into);
  if (Array.isArray(value)) {
    if (INDEX.test(name) && Number(name) < value.length) valuesAt(value[Number(name)], parts, from + 1, into);
    for (const element of value) if (isDocument(element)) valuesAt(element, parts, from, into);
    return into;
  }
  into.push(undefined);
  return into;
}

/** One value along a dotted path through documents and array positions only; undefined when it is not there. */
export function valueAt(value: unknown, parts: readonly string[]): unknown {
  let at = value;
  for (const name of parts) {
    if (isDocument(at)) at = getOwn(at, name);
    else if (Array.isArray(at) && INDEX.test(name)) at = at[Number(name)];
    else return undefined;
  }
  return at;
}

export const isArrayPosition = (name: string): boolean => INDEX.test(name);

/** True when the last part exists as a field or array position. */
export function existsAt(value: unknown, parts: readonly string[]): boolean {
  const parent = valueAt(value, parts.slice(0, -1));
  const name = parts.at(-1) as string;
  if (Array.isArray(parent)) return INDEX.test(name) && Number(name) < parent.length;
  return isDocument(parent) && has(parent, name);
}
