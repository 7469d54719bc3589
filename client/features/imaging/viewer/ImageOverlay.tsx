import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ImagingViewState } from '../../../../shared/contracts/viewing.ts';
import { fitScale, type ScreenSize } from './geometry.ts';
import type { DisplayFrame } from '../../../../shared/dicom/pixels/display-frame.ts';
import { scaleBarLength } from './measurement.ts';
import { edgeLetters } from './orientation.ts';
import { useScreenScale } from '../../screen/use-screen-scale.ts';
import { imageSizeOf, trueZoom } from './viewer-state.ts';

export interface ImageOverlayProps {
  frame: DisplayFrame;
  state: ImagingViewState;
  screen: ScreenSize;
  patientLabel: ReactNode;
  seriesLabel: string;
  /** 1-based place of the drawn frame and the size of its stack; 0 while the list does not have it yet. */
  position: number;
  total: number;
  /** How many frames of the stack are in memory. */
  ready: number;
  /** Value under the pointer, already worded. */
  probe: string | null;
}

/** What stands in the corners and at the edges, over the picture. */
export function ImageOverlay({
  frame,
  state,
  screen,
  patientLabel,
  seriesLabel,
  position,
  total,
  ready,
  probe,
}: ImageOverlayProps) {
  const { t } = useTranslation();
  const letters = edgeLetters(frame.description, state.rotationDegrees, state.mirrored);
  const { lossy, sliceLocationMm } = frame.description;
  const { pixelsPerMm, isCalibrated } = useScreenScale();
  const wanted = trueZoom(frame, screen, state.rotationDegrees, pixelsPerMm);
  const isTrueSize = isCalibrated && wanted !== undefined && Math.abs(state.zoom / wanted - 1) < 0.005;
  return (
    <div className="iv-overlay" aria-hidden="true">
      <div className="iv-corner iv-corner-tl">
        {patientLabel}
        <div>{seriesLabel}</div>
      </div>
      <div className="iv-corner iv-corner-tr">
        {position > 0 && <div>{t('imaging.viewer.slice', { position, total })}</div>}
        {sliceLocationMm !== undefined && <div>{t('imaging.viewer.location', { mm: sliceLocationMm.toFixed(1) })}</div>}
        {ready < total && <div className="iv-soft">{t('imaging.viewer.loaded', { ready, total })}</div>}
      </div>
      <div className="iv-corner iv-corner-bl">
        {probe && <div>{probe}</div>}
        <div>
          {t('imaging.viewer.window', { width: tidy(state.windowWidth), center: tidy(state.windowCenter) })}
          {state.mirrored && <span className="iv-flag">{t('imaging.viewer.mirrored')}</span>}
          {state.invert && <span className="iv-flag">{t('imaging.viewer.inverted')}</span>}
        </div>
        <div>
          {t('imaging.viewer.zoom', { percent: Math.round(state.zoom * 100) })}
          {isTrueSize && <span className="iv-flag">{t('imaging.viewer.trueSize')}</span>}
        </div>
      </div>
      <div className="iv-corner iv-corner-br">
        {lossy && <div className="iv-flag">{t('imaging.viewer.lossy')}</div>}
        <ScaleBar frame={frame} state={state} screen={screen} />
      </div>
      {letters && (
        <>
          <span className="iv-edge iv-edge-top">{letters.top}</span>
          <span className="iv-edge iv-edge-right">{letters.right}</span>
          <span className="iv-edge iv-edge-bottom">{letters.bottom}</span>
          <span className="iv-edge iv-edge-left">{letters.left}</span>
        </>
      )}
    </div>
  );
}

function ScaleBar({ frame, state, screen }: Pick<ImageOverlayProps, 'frame' | 'state' | 'screen'>) {
  const { t } = useTranslation();
  const { spacing } = frame.description;
  if (!spacing) return <div>{t('imaging.viewer.uncalibrated')}</div>;
  const pixelsPerSide = fitScale(imageSizeOf(frame), screen, state.rotationDegrees) * state.zoom;
  const pixelsPerMm = pixelsPerSide / Math.min(spacing.columnMm, spacing.rowMm);
  const length = scaleBarLength(pixelsPerMm, Math.min(160, screen.width / 4));
  if (length === undefined) return null;
  return (
    <div className="iv-scale">
      <div className="iv-scale-bar" style={{ width: `${length * pixelsPerMm}px` }} />
      <span>
        {length >= 10 ? `${length / 10} cm` : `${length} mm`}
        {spacing.plane === 'detector' && ` · ${t('imaging.viewer.atDetector')}`}
      </span>
    </div>
  );
}

function tidy(value: number): string {
  return Math.abs(value) >= 10 ? String(Math.round(value)) : value.toPrecision(2);
}
