import type { KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { marchingMarks } from './caliper-geometry.ts';
import type { CaliperPart, CaliperPlace } from './caliper-geometry.ts';
import type { Paper } from '../../../../shared/ecg/paper-geometry.ts';
import { useCaliperText } from './use-caliper-text.ts';

interface CaliperOverlayProps {
  places: readonly CaliperPlace[];
  pixelsPerMm: number;
  paperWidthPx: number;
  selectedId: string | null;
  canEdit: boolean;
  /** Arrow keys on a focused corner: seconds and microvolts to move it by. */
  onNudge: (id: string, part: CaliperPart, seconds: number, microvolts: number) => void;
  onSelect: (id: string) => void;
}

/** Half of the 44 px that a fingertip needs. */
const touchRadiusPx = 22;

/** Calipers drawn on the sheet. Dragging is the overlay's business; corners here take focus and arrow keys. */
export function CaliperOverlay(props: CaliperOverlayProps) {
  const { places, pixelsPerMm, paperWidthPx, selectedId, canEdit, onNudge, onSelect } = props;
  const { t } = useTranslation();
  const textOf = useCaliperText();

  const nudge = (event: KeyboardEvent, { caliper: { id }, slot }: CaliperPlace, part: CaliperPart) => {
    const fine = event.shiftKey;
    const seconds = fine ? 0.002 : 0.01;
    // Up is up on the paper, also where a lead is drawn upside down.
    const microvolts = (fine ? 10 : 50) * slot.polarity;
    const move: Record<string, [number, number]> = {
      ArrowLeft: [-seconds, 0],
      ArrowRight: [seconds, 0],
      ArrowUp: [0, microvolts],
      ArrowDown: [0, -microvolts],
    };
    const by = move[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    onNudge(id, part, by[0], by[1]);
  };

  return places.map((place) => {
    const { caliper, slot } = place;
    const x1 = place.fromXMm * pixelsPerMm;
    const x2 = place.toXMm * pixelsPerMm;
    const y1 = place.fromYMm * pixelsPerMm;
    const y2 = place.toYMm * pixelsPerMm;
    const left = Math.min(x1, x2);
    const top = Math.min(y1, y2);
    const width = Math.abs(x2 - x1);
    const height = Math.abs(y2 - y1);
    const bandTop = Math.min(slot.topMm * pixelsPerMm, top);
    const bandBottom = Math.max(slot.bottomMm * pixelsPerMm, top + height);
    const isSelected = caliper.id === selectedId;
    const text = textOf(caliper, slot.polarity);
    // Above the box; below it where the sheet's top edge is too near. 9 px per character is a safe half width.
    const labelX = Math.min(paperWidthPx - text.length * 4.5, Math.max(text.length * 4.5, left + width / 2));
    const labelY = top > 28 ? top - 10 : top + height + 22;
    const corners = [
      { part: 'from' as const, x: x1, y: y1, label: t('ecg.viewer.caliper.start') },
      { part: 'to' as const, x: x2, y: y2, label: t('ecg.viewer.caliper.end') },
    ];
    return (
      <g
        key={`${caliper.id}/${slot.key}`}
        className={`ecg-caliper${isSelected ? ' ecg-caliper--selected' : ''}`}
        data-caliper-id={caliper.id}
        data-lead={caliper.lead}
      >
        <rect className="ecg-caliper__box" x={left} y={top} width={width} height={height} />
        <line className="ecg-caliper__rule" x1={x1} x2={x1} y1={bandTop} y2={bandBottom} />
        <line className="ecg-caliper__rule" x1={x2} x2={x2} y1={bandTop} y2={bandBottom} />
        <line className="ecg-caliper__edge" x1={left} x2={left + width} y1={y1} y2={y1} />
        <line className="ecg-caliper__edge" x1={left} x2={left + width} y1={y2} y2={y2} />
        <text className="ecg-caliper__text" x={labelX} y={labelY} textAnchor="middle">
          {text}
        </text>
        {corners.map(({ part, x, y, label }) => (
          <g key={part}>
            <circle className="ecg-caliper__dot" cx={x} cy={y} r={isSelected ? 6 : 4.5} />
            {canEdit && (
              <circle
                className="ecg-caliper__handle"
                cx={x}
                cy={y}
                r={touchRadiusPx}
                tabIndex={0}
                role="slider"
                aria-label={`${slot.name} ${label}`}
                aria-valuenow={Math.round((part === 'from' ? caliper.fromSeconds : caliper.toSeconds) * 1000)}
                aria-valuetext={text}
                data-part={part}
                onKeyDown={(event) => nudge(event, place, part)}
                onFocus={() => onSelect(caliper.id)}
              />
            )}
          </g>
        ))}
      </g>
    );
  });
}

/** The marching caliper: its interval repeated to both sides over every strip of its lead. */
export function MarchingMarks({ paper, caliper, pixelsPerMm }: MarchingMarksProps) {
  return (
    <g className="ecg-marching" data-marching-id={caliper.id}>
      {marchingMarks(paper, caliper).map(({ slot, xMm, count }) => (
        <path
          key={`${slot.key}/${count}`}
          d={`M${xMm * pixelsPerMm} ${slot.topMm * pixelsPerMm}V${slot.bottomMm * pixelsPerMm}m-4 0h8`}
        />
      ))}
    </g>
  );
}

interface MarchingMarksProps {
  paper: Paper;
  caliper: CaliperPlace['caliper'];
  pixelsPerMm: number;
}
