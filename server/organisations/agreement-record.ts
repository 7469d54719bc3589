import { Schema } from 'mongoose';
import { defineRecord } from '../platform/store/store.ts';

export const agreementServices = ['chest-pain', 'ecg', 'imaging', 'obstetrics', 'alliance'] as const;
export type AgreementService = (typeof agreementServices)[number];

/** A service agreement: the member may send its patients' cases to the lead hospital (2018 telemedicine rule). */
export interface AgreementFields {
  _id: string;
  memberId: string;
  leadId: string;
  services: AgreementService[];
  validFrom: Date;
  validUntil: Date;
}

export const agreementRecord = defineRecord<AgreementFields>(
  'Agreement',
  new Schema<AgreementFields>(
    {
      _id: { type: String, required: true },
      memberId: { type: String, required: true },
      leadId: { type: String, required: true },
      services: { type: [String], required: true, enum: agreementServices },
      validFrom: { type: Date, required: true },
      validUntil: { type: Date, required: true },
    },
    { collection: 'agreements' },
  )
    .index({ memberId: 1, leadId: 1 }, { unique: true })
    .index({ leadId: 1 }),
);
