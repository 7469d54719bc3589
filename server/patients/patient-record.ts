import { Schema } from 'mongoose';
import type { Audience } from '../permissions/policy.ts';
import { defineRecord } from '../platform/store/store.ts';

export interface PatientFields {
  _id: string;
  /** Where the patient was registered; one person known to two organisations is two records. */
  organisationId: string;
  organisationName: string;
  name: string;
  sex: 'male' | 'female' | 'unknown';
  /** YYYY-MM-DD */
  birthDate: string | null;
  identityNumber: string | null;
  /** Unique: `organisation:number`, so that a number opens one patient; without a number the patient's own id. */
  identityKey: string;
  phone: string | null;
  /** Registered without a name; `name` is a placeholder of place and time. */
  unknown: boolean;
  audience: Audience;
  /** The consults of `audience`, to find a consult's patient. */
  consultIds: string[];
  recordsAdded: number;
  createdAt: Date;
  createdByName: string;
  version: number;
}

export const patientRecord = defineRecord<PatientFields>(
  'Patient',
  new Schema<PatientFields>(
    {
      _id: { type: String, required: true },
      organisationId: { type: String, required: true },
      organisationName: { type: String, required: true },
      name: { type: String, required: true },
      sex: { type: String, required: true, enum: ['male', 'female', 'unknown'] },
      birthDate: { type: String, default: null },
      identityNumber: { type: String, default: null },
      identityKey: { type: String, required: true },
      phone: { type: String, default: null },
      unknown: { type: Boolean, required: true },
      audience: { type: Schema.Types.Mixed, required: true },
      consultIds: { type: [String], required: true },
      recordsAdded: { type: Number, default: 0 },
      createdAt: { type: Date, required: true },
      createdByName: { type: String, required: true },
      version: { type: Number, required: true },
    },
    { collection: 'patients' },
  )
    .index({ identityKey: 1 }, { unique: true })
    .index({ organisationId: 1, createdAt: -1 })
    .index({ consultIds: 1 }),
);
