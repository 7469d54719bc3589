import type { Route } from '../platform/http/routes.ts';
import { reportSubject } from './find-report.ts';
import { openReportPdf } from './report-pdf.ts';
import { verifyReport } from './verify-report.ts';

const idOf = (value: unknown) => (typeof value === 'string' && /^[0-9a-f]{24}$/.test(value) ? value : '');

export const reportRoutes: Route[] = [
  {
    method: 'get',
    path: '/api/reports/:id/pdf',
    summary: 'The final report as PDF.',
    permission: 'report:read',
    subject: (request, context) => reportSubject(idOf(request.params.id), context),
    async handle(request, response, context) {
      const pdf = await openReportPdf(idOf(request.params.id), context);
      response.setHeader('Content-Type', 'application/pdf');
      response.setHeader('Content-Disposition', `inline; filename="${pdf.fileName}"`);
      response.sendFile(pdf.path, { cacheControl: false, etag: false, lastModified: false });
    },
  },
  {
    method: 'get',
    path: '/verify/:code',
    summary: 'Is a printed report valid? Says nothing about the patient.',
    permission: 'open',
    async handle(request, response, hub) {
      response.setHeader('Cache-Control', 'no-store');
      response.json(await verifyReport(String(request.params.code), hub));
    },
  },
];
