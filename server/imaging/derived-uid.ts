import { createHash } from 'node:crypto';

/**
 * A UID under 2.25 (PS3.5 annex B.2) whose UUID (RFC 9562 version 8) is derived from the given words: the same words
 * give the same UID, so what is made twice is the same and not a second one.
 */
export function derivedUid(...words: (string | number)[]): string {
  const digest = createHash('sha256').update(JSON.stringify(words)).digest().subarray(0, 16);
  digest[6] = (digest[6]! & 0x0f) | 0x80;
  digest[8] = (digest[8]! & 0x3f) | 0x80;
  return `2.25.${BigInt(`0x${digest.toString('hex')}`)}`;
}
