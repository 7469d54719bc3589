import { useLayoutEffect, useRef, useState } from 'react';
import type { EcgViewState } from '../../../../shared/contracts/viewing.ts';
import type { EcgDocument } from '../../../../shared/ecg/waveform.ts';
import { EcgPaper } from '../viewer/EcgPaper.tsx';
import { usePaper } from '../viewer/use-paper.ts';
import { usePaperCaption } from '../viewer/use-paper-caption.ts';

interface ComparedPaperProps {
  title: string;
  groups: EcgDocument['groups'];
  view: EcgViewState;
  startSeconds: number;
  theme: 'light' | 'dark';
}

/** One of two papers of equal layout, speed, gain and filters, fitted to half the width. */
export function ComparedPaper({ title, groups, view, startSeconds, theme }: ComparedPaperProps) {
  const place = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = place.current;
    if (!element) return;
    const measure = () => setWidth(element.clientWidth);
    measure();
    if (typeof ResizeObserver === 'undefined') return;
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  // The file's averaged beats are not compared: only what both recordings surely have.
  const { drawnLeads, paper } = usePaper(groups, { ...view, startSeconds, waveform: 'rhythm' });
  const caption = usePaperCaption(view, view);
  const pixelsPerMm = width / paper.widthMm;
  return (
    <figure className="ecg-comparison__paper">
      <figcaption>{title}</figcaption>
      <div ref={place} style={{ position: 'relative', height: paper.heightMm * pixelsPerMm }}>
        {width > 0 && (
          <EcgPaper
            paper={paper}
            leads={drawnLeads}
            pixelsPerMm={pixelsPerMm}
            devicePixelRatio={window.devicePixelRatio || 1}
            theme={theme}
            caption={caption.whole}
          />
        )}
      </div>
    </figure>
  );
}
