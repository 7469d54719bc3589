import type { ReportView } from '../../shared/contracts/reports.ts';
import type { ReportFields, Signature } from './report-record.ts';

const viewOfSignature = (signature: Signature | null) =>
  signature === null ? null : { ...signature, signedAt: signature.signedAt.toISOString() };

export const viewOfReport = (fields: ReportFields): ReportView => ({
  id: fields._id,
  kind: fields.kind,
  consultId: fields.consultId,
  patientId: fields.patientId,
  ecgId: fields.ecgId,
  studyInstanceUid: fields.studyInstanceUid,
  imageCount: fields.imageCount ?? null,
  state: fields.state,
  content: fields.content,
  authorAccountId: fields.authorAccountId,
  authorName: fields.authorName,
  reporterSignature: viewOfSignature(fields.reporterSignature),
  reviewerSignature: viewOfSignature(fields.reviewerSignature),
  returns: fields.returns.map((one) => ({ ...one, at: one.at.toISOString() })),
  verificationCode: fields.verificationCode,
  createdAt: fields.createdAt.toISOString(),
  updatedAt: fields.updatedAt.toISOString(),
  version: fields.version,
});
