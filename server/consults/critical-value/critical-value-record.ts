import { Schema } from 'mongoose';
import { criticalValueMeans, criticalValueStates, readBackWays } from '../../../shared/contracts/critical-values.ts';
import { readingConsultKinds, type ConsultFields } from '../consult-record.ts';
import { defineRecord } from '../../platform/store/store.ts';

/** One critical value of a consult. Who may read it is decided on the consult. */
export interface CriticalValueFields {
  _id: string;
  consultId: string;
  consultKind: ConsultFields['kind'];
  patientId: string;
  fromOrganisationId: string;
  fromOrganisationName: string;
  toOrganisationId: string;
  toOrganisationName: string;
  finding: string;
  ruleId: string | null;
  state: (typeof criticalValueStates)[number];
  means: (typeof criticalValueMeans)[number];
  foundAt: Date;
  reportedByAccountId: string;
  reportedByName: string;
  /** Null too where it was taken at the telephone. */
  receivedByAccountId: string | null;
  receivedByName: string | null;
  receivedAt: Date | null;
  readBack: {
    text: string;
    way: (typeof readBackWays)[number];
    byName: string;
    recordedByName: string;
    at: Date;
  } | null;
  repeats: number;
  /** As the hospital's rules were when it was told. */
  repeatMinutes: number;
  /** When the clinic is told again; null: never more. */
  nextRepeatAt: Date | null;
  withdrawn: { byName: string; at: Date; reason: string } | null;
  version: number;
}

const readBack = new Schema<NonNullable<CriticalValueFields['readBack']>>(
  {
    text: { type: String, required: true },
    way: { type: String, required: true, enum: readBackWays },
    byName: { type: String, required: true },
    recordedByName: { type: String, required: true },
    at: { type: Date, required: true },
  },
  { _id: false },
);
const withdrawn = new Schema<NonNullable<CriticalValueFields['withdrawn']>>(
  {
    byName: { type: String, required: true },
    at: { type: Date, required: true },
    reason: { type: String, required: true },
  },
  { _id: false },
);

export const criticalValueRecord = defineRecord<CriticalValueFields>(
  'CriticalValue',
  new Schema<CriticalValueFields>(
    {
      _id: { type: String, required: true },
      consultId: { type: String, required: true },
      consultKind: { type: String, required: true, enum: ['urgent', ...readingConsultKinds] },
      patientId: { type: String, required: true },
      fromOrganisationId: { type: String, required: true },
      fromOrganisationName: { type: String, required: true },
      toOrganisationId: { type: String, required: true },
      toOrganisationName: { type: String, required: true },
      finding: { type: String, required: true },
      ruleId: { type: String, default: null },
      state: { type: String, required: true, enum: criticalValueStates },
      means: { type: String, required: true, enum: criticalValueMeans },
      foundAt: { type: Date, required: true },
      reportedByAccountId: { type: String, required: true },
      reportedByName: { type: String, required: true },
      receivedByAccountId: { type: String, default: null },
      receivedByName: { type: String, default: null },
      receivedAt: { type: Date, default: null },
      readBack: { type: readBack, default: null },
      repeats: { type: Number, required: true },
      repeatMinutes: { type: Number, required: true },
      nextRepeatAt: { type: Date, default: null },
      withdrawn: { type: withdrawn, default: null },
      version: { type: Number, required: true },
    },
    { collection: 'criticalvalues' },
  )
    .index({ consultId: 1, foundAt: 1 })
    .index({ fromOrganisationId: 1, state: 1, foundAt: 1 })
    .index({ toOrganisationId: 1, state: 1, foundAt: 1 })
    .index({ nextRepeatAt: 1 }),
);
