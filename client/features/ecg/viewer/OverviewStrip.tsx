import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { KeyboardEvent, PointerEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { pageSeconds } from '../../../../shared/ecg/paper-geometry.ts';
import type { TraceOverview } from '../../../../shared/ecg/trace-overview.ts';
import { RateTrend, rateTrendPx } from './RateTrend.tsx';
import { paperInk, sizedContext } from './paper-drawing.ts';

interface OverviewStripProps {
  /** The whole recording in so many buckets; null while it is on its way. */
  overview: ((buckets: number) => TraceOverview) | null;
  /** Beats per minute of each minute, drawn above. */
  rates?: readonly (number | null)[] | undefined;
  startSeconds: number;
  durationSeconds: number;
  canLead: boolean;
  theme: 'light' | 'dark';
  onStart: (seconds: number) => void;
}

const tracePx = 40;
/** A window of ten seconds in a day would be a hundredth of a pixel: so wide it stays, to be seen and held. */
const leastWindowPx = 10;

/** A whole long recording in one strip, and the page within it: dragged, clicked, or moved by keys. */
export function OverviewStrip(props: OverviewStripProps) {
  const { overview, rates, startSeconds, durationSeconds, canLead, theme, onStart } = props;
  const { t } = useTranslation();
  const strip = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const held = useRef<{ pointerId: number; offsetPx: number } | null>(null);
  const frame = useRef(0);
  const [width, setWidth] = useState(0);

  useLayoutEffect(() => {
    const element = strip.current;
    if (!element) return;
    const measure = () => setWidth(element.clientWidth);
    measure();
    if (typeof ResizeObserver === 'undefined') return;
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(() => () => cancelAnimationFrame(frame.current), []);
  useEffect(() => {
    // After the page's own picture: millions of samples take longer than a frame.
    const timer = setTimeout(() => {
      const sized = canvas.current && sizedContext(canvas.current, width, tracePx, window.devicePixelRatio || 1);
      if (!sized || width === 0) return;
      const { context, ratio } = sized;
      const ink = paperInk[theme];
      context.fillStyle = ink.paper;
      context.fillRect(0, 0, width, tracePx);
      if (overview === null) return;
      const buckets = Math.round(width * ratio);
      const { lows, highs } = overview(buckets);
      const known = lows.map((low, i) => (Number.isNaN(low) ? 0 : Math.max(Math.abs(low), Math.abs(highs[i] ?? 0))));
      // The tallest hundredth may leave the strip: one artefact must not flatten a day.
      const reach = Math.max(500, known.slice().sort()[Math.floor(0.99 * (known.length - 1))] ?? 0);
      context.fillStyle = ink.trace;
      const yOf = (microvolts: number) => tracePx * (0.5 - (0.46 * microvolts) / reach);
      for (let i = 0; i < buckets; i++) {
        const low = lows[i] ?? Number.NaN;
        if (Number.isNaN(low)) continue;
        const top = yOf(highs[i] ?? 0);
        context.fillRect(i / ratio, top, 1 / ratio, Math.max(1 / ratio, yOf(low) - top));
      }
    }, 0);
    return () => clearTimeout(timer);
  }, [overview, width, theme]);

  const last = Math.max(0, durationSeconds - pageSeconds);
  const windowPx = Math.max(leastWindowPx, (width * pageSeconds) / durationSeconds);
  const room = Math.max(1, width - windowPx);
  const leftPx = last === 0 ? 0 : (startSeconds / last) * room;
  const startAt = (leftOfWindowPx: number) => Math.min(last, Math.max(0, (leftOfWindowPx / room) * last));
  const tell = (seconds: number) => {
    // One page a frame, however fast the mouse reports; fine enough that the trace glides.
    cancelAnimationFrame(frame.current);
    frame.current = requestAnimationFrame(() => onStart(Math.round(seconds * 50) / 50));
  };
  const xOf = (event: PointerEvent) => event.clientX - (strip.current?.getBoundingClientRect().left ?? 0);
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    if (!canLead || event.button !== 0) return;
    const x = xOf(event);
    const isOnWindow = x >= leftPx - 6 && x <= leftPx + windowPx + 6;
    held.current = { pointerId: event.pointerId, offsetPx: isOnWindow ? x - leftPx : windowPx / 2 };
    event.currentTarget.setPointerCapture?.(event.pointerId);
    if (!isOnWindow) tell(startAt(x - windowPx / 2));
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    if (held.current?.pointerId === event.pointerId) tell(startAt(xOf(event) - held.current.offsetPx));
  };
  const letGo = () => (held.current = null);
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by === undefined || !canLead) return;
    event.preventDefault();
    event.stopPropagation();
    onStart(Math.min(last, Math.max(0, startSeconds + by * (event.shiftKey ? pageSeconds : 1))));
  };
  return (
    <div
      ref={strip}
      className={`ecg-overview${canLead ? '' : ' ecg-overview--following'}`}
      style={{ height: tracePx + (rates ? rateTrendPx : 0) }}
      data-testid="ecg-overview"
      data-overview={overview !== null}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={letGo}
      onPointerCancel={letGo}
    >
      {rates && <RateTrend rates={rates} durationSeconds={durationSeconds} width={width} theme={theme} />}
      <canvas ref={canvas} style={{ width, height: tracePx }} aria-hidden="true" />
      <div
        className="ecg-overview__window"
        style={{ width: windowPx, transform: `translateX(${leftPx}px)` }}
        role="slider"
        tabIndex={0}
        aria-label={t('ecg.viewer.pan.start')}
        aria-valuemin={0}
        aria-valuemax={Math.round(last)}
        aria-valuenow={Math.round(startSeconds)}
        aria-disabled={!canLead}
        onKeyDown={onKeyDown}
      />
    </div>
  );
}
