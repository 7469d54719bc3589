import type { referralStates } from '../contracts/referrals.ts';

type ReferralState = (typeof referralStates)[number];

/** Which step may follow which: only an accepted patient arrives, and a file that was closed stays closed. */
const following: Record<ReferralState, readonly ReferralState[]> = {
  opened: ['accepted', 'not-needed'],
  accepted: ['arrived', 'not-needed'],
  'not-needed': [],
  arrived: [],
};

export const mayFollow = (state: ReferralState, next: ReferralState): boolean => following[state].includes(next);
