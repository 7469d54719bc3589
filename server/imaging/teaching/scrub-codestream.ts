/**
 * Blanks what a compressed frame carries beside its picture: comments and application segments (ISO/IEC 10918-1 B.2.4,
 * 14495-1 C.2, 15444-1 A.9), in which devices and converters leave names and dates. The length stays, so that no
 * offset changes. Answers a copy, or null where there is nothing to blank.
 */
export function scrubCodestream(bytes: Uint8Array): Uint8Array | null {
  if (bytes[0] !== 0xff) return null;
  const blanks = bytes[1] === 0xd8 ? jpegSegments(bytes) : bytes[1] === 0x4f ? jpeg2000Segments(bytes) : [];
  if (blanks.length === 0) return null;
  const copy = Uint8Array.from(bytes);
  for (const [from, to] of blanks) copy.fill(0, from, to);
  return copy;
}

type Range = [from: number, to: number];

const lengthAt = (bytes: Uint8Array, at: number) => (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);
const beginsWith = (bytes: Uint8Array, at: number, text: string) =>
  [...text].every((letter, index) => bytes[at + index] === letter.charCodeAt(0));

function jpegSegments(bytes: Uint8Array): Range[] {
  const blanks: Range[] = [];
  let at = 2;
  while (at + 3 < bytes.length) {
    if (bytes[at] !== 0xff) {
      at += 1;
      continue;
    }
    const marker = bytes[at + 1]!;
    // Whatever follows the end of the picture is no part of it.
    if (marker === 0xd9) return at + 2 < bytes.length ? [...blanks, [at + 2, bytes.length]] : blanks;
    // Coded data, fill bytes, restarts and the beginning have no segment.
    if (marker < 0xc0 || marker === 0xff || (marker >= 0xd0 && marker <= 0xd8)) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    const length = lengthAt(bytes, at + 2);
    const [from, to] = [at + 4, Math.min(bytes.length, at + 2 + length)];
    if (marker === 0xfe || (marker >= 0xe0 && marker <= 0xef && !isOfPicture(bytes, marker, from, length)))
      blanks.push([from, to]);
    at = Math.max(to, at + 2);
  }
  return blanks;
}

/** JFIF without its thumbnail, Adobe's colour transform and JPEG-LS's: decoders need these. */
function isOfPicture(bytes: Uint8Array, marker: number, from: number, length: number): boolean {
  if (marker === 0xe0) return length === 16 && beginsWith(bytes, from, 'JFIF\0');
  if (marker === 0xee) return length === 14 && beginsWith(bytes, from, 'Adobe');
  return marker === 0xe8 && length === 7 && beginsWith(bytes, from, 'mrfx');
}

function jpeg2000Segments(bytes: Uint8Array): Range[] {
  const blanks: Range[] = [];
  let at = 2;
  while (at + 3 < bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1]!;
    if (marker === 0xd9) return at + 2 < bytes.length ? [...blanks, [at + 2, bytes.length]] : blanks;
    const length = lengthAt(bytes, at + 2);
    if (marker === 0x90) {
      const partLength = lengthAt(bytes, at + 6) * 65_536 + lengthAt(bytes, at + 8);
      let inside = at + 2 + length;
      while (inside + 3 < bytes.length && bytes[inside] === 0xff && bytes[inside + 1] !== 0x93) {
        const inner = lengthAt(bytes, inside + 2);
        if (bytes[inside + 1] === 0x64) blanks.push([inside + 6, Math.min(bytes.length, inside + 2 + inner)]);
        inside += 2 + Math.max(2, inner);
      }
      // Nought: the last part, to the end.
      if (partLength < 12) break;
      at += partLength;
      continue;
    }
    if (marker === 0x64) blanks.push([at + 6, Math.min(bytes.length, at + 2 + length)]);
    at += 2 + Math.max(2, length);
  }
  return blanks;
}
