import { randomInt } from 'node:crypto';
import type { ReportView } from '../../shared/contracts/reports.ts';
import {
  licenceFor,
  refusesFirstSignature,
  refusesReturn,
  refusesSecondSignature,
} from '../../shared/rules/signing.ts';
import { followReport, requireWritable } from '../consults/reading/follow-report.ts';
import type { ActionContext } from '../platform/context.ts';
import { HubError } from '../platform/errors.ts';
import { recordTimelineNode } from '../timeline/record-timeline-node.ts';
import { loadReport, studyOfReport } from './find-report.ts';
import { contentHash } from './report-content.ts';
import type { ReportFields, Signature } from './report-record.ts';
import { viewOfReport } from './view-report.ts';
import { changeReport, signerOf } from './write-report.ts';

/** First signature: 报告医师. */
export async function signReport(
  command: { reportId: string; version: number },
  context: ActionContext,
): Promise<{ report: ReportView }> {
  const report = await loadReport(command.reportId, context);
  const signer = await signerOf(context);
  await requireWritable(report.consultId, context);
  const refusal = refusesFirstSignature(
    { ...report, impression: report.content.impression },
    signer,
    context.clock.now().getTime(),
  );
  if (refusal !== null) throw new HubError(refusal);
  const signature = signatureOf(report, signer, 'reporter', context);
  // What comes later has not been read: reviewer and clinic are told.
  const imageCount = (await studyOfReport(report, context))?.imageCount ?? null;
  const changed = await changeReport(
    report,
    command.version,
    { state: 'awaiting-review', reporterSignature: signature, reviewerSignature: null, imageCount },
    'signed',
    report.content,
    context,
  );
  await recordStep(changed, 'report-signed', context);
  return { report: viewOfReport(changed) };
}

/** Second signature: 审核医师. From here on nothing of the report changes any more. */
export async function reviewReport(
  command: { reportId: string; version: number },
  context: ActionContext,
): Promise<{ report: ReportView }> {
  const report = await loadReport(command.reportId, context);
  const signer = await signerOf(context);
  const refusal = refusesSecondSignature(
    { ...report, impression: report.content.impression },
    signer,
    context.clock.now().getTime(),
  );
  if (refusal !== null) throw new HubError(refusal);
  // What the reporter signed must be what stands there: anything else means that the store was tampered with.
  if (report.reporterSignature?.contentSha256 !== contentHash(report, report.content)) throw new HubError('conflict');
  const signature = signatureOf(report, signer, 'reviewer', context);
  const changed = await changeReport(
    report,
    command.version,
    { state: 'final', reviewerSignature: signature, verificationCode: verificationCode() },
    'reviewed',
    report.content,
    context,
  );
  await recordStep(changed, 'report-final', context);
  return { report: viewOfReport(changed) };
}

/** Back to the author with a reason; the first signature no longer counts. */
export async function returnReport(
  command: { reportId: string; version: number; reason: string },
  context: ActionContext,
): Promise<{ report: ReportView }> {
  const report = await loadReport(command.reportId, context);
  const refusal = refusesReturn({ ...report, impression: report.content.impression }, await signerOf(context));
  if (refusal !== null) throw new HubError(refusal);
  const returns = [...report.returns, { byName: context.actor.name, at: context.clock.now(), reason: command.reason }];
  const changed = await changeReport(
    report,
    command.version,
    { state: 'returned', reporterSignature: null, returns },
    'returned',
    report.content,
    context,
  );
  await recordStep(changed, 'report-returned', context);
  return { report: viewOfReport(changed) };
}

/** The queue follows a reading's report; the timeline of a case with a room keeps the step. */
async function recordStep(
  report: ReportFields,
  kind: 'report-signed' | 'report-returned' | 'report-final',
  context: ActionContext,
): Promise<void> {
  const { _id: id, consultId, state, authorAccountId, authorName } = report;
  if (state !== 'draft' && (await followReport({ id, consultId, state, authorAccountId, authorName }, context))) return;
  await recordTimelineNode({ consultId, kind, source: 'person' }, context);
}

function signatureOf(
  report: ReportFields,
  signer: Awaited<ReturnType<typeof signerOf>>,
  role: Signature['role'],
  context: ActionContext,
): Signature {
  const signedAt = context.clock.now();
  const licence = licenceFor(signer, signedAt.getTime());
  if (licence === undefined) throw new HubError('licence-invalid');
  return {
    accountId: context.actor.accountId,
    name: context.actor.name,
    title: licence.title,
    organisationName: context.actor.organisationName,
    practiceCertificateNumber: licence.practiceCertificateNumber,
    signedAt,
    role,
    contentSha256: contentHash(report, report.content),
  };
}

/** Crockford's base 32: no letter that is read as a digit over the telephone. 60 random bits cannot be guessed. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
function verificationCode(): string {
  const symbols = Array.from({ length: 12 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return `${symbols.slice(0, 4)}-${symbols.slice(4, 8)}-${symbols.slice(8)}`;
}
