import { EcgDecodeError } from './ecg-decode-error.ts';
import { looksLikeBareMfer } from './mfer/decode-mfer.ts';
import { looksLikeWfdbHeader, sampleFileNames } from './wfdb/wfdb-header.ts';
import { decodeXmlText } from './xml-text.ts';

export type ReadableFormat = 'dicom' | 'scp-ecg' | 'hl7-aecg' | 'muse-xml' | 'philips-xml' | 'ishne' | 'edf' | 'mfer';

const recordingFormats: ReadonlyMap<string, string> = new Map([
  ['cardiologyxml', 'GE CardioSoft XML'],
  ['sapphire', 'GE Sapphire XML'],
  ['ecgparameters', 'Schiller XML'],
  ['mortara', 'Mortara XML'],
]);

function ascii(bytes: Uint8Array, from: number, length: number): string {
  let text = '';
  for (let i = from; i < Math.min(from + length, bytes.length); i++) text += String.fromCharCode(bytes[i] ?? 0);
  return text;
}

/** A DICOM data set that starts without the 128-byte preamble of PS3.10 7.1: group 0002 or 0008, low element number. */
function looksLikeBareDicom(bytes: Uint8Array): boolean {
  if (bytes.length < 16) return false;
  const group = (bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8);
  const element = (bytes[2] ?? 0) | ((bytes[3] ?? 0) << 8);
  return (group === 0x0002 || group === 0x0008) && element <= 0x0018;
}

/** EN 1064 5.3.2: "SCPECG" in the header of section 0; older writers leave it blank, so the header itself also counts. */
function looksLikeScp(bytes: Uint8Array): boolean {
  if (ascii(bytes, 16, 6) === 'SCPECG') return true;
  if (bytes.length < 6 + 16 + 12 * 10) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sectionLength = view.getUint32(10, true);
  return (
    view.getUint16(8, true) === 0 &&
    sectionLength >= 136 &&
    sectionLength <= 16 + 10 * 1024 &&
    view.getUint16(22, true) === 0 &&
    view.getUint32(24, true) === sectionLength &&
    view.getUint32(28, true) === 7
  );
}

function recogniseXml(bytes: Uint8Array): ReadableFormat {
  const head = decodeXmlText(bytes.subarray(0, 256 * 1024), true);
  const prolog = /^\s*(?:<\?[^]*?\?>\s*|<!--[^]*?-->\s*)*/.exec(head)?.[0] ?? '';
  let rest = head.slice(prolog.length);
  let hostile = false;
  if (/^<!DOCTYPE/i.test(rest)) {
    const end = /^<!DOCTYPE[^[>]*(\[[^]*?\]\s*)?>\s*(?:<\?[^]*?\?>\s*|<!--[^]*?-->\s*)*/i.exec(rest);
    hostile = end === null || end[1] !== undefined;
    rest = end ? rest.slice(end[0].length) : '';
  }
  const root = /^<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)/.exec(rest)?.[1] ?? '';
  if (hostile) throw new EcgDecodeError('hostile-xml', 'XML: the DOCTYPE defines entities; such files are not read');
  if (root === 'AnnotatedECG') return 'hl7-aecg';
  if (root === 'RestingECG') return 'muse-xml';
  if (root === 'restingecgdata') return 'philips-xml';
  const name = recordingFormats.get(root.toLowerCase());
  if (name) throw new EcgDecodeError('unsupported-format', `This is a ${name} recording, which is not read yet`);
  if (root === '') throw new EcgDecodeError('not-an-ecg', 'XML: no root element found at the start of the file');
  throw new EcgDecodeError(
    'not-an-ecg',
    `XML with the root element <${root.slice(0, 40)}>, which is no known ECG format`,
  );
}

function refuseByMagic(bytes: Uint8Array): void {
  if (looksLikeWfdbHeader(bytes)) {
    const files = sampleFileNames(bytes).join(', ').slice(0, 100);
    throw new EcgDecodeError(
      'unsupported-format',
      `This is the header of a WFDB record; its samples are in ${files}, which one file alone does not bring along. ` +
        'Pack the header and these files into one ZIP archive and send that',
    );
  }
  const other: [string, string][] = [
    ['%PDF', 'a PDF document'],
    ['\x89PNG', 'a PNG picture'],
    ['\xff\xd8\xff', 'a JPEG picture'],
    ['GIF8', 'a GIF picture'],
    ['BM', 'a bitmap picture'],
    ['PK\x03\x04', 'a ZIP archive'],
    ['\x1f\x8b', 'a gzip archive'],
    ['MSH|', 'an HL7 v2 message'],
    ['{', 'a JSON or text file'],
  ];
  for (const [magic, name] of other) {
    if (ascii(bytes, 0, magic.length) === magic) {
      throw new EcgDecodeError('not-an-ecg', `This is ${name}, not an ECG recording`);
    }
  }
}

/** EDF or ISHNE by the file's first 256 bytes: the formats of which a day is read piece by piece. */
export function holterFormatOf(head: Uint8Array): 'edf' | 'ishne' | undefined {
  if (ascii(head, 128, 4) === 'DICM' || looksLikeScp(head)) return undefined;
  if (ascii(head, 0, 8) === 'ISHNE1.0') return 'ishne';
  return /^(?:0 {7}|\xffBIOSEMI)/.test(ascii(head, 0, 8)) && head.length >= 256 ? 'edf' : undefined;
}

/**
 * Tells the format from the bytes alone; a file's name means nothing.
 * @throws EcgDecodeError `not-an-ecg`, `unsupported-format` (naming the format) or `hostile-xml`.
 */
export function recogniseEcg(bytes: Uint8Array): ReadableFormat {
  if (bytes.length === 0) throw new EcgDecodeError('not-an-ecg', 'The file is empty');
  if (ascii(bytes, 128, 4) === 'DICM') return 'dicom';
  if (looksLikeScp(bytes)) return 'scp-ecg';
  const holter = holterFormatOf(bytes);
  if (holter !== undefined) return holter;
  // Tag 40 hex, the preamble's length, its text; the preamble may be missing.
  if (/^@[^] ?MFE?R/.test(ascii(bytes, 0, 8)) || looksLikeBareMfer(bytes)) return 'mfer';
  if (/^\s*</.test(decodeXmlText(bytes.subarray(0, 400), true))) return recogniseXml(bytes);
  refuseByMagic(bytes);
  if (looksLikeBareDicom(bytes)) return 'dicom';
  throw new EcgDecodeError('not-an-ecg', 'The content is no ECG format that is known here');
}
