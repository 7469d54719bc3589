/**
 * Text of formats that were made for ASCII and meet Chinese names in the field: writers put UTF-8 or GBK there, whatever
 * the standard says. What is valid UTF-8 is read so, then `declared` (a label of the Encoding Standard), then GB18030,
 * then Latin 1. Ends at the first zero byte, at most 4000 bytes; control characters become spaces.
 */
export function readPlainText(bytes: Uint8Array, declared?: string): string {
  const end = bytes.indexOf(0);
  const value = bytes.subarray(0, Math.min(end < 0 ? bytes.length : end, 4000));
  const text =
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
