import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import PDFDocument from 'pdfkit';
import { withFileBytes } from '../../ecg/decode/file-bytes.ts';
import { openRecording } from '../../ecg/decode/long-recording.ts';
import type { ThreadJob } from '../../platform/threads/thread-pool.ts';
import { drawEcgPage, type DrawnEcg } from './draw-ecg-page.ts';
import { drawPaperPage, type PrintedPaper } from './draw-paper-page.ts';
import { drawTextPages } from './draw-text-pages.ts';

/** Everything that stands on a printed report, as text ready to print; times in China's time with the clock's offset. */
export interface PrintedReport {
  title: string;
  organisation: string;
  /** Label and value, in reading order. */
  patient: [string, string][];
  findings: string;
  impression: string;
  advice: string;
  signatures: {
    label: string;
    name: string;
    title: string;
    organisation: string;
    certificate: string;
    signedAt: string;
  }[];
  verificationCode: string;
  verifyUrl: string;
  finalAt: string;
  /** The ECG that the report reads, in the blob store; null for imaging. */
  ecg: {
    path: string;
    caption: string;
    unconfirmed: string;
    warnings: string[];
    /** Its pages where it came on paper: then there is no trace to draw. */
    paper: PrintedPaper[] | null;
  } | null;
}

// The package's exports name its code only; the font files stand beside it.
const fontFolder = join(dirname(createRequire(import.meta.url).resolve('@embedpdf/fonts-sc')), '..', 'fonts');

/** Points in a millimetre (ISO 32000-1, 8.3.2.3: 72 points to the inch). */
export const MM = 72 / 25.4;

/** Draws the report: its text on A4 upright, then the trace on A4 across at true scale. Runs in a worker thread. */
export async function drawReport(input: PrintedReport): Promise<Uint8Array> {
  const document = new PDFDocument({
    size: 'A4',
    margin: 18 * MM,
    bufferPages: true,
    lang: 'zh-CN',
    displayTitle: true,
    info: {
      Title: `${input.title} ${input.verificationCode}`,
      Author: input.organisation,
      Creator: 'Lianzhen 联诊',
      // The final moment, not the printing's: the same report is the same bytes.
      CreationDate: new Date(input.finalAt),
      ModDate: new Date(input.finalAt),
    },
  });
  const chunks: Buffer[] = [];
  const done = new Promise<void>((resolve, reject) => {
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.once('end', resolve);
    document.once('error', reject);
  });
  document.registerFont('regular', join(fontFolder, 'NotoSansHans-Regular.otf'));
  document.registerFont('bold', join(fontFolder, 'NotoSansHans-Bold.otf'));
  drawTextPages(document, input);
  if (input.ecg?.paper) for (const page of input.ecg.paper) drawPaperPage(document, input, page);
  else if (input.ecg !== null) drawEcgPage(document, input, firstPartOf(input.ecg.path));
  numberPages(document, input);
  document.end();
  await done;
  return new Uint8Array(Buffer.concat(chunks));
}

/** Of a day no more than the page may show is read. */
function firstPartOf(path: string): DrawnEcg {
  return withFileBytes(path, (file) => {
    const { durationSeconds, window } = openRecording(file);
    return { groups: window(0, 60), durationSeconds };
  });
}

function numberPages(document: PDFKit.PDFDocument, input: PrintedReport): void {
  const { count } = document.bufferedPageRange();
  for (let page = 0; page < count; page += 1) {
    document.switchToPage(page);
    const { width, height } = document.page;
    // Below the margin pdfkit would begin a new page.
    document.page.margins.bottom = 0;
    document
      .font('regular')
      .fontSize(8)
      .fillColor('#444444')
      .text(`验证码 ${input.verificationCode}    ${input.verifyUrl}`, 18 * MM, height - 11 * MM, { lineBreak: false })
      .text(`第 ${page + 1} 页 / 共 ${count} 页`, width - 58 * MM, height - 11 * MM, {
        width: 40 * MM,
        align: 'right',
        lineBreak: false,
      });
  }
}

export const drawReportJob: ThreadJob<PrintedReport, Uint8Array> = {
  moduleUrl: import.meta.url,
  exportName: 'drawReport',
  timeoutMs: 30_000,
};
