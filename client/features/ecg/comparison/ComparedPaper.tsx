import { useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { EcgViewState } from '../../../../shared/contracts/viewing.ts';
import { baselineMicrovolts, selectLeads } from '../../../../shared/ecg/lead-selection.ts';
import { layOutPaper } from '../../../../shared/ecg/paper-geometry.ts';
import type { EcgDocument } from '../../../../shared/ecg/waveform.ts';
import { EcgPaper } from '../viewer/EcgPaper.tsx';
import { useDrawnLeads } from '../viewer/use-drawn-leads.ts';
import { usePaperCaption } from '../viewer/use-paper-caption.ts';
import { singleLeadOf } from '../viewer/view-commands.ts';

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
  const leads = useMemo(() => selectLeads({ groups }), [groups]);
  const baselines = useMemo(
    () => new Map([...leads.byName].map(([name, lead]) => [name, baselineMicrovolts(lead)])),
    [leads],
  );
  const { layout, speedMmPerSecond, gainMmPerMillivolt, leadOrder } = view;
  const singleLead = singleLeadOf(view, leads);
  const paper = useMemo(
    () =>
      layOutPaper({
        layout,
        speedMmPerSecond,
        gainMmPerMillivolt,
        startSeconds,
        leadOrder,
        singleLead,
        rhythmLead: leads.rhythmLead,
        rhythmLeads: leads.rhythmLeads,
        extraLeads: leads.extra,
        hasStandardLeads: leads.hasStandard,
        isSimultaneous: leads.groupLabel === 'median',
        baselines,
      }),
    [layout, speedMmPerSecond, gainMmPerMillivolt, startSeconds, leadOrder, singleLead, leads, baselines],
  );
  const drawn = useDrawnLeads(leads, view, startSeconds, baselines);
  const caption = usePaperCaption(view, view);
  const pixelsPerMm = width / paper.widthMm;
  return (
    <figure className="ecg-comparison__paper">
      <figcaption>{title}</figcaption>
      <div ref={place} style={{ position: 'relative', height: paper.heightMm * pixelsPerMm }}>
        {width > 0 && (
          <EcgPaper
            paper={paper}
            leads={drawn}
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
