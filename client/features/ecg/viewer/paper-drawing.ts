import type { PlacedLead } from '../../../../shared/ecg/lead-selection.ts';
import { yMmOfMicrovolts, xMmOfSeconds } from '../../../../shared/ecg/paper-geometry.ts';
import type { Paper } from '../../../../shared/ecg/paper-geometry.ts';
import { decimateTrace } from '../../../../shared/ecg/trace-decimation.ts';

/** The paper's colours. In the dark room the paper stays paper, only less bright. */
export interface PaperInk {
  paper: string;
  fineLine: string;
  strongLine: string;
  trace: string;
  label: string;
  faintLabel: string;
}

export const paperInk: Record<'light' | 'dark', PaperInk> = {
  light: {
    paper: '#fffcf3',
    fineLine: '#f6dcd3',
    strongLine: '#e9b3a6',
    trace: '#14110f',
    label: '#14110f',
    faintLabel: '#6b5d57',
  },
  dark: {
    paper: '#ece3d0',
    fineLine: '#e2c9ba',
    strongLine: '#cf9d8e',
    trace: '#14110f',
    label: '#14110f',
    faintLabel: '#5c504b',
  },
};

/** Phones with three device pixels per pixel would need canvases beyond what their browsers allow. */
const mostCanvasPixels = 12_000_000;

/** Gives a canvas its size and returns a context whose unit is the CSS pixel; null where there is no canvas (jsdom). */
export function sizedContext(
  canvas: HTMLCanvasElement,
  widthPx: number,
  heightPx: number,
  devicePixelRatio: number,
): { context: CanvasRenderingContext2D; ratio: number } | null {
  const wanted = widthPx * heightPx * devicePixelRatio ** 2;
  const ratio = devicePixelRatio * Math.min(1, Math.sqrt(mostCanvasPixels / Math.max(1, wanted)));
  const width = Math.max(1, Math.round(widthPx * ratio));
  const height = Math.max(1, Math.round(heightPx * ratio));
  // Only where it changes: a new size costs new memory at each frame of a drag.
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext('2d');
  if (!context) return null;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, width, height);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return { context, ratio };
}

/** Millimetre paper. Lines sit on whole device pixels, or they would blur and shimmer. */
export function drawGrid(
  context: CanvasRenderingContext2D,
  ratio: number,
  widthMm: number,
  heightMm: number,
  pixelsPerMm: number,
  ink: PaperInk,
): void {
  context.save();
  context.setTransform(1, 0, 0, 1, 0, 0);
  const unit = pixelsPerMm * ratio;
  const width = Math.round(widthMm * unit);
  const height = Math.round(heightMm * unit);
  context.fillStyle = ink.paper;
  context.fillRect(0, 0, width, height);
  const lines = (everyMm: number, skipMm: number, thickness: number) => {
    const offset = Math.floor(thickness / 2);
    for (let mm = 0; mm <= widthMm; mm += everyMm) {
      if (skipMm === 0 || mm % skipMm !== 0) context.fillRect(Math.round(mm * unit) - offset, 0, thickness, height);
    }
    for (let mm = 0; mm <= heightMm; mm += everyMm) {
      if (skipMm === 0 || mm % skipMm !== 0) context.fillRect(0, Math.round(mm * unit) - offset, width, thickness);
    }
  };
  const hair = Math.max(1, Math.round(ratio));
  // Below two and a half pixels a millimetre the fine lines would merge into a pink wash.
  if (unit >= 2.5 * hair) {
    context.fillStyle = ink.fineLine;
    lines(1, 5, hair);
  }
  context.fillStyle = unit >= 2.5 * hair ? ink.strongLine : ink.fineLine;
  lines(5, 0, hair);
  context.restore();
}

export interface TraceDrawing {
  paper: Paper;
  leads: ReadonlyMap<string, PlacedLead>;
  pixelsPerMm: number;
  ratio: number;
  ink: PaperInk;
  labelPx: number;
  /** Shown in the slot of a lead that the file doesn't hold. */
  absentText: string;
  /** Beside the name of a lead whose electrode offset was taken off, e.g. "base line -3.2 mV". */
  offsetText: (millivolts: string) => string;
  /** Speed, gain and filters, as they stand at the foot of real paper. */
  caption: string;
}

