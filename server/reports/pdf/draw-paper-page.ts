import { MM, type PrintedReport } from './draw-report-job.ts';

/** A straightened page of an ECG that came on paper. */
export interface PrintedPaper {
  /** A JPEG in the blob store. */
  path: string;
  widthMm: number;
  heightMm: number;
}

const marginMm = 8;
const headMm = 24;
const footMm = 16;
/** ISO 216, across: the smallest that holds the picture is taken, for it is never made smaller. */
const sheets = [
  ['A4', 297, 210],
  ['A3', 420, 297],
  ['A2', 594, 420],
] as const;

/** The picture of the paper at true scale, marked as what it is; printed without "fit to page". */
export function drawPaperPage(document: PDFKit.PDFDocument, input: PrintedReport, paper: PrintedPaper): void {
  const fits = sheets.find(
    ([, width, height]) => paper.widthMm <= width - 2 * marginMm && paper.heightMm <= height - headMm - footMm,
  );
  const size: [number, number] | 'A4' | 'A3' | 'A2' = fits?.[0] ?? [
    (paper.heightMm + headMm + footMm) * MM,
    (paper.widthMm + 2 * marginMm) * MM,
  ];
  document.addPage({ size, layout: 'landscape', margin: marginMm * MM });
  const left = (document.page.width / MM - paper.widthMm) / 2;
  const head = input.patient.slice(0, 4).map(([label, value]) => `${label} ${value}`);
  document
    .font('bold')
    .fontSize(12)
    .fillColor('#111111')
    .text(head.join('    '), left * MM, 8 * MM, { lineBreak: false });
  document
    .font('regular')
    .fontSize(9)
    .fillColor('#444444')
    .text('来自图片，无波形数据    网格为真实比例（毫米）', left * MM, 15 * MM, { lineBreak: false });
  document.image(paper.path, left * MM, headMm * MM, { width: paper.widthMm * MM, height: paper.heightMm * MM });
}
