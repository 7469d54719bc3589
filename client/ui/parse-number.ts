export type Bounds = readonly [lowest: number, highest: number];

/** A number as people type it; null where it is none or out of bounds. Full-width digits and a minus sign count too. */
export function parseNumber(text: string, [lowest, highest]: Bounds, whole: boolean): number | null {
  const plain = text.normalize('NFKC').replace('−', '-').trim();
  if (!/^-?\d{1,7}(\.\d{1,3})?$/.test(plain)) return null;
  const value = Number(plain);
  return value >= lowest && value <= highest && (!whole || Number.isInteger(value)) ? value : null;
}
