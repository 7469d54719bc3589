import type { z } from 'zod';
import type { verificationView } from '../../shared/contracts/reports.ts';
import type { Store } from '../platform/store/store.ts';
import { reportRecord } from './report-record.ts';

/** As people copy it: lower case, blanks, no dashes, O for zero, I and L for one (Crockford). */
const normalise = (typed: string) => {
  const symbols = typed
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1');
  return symbols.length === 12 ? `${symbols.slice(0, 4)}-${symbols.slice(4, 8)}-${symbols.slice(8)}` : null;
};

/** What anybody who holds a printed report may ask: is it valid, who signed it and when. Nothing about the patient. */
export async function verifyReport(
  typed: string,
  { store }: { store: Store },
): Promise<z.infer<typeof verificationView>> {
  const code = normalise(typed);
  const report =
    code === null ? null : await store.model(reportRecord).findOne({ verificationCode: code, state: 'final' }).lean();
  if (report === null) return { code: code ?? typed.slice(0, 40), state: 'unknown' };
  return {
    code: code!,
    state: 'valid',
    kind: report.kind,
    organisationName: report.reviewerSignature!.organisationName,
    reporterName: report.reporterSignature!.name,
    reviewerName: report.reviewerSignature!.name,
    finalAt: report.reviewerSignature!.signedAt.toISOString(),
  };
}
