import { Schema } from 'mongoose';
import type { uploadPackings, UploadResult } from '../../shared/contracts/uploads.ts';
import { defineRecord } from '../platform/store/store.ts';

/** A file on its way in: whose it is, what it is for, and how far it has come. */
export interface UploadFields {
  _id: string;
  accountId: string;
  kind: 'ecg' | 'dicom';
  fileName: string;
  patientId: string | null;
  consultId: string | null;
  acquiredAt: string | null;
  confirmMismatch: boolean;
  /** How the file was packed for its way; null where its own bytes come. */
  packing: (typeof uploadPackings)[number] | null;
  byteLength: number;
  /** So many bytes are durable. */
  offset: number;
  createdAt: Date;
  expiresAt: Date;
  /** Null until the whole file has been handed on. */
  result: Extract<UploadResult, { state: 'stored' | 'question' | 'refused' }> | null;
}

export const uploadRecord = defineRecord<UploadFields>(
  'Upload',
  new Schema<UploadFields>(
    {
      _id: { type: String, required: true },
      accountId: { type: String, required: true },
      kind: { type: String, required: true },
      fileName: { type: String, default: '' },
      patientId: { type: String, default: null },
      consultId: { type: String, default: null },
      acquiredAt: { type: String, default: null },
      confirmMismatch: { type: Boolean, required: true },
      packing: { type: String, default: null },
      byteLength: { type: Number, required: true },
      offset: { type: Number, required: true },
      createdAt: { type: Date, required: true },
      expiresAt: { type: Date, required: true },
      result: { type: Schema.Types.Mixed, default: null },
    },
    { collection: 'uploads' },
  )
    .index({ accountId: 1 })
    .index({ expiresAt: 1 }),
);
