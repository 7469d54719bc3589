import { Schema } from 'mongoose';
import { ecgFormats, type EcgFormat } from '../../shared/ecg/waveform.ts';
import type { z } from 'zod';
import type { paperPage, PreReadView } from '../../shared/contracts/ecg.ts';
import type { PatientMismatch } from '../../shared/contracts/patients.ts';
import type { Audience } from '../permissions/policy.ts';
import { defineRecord } from '../platform/store/store.ts';

/** The straightened pages of an ECG on paper, each a JPEG in the blob store. */
export interface EcgImageFields {
  pages: (z.infer<typeof paperPage> & { sha256: string; byteLength: number })[];
}

export interface EcgFields {
  _id: string;
  patientId: string;
  consultId: string | null;
  audience: Audience;
  format: EcgFormat;
  fileName: string;
  /** The file's bytes in the blob store, unchanged. */
  sha256: string;
  byteLength: number;
  /** As the file states it, or as the sender gave it. */
  acquiredAt: string | null;
  receivedAt: Date;
  sentByAccountId: string;
  sentByName: string;
  device: string | null;
  leadNames: string[];
  durationSeconds: number;
  detectedHeartRatePerMinute: number | null;
  measurements: Record<string, number>;
  statements: string[];
  warnings: string[];
  mismatch: PatientMismatch | null;
  /** How urgently the computer's unconfirmed pre-read wants it read, 1 (critical) to 4; null: it says nothing. */
  preReadGrade: number | null;
  preRead: PreReadView | null;
  /** Null for recordings. */
  image: EcgImageFields | null;
  /** Of a long recording: its OverviewView as JSON in the blob store. */
  overview: { sha256: string; byteLength: number } | null;
}

export const ecgRecord = defineRecord<EcgFields>(
  'Ecg',
  new Schema<EcgFields>(
    {
      _id: { type: String, required: true },
      patientId: { type: String, required: true },
      consultId: { type: String, default: null },
      audience: { type: Schema.Types.Mixed, required: true },
      format: { type: String, required: true, enum: ecgFormats },
      fileName: { type: String, default: '' },
      sha256: { type: String, required: true },
      byteLength: { type: Number, required: true },
      acquiredAt: { type: String, default: null },
      receivedAt: { type: Date, required: true },
      sentByAccountId: { type: String, required: true },
      sentByName: { type: String, required: true },
      device: { type: String, default: null },
      leadNames: { type: [String], required: true },
      durationSeconds: { type: Number, required: true },
      detectedHeartRatePerMinute: { type: Number, default: null },
      measurements: { type: Schema.Types.Mixed, required: true },
      statements: { type: [String], required: true },
      warnings: { type: [String], required: true },
      mismatch: { type: Schema.Types.Mixed, default: null },
      preReadGrade: { type: Number, default: null },
      preRead: { type: Schema.Types.Mixed, default: null },
      image: { type: Schema.Types.Mixed, default: null },
      overview: { type: Schema.Types.Mixed, default: null },
    },
    { collection: 'ecgs' },
  )
    // The same bytes sent again for the same patient (a retry, a second tab) are one ECG.
    .index({ patientId: 1, sha256: 1 }, { unique: true })
    // Whose a file was when it came before.
    .index({ sha256: 1 }),
);
