import { useId, useMemo } from 'react';
import type { PlacedLead } from '../../../../shared/ecg/lead-selection.ts';
import { xMmOfSeconds, yMmOfMicrovolts } from '../../../../shared/ecg/paper-geometry.ts';
import type { Paper } from '../../../../shared/ecg/paper-geometry.ts';
import { decimateTrace } from '../../../../shared/ecg/trace-decimation.ts';
import type { PrintTile } from './print-tiles.ts';

interface PrintedTileProps {
  tile: PrintTile;
  paper: Paper;
  leads: ReadonlyMap<string, PlacedLead>;
  absentText: string;
}

/** 20 to the millimetre is finer than any printer that a hospital owns. */
const bucketsPerMm = 20;

/** One printed page of paper, as lines in millimetres: sharp at any resolution, black on a pale grid. */
export function PrintedTile({ tile, paper, leads, absentText }: PrintedTileProps) {
  const clip = useId();
  const { stripMm, fromXMm, toXMm, fromYMm, toYMm } = tile;
  const widthMm = stripMm + toXMm - fromXMm;
  const heightMm = toYMm - fromYMm;
  const shift = `translate(${stripMm - fromXMm} ${-fromYMm})`;
  const traces = useMemo(
    () =>
      tile.slots.flatMap((slot) => {
        const lead = leads.get(slot.lead);
        if (!lead) return [];
        const runs = decimateTrace(lead, slot.fromSeconds, slot.toSeconds, bucketsPerMm * paper.speedMmPerSecond);
        return runs.map((run) => {
          let path = '';
          for (let i = 0; i < run.length; i += 2) {
            const x = xMmOfSeconds(paper, slot, run[i] ?? 0).toFixed(2);
            const y = yMmOfMicrovolts(paper, slot, run[i + 1] ?? 0).toFixed(2);
            path += `${i === 0 ? 'M' : 'L'}${x} ${y}`;
          }
          return run.length === 2 ? `${path}h0` : path;
        });
      }),
    [tile, paper, leads],
  );
  const grid = (everyMm: number, isStrong: boolean) => {
    let path = '';
    for (let mm = 0; mm <= widthMm + 1e-6; mm += everyMm) if (isStrong || mm % 5 !== 0) path += `M${mm} 0V${heightMm}`;
    for (let mm = 0; mm <= heightMm + 1e-6; mm += everyMm) if (isStrong || mm % 5 !== 0) path += `M0 ${mm}H${widthMm}`;
    return path;
  };
  return (
    <svg
      className="ecg-print__paper"
      width={`${widthMm}mm`}
      height={`${heightMm}mm`}
      viewBox={`0 0 ${widthMm} ${heightMm}`}
      data-width-mm={widthMm}
      data-height-mm={heightMm}
    >
      <clipPath id={clip}>
        <rect x={stripMm} y={0} width={widthMm - stripMm} height={heightMm} />
      </clipPath>
      <path d={grid(1, false)} stroke="#f3cfc4" strokeWidth="0.1" />
      <path d={grid(5, true)} stroke="#e3a394" strokeWidth="0.2" />
      <g fill="none" stroke="#000" strokeWidth="0.28" strokeLinejoin="round" strokeLinecap="round">
        <g transform={`translate(0 ${-fromYMm})`}>
          {tile.rows.map((row) => (
            <polyline key={row.topMm} points={row.calibrationMm.join(' ')} />
          ))}
        </g>
        <g clipPath={`url(#${clip})`}>
          <g transform={shift}>
            {sliceMarks(tile, stripMm)}
            {traces.map((path, index) => (
              <path key={index} d={path} />
            ))}
          </g>
        </g>
      </g>
      <g transform={shift} fontSize="3.6" fontWeight="600">
        {tile.slots.map((slot) => (
          <text key={slot.key} x={Math.max(slot.leftMm, fromXMm) + 1} y={slot.topMm + 4.2}>
            {slot.name}
            {leads.has(slot.lead) ? '' : `  ${absentText}`}
          </text>
        ))}
      </g>
    </svg>
  );
}

/** Two short strokes above and below the base line where one slice of time follows another. */
function sliceMarks({ slots }: PrintTile, stripMm: number) {
  const strokes = slots
    .filter((slot) => slot.leftMm > stripMm)
    .map(({ leftMm: x, baselineMm: y }) => `M${x} ${y - 5.5}v2.5M${x} ${y + 3}v2.5`);
  return <path d={strokes.join('')} stroke="#555" strokeWidth="0.2" />;
}