/** Calibration pulses, traces, lead names and the marks between time slices, on a transparent layer. */
export function drawTraces(context: CanvasRenderingContext2D, drawing: TraceDrawing): void {
  const { paper, leads, pixelsPerMm, ratio, ink } = drawing;
  context.clearRect(0, 0, paper.widthMm * pixelsPerMm, paper.heightMm * pixelsPerMm);
  // Names first: whatever of the trace crosses them is drawn over them and stays whole.
  drawLabels(context, drawing);
  drawSliceMarks(context, drawing);
  context.strokeStyle = ink.trace;
  context.lineWidth = Math.max(1, Math.min(2.4, 0.34 * pixelsPerMm));
  context.lineCap = 'round';
  context.lineJoin = 'miter';
  context.beginPath();
  for (const row of paper.rows) {
    for (let i = 0; i < row.calibrationMm.length; i += 2) {
      const x = (row.calibrationMm[i] ?? 0) * pixelsPerMm;
      const y = (row.calibrationMm[i + 1] ?? 0) * pixelsPerMm;
      if (i === 0) context.moveTo(x, y);
      else context.lineTo(x, y);
    }
  }
  context.stroke();
  const bucketsPerSecond = paper.speedMmPerSecond * pixelsPerMm * ratio;
  for (const slot of paper.slots) {
    const lead = leads.get(slot.lead);
    if (!lead) continue;
    for (const run of decimateTrace(lead, slot.fromSeconds, slot.toSeconds, bucketsPerSecond)) {
      strokeRun(
        context,
        run,
        (seconds) => xMmOfSeconds(paper, slot, seconds) * pixelsPerMm,
        (microvolts) => yMmOfMicrovolts(paper, slot, microvolts) * pixelsPerMm,
      );
    }
  }
}

/** Points of one path: a processor rasters many short paths several times faster than one long one. */
const pointsPerPath = 200;

/** Strokes one run of `decimateTrace` in the context's style. Points lie too close for round joins to be seen or paid for. */
export function strokeRun(
  context: CanvasRenderingContext2D,
  run: Float64Array,
  xOf: (seconds: number) => number,
  yOf: (microvolts: number) => number,
): void {
  context.lineJoin = 'bevel';
  context.lineCap = 'round';
  context.beginPath();
  for (let i = 0; i < run.length; i += 2) {
    const x = xOf(run[i] ?? 0);
    const y = yOf(run[i + 1] ?? 0);
    if (i === 0) context.moveTo(x, y);
    // A lone sample is a dot: a line of no length with a round cap.
    if (i > 0 || run.length === 2) context.lineTo(x, y);
    if (i > 0 && i % (2 * pointsPerPath) === 0) {
      context.stroke();
      context.beginPath();
      context.moveTo(x, y);
    }
  }
  context.stroke();
}

function drawSliceMarks(context: CanvasRenderingContext2D, { paper, pixelsPerMm, ink }: TraceDrawing): void {
  context.lineWidth = 1;
  context.lineCap = 'butt';
  context.strokeStyle = ink.faintLabel;
  context.beginPath();
  for (const slot of paper.slots) {
    const isFirst = slot.leftMm <= (paper.slots[0]?.leftMm ?? 0);
    if (isFirst) continue;
    // Two short strokes above and below the base line, so that the mark is never taken for part of the trace.
    const x = Math.round(slot.leftMm * pixelsPerMm) + 0.5;
    for (const side of [-1, 1]) {
      context.moveTo(x, (slot.baselineMm + side * 3) * pixelsPerMm);
      context.lineTo(x, (slot.baselineMm + side * 5.5) * pixelsPerMm);
    }
  }
  context.stroke();
}

function drawLabels(context: CanvasRenderingContext2D, drawing: TraceDrawing): void {
  const { paper, leads, pixelsPerMm, ink, labelPx, absentText } = drawing;
  const family = 'system-ui, "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", sans-serif';
  context.textBaseline = 'top';
  context.lineJoin = 'round';
  for (const slot of paper.slots) {
    const x = (slot.leftMm + 1) * pixelsPerMm;
    const y = (slot.topMm + 1) * pixelsPerMm;
    context.font = `600 ${labelPx}px ${family}`;
    haloText(context, slot.name, x, y, ink.label, ink.paper);
    const afterName = x + context.measureText(slot.name).width + labelPx * 0.6;
    context.font = `400 ${labelPx}px ${family}`;
    if (!leads.has(slot.lead)) haloText(context, absentText, afterName, y, ink.faintLabel, ink.paper);
    else if (slot.baselineMicrovolts !== 0) {
      const text = drawing.offsetText((slot.baselineMicrovolts / 1000).toFixed(1));
      haloText(context, text, afterName, y, ink.faintLabel, ink.paper);
    }
  }
  context.textBaseline = 'bottom';
  context.font = `500 ${Math.max(12, Math.min(15, labelPx))}px ${family}`;
  haloText(context, drawing.caption, 2 * pixelsPerMm, (paper.heightMm - 0.6) * pixelsPerMm, ink.label, ink.paper);
}

/** Text with a rim of paper, so that the grid doesn't run through it. */
function haloText(
  context: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  color: string,
  halo: string,
): void {
  context.strokeStyle = halo;
  context.lineWidth = 3;
  context.strokeText(text, x, y);
  context.fillStyle = color;
  context.fillText(text, x, y);
}
