import { Schema } from 'mongoose';
import type { Audience } from '../permissions/policy.ts';
import { defineRecord } from '../platform/store/store.ts';

export interface AlarmReceipt {
  accountId: string;
  name: string;
  deliveredAt: Date;
  seenAt: Date | null;
  canSound: boolean;
}

export interface AlarmFields {
  _id: string;
  consultId: string;
  referralId: string;
  patientId: string;
  kind: 'chest-pain';
  fromOrganisationId: string;
  fromOrganisationName: string;
  fromTelephone: string | null;
  raisedByAccountId: string;
  raisedByName: string;
  deskOrganisationId: string;
  deskOrganisationName: string;
  deskTelephone: string | null;
  state: 'ringing' | 'accepted' | 'withdrawn';
  /** The server's clock. */
  raisedAt: Date;
  /** The sender's clock as it was written, offset included, and how far it was ahead of the server's. */
  deviceTime: string | null;
  deviceOffsetMs: number | null;
  receipts: AlarmReceipt[];
  nobodyOnDuty: boolean;
  acceptedByAccountId: string | null;
  acceptedByName: string | null;
  acceptedAt: Date | null;
  enteredRoomAt: Date | null;
  withdrawnByName: string | null;
  withdrawnAt: Date | null;
  withdrawReason: string | null;
  audience: Audience;
  version: number;
}

const receipt = new Schema<AlarmReceipt>(
  {
    accountId: { type: String, required: true },
    name: { type: String, required: true },
    deliveredAt: { type: Date, required: true },
    seenAt: { type: Date, default: null },
    canSound: { type: Boolean, required: true },
  },
  { _id: false },
);

export const alarmRecord = defineRecord<AlarmFields>(
  'Alarm',
  new Schema<AlarmFields>(
    {
      _id: { type: String, required: true },
      consultId: { type: String, required: true },
      referralId: { type: String, required: true },
      patientId: { type: String, required: true },
      kind: { type: String, required: true, enum: ['chest-pain'] },
      fromOrganisationId: { type: String, required: true },
      fromOrganisationName: { type: String, required: true },
      fromTelephone: { type: String, default: null },
      raisedByAccountId: { type: String, required: true },
      raisedByName: { type: String, required: true },
      deskOrganisationId: { type: String, required: true },
      deskOrganisationName: { type: String, required: true },
      deskTelephone: { type: String, default: null },
      state: { type: String, required: true, enum: ['ringing', 'accepted', 'withdrawn'] },
      raisedAt: { type: Date, required: true },
      deviceTime: { type: String, default: null },
      deviceOffsetMs: { type: Number, default: null },
      receipts: { type: [receipt], required: true },
      nobodyOnDuty: { type: Boolean, required: true },
      acceptedByAccountId: { type: String, default: null },
      acceptedByName: { type: String, default: null },
      acceptedAt: { type: Date, default: null },
      enteredRoomAt: { type: Date, default: null },
      withdrawnByName: { type: String, default: null },
      withdrawnAt: { type: Date, default: null },
      withdrawReason: { type: String, default: null },
      audience: { type: Schema.Types.Mixed, required: true },
      version: { type: Number, required: true },
    },
    { collection: 'alarms' },
  )
    .index({ consultId: 1 }, { unique: true })
    .index({ deskOrganisationId: 1, state: 1, raisedAt: 1 }),
);
