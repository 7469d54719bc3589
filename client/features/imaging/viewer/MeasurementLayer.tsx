import type { ViewPointer } from '../../../../shared/contracts/viewing.ts';
import { DrawnMeasurement } from './DrawnMeasurement.tsx';
import { toScreen, type ImageMatrix, type Point, type ScreenSize } from './geometry.ts';
import type { DisplayFrame } from '../../../../shared/dicom/pixels/display-frame.ts';
import { liesOn, type Measurement } from './measurement.ts';
import { OutlinedText } from './OutlinedText.tsx';

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
  /** Where another pane's slice cuts this picture: both ends, image pixels. */
  cut: readonly { column: number; row: number }[] | undefined;
}

/** Measurements and pointers as SVG over the picture; it takes no pointer events itself. */
export function MeasurementLayer(props: MeasurementLayerProps) {
  const { frame, matrix, screen, measurements, draft, selectedId, crosshair, remotePointers, cut } = props;
  const [from, to] = cut?.map(({ column, row }) => toScreen(matrix, column, row)) ?? [];
  const here = measurements.filter((measurement) => liesOn(measurement, frame));
  return (
    <svg className="iv-svg" width={screen.width} height={screen.height} aria-hidden="true">
      {from && to && <line className="iv-cut" data-reference-line x1={from.x} y1={from.y} x2={to.x} y2={to.y} />}
      {[...here, ...(draft && liesOn(draft, frame) ? [draft] : [])].map((measurement) => (
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
      <OutlinedText at={{ x: at.x + 14, y: at.y + 26 }} lines={[name]} screen={screen} fill={color} />
    </g>
  );
}
