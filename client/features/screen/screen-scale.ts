/**
 * How many CSS pixels make a millimetre on this device's screen. Kept per device, with the device pixel ratio at which
 * it was measured, because a browser's zoom changes the size of a CSS pixel and what is shown must keep its true size.
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
const plausible = { from: 1.5, to: 30 };

export type Shelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** Storage can be denied (private windows, policies): then nothing is kept and nothing fails. */
export function deviceShelf(): Shelf | null {
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
  for (const listener of listeners) listener();
}

const listeners = new Set<() => void>();

/** Calls when this page has measured its screen. */
export function onScreenScaleKept(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
