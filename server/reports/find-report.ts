import type { ReportView } from '../../shared/contracts/reports.ts';
import type { Audience } from '../permissions/policy.ts';
import { consultSubject } from '../consults/find-consult.ts';
import { findStudiesToRead, type StudyToRead } from '../imaging/find-study-to-read.ts';
import type { ActionContext, Subject } from '../platform/context.ts';
import { HubError } from '../platform/errors.ts';
import { reportRecord, type ReportFields } from './report-record.ts';
import { viewOfReport } from './view-report.ts';

type Reading = Pick<ActionContext, 'store'>;

/** A report is seen by whoever sees its consult. */
export async function reportSubject(reportId: string, context: ActionContext): Promise<Subject | null> {
  const found = await context.store.model(reportRecord).findById(reportId, { consultId: 1 }).lean();
  const consult = found === null ? null : await consultSubject(found.consultId, context);
  return consult === null ? null : { ...consult, type: 'report', id: reportId };
}

export async function loadReport(reportId: string, { store }: Reading): Promise<ReportFields> {
  const found = await store.model(reportRecord).findById(reportId).lean();
  if (found === null) throw new HubError('not-found');
  return found;
}

/** The study that a report reads, as it stands now; undefined for an ECG's. */
export async function studyOfReport(
  { patientId, studyInstanceUid }: Pick<ReportFields, 'patientId' | 'studyInstanceUid'>,
  context: Reading,
): Promise<StudyToRead | undefined> {
  if (studyInstanceUid === null) return undefined;
  const key = { patientId, studyInstanceUid };
  return (await findStudiesToRead([key], context))(key);
}

/** A case's reports, oldest first. A draft is its author's side's: the asking side sees a report once it was signed. */
export async function listReports(consultId: string, context: ActionContext): Promise<ReportView[]> {
  const found = await context.store.model(reportRecord).find({ consultId }).sort({ createdAt: 1, _id: 1 }).lean();
  const visible = await Promise.all(found.map((report) => isVisible(report, context)));
  return found.filter((_report, index) => visible[index]).map(viewOfReport);
}

/** Unsigned text is not an opinion yet: only the lead hospital's people see it. */
export async function isVisible(
  report: Pick<ReportFields, 'state' | 'consultId'>,
  context: ActionContext,
): Promise<boolean> {
  if (report.state === 'final' || report.state === 'awaiting-review') return true;
  const consult = await consultSubject(report.consultId, context);
  return (
    consult !== null && leadOrganisations(consult.audience, report.consultId).includes(context.actor.organisationId)
  );
}

/** The organisations to which a case was sent. */
export const leadOrganisations = (audience: Audience, consultId: string): string[] =>
  audience.consults.filter((consult) => consult.consultId === consultId).flatMap((consult) => consult.organisationIds);
