import { chinaDateTime } from '../../shared/rules/china-time.ts';
import { findEcg, findEcgPage } from '../ecg/find-ecg.ts';
import type { StudyToRead } from '../imaging/find-study-to-read.ts';
import { findPatient } from '../patients/find-patient.ts';
import type { ActionContext } from '../platform/context.ts';
import { HubError } from '../platform/errors.ts';
import { loadReport, studyOfReport } from './find-report.ts';
import type { PrintedPaper } from './pdf/draw-paper-page.ts';
import { drawReportJob, type PrintedReport } from './pdf/draw-report-job.ts';
import { reportRecord, type ReportFields, type Signature } from './report-record.ts';

const MAX_PDF_BYTES = 64 * 1024 * 1024;
const sexes: Record<string, string> = { male: '男', female: '女' };

/** The final report's PDF: drawn once, then always the same bytes. Throws conflict before the second signature. */
export async function openReportPdf(
  reportId: string,
  context: ActionContext,
): Promise<{ path: string; fileName: string }> {
  const report = await loadReport(reportId, context);
  if (report.state !== 'final' || report.reporterSignature === null || report.reviewerSignature === null)
    throw new HubError('conflict', { state: report.state });
  const { blobs, threads } = context.hub;
  const fileName = `lianzhen-${report.kind}-${report.verificationCode}.pdf`;
  if (report.pdfSha256 !== null) return { path: blobs.pathOf(report.pdfSha256), fileName };
  const bytes = await threads.run(
    drawReportJob,
    await printed(report, report.reporterSignature, report.reviewerSignature, context),
  );
  const staged = await blobs.receive([bytes], { maxBytes: MAX_PDF_BYTES });
  await staged.keep();
  // Two people may open it first at the same time: one drawing stands for both.
  await context.store
    .model(reportRecord)
    .updateOne({ _id: reportId, pdfSha256: null }, { $set: { pdfSha256: staged.sha256 } });
  const kept = (await loadReport(reportId, context)).pdfSha256 ?? staged.sha256;
  return { path: blobs.pathOf(kept), fileName };
}

async function printed(
  report: ReportFields,
  reporter: Signature,
  reviewer: Signature,
  context: ActionContext,
): Promise<PrintedReport> {
  const patient = await findPatient(report.patientId, context);
  const ecg = report.ecgId === null ? null : await findEcg(report.ecgId, context);
  const study = await studyOfReport(report, context);
  const { config } = context.hub;
  const signature = (label: string, one: Signature) => ({
    label,
    name: one.name,
    title: one.title,
    organisation: one.organisationName,
    certificate: one.practiceCertificateNumber,
    signedAt: chinaDateTime(one.signedAt),
  });
  const age = patient.birthDate === null ? null : yearsBetween(patient.birthDate, reviewer.signedAt);
  return {
    title: report.kind === 'ecg' ? '心电图会诊报告' : '影像会诊报告',
    organisation: reviewer.organisationName,
    patient: [
      ['姓名', patient.name],
      ['性别', sexes[patient.sex] ?? '未知'],
      ['年龄', age === null ? '未知' : `${age}岁`],
      [
        '身份证号',
        patient.identityNumber === null
          ? '—'
          : `${patient.identityNumber.slice(0, 6)}********${patient.identityNumber.slice(-4)}`,
      ],
      ['申请机构', patient.organisationName],
      ['报告时间', chinaDateTime(reviewer.signedAt)],
      ...(ecg === null
        ? []
        : ([['采集时间', ecg.acquiredAt === null ? '文件未注明' : ecg.acquiredAt.replace('T', ' ')]] as [
            string,
            string,
          ][])),
      ...(study === undefined ? [] : studyRows(study, report)),
    ],
    findings: report.content.findings,
    impression: report.content.impression,
    advice: report.content.advice,
    signatures: [signature('报告医师', reporter), signature('审核医师', reviewer)],
    verificationCode: report.verificationCode!,
    verifyUrl: `${config.publicUrl ?? ''}/verify/${report.verificationCode!}`,
    finalAt: reviewer.signedAt.toISOString(),
    ecg:
      ecg === null
        ? null
        : {
            path: context.hub.blobs.pathOf(ecg.sha256),
            paper: ecg.image === null ? null : await printedPaper(ecg.id, ecg.image.pages.length, context),
            caption: [
              ecg.device,
              ecg.format.toUpperCase(),
              ecg.detectedHeartRatePerMinute === null
                ? null
                : `检出心率 ${ecg.detectedHeartRatePerMinute} 次/分（${ecg.preRead?.shortened ? '开头部分，' : ''}未经医师确认）`,
            ]
              .filter((part) => part !== null)
              .join('    '),
            unconfirmed:
              ecg.statements.length === 0 ? '' : `设备自动分析（未经医师确认）：${ecg.statements.join('；')}`,
            warnings: ecg.warnings,
          },
  };
}

const studyRows = (study: StudyToRead, { imageCount }: Pick<ReportFields, 'imageCount'>): [string, string][] => [
  ['检查', [study.modalities.join('/'), study.description].filter(Boolean).join(' ')],
  ['检查日期', study.studyDate ?? '文件未注明'],
  ['检查号', study.accessionNumber ?? '—'],
  ...(imageCount == null ? [] : ([['影像', `${imageCount} 幅`]] as [string, string][])),
];

async function printedPaper(ecgId: string, pages: number, context: ActionContext): Promise<PrintedPaper[]> {
  const printed: PrintedPaper[] = [];
  for (let number = 1; number <= pages; number += 1) {
    const page = await findEcgPage(ecgId, number, context);
    printed.push({
      path: context.hub.blobs.pathOf(page.sha256),
      widthMm: page.widthPx / page.pxPerMm,
      heightMm: page.heightPx / page.pxPerMm,
    });
  }
  return printed;
}

function yearsBetween(birthDate: string, at: Date): number {
  const today = chinaDateTime(at).slice(0, 10);
  const years = Number(today.slice(0, 4)) - Number(birthDate.slice(0, 4));
  return today.slice(5) < birthDate.slice(5) ? years - 1 : years;
}
