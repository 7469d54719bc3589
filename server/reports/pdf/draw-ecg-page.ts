import type { EcgDocument } from '../../../shared/ecg/waveform.ts';
import { baselineMicrovolts, selectLeads } from '../../../shared/ecg/lead-selection.ts';
import {
  layOutPaper,
  pageSeconds,
  xMmOfSeconds,
  yMmOfMicrovolts,
  type Paper,
} from '../../../shared/ecg/paper-geometry.ts';
import { decimateTrace } from '../../../shared/ecg/trace-decimation.ts';
import { MM, type PrintedReport } from './draw-report-job.ts';

/** Four points to a bucket and 20 buckets to the millimetre: finer than any printer that a hospital owns. */
const BUCKETS_PER_MM = 20;

/** The first part of a recording, and how long all of it is. */
export interface DrawnEcg extends Pick<EcgDocument, 'groups'> {
  durationSeconds: number;
}

/** The trace on its grid, A4 across, 25 mm/s and 10 mm/mV at true scale, printed without "fit to page". */
export function drawEcgPage(document: PDFKit.PDFDocument, input: PrintedReport, ecg: DrawnEcg): void {
  document.addPage({ size: 'A4', layout: 'landscape', margin: 12 * MM });
  const leads = selectLeads(ecg);
  const paper = layOutPaper({
    layout: leads.hasStandard ? '3x4+1R' : '12x1',
    speedMmPerSecond: 25,
    gainMmPerMillivolt: 10,
    startSeconds: 0,
    rhythmLead: leads.rhythmLead,
    extraLeads: leads.extra.slice(0, 7),
    hasStandardLeads: leads.hasStandard,
    baselines: new Map([...leads.byName].map(([name, lead]) => [name, baselineMicrovolts(lead)])),
  });
  const pageWidthMm = document.page.width / MM;
  const originX = (pageWidthMm - paper.widthMm) / 2;
  const originY = 30;

  const head = input.patient.slice(0, 4).map(([label, value]) => `${label} ${value}`);
  document
    .font('bold')
    .fontSize(12)
    .fillColor('#111111')
    .text(head.join('    '), originX * MM, 9 * MM, { lineBreak: false });
  document
    .font('regular')
    .fontSize(9)
    .fillColor('#444444')
    .text(`${input.ecg!.caption}    25 mm/s    10 mm/mV    真实比例${partOf(ecg)}`, originX * MM, 16 * MM, {
      lineBreak: false,
    })
    .text(input.ecg!.unconfirmed, originX * MM, 21 * MM, { width: paper.widthMm * MM, height: 12, ellipsis: true });

  document
    .save()
    .translate(originX * MM, originY * MM)
    .scale(MM);
  drawGrid(document, paper);
  drawCalibration(document, paper);
  for (const slot of paper.slots) {
    const lead = leads.byName.get(slot.lead);
    if (lead === undefined) continue;
    for (const run of decimateTrace(lead, slot.fromSeconds, slot.toSeconds, BUCKETS_PER_MM * paper.speedMmPerSecond)) {
      document.moveTo(xMmOfSeconds(paper, slot, run[0] ?? 0), yMmOfMicrovolts(paper, slot, run[1] ?? 0));
      for (let i = 2; i < run.length; i += 2)
        document.lineTo(xMmOfSeconds(paper, slot, run[i] ?? 0), yMmOfMicrovolts(paper, slot, run[i + 1] ?? 0));
    }
    document.lineWidth(0.25).lineJoin('round').lineCap('round').strokeColor('#000000').stroke();
  }
  document.restore();

  document.font('bold').fontSize(9).fillColor('#111111');
  for (const slot of paper.slots) {
    const missing = leads.byName.has(slot.lead) ? '' : '  无此导联';
    document.text(`${slot.lead}${missing}`, (originX + slot.leftMm + 1) * MM, (originY + slot.topMm + 1) * MM, {
      lineBreak: false,
    });
  }
  const below = originY + paper.heightMm + 3;
  if (input.ecg!.warnings.length > 0) {
    document
      .font('regular')
      .fontSize(8)
      .fillColor('#444444')
      .text(`文件提示：${input.ecg!.warnings.join('；')}`, originX * MM, below * MM, {
        width: paper.widthMm * MM,
        height: 24,
        ellipsis: true,
      });
  }
}

/** A page never stands for a longer recording without saying so. */
function partOf({ durationSeconds }: DrawnEcg): string {
  if (durationSeconds < pageSeconds + 1) return '';
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const whole = [durationSeconds / 3600, (durationSeconds / 60) % 60, durationSeconds % 60].map(two).join(':');
  return `    记录全长 ${whole}，图为开始的 ${pageSeconds} 秒`;
}

function drawGrid(document: PDFKit.PDFDocument, paper: Paper): void {
  document.rect(0, 0, paper.widthMm, paper.heightMm).fill('#fffcf6');
  const lines = (everyMm: number, width: number, color: string) => {
    for (let mm = 0; mm <= paper.widthMm; mm += everyMm) document.moveTo(mm, 0).lineTo(mm, paper.heightMm);
    for (let mm = 0; mm <= paper.heightMm; mm += everyMm) document.moveTo(0, mm).lineTo(paper.widthMm, mm);
    document.lineWidth(width).lineCap('butt').strokeColor(color).stroke();
  };
  lines(1, 0.06, '#f3cfc4');
  lines(5, 0.15, '#e3a394');
}

function drawCalibration(document: PDFKit.PDFDocument, paper: Paper): void {
  for (const row of paper.rows) {
    const points = row.calibrationMm;
    document.moveTo(points[0] ?? 0, points[1] ?? 0);
    for (let i = 2; i < points.length; i += 2) document.lineTo(points[i] ?? 0, points[i + 1] ?? 0);
  }
  document.lineWidth(0.25).strokeColor('#000000').stroke();
}
