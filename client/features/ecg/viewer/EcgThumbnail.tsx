import { useLayoutEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { EcgDocument } from '../../../../shared/ecg/waveform.ts';
import { baselineMicrovolts, selectLeads } from '../../../../shared/ecg/lead-selection.ts';
import { paperInk, sizedContext, strokeRun } from './paper-drawing.ts';
import { decimateTrace } from '../../../../shared/ecg/trace-decimation.ts';
import './ecg-viewer.css';

interface EcgThumbnailProps {
  document: EcgDocument;
  /** Without it the rhythm lead, which is II where the file has it. */
  lead?: string;
  widthPx?: number;
  heightPx?: number;
  theme?: 'light' | 'dark';
}

const shownSeconds = 5;
const shownMillivolts = 3;

/** A strip of five seconds for lists: to recognise a recording by, not to read it (no grid, no scale). */
export function EcgThumbnail({ document, lead, widthPx = 160, heightPx = 40, theme = 'light' }: EcgThumbnailProps) {
  const { t } = useTranslation();
  const canvas = useRef<HTMLCanvasElement>(null);
  // By its groups: a parent may well make the document around them anew at each render.
  const { groups } = document;
  const leads = useMemo(() => selectLeads({ groups }), [groups]);
  const name = lead ?? leads.rhythmLead;
  useLayoutEffect(() => {
    const shown = leads.byName.get(name);
    const sized = canvas.current && sizedContext(canvas.current, widthPx, heightPx, window.devicePixelRatio || 1);
    if (!sized) return;
    const { context, ratio } = sized;
    const ink = paperInk[theme];
    context.fillStyle = ink.paper;
    context.fillRect(0, 0, widthPx, heightPx);
    if (!shown) return;
    const pixelsPerSecond = widthPx / shownSeconds;
    const baseline = baselineMicrovolts(shown);
    const yOf = (microvolts: number) => heightPx * (0.6 - (microvolts - baseline) / 1000 / shownMillivolts);
    context.strokeStyle = ink.trace;
    context.lineWidth = 1;
    for (const run of decimateTrace(shown, 0, shownSeconds, pixelsPerSecond * ratio)) {
      strokeRun(context, run, (seconds) => seconds * pixelsPerSecond, yOf);
    }
  }, [leads, name, widthPx, heightPx, theme]);
  return (
    <canvas
      ref={canvas}
      className="ecg-thumbnail"
      style={{ width: widthPx, height: heightPx }}
      role="img"
      aria-label={t('ecg.viewer.thumbnail', { lead: name })}
    />
  );
}
