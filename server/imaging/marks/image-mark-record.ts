import { Schema } from 'mongoose';
import type { ImageMark } from '../../../shared/contracts/image-marks.ts';
import { defineRecord } from '../../platform/store/store.ts';

/** A mark on an image as it stands now. Who may see it is decided on its study. */
export interface ImageMarkFields {
  _id: string;
  /** Its name among the marks of its patient, given by who made it. */
  markId: string;
  patientId: string;
  studyId: string;
  studyInstanceUid: string;
  seriesInstanceUid: string;
  mark: ImageMark;
  retired: boolean;
  byAccountId: string;
  byName: string;
  createdAt: Date;
  changedAt: Date;
  version: number;
}

export const imageMarkRecord = defineRecord<ImageMarkFields>(
  'ImageMark',
  new Schema<ImageMarkFields>(
    {
      _id: { type: String, required: true },
      markId: { type: String, required: true },
      patientId: { type: String, required: true },
      studyId: { type: String, required: true },
      studyInstanceUid: { type: String, required: true },
      seriesInstanceUid: { type: String, required: true },
      mark: { type: Schema.Types.Mixed, required: true },
      retired: { type: Boolean, required: true },
      byAccountId: { type: String, required: true },
      byName: { type: String, required: true },
      createdAt: { type: Date, required: true },
      changedAt: { type: Date, required: true },
      version: { type: Number, required: true },
    },
    { collection: 'imagemarks' },
  )
    .index({ patientId: 1, markId: 1 }, { unique: true })
    .index({ studyId: 1, retired: 1 }),
);

/** What a mark was in each of its versions: appended, never changed. */
export interface ImageMarkVersionFields {
  _id: string;
  imageMarkId: string;
  version: number;
  mark: ImageMark;
  retired: boolean;
  byAccountId: string;
  byName: string;
  at: Date;
}

export const imageMarkVersionRecord = defineRecord<ImageMarkVersionFields>(
  'ImageMarkVersion',
  new Schema<ImageMarkVersionFields>(
    {
      _id: { type: String, required: true },
      imageMarkId: { type: String, required: true },
      version: { type: Number, required: true },
      mark: { type: Schema.Types.Mixed, required: true },
      retired: { type: Boolean, required: true },
      byAccountId: { type: String, required: true },
      byName: { type: String, required: true },
      at: { type: Date, required: true },
    },
    { collection: 'imagemarkversions' },
  ).index({ imageMarkId: 1, version: 1 }, { unique: true }),
);
