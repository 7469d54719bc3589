/**
 * DICOM's character sets (PS3.3 C.12.1.1.2, PS3.5 6.1.2 and annexes H to K) for the few texts that an ECG shows:
 * single-byte sets, UTF-8, GB18030 and GBK, and ISO 2022 code extensions for Japanese, Korean and Chinese.
 */
const singleSets: ReadonlyMap<string, string> = new Map([
  ['ISO_IR 100', 'iso-8859-1'],
  ['ISO_IR 101', 'iso-8859-2'],
  ['ISO_IR 109', 'iso-8859-3'],
  ['ISO_IR 110', 'iso-8859-4'],
  ['ISO_IR 144', 'iso-8859-5'],
  ['ISO_IR 127', 'iso-8859-6'],
  ['ISO_IR 126', 'iso-8859-7'],
  ['ISO_IR 138', 'iso-8859-8'],
  ['ISO_IR 148', 'iso-8859-9'],
  ['ISO_IR 203', 'iso-8859-15'],
  ['ISO_IR 166', 'windows-874'],
  ['ISO_IR 13', 'shift_jis'],
  ['ISO_IR 149', 'euc-kr'],
  ['ISO_IR 58', 'gbk'],
  ['ISO_IR 192', 'utf-8'],
  ['GB18030', 'gb18030'],
  ['GBK', 'gbk'],
]);

/** Escape sequences of PS3.3 table C.12-3 and C.12-4, without the leading ESC, and how the bytes after them read. */
const escapes: readonly [sequence: string, set: string][] = [
  ['(B', 'ascii'],
  ['(J', 'ascii'],
  [')I', 'shift_jis'],
  ['-A', 'iso-8859-1'],
  ['-B', 'iso-8859-2'],
  ['-C', 'iso-8859-3'],
  ['-D', 'iso-8859-4'],
  ['-L', 'iso-8859-5'],
  ['-G', 'iso-8859-6'],
  ['-F', 'iso-8859-7'],
  ['-H', 'iso-8859-8'],
  ['-M', 'iso-8859-9'],
  ['-b', 'iso-8859-15'],
  ['-T', 'windows-874'],
  ['$)C', 'euc-kr'],
  ['$)A', 'gbk'],
  ['$B', 'jis-x-0208'],
  ['$(D', 'jis-x-0212'],
];

function tryDecode(bytes: Uint8Array, label: string): string | undefined {
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function normaliseName(term: string): string {
  const upper = term.trim().toUpperCase();
  const number = /^ISO[\s_-]*(?:2022[\s_-]*)?IR[\s_-]*(\d+)$/.exec(upper)?.[1];
  return number === undefined ? upper : `ISO_IR ${number}`;
}

function decodeSegment(bytes: Uint8Array, set: string): string {
  if (set === 'jis-x-0208' || set === 'jis-x-0212') {
    // Seven-bit JIS pairs become EUC-JP by setting the high bit; JIS X 0212 takes the prefix 8F.
    const euc: number[] = [];
    for (let i = 0; i + 1 < bytes.length; i += 2) {
      if (set === 'jis-x-0212') euc.push(0x8f);
      euc.push((bytes[i] ?? 0) | 0x80, (bytes[i + 1] ?? 0) | 0x80);
    }
    return new TextDecoder('euc-jp').decode(Uint8Array.from(euc));
  }
  return new TextDecoder(set === 'ascii' ? 'windows-1252' : set).decode(bytes);
}

/** PS3.5 6.1.2.5.3: these delimiters end a code extension and bring the first character set back. */
const delimiters: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0c, 0x0d, 0x3d, 0x5c, 0x5e]);

function decodeWithEscapes(bytes: Uint8Array, firstSet: string): string {
  let text = '';
  let set = firstSet;
  let start = 0;
  const flush = (end: number): void => {
    if (end > start) text += decodeSegment(bytes.subarray(start, end), set);
  };
  let i = 0;
  while (i < bytes.length) {
    const byte = bytes[i] ?? 0;
    if (byte === 0x1b) {
      const found = escapes.find(([sequence]) =>
        [...sequence].every((character, k) => bytes[i + 1 + k] === character.charCodeAt(0)),
      );
      flush(i);
      i += 1 + (found ? found[0].length : 0);
      start = i;
      if (found) set = found[1];
      continue;
    }
    const twoByteG0 = set.startsWith('jis-x-');
    if (delimiters.has(byte) && !twoByteG0) {
      flush(i);
      text += String.fromCharCode(byte);
      start = i + 1;
      set = firstSet;
    }
    i += twoByteG0 ? 2 : 1;
  }
  flush(bytes.length);
  return text;
}

/**
 * Decodes one text value.
 * @param terms the values of Specific Character Set (0008,0005); empty means the default repertoire.
 * @param warn is told when the declared set does not fit and another one, which does, was taken.
 */
export function decodeDicomText(bytes: Uint8Array, terms: readonly string[], warn: (line: string) => void): string {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 0 || bytes[end - 1] === 0x20)) end--;
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const value = bytes.subarray(start, end);
  const first = normaliseName(terms[0] ?? '');
  const declared = singleSets.get(first);
  if (value.includes(0x1b)) return decodeWithEscapes(value, declared ?? 'ascii');
  if (!value.some((byte) => byte >= 0x80)) return decodeSegment(value, 'ascii');
  const strict = declared === undefined ? undefined : tryDecode(value, declared);
  if (strict !== undefined) return strict;
  for (const guess of ['utf-8', 'gb18030']) {
    const text = tryDecode(value, guess);
    if (text !== undefined) {
      warn(`The character set ${first === '' ? 'is not declared' : `"${first}" does not fit`}; text read as ${guess}`);
      return text;
    }
  }
  warn('Some text is in no known character set');
  return new TextDecoder(declared ?? 'windows-1252').decode(value);
}

const cjk = /[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\u{20000}-\u{3ffff}]/u;

/** True for text written in Chinese, Japanese or Korean characters, where family and given name stand without a space. */
export function isCjk(text: string): boolean {
  return cjk.test(text);
}

/**
 * A name as people read it, from VR PN (PS3.5 6.2.1): the ideographic group where there is one, else the alphabetic;
 * family name first, Chinese characters without a space between.
 */
export function readPersonName(value: string): string | undefined {
  const groups = (value.split('\\')[0] ?? '').split('=').map((group) =>
    group
      .split('^')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  );
  const chosen = [groups[1], groups[0], groups[2]].find((parts) => parts !== undefined && parts.length > 0);
  if (!chosen) return undefined;
  return chosen.join(chosen.some(isCjk) ? '' : ' ');
}
