import { drawGrid, paperInk, sizedContext } from './paper-drawing.ts';

export interface BeatTrace {
  /** Microvolts. */
  samples: ArrayLike<number>;
  sampleRateHz: number;
  /** Where sample 0 stands on the sheet's time axis, seconds. */
  startSeconds: number;
  color: string;
  lineWidth: number;
  dash?: readonly number[];
}

export interface BeatSheet {
  widthMm: number;
  heightMm: number;
  baselineMm: number;
  speedMmPerSecond: number;
  gainMmPerMillivolt: number;
}

/** A sheet for one beat of so many seconds between two potentials, on whole 5 mm squares. */
export function beatSheet(
  seconds: number,
  lowMicrovolts: number,
  highMicrovolts: number,
  speedMmPerSecond: number,
  gainMmPerMillivolt: number,
): BeatSheet {
  const squares = (mm: number) => 5 * Math.ceil(mm / 5 + 0.2);
  const above = squares((Math.max(0, highMicrovolts) / 1000) * gainMmPerMillivolt);
  const below = squares((Math.max(0, -lowMicrovolts) / 1000) * gainMmPerMillivolt);
  return {
    widthMm: squares(seconds * speedMmPerSecond - 1),
    heightMm: above + below,
    baselineMm: above,
    speedMmPerSecond,
    gainMmPerMillivolt,
  };
}

/** Lowest and highest value of several beats, microvolts. */
export function extremesOf(traces: readonly ArrayLike<number>[]): { low: number; high: number } {
  let low = 0;
  let high = 0;
  for (const samples of traces) {
    for (let i = 0; i < samples.length; i++) {
      low = Math.min(low, samples[i] ?? 0);
      high = Math.max(high, samples[i] ?? 0);
    }
  }
  return { low, high };
}

/** Millimetre paper with beats on it, on one canvas. */
export function drawBeats(
  canvas: HTMLCanvasElement,
  sheet: BeatSheet,
  traces: readonly BeatTrace[],
  pixelsPerMm: number,
  theme: 'light' | 'dark',
): void {
  const widthPx = sheet.widthMm * pixelsPerMm;
  const heightPx = sheet.heightMm * pixelsPerMm;
  const sized = sizedContext(canvas, widthPx, heightPx, window.devicePixelRatio || 1);
  if (!sized) return;
  const { context, ratio } = sized;
  drawGrid(context, ratio, sheet.widthMm, sheet.heightMm, pixelsPerMm, paperInk[theme]);
  context.lineJoin = 'bevel';
  for (const trace of traces) {
    context.strokeStyle = trace.color;
    context.lineWidth = trace.lineWidth;
    context.setLineDash(trace.dash ? [...trace.dash] : []);
    context.beginPath();
    for (let i = 0; i < trace.samples.length; i++) {
      const x = (trace.startSeconds + i / trace.sampleRateHz) * sheet.speedMmPerSecond * pixelsPerMm;
      const y = (sheet.baselineMm - ((trace.samples[i] ?? 0) / 1000) * sheet.gainMmPerMillivolt) * pixelsPerMm;
      if (i === 0) context.moveTo(x, y);
      else context.lineTo(x, y);
    }
    context.stroke();
  }
  context.setLineDash([]);
}
