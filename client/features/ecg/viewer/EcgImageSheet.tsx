import { useState, type ComponentProps, type PointerEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { EcgImageViewState } from '../../../../shared/contracts/viewing.ts';
import { BlobImage } from '../../../ui/BlobImage.tsx';
import type { PaperPoint } from './pointer-mapping.ts';
import { RemotePointers } from './RemotePointers.tsx';

type PaperCaliper = EcgImageViewState['calipers'][number];

/** Shorter than this, in millimetres, is a slip of the hand. */
const leastMm = 1;

/** The straightened paper, with what is measured on it and who points where. */
export function EcgImageSheet(props: {
  picture: Blob | undefined;
  widthMm: number;
  heightMm: number;
  pixelsPerMm: number;
  state: EcgImageViewState;
  measures: boolean;
  pointers: ComponentProps<typeof RemotePointers>['pointers'];
  onMeasured: (caliper: PaperCaliper) => void;
  onPoint: (point: PaperPoint | null) => void;
}) {
  const { picture, widthMm, heightMm, pixelsPerMm, state, measures } = props;
  const { t } = useTranslation();
  const [drawn, setDrawn] = useState<PaperCaliper | null>(null);
  const width = widthMm * pixelsPerMm;
  const height = heightMm * pixelsPerMm;
  const placeOf = (event: PointerEvent<SVGSVGElement>): PaperPoint => {
    const box = event.currentTarget.getBoundingClientRect();
    const within = (mm: number, most: number) => Math.max(0, Math.min(most, mm));
    return {
      xMm: within((event.clientX - box.left) / pixelsPerMm, widthMm),
      yMm: within((event.clientY - box.top) / pixelsPerMm, heightMm),
    };
  };
  const finish = () => {
    if (drawn && Math.hypot(drawn.toX - drawn.fromX, drawn.toY - drawn.fromY) > leastMm) props.onMeasured(drawn);
    setDrawn(null);
  };
  const words = (caliper: PaperCaliper) => {
    const ms = (Math.abs(caliper.toX - caliper.fromX) / state.speedMmPerSecond) * 1000;
    const millivolts = Math.abs(caliper.toY - caliper.fromY) / state.gainMmPerMillivolt;
    return t('ecg.image.measured', {
      ms: Math.round(ms),
      mv: millivolts.toFixed(2),
      rate: ms > 150 ? Math.round(60_000 / ms) : '–',
    });
  };
  return (
    <div className="ecg-image-sheet" style={{ width, height }}>
      {picture === undefined ? (
        <div className="ecg-image-loading" role="status">
          <div className="spinner" />
          {t('ecg.loading')}
        </div>
      ) : (
        <BlobImage blob={picture} alt={t('ecg.image.label')} className={state.isTurned ? 'is-turned' : ''} />
      )}
      <svg
        width={width}
        height={height}
        data-measuring={measures}
        onPointerDown={(event) => {
          if (!measures || event.button !== 0) return;
          event.preventDefault();
          event.currentTarget.setPointerCapture(event.pointerId);
          const { xMm, yMm } = placeOf(event);
          setDrawn({ fromX: xMm, fromY: yMm, toX: xMm, toY: yMm });
        }}
        onPointerMove={(event) => {
          const point = placeOf(event);
          props.onPoint(point);
          if (drawn !== null) setDrawn({ ...drawn, toX: point.xMm, toY: point.yMm });
        }}
        onPointerUp={finish}
        onPointerCancel={() => setDrawn(null)}
        onPointerLeave={() => props.onPoint(null)}
      >
        {[...state.calipers, ...(drawn === null ? [] : [drawn])].map((caliper, at) => {
          const left = Math.min(caliper.fromX, caliper.toX) * pixelsPerMm;
          const top = Math.min(caliper.fromY, caliper.toY) * pixelsPerMm;
          const wide = Math.abs(caliper.toX - caliper.fromX) * pixelsPerMm;
          const high = Math.abs(caliper.toY - caliper.fromY) * pixelsPerMm;
          return (
            <g key={at} data-testid="paper-caliper">
              <rect className="ecg-image-caliper" x={left} y={top} width={wide} height={high} />
              <text className="ecg-image-figure" x={left} y={top > 22 ? top - 6 : top + high + 18}>
                {words(caliper)}
              </text>
            </g>
          );
        })}
        <RemotePointers pointers={props.pointers} pixelsPerMm={pixelsPerMm} paperWidthPx={width} />
      </svg>
    </div>
  );
}
