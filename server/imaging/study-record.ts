import { Schema } from 'mongoose';
import type { PatientMismatch } from '../../shared/contracts/patients.ts';
import type { Audience } from '../permissions/policy.ts';
import { defineRecord } from '../platform/store/store.ts';

/** One DICOM study of one patient of ours. */
export interface StudyFields {
  _id: string;
  studyInstanceUid: string;
  patientId: string;
  consultId: string | null;
  audience: Audience;
  description: string | null;
  /** YYYY-MM-DD */
  studyDate: string | null;
  receivedAt: Date;
  sentByName: string;
  mismatch: PatientMismatch | null;
}

export const studyRecord = defineRecord<StudyFields>(
  'Study',
  new Schema<StudyFields>(
    {
      _id: { type: String, required: true },
      studyInstanceUid: { type: String, required: true },
      patientId: { type: String, required: true },
      consultId: { type: String, default: null },
      audience: { type: Schema.Types.Mixed, required: true },
      description: { type: String, default: null },
      studyDate: { type: String, default: null },
      receivedAt: { type: Date, required: true },
      sentByName: { type: String, required: true },
      mismatch: { type: Schema.Types.Mixed, default: null },
    },
    { collection: 'studies' },
  )
    .index({ patientId: 1, studyInstanceUid: 1 }, { unique: true })
    .index({ studyInstanceUid: 1 }),
);
