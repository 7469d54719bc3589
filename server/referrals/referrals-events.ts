import { referralRequests } from '../../shared/contracts/referrals.ts';
import type { ActionContext } from '../platform/context.ts';
import { defineEvents } from '../platform/socket/events.ts';
import { advanceReferral } from './advance-referral.ts';
import { findReferralOfConsult, referralSubject } from './find-referral.ts';

const subject = ({ referralId }: { referralId: string }, context: ActionContext) =>
  referralSubject({ _id: referralId }, context);

export const referralEvents = defineEvents(referralRequests, {
  'referral:read': {
    permission: 'referral:read',
    subject: ({ consultId }, context) => referralSubject({ consultId }, context),
    run: async ({ consultId }, context) => ({ referral: await findReferralOfConsult(consultId, context) }),
  },
  'referral:accept': {
    permission: 'referral:decide',
    subject,
    run: async ({ note = '', ...command }, context) => ({
      referral: await advanceReferral({ ...command, state: 'accepted', note }, context),
    }),
  },
  'referral:close-not-needed': {
    permission: 'referral:decide',
    subject,
    run: async ({ reason, ...command }, context) => ({
      referral: await advanceReferral({ ...command, state: 'not-needed', note: reason }, context),
    }),
  },
  'referral:confirm-arrival': {
    permission: 'referral:decide',
    subject,
    run: async ({ note = '', ...command }, context) => ({
      referral: await advanceReferral({ ...command, state: 'arrived', note }, context),
    }),
  },
});
