import type { criticalValueStates } from '../contracts/critical-values.ts';

/** Told, and not yet read back: it is repeated, and what it belongs to cannot be closed. */
export const isOpenCriticalValue = ({ state }: { state: (typeof criticalValueStates)[number] }): boolean =>
  state === 'open' || state === 'received';

const plain = (text: string) => text.normalize('NFKC').replace(/\s+/gu, '').toLowerCase();

/** Whether the words that came back are the ones that were told; spaces, width and case do not count. */
export const isSameReadBack = (finding: string, readBack: string): boolean => plain(finding) === plain(readBack);
