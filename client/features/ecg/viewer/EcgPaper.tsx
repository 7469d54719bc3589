import { memo, useLayoutEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { PlacedLead } from '../../../../shared/ecg/lead-selection.ts';
import { drawGrid, drawTraces, paperInk, sizedContext } from './paper-drawing.ts';
import type { Paper } from '../../../../shared/ecg/paper-geometry.ts';

interface EcgPaperProps {
  paper: Paper;
  /** As drawn: filtered, where filters are on. */
  leads: ReadonlyMap<string, PlacedLead>;
  pixelsPerMm: number;
  devicePixelRatio: number;
  theme: 'light' | 'dark';
  /** Speed, gain and filters in words. */
  caption: string;
  /** Called once a picture is on its canvases. */
  onPainted?: () => void;
}

/** Grid and traces, each on its own canvas: a new gain redraws the traces alone, a caliper or a pointer neither. */
export const EcgPaper = memo(function EcgPaper(props: EcgPaperProps) {
  const { paper, leads, pixelsPerMm, devicePixelRatio, theme, caption, onPainted } = props;
  const { t } = useTranslation();
  const grid = useRef<HTMLCanvasElement>(null);
  const trace = useRef<HTMLCanvasElement>(null);
  const widthPx = paper.widthMm * pixelsPerMm;
  const heightPx = paper.heightMm * pixelsPerMm;

  useLayoutEffect(() => {
    const sized = grid.current && sizedContext(grid.current, widthPx, heightPx, devicePixelRatio);
    if (sized) drawGrid(sized.context, sized.ratio, paper.widthMm, paper.heightMm, pixelsPerMm, paperInk[theme]);
  }, [paper.widthMm, paper.heightMm, widthPx, heightPx, pixelsPerMm, devicePixelRatio, theme]);

  useLayoutEffect(() => {
    const sized = trace.current && sizedContext(trace.current, widthPx, heightPx, devicePixelRatio);
    if (sized) {
      drawTraces(sized.context, {
        paper,
        leads,
        pixelsPerMm,
        ratio: sized.ratio,
        ink: paperInk[theme],
        labelPx: pixelsPerMm < 2.4 ? 12 : Math.max(14, Math.min(22, 3.8 * pixelsPerMm)),
        absentText: t('ecg.viewer.absentLead'),
        offsetText: (millivolts) => t('ecg.viewer.offsetRemoved', { millivolts }),
        caption,
      });
    }
    onPainted?.();
  }, [paper, leads, pixelsPerMm, devicePixelRatio, theme, caption, widthPx, heightPx, t, onPainted]);

  const size = { width: widthPx, height: heightPx };
  return (
    <>
      <canvas ref={grid} className="ecg-viewer__layer" style={size} aria-hidden="true" />
      <canvas ref={trace} className="ecg-viewer__layer" style={size} aria-hidden="true" />
    </>
  );
});
