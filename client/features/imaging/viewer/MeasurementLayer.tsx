import { useTranslation } from 'react-i18next';
import type { ViewPointer } from '../../../../shared/contracts/viewing.ts';
import { toScreen, type ImageMatrix, type Point, type ScreenSize } from './geometry.ts';
import type { DisplayFrame } from '../../../../shared/dicom/pixels/display-frame.ts';
import { measureAngle, measureLength, pairs, type Measurement } from './measurement.ts';

export interface RemotePointer {
  id: string;
  name: string;
  color: string;
  pointer: ViewPointer;
}

export interface MeasurementLayerProps {
  frame: DisplayFrame;
  matrix: ImageMatrix;
  screen: ScreenSize;
  measurements: readonly Measurement[];
  /** The one being drawn; its last point follows the pointer. */
  draft: Measurement | null;
  selectedId: string | null;
  /** Where the keyboard's crosshair stands, image pixels. */
  crosshair: { column: number; row: number } | null;
  remotePointers: readonly RemotePointer[];
}

/** Measurements and pointers as SVG over the picture; it takes no pointer events itself. */
export function MeasurementLayer(props: MeasurementLayerProps) {
  const { frame, matrix, screen, measurements, draft, selectedId, crosshair, remotePointers } = props;
  const here = measurements.filter(({ sopInstanceUid }) => sopInstanceUid === frame.sopInstanceUid);
  return (
    <svg className="iv-svg" width={screen.width} height={screen.height} aria-hidden="true">
      {[...here, ...(draft ? [draft] : [])].map((measurement) => (
        <DrawnMeasurement
          key={measurement.id}
          measurement={measurement}
          frame={frame}
          matrix={matrix}
          screen={screen}
          selected={measurement.id === selectedId}
        />
      ))}
      {crosshair && <Crosshair at={toScreen(matrix, crosshair.column, crosshair.row)} />}
      {remotePointers.map(({ id, name, color, pointer }) =>
        pointer.kind === 'imaging' && pointer.sopInstanceUid === frame.sopInstanceUid ? (
          <Arrow
            key={id}
            at={toScreen(matrix, pointer.column, pointer.row)}
            name={name}
            color={color}
            screen={screen}
          />
        ) : null,
      )}
    </svg>
  );
}

function DrawnMeasurement({
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
  const points = pairs(measurement.points).map(({ column, row }) => toScreen(matrix, column, row));
  const anchor = points.reduce((best, point) => (point.x > best.x ? point : best), points[0]!);
  const words = (): string => {
    if (measurement.type === 'angle') {
      return points.length < 3 ? '' : `${measureAngle(measurement.points, frame.description.pixelAspect).toFixed(1)}°`;
    }
    const { value, unit, calibration } = measureLength(measurement.points, frame.description.spacing);
    const note =
      calibration === 'none'
        ? ` ${t('imaging.viewer.uncalibrated')}`
        : calibration === 'detector'
          ? ` ${t('imaging.viewer.atDetector')}`
          : '';
    return `${value.toFixed(1)} ${unit}${note}`;
  };
  return (
    <g className={selected ? 'iv-measure iv-measure-selected' : 'iv-measure'} data-measurement={measurement.type}>
      <polyline className="iv-measure-halo" points={points.map(({ x, y }) => `${x},${y}`).join(' ')} />
      <polyline className="iv-measure-line" points={points.map(({ x, y }) => `${x},${y}`).join(' ')} />
      {points.map(({ x, y }, index) => (
        <circle key={index} cx={x} cy={y} r={selected ? 6 : 4} />
      ))}
      <Label at={{ x: anchor.x + 10, y: anchor.y + 5 }} text={words()} screen={screen} />
    </g>
  );
}

/** Text with a dark rim, kept inside the picture. */
function Label({ at, text, screen, fill }: { at: Point; text: string; screen: ScreenSize; fill?: string }) {
  const width = [...text].reduce((sum, letter) => sum + (letter > '\u2e80' ? 15 : 8.5), 0);
  const x = Math.max(4, Math.min(at.x, screen.width - width - 4));
  const y = Math.max(18, Math.min(at.y, screen.height - 6));
  return (
    <text x={x} y={y} style={fill ? { fill } : undefined}>
      {text}
    </text>
  );
}

function Crosshair({ at: { x, y } }: { at: Point }) {
  return (
    <g className="iv-crosshair">
      <path d={`M${x - 16},${y}H${x - 4}M${x + 4},${y}H${x + 16}M${x},${y - 16}V${y - 4}M${x},${y + 4}V${y + 16}`} />
    </g>
  );
}

/** Another person's pointer: an arrow of their colour with their name, so that colour alone never tells. */
function Arrow({ at, name, color, screen }: { at: Point; name: string; color: string; screen: ScreenSize }) {
  return (
    <g className="iv-pointer" data-pointer={name}>
      <path d={`M${at.x},${at.y}l5,17l4.5,-6.5l7.5,-1.5z`} fill={color} />
      <Label at={{ x: at.x + 14, y: at.y + 26 }} text={name} screen={screen} fill={color} />
    </g>
  );
}
