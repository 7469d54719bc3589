import { standardLeads } from './waveform.ts';
import type { EcgViewState } from '../contracts/viewing.ts';

/**
 * ECG paper in millimetres: where every lead, base line and calibration pulse stands. No DOM and no pixels here;
 * the origin is the sheet's upper left corner, x to the right, y downward.
 */
export type EcgLayout = EcgViewState['layout'];

/** One lead over one stretch of time: the unit that traces, calipers and pointers are mapped through. */
export interface PaperSlot {
  key: string;
  lead: string;
  /** What stands at its upper left corner: the lead, or "-aVR" where that is drawn upside down. */
  name: string;
  /** -1 where the trace is drawn upside down. Seconds and microvolts everywhere are those of the lead itself. */
  polarity: 1 | -1;
  row: number;
  leftMm: number;
  widthMm: number;
  /** The row's band, used to find the lead under a pointer. */
  topMm: number;
  bottomMm: number;
  /** y of `baselineMicrovolts`. */
  baselineMm: number;
  baselineMicrovolts: number;
  /** What the slot shows: seconds after the recording's start. */
  fromSeconds: number;
  toSeconds: number;
  isRhythmStrip: boolean;
}

export interface PaperRow {
  topMm: number;
  heightMm: number;
  baselineMm: number;
  /** The 1 mV, 200 ms pulse: x, y by turns. */
  calibrationMm: readonly number[];
}

export interface Paper {
  widthMm: number;
  heightMm: number;
  speedMmPerSecond: number;
  gainMmPerMillivolt: number;
  rows: readonly PaperRow[];
  slots: readonly PaperSlot[];
}

/** Every page shows ten seconds, as the paper of a resting ECG does. */
export const pageSeconds = 10;

const topMarginMm = 5;
const bottomMarginMm = 5;
const rightMarginMm = 5;
const calibrationMillivolts = 1;
const calibrationSeconds = 0.2;
const calibrationLeadInMm = 1;

/** Row heights in millimetres per layout and gain: what fits a 768-pixel screen at the everyday gain. */
const rowHeightsMm: Record<EcgLayout, Record<5 | 10 | 20, number>> = {
  '3x4+1R': { 5: 20, 10: 30, 20: 50 },
  '3x4+3R': { 5: 20, 10: 25, 20: 40 },
  '6x2': { 5: 20, 10: 25, 20: 40 },
  '12x1': { 5: 15, 10: 20, 20: 35 },
  single: { 5: 40, 10: 60, 20: 100 },
};

