import { Schema } from 'mongoose';
import { defineRecord } from '../platform/store/store.ts';

/** One SOP instance; its bytes stand unchanged in the blob store. Who may see it is decided on its study. */
export interface InstanceFields {
  _id: string;
  studyId: string;
  patientId: string;
  studyInstanceUid: string;
  seriesInstanceUid: string;
  sopInstanceUid: string;
  sopClassUid: string;
  transferSyntaxUid: string;
  modality: string;
  seriesDescription: string | null;
  seriesNumber: number | null;
  instanceNumber: number | null;
  numberOfFrames: number;
  rows: number | null;
  columns: number | null;
  bitsAllocated: number | null;
  sha256: string;
  byteLength: number;
  /** DICOM JSON model (PS3.18 annex F), bulk data by address, as text: it is only ever passed on. */
  metadataJson: string;
  /** A FrameTable as JSON: where each frame stands in the file; null where that has to be found out. */
  frameTableJson: string | null;
  /** A small JPEG of its middle frame, once somebody has asked for one. */
  thumbnailSha256: string | null;
  receivedAt: Date;
}

export const instanceRecord = defineRecord<InstanceFields>(
  'Instance',
  new Schema<InstanceFields>(
    {
      _id: { type: String, required: true },
      studyId: { type: String, required: true },
      patientId: { type: String, required: true },
      studyInstanceUid: { type: String, required: true },
      seriesInstanceUid: { type: String, required: true },
      sopInstanceUid: { type: String, required: true },
      sopClassUid: { type: String, required: true },
      transferSyntaxUid: { type: String, required: true },
      modality: { type: String, required: true },
      seriesDescription: { type: String, default: null },
      seriesNumber: { type: Number, default: null },
      instanceNumber: { type: Number, default: null },
      numberOfFrames: { type: Number, required: true },
      rows: { type: Number, default: null },
      columns: { type: Number, default: null },
      bitsAllocated: { type: Number, default: null },
      sha256: { type: String, required: true },
      byteLength: { type: Number, required: true },
      metadataJson: { type: String, required: true },
      frameTableJson: { type: String, default: null },
      thumbnailSha256: { type: String, default: null },
      receivedAt: { type: Date, required: true },
    },
    { collection: 'instances' },
  )
    // One patient holds an instance once: the same bytes again are a success, other bytes a conflict.
    .index({ patientId: 1, sopInstanceUid: 1 }, { unique: true })
    .index({ studyInstanceUid: 1, seriesInstanceUid: 1, sopInstanceUid: 1 })
    .index({ studyId: 1, seriesInstanceUid: 1, sopInstanceUid: 1 })
    .index({ sopInstanceUid: 1 }),
);
