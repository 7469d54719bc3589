import { Schema } from 'mongoose';
import { reportKinds, reportStates } from '../../shared/contracts/reports.ts';
import type { ReportKind, ReportState } from '../../shared/rules/signing.ts';
import { defineRecord } from '../platform/store/store.ts';

export interface ReportContent {
  findings: string;
  impression: string;
  advice: string;
}

export interface Signature {
  accountId: string;
  name: string;
  title: string;
  organisationName: string;
  practiceCertificateNumber: string;
  signedAt: Date;
  role: 'reporter' | 'reviewer';
  /** SHA-256 of exactly what was signed. */
  contentSha256: string;
}

export interface ReportFields {
  _id: string;
  kind: ReportKind;
  consultId: string;
  patientId: string;
  ecgId: string | null;
  studyInstanceUid: string | null;
  /** Images of the study at the first signature. Not in records from before it was kept. */
  imageCount?: number | null;
  /** One report for one reading: `consult:kind:target`. */
  targetKey: string;
  state: ReportState;
  content: ReportContent;
  authorAccountId: string;
  authorName: string;
  reporterSignature: Signature | null;
  reviewerSignature: Signature | null;
  returns: { byName: string; at: Date; reason: string }[];
  /** Every state of the text, oldest first; only ever appended to. */
  revisions: {
    content: ReportContent;
    contentSha256: string;
    act: 'drafted' | 'edited' | 'signed' | 'returned' | 'reviewed';
    at: Date;
    byAccountId: string;
  }[];
  verificationCode: string | null;
  /** The PDF as first drawn after the second signature. */
  pdfSha256: string | null;
  createdAt: Date;
  updatedAt: Date;
  version: number;
}

const content = new Schema<ReportContent>({ findings: String, impression: String, advice: String }, { _id: false });
const signature = new Schema<Signature>(
  {
    accountId: String,
    name: String,
    title: String,
    organisationName: String,
    practiceCertificateNumber: String,
    signedAt: Date,
    role: String,
    contentSha256: String,
  },
  { _id: false },
);
const returned = new Schema<ReportFields['returns'][number]>(
  { byName: String, at: Date, reason: String },
  { _id: false },
);
const revision = new Schema<ReportFields['revisions'][number]>(
  { content, contentSha256: String, act: String, at: Date, byAccountId: String },
  { _id: false },
);

export const reportRecord = defineRecord<ReportFields>(
  'Report',
  new Schema<ReportFields>(
    {
      _id: { type: String, required: true },
      kind: { type: String, required: true, enum: reportKinds },
      consultId: { type: String, required: true },
      patientId: { type: String, required: true },
      ecgId: { type: String, default: null },
      studyInstanceUid: { type: String, default: null },
      imageCount: { type: Number, default: null },
      targetKey: { type: String, required: true },
      state: { type: String, required: true, enum: reportStates },
      content: { type: content, required: true },
      authorAccountId: { type: String, required: true },
      authorName: { type: String, required: true },
      reporterSignature: { type: signature, default: null },
      reviewerSignature: { type: signature, default: null },
      returns: { type: [returned], required: true },
      revisions: { type: [revision], required: true },
      verificationCode: { type: String, default: null },
      pdfSha256: { type: String, default: null },
      createdAt: { type: Date, required: true },
      updatedAt: { type: Date, required: true },
      version: { type: Number, required: true },
    },
    { collection: 'reports' },
  )
    .index({ targetKey: 1 }, { unique: true })
    .index({ consultId: 1, createdAt: 1 })
    .index(
      { verificationCode: 1 },
      { unique: true, partialFilterExpression: { verificationCode: { $type: 'string' } } },
    ),
);
