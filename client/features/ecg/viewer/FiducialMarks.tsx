import { useEffect, useRef } from 'react';
import type { KeyboardEvent, PointerEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { fiducialNames } from '../../../../shared/ecg/fiducial-marks.ts';
import type { FiducialName, FiducialTimes } from '../../../../shared/ecg/fiducial-marks.ts';

interface FiducialMarksProps {
  times: FiducialTimes;
  moved: Partial<Record<FiducialName, number>>;
  pixelsPerMs: number;
  widthPx: number;
  heightPx: number;
  canMove: boolean;
  /** Where the reader takes a mark, milliseconds after the beat's start; limits are the owner's business. */
  onMove: (name: FiducialName, ms: number) => void;
}

const fineMs = 1;
const coarseMs = 4;

/** Upright marks on the averaged beat: dragged sideways, or moved by arrow keys. Solid once a reader moved one. */
export function FiducialMarks({ times, moved, pixelsPerMs, widthPx, heightPx, canMove, onMove }: FiducialMarksProps) {
  const { t } = useTranslation();
  const held = useRef<{ pointerId: number; fromX: number; fromMs: number } | null>(null);
  const frame = useRef(0);
  const latest = useRef(onMove);
  useEffect(() => {
    latest.current = onMove;
  });
  useEffect(() => () => cancelAnimationFrame(frame.current), []);

  const onPointerDown = (event: PointerEvent, ms: number) => {
    if (!canMove || event.button !== 0) return;
    held.current = { pointerId: event.pointerId, fromX: event.clientX, fromMs: ms };
    event.currentTarget.setPointerCapture?.(event.pointerId);
  };
  const onPointerMove = (event: PointerEvent, name: FiducialName) => {
    const from = held.current;
    if (from?.pointerId !== event.pointerId) return;
    const ms = from.fromMs + (event.clientX - from.fromX) / pixelsPerMs;
    cancelAnimationFrame(frame.current);
    frame.current = requestAnimationFrame(() => latest.current(name, ms));
  };
  const letGo = () => (held.current = null);
  const onKeyDown = (event: KeyboardEvent, name: FiducialName, ms: number) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by === undefined || !canMove) return;
    event.preventDefault();
    event.stopPropagation();
    onMove(name, ms + by * (event.shiftKey ? fineMs : coarseMs));
  };
  return (
    <svg className="ecg-beats__marks" width={widthPx} height={heightPx}>
      {fiducialNames.map((name, index) => {
        const ms = times[name];
        if (ms === null) return null;
        const x = ms * pixelsPerMs;
        // Neighbours stand close: their names take turns in two lines.
        const labelY = index % 2 === 0 ? 16 : 34;
        return (
          <g key={name} className={`ecg-beats__mark${moved[name] === undefined ? '' : ' ecg-beats__mark--moved'}`}>
            <line x1={x} x2={x} y1={labelY + 4} y2={heightPx} />
            <text x={x} y={labelY} textAnchor="middle">
              {t(`ecg.viewer.beats.marks.${name}`)}
            </text>
            <rect
              data-mark={name}
              className="ecg-beats__handle"
              x={x - 9}
              y={0}
              width={18}
              height={heightPx}
              tabIndex={canMove ? 0 : -1}
              role="slider"
              aria-label={t(`ecg.viewer.beats.marks.${name}`)}
              aria-valuenow={Math.round(ms)}
              aria-valuetext={t('ecg.viewer.measurements.milliseconds', { value: Math.round(ms) })}
              onPointerDown={(event) => onPointerDown(event, ms)}
              onPointerMove={(event) => onPointerMove(event, name)}
              onPointerUp={letGo}
              onPointerCancel={letGo}
              onKeyDown={(event) => onKeyDown(event, name, ms)}
            />
          </g>
        );
      })}
    </svg>
  );
}
