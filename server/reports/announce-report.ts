import { consultSubject } from '../consults/find-consult.ts';
import { rooms, type ActionContext } from '../platform/context.ts';
import type { ReportFields } from './report-record.ts';
import { viewOfReport } from './view-report.ts';

/** Tells the case's people; the asking side hears of a report once there is a signature on it. */
export async function announceReport(report: ReportFields, context: ActionContext): Promise<void> {
  const audience = (await consultSubject(report.consultId, context))?.audience;
  if (audience === undefined) return;
  const consult = audience.consults.find((one) => one.consultId === report.consultId);
  const lead = (consult?.organisationIds ?? []).map(rooms.organisation);
  const signed = report.state === 'awaiting-review' || report.state === 'final';
  const others = signed
    ? [...audience.organisationIds.map(rooms.organisation), ...(consult?.accountIds ?? []).map(rooms.account)]
    : [];
  await context.notify([...lead, ...others], 'report:changed', viewOfReport(report));
}
