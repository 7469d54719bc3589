/**
 * Text of formats that were made for ASCII and meet Chinese names in the field: writers put UTF-8 or GBK there, whatever
 * the standard says. What has an escape is read as ISO-2022-JP, what is valid UTF-8 as that, then come `declared` (a
 * label of the Encoding Standard), GB18030 and Latin 1. Ends at the first zero byte, at most 4000 bytes; control
 * characters become spaces.
 */
export function readPlainText(bytes: Uint8Array, declared?: string): string {
  const end = bytes.indexOf(0);
  const value = bytes.subarray(0, Math.min(end < 0 ? bytes.length : end, 4000));
  const text =
    (value.includes(0x1b) ? tryDecode(value, 'iso-2022-jp') : undefined) ??
    tryDecode(value, 'utf-8') ??
    (declared === undefined ? undefined : tryDecode(value, declared)) ??
    tryDecode(value, 'gb18030') ??
    new TextDecoder('windows-1252').decode(value);
  return text.replace(/[\u0000-\u001f\u007f]+/g, ' ').trim();
}

function tryDecode(bytes: Uint8Array, label: string): string | undefined {
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
