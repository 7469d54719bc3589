import { z } from 'zod';
import { examinationKinds } from '../rules/imaging-clock.ts';
import { command, id, isoTime, line, prose, query, version } from './contract.ts';

export const reportKinds = ['ecg', 'imaging'] as const;
export const reportStates = ['draft', 'awaiting-review', 'returned', 'final'] as const;

const signature = z.object({
  accountId: id,
  name: z.string(),
  title: z.string(),
  organisationName: z.string(),
  practiceCertificateNumber: z.string(),
  signedAt: isoTime,
  role: z.enum(['reporter', 'reviewer']),
  contentSha256: z.string(),
});

export const reportContent = z.object({ findings: prose(4000), impression: prose(2000), advice: prose(2000) });

export const reportView = z.object({
  id,
  kind: z.enum(reportKinds),
  consultId: id,
  patientId: id,
  /** The ECG, or the study, that the report reads. */
  ecgId: id.nullable(),
  studyInstanceUid: z.string().nullable(),
  /** Images that the study had at the first signature; null of an ECG, before it, and of reports from before it was kept. */
  imageCount: z.number().int().nullable(),
  state: z.enum(reportStates),
  content: reportContent,
  authorAccountId: id,
  authorName: z.string(),
  reporterSignature: signature.nullable(),
  reviewerSignature: signature.nullable(),
  returns: z.array(z.object({ byName: z.string(), at: isoTime, reason: z.string() })),
  verificationCode: z.string().nullable(),
  createdAt: isoTime,
  updatedAt: isoTime,
  version,
});
export type ReportView = z.infer<typeof reportView>;

/** Texts a doctor starts from, in Chinese; editable by the hospital later. */
export const reportTemplateView = z.object({
  key: z.string(),
  kind: z.enum(reportKinds),
  /** Images of which it speaks; null: an ECG's. */
  examination: z.enum(examinationKinds).nullable(),
  name: z.string(),
  nameEn: z.string(),
  content: reportContent,
});
export type ReportTemplateView = z.infer<typeof reportTemplateView>;

export const reportRequests = {
  'report:list': query(z.object({ consultId: id }), z.object({ reports: z.array(reportView) })),
  'report:read': query(z.object({ reportId: id }), z.object({ report: reportView })),
  'report:list-templates': query(
    z.object({ kind: z.enum(reportKinds) }),
    z.object({ templates: z.array(reportTemplateView) }),
  ),
  'report:draft': command(
    z.object({
      consultId: id,
      kind: z.enum(reportKinds),
      ecgId: id.optional(),
      studyInstanceUid: z.string().max(64).optional(),
      content: reportContent,
    }),
    z.object({ report: reportView }),
  ),
  'report:edit': command(z.object({ reportId: id, version, content: reportContent }), z.object({ report: reportView })),
  /** First signature: 报告医师. */
  'report:sign': command(z.object({ reportId: id, version }), z.object({ report: reportView })),
  /** Second signature: 审核医师. Makes the report final. */
  'report:review': command(z.object({ reportId: id, version }), z.object({ report: reportView })),
  'report:return': command(z.object({ reportId: id, version, reason: line(500) }), z.object({ report: reportView })),
} as const;

export const reportNotices = { 'report:changed': reportView } as const;

/** GET /verify/:code with Accept: application/json; nothing about the patient. */
export const verificationView = z.object({
  code: z.string(),
  state: z.enum(['valid', 'superseded', 'recalled', 'unknown']),
  kind: z.enum(reportKinds).optional(),
  organisationName: z.string().optional(),
  reporterName: z.string().optional(),
  reviewerName: z.string().optional(),
  finalAt: isoTime.optional(),
});
