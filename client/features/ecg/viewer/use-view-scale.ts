import { useEffect, useLayoutEffect, useState } from 'react';
import type { RefObject } from 'react';
import { cssPixelsPerMm, keepScreenScale, readScreenScale, type ScreenScale } from '../../screen/screen-scale.ts';
import { keepZoomMode, paperScale, readZoomMode, type ZoomMode } from './zoom-mode.ts';

interface ViewScale {
  /** CSS pixels per millimetre the paper is drawn at, and how that compares with true size. */
  pixelsPerMm: number;
  percent: number;
  devicePixelRatio: number;
  screen: ScreenScale;
  mode: ZoomMode;
  setMode: (mode: ZoomMode) => void;
  /** Keeps a measured scale for this device; null goes back to the CSS millimetre. */
  calibrate: (pixelsPerMm: number | null) => void;
  /** False until the viewport's width is known: nothing is drawn before. */
  isMeasured: boolean;
}

/**
 * Follows the viewport's width and the device pixel ratio. Where nobody has chosen yet, a screen too narrow for the
 * everyday page (`everydayWidthMm`) starts fitted to its width, any other at true size.
 */
export function useViewScale(
  viewport: RefObject<HTMLElement | null>,
  paperWidthMm: number,
  everydayWidthMm: number,
): ViewScale {
  const [size, setSize] = useState<{ width: number; ratio: number } | null>(null);
  const [chosen, setChosen] = useState<ZoomMode | null>(() => readZoomMode());

  useLayoutEffect(() => {
    const element = viewport.current;
    if (!element) return;
    const measure = () => {
      const next = { width: element.clientWidth, ratio: window.devicePixelRatio || 1 };
      setSize((old) => (old && old.width === next.width && old.ratio === next.ratio ? old : next));
    };
    measure();
    if (typeof ResizeObserver === 'undefined') return;
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [viewport]);

  useEffect(() => {
    // Browser zoom and a move to another monitor change the ratio without always changing the element's width.
    const onResize = () => setSize((old) => (old ? { ...old, ratio: window.devicePixelRatio || 1 } : old));
    window.addEventListener('resize', onResize);
    return () => window.removeEventListener('resize', onResize);
  }, []);

  const ratio = size?.ratio ?? 1;
  const [kept, setKept] = useState<{ ratio: number; screen: ScreenScale } | null>(null);
  const screen = kept?.ratio === ratio ? kept.screen : readScreenScale(ratio);
  if (kept?.ratio !== ratio) setKept({ ratio, screen });

  const width = size?.width ?? 0;
  const mode = chosen ?? (width > 0 && width < everydayWidthMm * screen.pixelsPerMm ? 'fit-width' : 'true-size');
  return {
    ...paperScale(mode, screen, paperWidthMm, width),
    devicePixelRatio: ratio,
    screen,
    mode,
    setMode: (next) => {
      keepZoomMode(next);
      setChosen(next);
    },
    calibrate: (pixelsPerMm) => {
      keepScreenScale(pixelsPerMm, ratio);
      const measured = { pixelsPerMm: pixelsPerMm ?? cssPixelsPerMm, isCalibrated: pixelsPerMm !== null };
      setKept({ ratio, screen: measured });
    },
    isMeasured: size !== null,
  };
}
