import type { Slice } from '../platform/slice.ts';
import { referralRecord } from './referral-record.ts';
import { referralEvents } from './referrals-events.ts';

export const referralsSlice: Slice = { name: 'referrals', records: [referralRecord], events: referralEvents };
