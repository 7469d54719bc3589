import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { DisplayFrame } from '../../../../shared/dicom/pixels/display-frame.ts';
import { toScreen, type ImageMatrix, type Point, type ScreenSize } from './geometry.ts';
import { pairs } from '../../../../shared/dicom/measured-values.ts';
import type { Measurement } from './measurement.ts';
import { measurementWords } from './measurement-words.ts';
import { OutlinedText } from './OutlinedText.tsx';

/** One measurement over the picture: its lines with a dark rim, its points, its words. */
export function DrawnMeasurement({
  measurement,
  frame,
  matrix,
  screen,
  selected,
}: {
  measurement: Measurement;
  frame: DisplayFrame;
  matrix: ImageMatrix;
  screen: ScreenSize;
  selected: boolean;
}) {
  const { t } = useTranslation();
  const { type } = measurement;
  const points = pairs(measurement.points).map(({ column, row }) => toScreen(matrix, column, row));
  const words = useMemo(() => measurementWords(measurement, frame, t), [measurement, frame, t]);
  const outline = outlineOf(type, points);
  const anchor = type === 'arrow' ? points.at(-1)! : points.reduce((best, at) => (at.x > best.x ? at : best));
  return (
    <g className={selected ? 'iv-measure iv-measure-selected' : 'iv-measure'} data-measurement={type}>
      <path className="iv-measure-halo" d={outline} />
      <path className="iv-measure-line" d={outline} />
      {points.map(({ x, y }, index) =>
        selected || POINTED.has(type) ? <circle key={index} cx={x} cy={y} r={selected ? 6 : 4} /> : null,
      )}
      {type === 'cardiothoracic' &&
        ['a', 'b', 'c'].map((letter, line) => {
          const [from, to] = [points[line * 2], points[line * 2 + 1]];
          if (!from || !to) return null;
          const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 - 8 };
          return <OutlinedText key={letter} at={middle} lines={[letter]} screen={screen} />;
        })}
      {words.length > 0 && <OutlinedText at={{ x: anchor.x + 10, y: anchor.y + 5 }} lines={words} screen={screen} />}
    </g>
  );
}

/** Those whose points are what was measured, not corners around it. */
const POINTED = new Set<Measurement['type']>(['length', 'angle', 'cobb', 'cardiothoracic']);
const HEAD_PX = 14;

/** SVG path in CSS pixels of the pane. Turns are by quarters, so shapes keep their axes. */
function outlineOf(type: Measurement['type'], points: readonly Point[]): string {
  const line = (from: Point | undefined, to: Point | undefined) =>
    from && to ? `M${from.x},${from.y}L${to.x},${to.y}` : '';
  const [first, second] = points;
  switch (type) {
    case 'length':
    case 'angle':
      return `M${points.map(({ x, y }) => `${x},${y}`).join('L')}`;
    case 'cobb':
    case 'cardiothoracic':
      return [0, 2, 4].map((index) => line(points[index], points[index + 1])).join('');
    case 'rectangle':
      return first && second ? `M${first.x},${first.y}H${second.x}V${second.y}H${first.x}Z` : '';
    case 'ellipse': {
      if (!first || !second) return '';
      const [rx, ry] = [Math.abs(second.x - first.x) / 2, Math.abs(second.y - first.y) / 2];
      const [left, y] = [Math.min(first.x, second.x), (first.y + second.y) / 2];
      return `M${left},${y}a${rx},${ry} 0 1 0 ${rx * 2},0a${rx},${ry} 0 1 0 ${-rx * 2},0`;
    }
    case 'probe':
      return first ? `M${first.x - 9},${first.y}H${first.x + 9}M${first.x},${first.y - 9}V${first.y + 9}` : '';
    case 'arrow': {
      if (!first || !second) return '';
      const angle = Math.atan2(second.y - first.y, second.x - first.x);
      const barb = (off: number) =>
        `M${first.x},${first.y}l${HEAD_PX * Math.cos(angle + off)},${HEAD_PX * Math.sin(angle + off)}`;
      return line(first, second) + barb(0.45) + barb(-0.45);
    }
    case 'text':
      return first ? `M${first.x},${first.y}l5,0` : '';
  }
}
