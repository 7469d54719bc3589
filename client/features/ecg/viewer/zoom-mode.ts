import { deviceShelf, type ScreenScale, type Shelf } from '../../screen/screen-scale.ts';

const zoomKey = 'lianzhen.ecg.zoom-mode';

export type ZoomMode = 'true-size' | 'fit-width';

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
