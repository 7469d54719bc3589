import { MM, type PrintedReport } from './draw-report-job.ts';

const INK = '#111111';
const QUIET = '#555555';

/** The report's words: title, patient, findings, impression, advice, both signatures. Flows on to further pages. */
export function drawTextPages(document: PDFKit.PDFDocument, input: PrintedReport): void {
  const left = 18 * MM;
  const width = document.page.width - 2 * left;
  document
    .font('bold')
    .fontSize(18)
    .fillColor(INK)
    .text(input.organisation, left, 16 * MM, { width, align: 'center' });
  document.fontSize(14).text(input.title, { width, align: 'center' });
  rule(document, left, width);

  const columns = 3;
  const columnWidth = width / columns;
  const top = document.y;
  let bottom = top;
  input.patient.forEach(([label, value], index) => {
    const x = left + (index % columns) * columnWidth;
    const y = top + Math.floor(index / columns) * 17;
    document
      .font('regular')
      .fontSize(9)
      .fillColor(QUIET)
      .text(label, x, y + 1, { width: 48, lineBreak: false });
    document
      .fontSize(10)
      .fillColor(INK)
      .text(value, x + 50, y, { width: columnWidth - 54, height: 16, ellipsis: true });
    bottom = Math.max(bottom, y + 17);
  });
  document.x = left;
  document.y = bottom;
  rule(document, left, width);

  for (const [label, text, size] of [
    ['检查所见', input.findings, 11],
    ['诊断意见', input.impression, 13],
    ['处理建议', input.advice, 11],
  ] as const) {
    if (text.trim() === '') continue;
    document.moveDown(0.6).font('bold').fontSize(11).fillColor(INK).text(label, left, document.y, { width });
    document
      .moveDown(0.25)
      .font(label === '诊断意见' ? 'bold' : 'regular')
      .fontSize(size)
      .text(text, left, document.y, { width, lineGap: 4 });
  }

  const needed = 40 * MM;
  if (document.y + needed > document.page.height - 20 * MM) document.addPage();
  document.moveDown(1);
  rule(document, left, width);
  const half = width / 2;
  const y = document.y + 4;
  input.signatures.forEach((signature, index) => {
    const x = left + index * half;
    document
      .font('regular')
      .fontSize(9)
      .fillColor(QUIET)
      .text(signature.label, x, y, { width: half - 8 });
    document
      .font('bold')
      .fontSize(13)
      .fillColor(INK)
      .text(`${signature.name}  `, { width: half - 8, continued: true })
      .font('regular')
      .fontSize(10)
      .text(signature.title);
    document
      .fontSize(9)
      .fillColor(INK)
      .text(signature.organisation, x, document.y, { width: half - 8 });
    document
      .fillColor(QUIET)
      .text(`执业证书 ${signature.certificate}`, { width: half - 8 })
      .text(signature.signedAt, { width: half - 8 });
  });
  document.x = left;
  document.moveDown(1.2);
  document
    .font('regular')
    .fontSize(9)
    .fillColor(QUIET)
    .text('本意见由受邀方医师出具并经双人签署，供邀请方医师参考；诊疗决定由邀请方医师作出。', left, document.y, {
      width,
    });
}

function rule(document: PDFKit.PDFDocument, left: number, width: number): void {
  document.moveDown(0.4);
  document
    .moveTo(left, document.y)
    .lineTo(left + width, document.y)
    .lineWidth(0.6)
    .strokeColor('#888888')
    .stroke();
  document.moveDown(0.5);
}