/** Cabrera's order: neighbours differ by 30 degrees, aVR turned to its opposite at +30 (Fumagalli, 1949). */
const cabreraLeads = ['aVL', 'I', 'aVR', 'II', 'aVF', 'III', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'] as const;

export type LeadOrder = EcgViewState['leadOrder'];

/** The twelve in the order that they stand on the paper. */
export function orderedLeads(order: LeadOrder): readonly string[] {
  return order === 'cabrera' ? cabreraLeads : standardLeads;
}

/** Cabrera's order turns aVR round; its name says so. */
export function polarityOf(lead: string, order: LeadOrder): 1 | -1 {
  return order === 'cabrera' && lead === 'aVR' ? -1 : 1;
}

export function shownName(lead: string, order: LeadOrder): string {
  return polarityOf(lead, order) === -1 ? `-${lead}` : lead;
}

export interface PaperRequest {
  layout: EcgLayout;
  speedMmPerSecond: 12.5 | 25 | 50;
  gainMmPerMillivolt: 5 | 10 | 20;
  startSeconds: number;
  rhythmLead: string;
  /** The strips of 3x4+3R; without them, the rhythm lead alone. */
  rhythmLeads?: readonly string[];
  /** The lead of the layout `single`; without it the rhythm lead. */
  singleLead?: string;
  leadOrder?: LeadOrder;
  /** Every column starts at `startSeconds`, as averaged beats need it; otherwise each is the next slice of the page. */
  isSimultaneous?: boolean;
  /** Leads beyond the twelve: each gets its own row in 12x1. */
  extraLeads: readonly string[];
  /** False for a recording that has none of the twelve: 12x1 then shows only what there is. */
  hasStandardLeads: boolean;
  /** Of a Holter recording, in which nobody misses one of the twelve: 12x1 has rows for these alone. */
  onlyLeads?: ReadonlySet<string> | undefined;
  baselines: ReadonlyMap<string, number>;
}

/** The strip before the first trace that holds the pulse, whole 5 mm squares so that traces start on a strong line. */
export function calibrationStripMm(speedMmPerSecond: number): number {
  const clearMm = 1;
  return 5 * Math.ceil((calibrationSeconds * speedMmPerSecond + 2 * calibrationLeadInMm + clearMm) / 5);
}

interface LeadRow {
  leads: readonly string[];
  isRhythmStrip: boolean;
}

/** The leads of each row, left to right. In 3x4 and 6x2 each column is the next slice of the same ten seconds. */
function leadRows(request: PaperRequest): LeadRow[] {
  const ordered = orderedLeads(request.leadOrder ?? 'standard');
  const columns = (height: number, count: number): LeadRow[] =>
    Array.from({ length: height }, (_, row) => ({
      leads: Array.from({ length: count }, (_, column) => ordered[column * height + row] ?? ''),
      isRhythmStrip: false,
    }));
  const strip = (lead: string): LeadRow => ({ leads: [lead], isRhythmStrip: true });
  switch (request.layout) {
    case '3x4+1R':
      return [...columns(3, 4), strip(request.rhythmLead)];
    case '3x4+3R':
      return [...columns(3, 4), ...(request.rhythmLeads ?? [request.rhythmLead]).map(strip)];
    case '6x2':
      return columns(6, 2);
    case 'single':
      return [strip(request.singleLead ? request.singleLead : request.rhythmLead)];
    case '12x1': {
      const all = request.hasStandardLeads ? [...ordered, ...request.extraLeads] : [...request.extraLeads];
      const names = request.onlyLeads ? all.filter((name) => request.onlyLeads?.has(name)) : all;
      return names.map((name) => ({ leads: [name], isRhythmStrip: false }));
    }
  }
}

/** Lays out one page. Millimetres are exact: 1 s is `speedMmPerSecond` wide, 1 mV is `gainMmPerMillivolt` high. */
export function layOutPaper(request: PaperRequest): Paper {
  const { layout, speedMmPerSecond, gainMmPerMillivolt, startSeconds } = request;
  const leadOrder = request.leadOrder ?? 'standard';
  const wanted = leadRows(request);
  // A few leads have the room of the rows of 3x4.
  const roomy = request.onlyLeads !== undefined && wanted.length <= 4 && layout === '12x1';
  const heightMm = rowHeightsMm[roomy ? '3x4+1R' : layout][gainMmPerMillivolt];
  const leftMm = calibrationStripMm(speedMmPerSecond);
  const rows: PaperRow[] = [];
  const slots: PaperSlot[] = [];
  for (const [row, { leads, isRhythmStrip }] of wanted.entries()) {
    const topMm = topMarginMm + row * heightMm;
    const baselineMm = topMm + Math.ceil(heightMm / 2);
    rows.push({
      topMm,
      heightMm,
      baselineMm,
      calibrationMm: calibrationPulse(leftMm, baselineMm, speedMmPerSecond, gainMmPerMillivolt),
    });
    const sliceSeconds = pageSeconds / leads.length;
    for (const [column, lead] of leads.entries()) {
      const fromSeconds = startSeconds + (request.isSimultaneous ? 0 : column * sliceSeconds);
      slots.push({
        key: `${row}-${column}-${lead}`,
        lead,
        name: shownName(lead, leadOrder),
        polarity: polarityOf(lead, leadOrder),
        row,
        leftMm: leftMm + column * sliceSeconds * speedMmPerSecond,
        widthMm: sliceSeconds * speedMmPerSecond,
        topMm,
        bottomMm: topMm + heightMm,
        baselineMm,
        baselineMicrovolts: request.baselines.get(lead) ?? 0,
        fromSeconds,
        toSeconds: fromSeconds + sliceSeconds,
        isRhythmStrip,
      });
    }
  }
  return {
    widthMm: leftMm + pageSeconds * speedMmPerSecond + rightMarginMm,
    heightMm: topMarginMm + rows.length * heightMm + bottomMarginMm,
    speedMmPerSecond,
    gainMmPerMillivolt,
    rows,
    slots,
  };
}

function calibrationPulse(stripMm: number, baselineMm: number, speed: number, gain: number): number[] {
  const pulseMm = calibrationSeconds * speed;
  const start = (stripMm - pulseMm) / 2 - calibrationLeadInMm;
  const rise = start + calibrationLeadInMm;
  const fall = rise + pulseMm;
  const top = baselineMm - calibrationMillivolts * gain;
  return [
    start,
    baselineMm,
    rise,
    baselineMm,
    rise,
    top,
    fall,
    top,
    fall,
    baselineMm,
    fall + calibrationLeadInMm,
    baselineMm,
  ];
}

/** x of a moment within a slot, in millimetres; not limited to the slot. */
export function xMmOfSeconds(paper: Paper, slot: PaperSlot, seconds: number): number {
  return slot.leftMm + (seconds - slot.fromSeconds) * paper.speedMmPerSecond;
}

/** y of a potential within a slot, in millimetres; not limited to the slot. */
export function yMmOfMicrovolts(paper: Paper, slot: PaperSlot, microvolts: number): number {
  const millivolts = ((microvolts - slot.baselineMicrovolts) * slot.polarity) / 1000;
  return slot.baselineMm - millivolts * paper.gainMmPerMillivolt;
}

export function secondsOfXMm(paper: Paper, slot: PaperSlot, xMm: number): number {
  return slot.fromSeconds + (xMm - slot.leftMm) / paper.speedMmPerSecond;
}

export function microvoltsOfYMm(paper: Paper, slot: PaperSlot, yMm: number): number {
  const millivolts = ((slot.baselineMm - yMm) / paper.gainMmPerMillivolt) * slot.polarity;
  return slot.baselineMicrovolts + millivolts * 1000;
}
