import { ImagingError } from './imaging-error.ts';

/** What a codestream says about itself, read before a codec may reserve memory for it. */
export interface CodestreamHeader {
  kind: 'dct' | 'lossless' | 'jpeg-ls' | 'jpeg-2000';
  width: number;
  height: number;
  components: number;
  /** Bits of a sample. */
  precision: number;
  /** Component identifiers of a JPEG frame. */
  componentIds: number[];
  /** JPEG: progressive or spectral selection (SOF2). */
  progressive: boolean;
  /** JPEG: arithmetic coding, which no codec here reads. */
  arithmetic: boolean;
  /** JPEG: has a JFIF or an Adobe segment that names its colours. */
  namesColours: boolean;
  /** JPEG 2000: samples are signed. */
  signed: boolean;
  /** JPEG 2000: a multiple component transform makes RGB out of its components. */
  componentTransform: boolean;
}

/**
 * Reads the header of a JPEG, JPEG-LS or JPEG 2000 codestream (a JP2 box around it is skipped).
 * @throws ImagingError `damaged` when it is none, `truncated` when it ends too early.
 */
export function readCodestreamHeader(bytes: Uint8Array): CodestreamHeader {
  const start = findJpeg2000(bytes);
  if (start !== undefined) return readJpeg2000(bytes.subarray(start));
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return readJpeg(bytes);
  throw new ImagingError('damaged', 'codestream');
}

const TAIL_BYTES = 4096;

/**
 * Whether the codestream has its end mark (EOI or EOC, both FFD9), behind which only padding may stand. The codecs
 * fill what is missing with grey and say nothing.
 */
export function hasEnd(bytes: Uint8Array): boolean {
  const from = Math.max(2, bytes.length - TAIL_BYTES);
  for (let at = bytes.length - 2; at >= from; at--) if (bytes[at] === 0xff && bytes[at + 1] === 0xd9) return true;
  return false;
}

function findJpeg2000(bytes: Uint8Array): number | undefined {
  const socAt = (at: number) =>
    bytes[at] === 0xff && bytes[at + 1] === 0x4f && bytes[at + 2] === 0xff && bytes[at + 3] === 0x51;
  if (socAt(0)) return 0;
  // A JP2 file's signature box; the codestream stands in the box named jp2c.
  if (!(bytes[4] === 0x6a && bytes[5] === 0x50 && bytes[6] === 0x20 && bytes[7] === 0x20)) return undefined;
  for (let at = 8; at < Math.min(bytes.length, 65536); at++) if (socAt(at)) return at;
  return undefined;
}

/** SIZ and COD (ISO/IEC 15444-1 A.5.1, A.6.1). */
function readJpeg2000(bytes: Uint8Array): CodestreamHeader {
  if (bytes.length < 45) throw new ImagingError('truncated', 'JPEG 2000 header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sizeOfComponent = bytes[42]!;
  let componentTransform = false;
  let at = 2;
  while (at + 4 <= bytes.length) {
    const marker = view.getUint16(at);
    if (marker === 0xff90) break;
    if (marker === 0xff52 && at + 9 <= bytes.length) componentTransform = bytes[at + 8] === 1;
    at += 2 + view.getUint16(at + 2);
  }
  return {
    kind: 'jpeg-2000',
    width: view.getUint32(8) - view.getUint32(16),
    height: view.getUint32(12) - view.getUint32(20),
    components: view.getUint16(40),
    precision: (sizeOfComponent & 0x7f) + 1,
    componentIds: [],
    progressive: false,
    arithmetic: false,
    namesColours: false,
    signed: (sizeOfComponent & 0x80) !== 0,
    componentTransform,
  };
}

/** Markers up to the frame header (ISO/IEC 10918-1 B.2.2; ISO/IEC 14495-1 C.2.2 for SOF55). */
function readJpeg(bytes: Uint8Array): CodestreamHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let namesColours = false;
  let at = 2;
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) throw new ImagingError('damaged', 'JPEG marker');
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const length = view.getUint16(at + 2);
    if (marker === 0xe0 && textAt(bytes, at + 4, 4) === 'JFIF') namesColours = true;
    // libjpeg, too, overlooks an Adobe segment that is too short to hold its colour transform.
    if (marker === 0xee && length >= 14 && textAt(bytes, at + 4, 5) === 'Adobe') namesColours = true;
    const frameHeader = (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) || marker === 0xf7;
    if (frameHeader) {
      const components = bytes[at + 9];
      if (components === undefined || at + 10 + components * 3 > bytes.length) break;
      return {
        kind: marker === 0xf7 ? 'jpeg-ls' : marker % 4 === 3 ? 'lossless' : 'dct',
        width: view.getUint16(at + 7),
        height: view.getUint16(at + 5),
        components,
        precision: bytes[at + 4]!,
        componentIds: Array.from({ length: components }, (_, index) => bytes[at + 10 + index * 3]!),
        progressive: marker === 0xc2 || marker === 0xca,
        arithmetic: marker >= 0xc9 && marker <= 0xcf,
        namesColours,
        signed: false,
        componentTransform: false,
      };
    }
    at += 2 + length;
  }
  throw new ImagingError('truncated', 'JPEG header');
}

function textAt(bytes: Uint8Array, offset: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(offset, offset + length));
}
