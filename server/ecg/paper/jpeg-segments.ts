import { PaperRefusal } from './paper-refusal.ts';

export interface JpegFacts {
  width: number;
  height: number;
  components: number;
  /** Exif Orientation, 1 to 8; 1 where there is none. */
  orientation: number;
  /** When the photograph was taken, ISO 8601, with an offset only where the camera gives one. */
  takenAt: string | null;
}

/**
 * Reads the segments before a JPEG's first scan (ITU-T T.81, B.2): its size and what Exif says, without its pixels.
 * @throws PaperRefusal `damaged`, or `unsupported` for kinds of JPEG that no camera makes
 */
export function readJpegSegments(bytes: Uint8Array): JpegFacts {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let orientation = 1;
  let takenAt: string | null = null;
  for (let at = 2; at + 4 <= bytes.length;) {
    if (bytes[at] !== 0xff) throw new PaperRefusal('damaged', `JPEG: no marker at ${at}`);
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) {
      at += 2;
      continue;
    }
    if (marker === 0xd9 || marker === 0xda) break;
    const length = view.getUint16(at + 2);
    const body = at + 4;
    const end = at + 2 + length;
    if (length < 2 || end > bytes.length) throw new PaperRefusal('damaged', `JPEG: the segment at ${at} is cut off`);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) {
      if (marker > 0xc2) throw new PaperRefusal('unsupported', 'JPEG: lossless, differential or arithmetic coding');
      if (length < 8) throw new PaperRefusal('damaged', 'JPEG: its frame header is too short');
      if (bytes[body] !== 8) throw new PaperRefusal('unsupported', `JPEG: ${bytes[body]!} bits to a sample`);
      return {
        height: view.getUint16(body + 1),
        width: view.getUint16(body + 3),
        components: bytes[body + 5]!,
        orientation,
        takenAt,
      };
    }
    if (marker === 0xe1 && isExif(bytes, body)) {
      const exif = readExif(bytes.subarray(body + 6, end));
      orientation = exif.orientation ?? orientation;
      takenAt = exif.takenAt ?? takenAt;
    }
    at = end;
  }
  throw new PaperRefusal('damaged', 'JPEG without a frame');
}

const isExif = (bytes: Uint8Array, at: number) =>
  bytes.length >= at + 6 && String.fromCharCode(...bytes.subarray(at, at + 6)) === 'Exif\0\0';

interface ExifFacts {
  orientation: number | null;
  takenAt: string | null;
}

/** A TIFF structure (Exif 2.32, 4.5); whatever does not fit in it is left out, for it is only an extra. */
export function readExif(bytes: Uint8Array): ExifFacts {
  const facts: ExifFacts = { orientation: null, takenAt: null };
  if (bytes.length < 8) return facts;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = bytes[0] === 0x49;
  const u16 = (at: number) => (at + 2 <= bytes.length ? view.getUint16(at, little) : 0);
  const u32 = (at: number) => (at + 4 <= bytes.length ? view.getUint32(at, little) : 0);
  const textAt = (entry: number) => {
    const length = Math.min(40, u32(entry + 4));
    const from = length <= 4 ? entry + 8 : u32(entry + 8);
    return String.fromCharCode(...bytes.subarray(from, Math.min(bytes.length, from + length))).replace(/\0.*$/s, '');
  };
  let taken = '';
  let offset = '';
  const readDirectory = (at: number, depth: number) => {
    const count = Math.min(200, u16(at));
    for (let i = 0; i < count; i += 1) {
      const entry = at + 2 + i * 12;
      const tag = u16(entry);
      if (tag === 0x0112 && u16(entry + 2) === 3) facts.orientation = u16(entry + 8);
      else if (tag === 0x9003) taken = textAt(entry);
      else if (tag === 0x9011) offset = textAt(entry);
      else if (tag === 0x8769 && depth === 0) readDirectory(u32(entry + 8), 1);
    }
  };
  readDirectory(u32(4), 0);
  if (facts.orientation !== null && (facts.orientation < 1 || facts.orientation > 8)) facts.orientation = null;
  const moment = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)/.exec(taken);
  if (moment !== null) {
    const iso = `${moment[1]}-${moment[2]}-${moment[3]}T${moment[4]}`;
    const zone = /^[+-]\d\d:\d\d$/.test(offset) ? offset : '';
    if (Number.isFinite(Date.parse(`${iso}${zone || 'Z'}`))) facts.takenAt = `${iso}${zone}`;
  }
  return facts;
}
