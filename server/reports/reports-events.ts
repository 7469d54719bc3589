import { reportRequests } from '../../shared/contracts/reports.ts';
import { consultSubject } from '../consults/find-consult.ts';
import { HubError } from '../platform/errors.ts';
import { defineEvents } from '../platform/socket/events.ts';
import { isVisible, listReports, loadReport, reportSubject } from './find-report.ts';
import { reportTemplates } from './report-templates.ts';
import { returnReport, reviewReport, signReport } from './sign-report.ts';
import { viewOfReport } from './view-report.ts';
import { draftReport, editReport } from './write-report.ts';

export const reportEvents = defineEvents(reportRequests, {
  'report:list': {
    permission: 'report:read',
    subject: ({ consultId }, context) => consultSubject(consultId, context),
    run: async ({ consultId }, context) => ({ reports: await listReports(consultId, context) }),
  },
  'report:read': {
    permission: 'report:read',
    subject: ({ reportId }, context) => reportSubject(reportId, context),
    async run({ reportId }, context) {
      const report = await loadReport(reportId, context);
      if (!(await isVisible(report, context))) throw new HubError('not-found');
      return { report: viewOfReport(report) };
    },
  },
  'report:list-templates': {
    permission: 'session:own',
    run: async ({ kind }) => ({ templates: reportTemplates.filter((template) => template.kind === kind) }),
  },
  'report:draft': {
    permission: 'report:write',
    subject: ({ consultId }, context) => consultSubject(consultId, context),
    run: draftReport,
  },
  'report:edit': {
    permission: 'report:write',
    subject: ({ reportId }, context) => reportSubject(reportId, context),
    run: editReport,
  },
  'report:sign': {
    permission: 'report:write',
    subject: ({ reportId }, context) => reportSubject(reportId, context),
    run: signReport,
  },
  'report:review': {
    permission: 'report:review',
    subject: ({ reportId }, context) => reportSubject(reportId, context),
    run: reviewReport,
  },
  'report:return': {
    permission: 'report:review',
    subject: ({ reportId }, context) => reportSubject(reportId, context),
    run: returnReport,
  },
});
