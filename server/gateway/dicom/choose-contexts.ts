import { COMMITMENT } from '../commitment/commitment-message.ts';
import type { AnsweredContext, ProposedContext } from './associate.ts';
import { EXPLICIT_LITTLE_ENDIAN, IMPLICIT_LITTLE_ENDIAN } from './data-set.ts';

export const VERIFICATION = '1.2.840.10008.1.1';

/**
 * What we take, the best first: plain ones, which every sender can make of what it has (PS3.5, 10.1), then what it has
 * compressed without loss, then with loss, video, and the rest of PS3.6 annex A that a hub can keep as it is. A sender
 * that must not decompress proposes a context for the compressed syntax alone.
 */
export const acceptedTransferSyntaxes = [
  '1.2.840.10008.1.2.1',
  IMPLICIT_LITTLE_ENDIAN,
  '1.2.840.10008.1.2.4.80',
  '1.2.840.10008.1.2.4.90',
  '1.2.840.10008.1.2.4.70',
  '1.2.840.10008.1.2.4.57',
  '1.2.840.10008.1.2.5',
  '1.2.840.10008.1.2.1.99',
  '1.2.840.10008.1.2.4.201',
  '1.2.840.10008.1.2.4.202',
  '1.2.840.10008.1.2.4.81',
  '1.2.840.10008.1.2.4.91',
  '1.2.840.10008.1.2.4.203',
  '1.2.840.10008.1.2.4.51',
  '1.2.840.10008.1.2.4.50',
  '1.2.840.10008.1.2.4.53',
  '1.2.840.10008.1.2.4.55',
  '1.2.840.10008.1.2.4.92',
  '1.2.840.10008.1.2.4.93',
  '1.2.840.10008.1.2.4.100',
  '1.2.840.10008.1.2.4.101',
  '1.2.840.10008.1.2.4.102',
  '1.2.840.10008.1.2.4.103',
  '1.2.840.10008.1.2.4.104',
  '1.2.840.10008.1.2.4.105',
  '1.2.840.10008.1.2.4.106',
  '1.2.840.10008.1.2.4.107',
  '1.2.840.10008.1.2.4.108',
  '1.2.840.10008.1.2.4.110',
  '1.2.840.10008.1.2.4.111',
  '1.2.840.10008.1.2.4.112',
  '1.2.840.10008.1.2.2',
  '1.2.840.113619.5.2',
];

/** Storage of PS3.4 annex B, of RT (34), of what stands beside images (43 to 45), and what makers define themselves. */
const STORAGE = /^1\.2\.840\.10008\.5\.1\.4\.(1\.1\.|34\.|4[345]\.)/;
export const isStorage = (uid: string) => STORAGE.test(uid) || !uid.startsWith('1.2.840.10008.');

export function chooseContext({ id, abstractSyntax, transferSyntaxes: proposed }: ProposedContext): AnsweredContext {
  if (abstractSyntax === COMMITMENT) {
    const plain = [EXPLICIT_LITTLE_ENDIAN, IMPLICIT_LITTLE_ENDIAN].find((syntax) => proposed.includes(syntax));
    return { id, result: plain === undefined ? 4 : 0, transferSyntax: plain ?? IMPLICIT_LITTLE_ENDIAN };
  }
  if (abstractSyntax !== VERIFICATION && !isStorage(abstractSyntax))
    return { id, result: 3, transferSyntax: IMPLICIT_LITTLE_ENDIAN };
  const chosen = acceptedTransferSyntaxes.find((syntax) => proposed.includes(syntax));
  return chosen === undefined
    ? { id, result: 4, transferSyntax: IMPLICIT_LITTLE_ENDIAN }
    : { id, result: 0, transferSyntax: chosen };
}
