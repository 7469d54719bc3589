import { createHash } from 'node:crypto';
import type { ReportContent, ReportFields } from './report-record.ts';

/** What a signature covers: the text, and which reading of which patient it is. Field order is fixed. */
export function contentHash(
  report: Pick<ReportFields, '_id' | 'kind' | 'patientId' | 'ecgId' | 'studyInstanceUid'>,
  content: ReportContent,
): string {
  const signed = JSON.stringify([
    report._id,
    report.kind,
    report.patientId,
    report.ecgId,
    report.studyInstanceUid,
    content.findings,
    content.impression,
    content.advice,
  ]);
  return createHash('sha256').update(signed).digest('hex');
}
