import { EcgDecodeError } from './ecg-decode-error.ts';

const encodings: ReadonlySet<string> = new Set([
  'utf-8',
  'utf-16le',
  'utf-16be',
  'gb18030',
  'gbk',
  'windows-1252',
  'iso-8859-2',
  'iso-8859-5',
  'iso-8859-9',
  'iso-8859-15',
  'windows-1251',
  'big5',
  'shift_jis',
  'euc-jp',
  'euc-kr',
]);

function declaredEncoding(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (bytes[0] === 0x3c && bytes[1] === 0) return 'utf-16le';
  if (bytes[0] === 0 && bytes[1] === 0x3c) return 'utf-16be';
  let head = '';
  for (const byte of bytes.subarray(0, 200)) head += String.fromCharCode(byte);
  const label = /<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]+)["']/.exec(head)?.[1]?.toLowerCase() ?? 'utf-8';
  if (label === 'gb2312') return 'gbk';
  return label === 'utf-16' || label === 'ucs-2' ? 'utf-8' : label;
}

/**
 * An XML file's text by its byte order mark or XML declaration (XML 1.0 appendix F).
 * `lenient` is for looking at a file's beginning: a cut or wrong character is replaced then, an unknown encoding is
 * read as UTF-8.
 * @throws EcgDecodeError `malformed` when the bytes are not in the declared encoding, or that one is not known.
 */
export function decodeXmlText(bytes: Uint8Array, lenient = false): string {
  const label = declaredEncoding(bytes);
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(label, { fatal: !lenient });
  } catch {
    if (!lenient) throw new EcgDecodeError('malformed', `XML: the declared encoding "${label}" is not known`);
    decoder = new TextDecoder('utf-8');
  }
  if (!encodings.has(decoder.encoding)) {
    if (!lenient) throw new EcgDecodeError('malformed', `XML: the declared encoding "${label}" is not read`);
    decoder = new TextDecoder('utf-8');
  }
  try {
    return decoder.decode(bytes);
  } catch {
    throw new EcgDecodeError('malformed', `XML: the bytes are not valid ${decoder.encoding}`);
  }
}
