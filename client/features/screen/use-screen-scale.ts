import { useSyncExternalStore } from 'react';
import { onScreenScaleKept, readScreenScale, type ScreenScale } from './screen-scale.ts';

function subscribe(listener: () => void): () => void {
  const stop = onScreenScaleKept(listener);
  // Browser zoom and a move to another monitor change the pixel ratio.
  globalThis.addEventListener('resize', listener);
  return () => {
    stop();
    globalThis.removeEventListener('resize', listener);
  };
}

/** How large a millimetre is on this screen, kept up to date. */
export function useScreenScale(): ScreenScale {
  const snapshot = useSyncExternalStore(subscribe, () => {
    const { pixelsPerMm, isCalibrated } = readScreenScale(globalThis.devicePixelRatio || 1);
    return `${pixelsPerMm} ${isCalibrated}`;
  });
  const [pixelsPerMm, isCalibrated] = snapshot.split(' ');
  return { pixelsPerMm: Number(pixelsPerMm), isCalibrated: isCalibrated === 'true' };
}
