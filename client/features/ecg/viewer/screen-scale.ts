/**
 * How many CSS pixels make a millimetre on this device's screen. Kept per device, with the device pixel ratio at which
 * it was measured, because a browser's zoom changes the size of a CSS pixel and the paper must keep its true size.
 */
export interface ScreenScale {
  pixelsPerMm: number;
  isCalibrated: boolean;
}

export const cssPixelsPerMm = 96 / 25.4;
/** ISO/IEC 7810 ID-1: the bank card and the resident identity card. */
export const cardWidthMm = 85.6;
export const cardHeightMm = 53.98;

const scaleKey = 'lianzhen.ecg.screen-scale';
const zoomKey = 'lianzhen.ecg.zoom-mode';
const plausible = { from: 1.5, to: 30 };

export type ZoomMode = 'true-size' | 'fit-width';
type Shelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** Storage can be denied (private windows, policies): then nothing is kept and nothing fails. */
function deviceShelf(): Shelf | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}

export function readScreenScale(devicePixelRatio: number, shelf: Shelf | null = deviceShelf()): ScreenScale {
  try {
    const kept: unknown = JSON.parse(shelf?.getItem(scaleKey) ?? 'null');
    if (kept && typeof kept === 'object' && 'pixelsPerMm' in kept && 'devicePixelRatio' in kept) {
      const pixelsPerMm = (Number(kept.pixelsPerMm) * Number(kept.devicePixelRatio)) / devicePixelRatio;
      if (pixelsPerMm >= plausible.from && pixelsPerMm <= plausible.to) return { pixelsPerMm, isCalibrated: true };
    }
  } catch {
    // Unreadable is as good as never calibrated.
  }
  return { pixelsPerMm: cssPixelsPerMm, isCalibrated: false };
}

/** Keeps a measured scale, or forgets it with null. */
export function keepScreenScale(
  pixelsPerMm: number | null,
  devicePixelRatio: number,
  shelf: Shelf | null = deviceShelf(),
): void {
  try {
    if (pixelsPerMm === null) shelf?.removeItem(scaleKey);
    else shelf?.setItem(scaleKey, JSON.stringify({ pixelsPerMm, devicePixelRatio }));
  } catch {
    // A full or denied storage: the scale holds for this page only.
  }
}

export function readZoomMode(shelf: Shelf | null = deviceShelf()): ZoomMode | null {
  try {
    const kept = shelf?.getItem(zoomKey);
    return kept === 'true-size' || kept === 'fit-width' ? kept : null;
  } catch {
    return null;
  }
}

export function keepZoomMode(mode: ZoomMode, shelf: Shelf | null = deviceShelf()): void {
  try {
    shelf?.setItem(zoomKey, mode);
  } catch {
    // As above.
  }
}

/** The scale the paper is really drawn at. `percent` is 100 only at true size. */
export function paperScale(
  mode: ZoomMode,
  screen: ScreenScale,
  paperWidthMm: number,
  viewportPixels: number,
): { pixelsPerMm: number; percent: number } {
  if (mode === 'true-size' || viewportPixels <= 0) return { pixelsPerMm: screen.pixelsPerMm, percent: 100 };
  const pixelsPerMm = viewportPixels / paperWidthMm;
  return { pixelsPerMm, percent: Math.round((pixelsPerMm / screen.pixelsPerMm) * 100) };
}
