import { findAccount } from '../accounts/find-account.ts';
import { consultSubject } from '../consults/find-consult.ts';
import { requireWritable } from '../consults/reading/follow-report.ts';
import { ecgSubject } from '../ecg/find-ecg.ts';
import { studySubject } from '../imaging/find-studies.ts';
import type { ReportView } from '../../shared/contracts/reports.ts';
import { refusesEdit, type ReportKind, type Signer } from '../../shared/rules/signing.ts';
import type { ActionContext } from '../platform/context.ts';
import { HubError } from '../platform/errors.ts';
import { newId } from '../platform/store/store.ts';
import { announceReport } from './announce-report.ts';
import { loadReport } from './find-report.ts';
import { contentHash } from './report-content.ts';
import { reportRecord, type ReportContent, type ReportFields } from './report-record.ts';
import { viewOfReport } from './view-report.ts';

/** The actor as the signing rules see them: roles and licences as the registry has them now, not as at sign-in. */
export async function signerOf(context: ActionContext): Promise<
  Signer & {
    licences: {
      validFromMs: number;
      validUntilMs: number;
      practiceSiteIds: string[];
      title: string;
      practiceCertificateNumber: string;
    }[];
  }
> {
  const account = await findAccount(context.actor.accountId, context);
  if (account === null) throw new HubError('unauthenticated');
  return {
    accountId: account.id,
    organisationId: account.organisationId,
    roles: account.roles,
    licences: account.licences.map((licence) => ({
      practiceSiteIds: licence.practiceSiteIds,
      validFromMs: licence.validFrom.getTime(),
      validUntilMs: licence.validUntil.getTime(),
      title: licence.title,
      practiceCertificateNumber: licence.practiceCertificateNumber,
    })),
  };
}

/**
 * Begins the report of one ECG or one study of the case. One reading has one report: a second draft is a conflict,
 * but whoever has claimed a reading from the queue goes on with what somebody before them left unsigned.
 */
export async function draftReport(
  command: {
    consultId: string;
    kind: ReportKind;
    ecgId?: string | undefined;
    studyInstanceUid?: string | undefined;
    content: ReportContent;
  },
  context: ActionContext,
): Promise<{ report: ReportView }> {
  const consult = await consultSubject(command.consultId, context);
  if (consult?.patientId === undefined) throw new HubError('not-found');
  const ecgId = command.kind === 'ecg' ? (command.ecgId ?? null) : null;
  const studyInstanceUid = command.kind === 'imaging' ? (command.studyInstanceUid ?? null) : null;
  const target =
    ecgId !== null
      ? await ecgSubject(ecgId, context)
      : studyInstanceUid !== null
        ? await studySubject(studyInstanceUid, context, consult.patientId)
        : null;
  if (target === null) throw new HubError('invalid', { field: command.kind === 'ecg' ? 'ecgId' : 'studyInstanceUid' });
  if (target.patientId !== consult.patientId) throw new HubError('not-found');
  const reading = await requireWritable(command.consultId, context);
  if (reading !== null && (reading.ecgId !== ecgId || reading.studyInstanceUid !== studyInstanceUid))
    throw new HubError('invalid', { field: reading.ecgId === null ? 'studyInstanceUid' : 'ecgId' });
  const signer = await signerOf(context);
  const refusal = refusesEdit(
    { kind: command.kind, state: 'draft', authorAccountId: signer.accountId, impression: '' },
    signer,
  );
  if (refusal !== null) throw new HubError(refusal);

  const targetKey = `${command.consultId}:${command.kind}:${target.id}`;
  const known = await context.store.model(reportRecord).findOne({ targetKey }).lean();
  if (known !== null) {
    const unsigned = known.state === 'draft' || known.state === 'returned';
    if (!unsigned || reading?.claimedByActor !== true)
      throw new HubError('conflict', { reportId: known._id, name: known.authorName });
    return { report: viewOfReport(await takeOverDraft(known, command.content, context)) };
  }
  const now = context.clock.now();
  const identity = { _id: newId(), kind: command.kind, patientId: consult.patientId, ecgId, studyInstanceUid };
  const report: ReportFields = {
    ...identity,
    consultId: command.consultId,
    targetKey,
    state: 'draft',
    content: command.content,
    authorAccountId: context.actor.accountId,
    authorName: context.actor.name,
    reporterSignature: null,
    reviewerSignature: null,
    returns: [],
    revisions: [
      {
        content: command.content,
        contentSha256: contentHash(identity, command.content),
        act: 'drafted',
        at: now,
        byAccountId: context.actor.accountId,
      },
    ],
    verificationCode: null,
    pdfSha256: null,
    createdAt: now,
    updatedAt: now,
    version: 0,
  };
  await context.store.model(reportRecord).create([report]);
  await announceReport(report, context);
  return { report: viewOfReport(report) };
}

/** The author of an unsigned draft has lost the claim: whoever has it now is its author from here on. */
const takeOverDraft = (known: ReportFields, content: ReportContent, context: ActionContext) =>
  changeReport(
    known,
    known.version,
    { content, authorAccountId: context.actor.accountId, authorName: context.actor.name },
    'drafted',
    content,
    context,
  );

/** Changes the text of a draft or of a returned report; only its author, only on the version they saw. */
export async function editReport(
  command: { reportId: string; version: number; content: ReportContent },
  context: ActionContext,
): Promise<{ report: ReportView }> {
  const report = await loadReport(command.reportId, context);
  await requireWritable(report.consultId, context);
  const refusal = refusesEdit({ ...report, impression: report.content.impression }, await signerOf(context));
  if (refusal !== null) throw new HubError(refusal);
  const changed = await changeReport(
    report,
    command.version,
    { content: command.content },
    'edited',
    command.content,
    context,
  );
  return { report: viewOfReport(changed) };
}

/**
 * One atomic step of a report: only from the version that the sender saw, the text appended to its revisions.
 * Throws version-conflict. Nothing here can touch a final report: its state is part of the condition.
 */
export async function changeReport(
  report: ReportFields,
  version: number,
  changes: Partial<ReportFields>,
  act: ReportFields['revisions'][number]['act'],
  content: ReportContent,
  context: ActionContext,
): Promise<ReportFields> {
  const at = context.clock.now();
  const changed = await context.store
    .model(reportRecord)
    .findOneAndUpdate(
      { _id: report._id, version, state: { $ne: 'final' } },
      {
        $set: { ...changes, updatedAt: at },
        $inc: { version: 1 },
        $push: {
          revisions: {
            content,
            contentSha256: contentHash(report, content),
            act,
            at,
            byAccountId: context.actor.accountId,
          },
        },
      },
      { returnDocument: 'after' },
    )
    .lean();
  if (changed === null) throw new HubError('version-conflict');
  await announceReport(changed, context);
  return changed;
}
