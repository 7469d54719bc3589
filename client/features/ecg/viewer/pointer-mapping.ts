import type { ViewPointer } from '../../../../shared/contracts/viewing.ts';
import { microvoltsOfYMm, secondsOfXMm, xMmOfSeconds, yMmOfMicrovolts } from '../../../../shared/ecg/paper-geometry.ts';
import type { Paper, PaperSlot } from '../../../../shared/ecg/paper-geometry.ts';

export type EcgPointer = Extract<ViewPointer, { kind: 'ecg' }>;

export interface PaperPoint {
  xMm: number;
  yMm: number;
}

/**
 * The slot under a point of the sheet, or null in the calibration strip and the right margin. The margins above and
 * below belong to the first and last row, so that a tall R wave can still be pointed at.
 */
export function slotAt(paper: Paper, point: PaperPoint): PaperSlot | null {
  const lastRow = paper.rows.length - 1;
  if (point.yMm < 0 || point.yMm > paper.heightMm) return null;
  for (const slot of paper.slots) {
    const rightMm = slot.leftMm + slot.widthMm;
    const isLastColumn = slot.toSeconds >= (paper.slots.at(-1)?.toSeconds ?? 0);
    if (point.xMm < slot.leftMm || (isLastColumn ? point.xMm > rightMm : point.xMm >= rightMm)) continue;
    if (point.yMm < slot.topMm && slot.row > 0) continue;
    if (point.yMm >= slot.bottomMm && slot.row < lastRow) continue;
    return slot;
  }
  return null;
}

/** What a point of the sheet means: lead, seconds and microvolts, or `{ kind: 'none' }` beside the traces. */
export function pointerAt(paper: Paper, ecgId: string, point: PaperPoint): ViewPointer {
  const slot = slotAt(paper, point);
  if (!slot) return { kind: 'none' };
  return {
    kind: 'ecg',
    ecgId,
    lead: slot.lead,
    seconds: secondsOfXMm(paper, slot, point.xMm),
    microvolts: microvoltsOfYMm(paper, slot, point.yMm),
  };
}

/**
 * Where on this sheet somebody else's pointer stands. The rhythm lead is on the paper twice, so one pointer can have
 * two places; none when this sheet doesn't show that lead at that moment.
 */
export function pointerPlaces(paper: Paper, pointer: EcgPointer): PaperPoint[] {
  return paper.slots
    .filter(
      (slot) =>
        slot.lead === pointer.lead &&
        pointer.seconds >= slot.fromSeconds - 1e-9 &&
        pointer.seconds <= slot.toSeconds + 1e-9,
    )
    .map((slot) => ({
      xMm: xMmOfSeconds(paper, slot, pointer.seconds),
      yMm: yMmOfMicrovolts(paper, slot, pointer.microvolts),
    }));
}

/** Rounded for the wire: a tenth of a millisecond and a microvolt are below what a screen can show. */
export function roundPointer(pointer: ViewPointer): ViewPointer {
  if (pointer.kind !== 'ecg') return pointer;
  return { ...pointer, seconds: Math.round(pointer.seconds * 1e4) / 1e4, microvolts: Math.round(pointer.microvolts) };
}
