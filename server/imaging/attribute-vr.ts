import { elements } from '@iwharris/dicom-data-dictionary';

/** VRs that the registry leaves open between two, and which it is where numbers may be signed (PS3.5, A.1 and A.2). */
const OPEN: Record<string, { signed: string; unsigned: string }> = {
  'US or SS': { signed: 'SS', unsigned: 'US' },
  'US or SS or OW': { signed: 'OW', unsigned: 'OW' },
  'US or OW': { signed: 'OW', unsigned: 'OW' },
  'OB or OW': { signed: 'OW', unsigned: 'OW' },
};

/** Overlays and curves, whose groups repeat (PS3.5, 7.6). */
const REPEATING = /^x(50|60)([0-9a-f]{2})/;

/**
 * The VR of an attribute whose file does not say it, as Implicit VR Little Endian does: that of the registry of PS3.6;
 * UN for what is private or not registered.
 * @param key as dicom-parser names attributes, `x00280010`
 * @param signed by Pixel Representation (0028,0103)
 */
export function vrOfAttribute(key: string, signed: boolean): string {
  const element = key.slice(5);
  if (element === '0000') return 'UL';
  if (Number.parseInt(key.slice(1, 5), 16) % 2 === 1) return /^00[1-9a-f][0-9a-f]$/.test(element) ? 'LO' : 'UN';
  const group = key.slice(1, 5).toUpperCase();
  const [, repeats] = REPEATING.exec(key) ?? [];
  const found =
    elements[`(${group},${element.toUpperCase()})`] ??
    (repeats === undefined ? undefined : elements[`(${repeats}xx,${element.toUpperCase()})`]);
  const vr = found?.vr.trim() ?? 'UN';
  const open = OPEN[vr];
  if (open !== undefined) return signed ? open.signed : open.unsigned;
  return /^[A-Z]{2}$/.test(vr) ? vr : 'UN';
}
