import type { criticalValueStates } from '../contracts/critical-values.ts';
import type { Role } from './roles.ts';

/** Who of a lead hospital finds critical values and tells them. */
export const finderRoles: readonly Role[] = [
  'chest-pain-on-call',
  'ecg-reporter',
  'ecg-reviewer',
  'imaging-reporter',
  'imaging-reviewer',
];

/** Told, and not yet read back: it is repeated, and what it belongs to cannot be closed. */
export const isOpenCriticalValue = ({ state }: { state: (typeof criticalValueStates)[number] }): boolean =>
  state === 'open' || state === 'received';

const plain = (text: string) => text.normalize('NFKC').replace(/\s+/gu, '').toLowerCase();

/** Whether the words that came back are the ones that were told; spaces, width and case do not count. */
export const isSameReadBack = (finding: string, readBack: string): boolean => plain(finding) === plain(readBack);
