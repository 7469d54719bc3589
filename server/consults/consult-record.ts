import { Schema } from 'mongoose';
import { consultOutcomes } from '../../shared/contracts/consults.ts';
import type { Audience } from '../permissions/policy.ts';
import { defineRecord } from '../platform/store/store.ts';

export interface Participant {
  accountId: string;
  name: string;
  organisationId: string;
  organisationName: string;
  side: 'clinic' | 'lead' | 'invited';
  invitedByName: string | null;
  /** First time in the room. */
  joinedAt: Date | null;
}

export interface ConsultFields {
  _id: string;
  kind: 'urgent';
  reason: string;
  patientId: string;
  alarmId: string;
  referralId: string;
  state: 'waiting' | 'active' | 'closed' | 'withdrawn';
  /** waiting or active */
  open: boolean;
  fromOrganisationId: string;
  fromOrganisationName: string;
  toOrganisationId: string;
  toOrganisationName: string;
  openedAt: Date;
  openedByAccountId: string;
  openedByName: string;
  participants: Participant[];
  acceptedByName: string | null;
  outcome: (typeof consultOutcomes)[number] | null;
  outcomeNote: string | null;
  closedAt: Date | null;
  closedByName: string | null;
  audience: Audience;
  version: number;
}

const participant = new Schema<Participant>(
  {
    accountId: { type: String, required: true },
    name: { type: String, required: true },
    organisationId: { type: String, required: true },
    organisationName: { type: String, default: '' },
    side: { type: String, required: true, enum: ['clinic', 'lead', 'invited'] },
    invitedByName: { type: String, default: null },
    joinedAt: { type: Date, default: null },
  },
  { _id: false },
);

export const consultRecord = defineRecord<ConsultFields>(
  'Consult',
  new Schema<ConsultFields>(
    {
      _id: { type: String, required: true },
      kind: { type: String, required: true, enum: ['urgent'] },
      reason: { type: String, required: true },
      patientId: { type: String, required: true },
      alarmId: { type: String, required: true },
      referralId: { type: String, required: true },
      state: { type: String, required: true, enum: ['waiting', 'active', 'closed', 'withdrawn'] },
      open: { type: Boolean, required: true },
      fromOrganisationId: { type: String, required: true },
      fromOrganisationName: { type: String, required: true },
      toOrganisationId: { type: String, required: true },
      toOrganisationName: { type: String, required: true },
      openedAt: { type: Date, required: true },
      openedByAccountId: { type: String, required: true },
      openedByName: { type: String, required: true },
      participants: { type: [participant], required: true },
      acceptedByName: { type: String, default: null },
      outcome: { type: String, enum: [...consultOutcomes, null], default: null },
      outcomeNote: { type: String, default: null },
      closedAt: { type: Date, default: null },
      closedByName: { type: String, default: null },
      audience: { type: Schema.Types.Mixed, required: true },
      version: { type: Number, required: true },
    },
    { collection: 'consults' },
  )
    .index({ patientId: 1, open: 1 })
    .index({ fromOrganisationId: 1, open: 1, openedAt: -1 })
    .index({ toOrganisationId: 1, open: 1, openedAt: -1 })
    .index({ 'participants.accountId': 1 }),
);
