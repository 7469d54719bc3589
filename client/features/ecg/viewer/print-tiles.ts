import type { Paper, PaperRow, PaperSlot } from '../../../../shared/ecg/paper-geometry.ts';

/** What of a paper stands on one printed page: so many of its rows, and a stretch of their width. */
export interface PrintTile {
  rows: readonly PaperRow[];
  slots: readonly PaperSlot[];
  /** The paper's millimetres that the page shows, right of the calibration strip. */
  fromXMm: number;
  toXMm: number;
  fromYMm: number;
  toYMm: number;
  /** Width of the calibration strip, repeated on every page. */
  stripMm: number;
}

/** A4 across, less margins of 8 mm, head and foot. */
export const printedWidthMm = 281;
export const printedHeightMm = 158;
const marginMm = 5;

/** Cuts a paper into pages at true scale: never shrunk, so that a millimetre stays one. */
export function printTiles(paper: Paper): PrintTile[] {
  const stripMm = Math.min(...paper.slots.map((slot) => slot.leftMm));
  const rightMm = Math.max(...paper.slots.map((slot) => slot.leftMm + slot.widthMm));
  const rowHeight = paper.rows[0]?.heightMm ?? 1;
  const perPage = Math.max(1, Math.floor((printedHeightMm - 2 * marginMm) / rowHeight));
  const pages = Math.ceil(paper.rows.length / perPage);
  // Evenly: 12 rows on two pages are six and six.
  const rowsEach = Math.ceil(paper.rows.length / pages);
  const widthEach = Math.floor((printedWidthMm - stripMm - marginMm) / 5) * 5;
  const across = Math.max(1, Math.ceil((rightMm - stripMm) / widthEach - 1e-9));
  const widthMm = (rightMm - stripMm) / across;
  const tiles: PrintTile[] = [];
  for (let first = 0; first < paper.rows.length; first += rowsEach) {
    const rows = paper.rows.slice(first, first + rowsEach);
    const topMm = rows[0]?.topMm ?? 0;
    for (let column = 0; column < across; column++) {
      const fromXMm = stripMm + column * widthMm;
      const toXMm = fromXMm + widthMm;
      tiles.push({
        rows,
        slots: paper.slots.filter(
          (slot) =>
            slot.row >= first &&
            slot.row < first + rowsEach &&
            slot.leftMm < toXMm - 1e-9 &&
            slot.leftMm + slot.widthMm > fromXMm + 1e-9,
        ),
        fromXMm,
        toXMm,
        fromYMm: topMm - marginMm,
        toYMm: topMm + rows.length * rowHeight + marginMm,
        stripMm,
      });
    }
  }
  return tiles;
}
