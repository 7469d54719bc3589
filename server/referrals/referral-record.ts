import { Schema } from 'mongoose';
import { referralStates } from '../../shared/contracts/referrals.ts';
import type { Audience } from '../permissions/policy.ts';
import { defineRecord } from '../platform/store/store.ts';

export type ReferralState = (typeof referralStates)[number];

export interface ReferralStep {
  state: ReferralState;
  at: Date;
  byName: string;
  organisationName: string;
  note: string;
}

export interface ReferralFields {
  _id: string;
  consultId: string;
  patientId: string;
  kind: 'green-channel';
  direction: 'up';
  state: ReferralState;
  fromOrganisationId: string;
  fromOrganisationName: string;
  toOrganisationId: string;
  toOrganisationName: string;
  openedByName: string;
  openedAt: Date;
  /** Oldest first; steps are only added. */
  steps: ReferralStep[];
  audience: Audience;
  version: number;
}

const step = new Schema<ReferralStep>(
  {
    state: { type: String, required: true, enum: referralStates },
    at: { type: Date, required: true },
    byName: { type: String, required: true },
    organisationName: { type: String, required: true },
    note: { type: String, default: '' },
  },
  { _id: false },
);

export const referralRecord = defineRecord<ReferralFields>(
  'Referral',
  new Schema<ReferralFields>(
    {
      _id: { type: String, required: true },
      consultId: { type: String, required: true },
      patientId: { type: String, required: true },
      kind: { type: String, required: true, enum: ['green-channel'] },
      direction: { type: String, required: true, enum: ['up'] },
      state: { type: String, required: true, enum: referralStates },
      fromOrganisationId: { type: String, required: true },
      fromOrganisationName: { type: String, required: true },
      toOrganisationId: { type: String, required: true },
      toOrganisationName: { type: String, required: true },
      openedByName: { type: String, required: true },
      openedAt: { type: Date, required: true },
      steps: { type: [step], required: true },
      audience: { type: Schema.Types.Mixed, required: true },
      version: { type: Number, required: true },
    },
    { collection: 'referrals' },
  ).index({ consultId: 1 }, { unique: true }),
);
