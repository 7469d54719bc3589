import { z } from 'zod';
import { command, id, isoTime, line, prose, query, version } from './contract.ts';

export const referralStates = ['opened', 'accepted', 'not-needed', 'arrived'] as const;

export const referralView = z.object({
  id,
  consultId: id,
  patientId: id,
  kind: z.literal('green-channel'),
  direction: z.literal('up'),
  state: z.enum(referralStates),
  fromOrganisationName: z.string(),
  toOrganisationName: z.string(),
  openedByName: z.string(),
  openedAt: isoTime,
  /** Every step with who and when, oldest first. */
  steps: z.array(
    z.object({
      state: z.enum(referralStates),
      at: isoTime,
      byName: z.string(),
      organisationName: z.string(),
      note: z.string(),
    }),
  ),
  version,
});
export type ReferralView = z.infer<typeof referralView>;

export const referralRequests = {
  'referral:read': query(z.object({ consultId: id }), z.object({ referral: referralView })),
  'referral:accept': command(
    z.object({ referralId: id, version, note: prose(300).optional() }),
    z.object({ referral: referralView }),
  ),
  'referral:close-not-needed': command(
    z.object({ referralId: id, version, reason: line(300) }),
    z.object({ referral: referralView }),
  ),
  'referral:confirm-arrival': command(
    z.object({ referralId: id, version, note: prose(300).optional() }),
    z.object({ referral: referralView }),
  ),
} as const;

export const referralNotices = { 'referral:changed': referralView } as const;
