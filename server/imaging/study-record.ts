import { Schema } from 'mongoose';
import type { PatientMismatch } from '../../shared/contracts/patients.ts';
import type { Audience } from '../permissions/policy.ts';
import { defineRecord } from '../platform/store/store.ts';
import type { StudySearchFacts } from './search-facts.ts';

/** One DICOM study of one patient of ours. */
export interface StudyFields extends StudySearchFacts {
  _id: string;
  studyInstanceUid: string;
  patientId: string;
  consultId: string | null;
  audience: Audience;
  /** The audience again, as words for the index. */
  readers: string[];
  description: string | null;
  /** YYYY-MM-DD */
  studyDate: string | null;
  /** Patient's Name folded for matching: every spelling, and every word that finds it. */
  nameSpellings: string[];
  nameWords: string[];
  modalities: string[];
  seriesCount: number;
  instanceCount: number;
  receivedAt: Date;
  sentByName: string;
  mismatch: PatientMismatch | null;
  /** How the fields for searching were made; records of older forms are completed when the hub starts. */
  searchForm: number;
}

/** Of the fields for searching that stand above. */
export const SEARCH_FORM = 3;

export const studyRecord = defineRecord<StudyFields>(
  'Study',
  new Schema<StudyFields>(
    {
      _id: { type: String, required: true },
      studyInstanceUid: { type: String, required: true },
      patientId: { type: String, required: true },
      consultId: { type: String, default: null },
      audience: { type: Schema.Types.Mixed, required: true },
      readers: { type: [String], default: [] },
      description: { type: String, default: null },
      studyDate: { type: String, default: null },
      patientName: { type: String, default: '' },
      patientNumber: { type: String, default: null },
      patientBirthDate: { type: String, default: null },
      patientSex: { type: String, default: null },
      studyTime: { type: String, default: null },
      accessionNumber: { type: String, default: null },
      studyNumber: { type: String, default: null },
      referringPhysician: { type: String, default: null },
      headJson: { type: String, default: '{}' },
      nameSpellings: { type: [String], default: [] },
      nameWords: { type: [String], default: [] },
      modalities: { type: [String], default: [] },
      seriesCount: { type: Number, default: 0 },
      instanceCount: { type: Number, default: 0 },
      receivedAt: { type: Date, required: true },
      sentByName: { type: String, required: true },
      mismatch: { type: Schema.Types.Mixed, default: null },
      searchForm: { type: Number, default: null },
    },
    { collection: 'studies' },
  )
    .index({ patientId: 1, studyInstanceUid: 1 }, { unique: true })
    .index({ studyInstanceUid: 1 })
    .index({ readers: 1, studyDate: -1 })
    .index({ readers: 1, patientNumber: 1 })
    .index({ readers: 1, accessionNumber: 1 })
    .index({ nameSpellings: 1 })
    .index({ nameWords: 1 })
    .index({ searchForm: 1 }),
);
