import { EcgDecodeError } from './ecg-decode-error.ts';

/**
 * The bytes of a Base64 text (RFC 4648 section 4) with white space anywhere. Unlike Node's own reading, which passes over
 * what it does not know, any other character is refused: it would shift every later sample.
 * @throws EcgDecodeError `malformed`.
 */
export function decodeBase64(text: string, where: string): Uint8Array {
  const packed = text.replace(/\s+/g, '');
  const end = packed.indexOf('=');
  const digits = end < 0 ? packed.length : end;
  const padding = packed.length - digits;
  const whole = digits % 4 !== 1 && (padding === 0 || (padding <= 2 && packed.length % 4 === 0));
  if (!whole || !/^[A-Za-z0-9+/]*={0,2}$/.test(packed)) {
    throw new EcgDecodeError('malformed', `${where}: the samples are not valid Base64`);
  }
  return Buffer.from(packed, 'base64');
}

/** Signed 16-bit numbers, low byte first; an odd last byte is no number and left out. */
export function littleEndian16(bytes: Uint8Array): Int16Array {
  const numbers = new Int16Array(bytes.length >> 1);
  for (let i = 0; i < numbers.length; i++) numbers[i] = (bytes[2 * i] ?? 0) | ((bytes[2 * i + 1] ?? 0) << 8);
  return numbers;
}
