import { useCallback, useEffect, useRef, useState, type RefObject } from 'react';
import type { ImagingViewState } from '../../../../shared/contracts/viewing.ts';
import type { DisplayFrame } from '../../../../shared/dicom/pixels/display-frame.ts';
import { defaultWindow } from '../../../../shared/dicom/pixels/window-level.ts';
import { fittedPlacement } from './viewer-state.ts';

export interface DrawnPicture {
  frame: DisplayFrame;
  seriesUid: string;
}

/** What really stands in the active pane; told in the data attributes of the viewer's root as well. */
export function useDrawnPicture(change: (next: (state: ImagingViewState) => ImagingViewState) => void): {
  root: RefObject<HTMLDivElement | null>;
  drawn: DrawnPicture | undefined;
  onDrawn(frame: DisplayFrame, state: ImagingViewState): void;
} {
  const root = useRef<HTMLDivElement>(null);
  const [drawn, setDrawn] = useState<DrawnPicture>();
  const startedAt = useRef(0);
  useEffect(() => {
    startedAt.current = performance.now();
    // Keys work at once, unless somebody is typing elsewhere.
    if (document.activeElement === document.body) root.current?.focus({ preventScroll: true });
  }, []);
  const onDrawn = useCallback(
    (shown: DisplayFrame, now: ImagingViewState) => {
      const { dataset } = root.current!;
      dataset.firstImageMs ??= String(Math.round(performance.now() - startedAt.current));
      dataset.seriesUid = now.seriesInstanceUid;
      dataset.sopInstanceUid = shown.sopInstanceUid;
      dataset.frame = String(shown.frameNumber);
      dataset.windowCenter = String(now.windowCenter);
      dataset.windowWidth = String(now.windowWidth);
      dataset.zoom = String(now.zoom);
      dataset.invert = String(now.invert);
      dataset.rotation = String(now.rotationDegrees);
      dataset.mirrored = String(now.mirrored);
      setDrawn((before) => {
        if (before?.frame === shown) return before;
        // Another size, another acquisition: a place and a window of the last picture would say nothing.
        const other =
          before?.seriesUid === now.seriesInstanceUid &&
          (before.frame.rows !== shown.rows || before.frame.columns !== shown.columns);
        if (other) change((current) => ({ ...current, ...fittedPlacement(shown), ...defaultWindow(shown) }));
        return { frame: shown, seriesUid: now.seriesInstanceUid };
      });
    },
    [change],
  );
  return { root, drawn, onDrawn };
}
