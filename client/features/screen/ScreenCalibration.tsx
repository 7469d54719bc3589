import { useRef, useState } from 'react';
import type { PointerEvent } from 'react';
import { Modal, Slider } from 'antd';
import { useTranslation } from 'react-i18next';
import './screen-calibration.css';
import { cardHeightMm, cardWidthMm, cssPixelsPerMm } from './screen-scale.ts';

interface ScreenCalibrationProps {
  pixelsPerMm: number;
  onDone: (pixelsPerMm: number | null) => void;
  onCancel: () => void;
}

/**
 * Measures this screen against a bank or identity card: the card is held to the screen and the frame dragged to its
 * width. A phone held upright is narrower than a card is long, so there the card's short side is used.
 */
export function ScreenCalibration({ pixelsPerMm, onDone, onCancel }: ScreenCalibrationProps) {
  const { t } = useTranslation();
  const isNarrow = window.innerWidth < 720;
  const lengthMm = isNarrow ? cardHeightMm : cardWidthMm;
  const room = Math.max(160, Math.min(680, window.innerWidth - (isNarrow ? 48 : 96)));
  const [width, setWidth] = useState(() => Math.min(room, Math.round(pixelsPerMm * lengthMm)));
  const grip = useRef<{ x: number; width: number } | null>(null);
  const smallest = 120;

  const onMove = (event: PointerEvent<HTMLDivElement>) => {
    if (!grip.current) return;
    setWidth(Math.round(Math.min(room, Math.max(smallest, grip.current.width + event.clientX - grip.current.x))));
  };
  return (
    <Modal
      open
      width={isNarrow ? '100%' : 760}
      title={t('screen.calibration.title')}
      okText={t('screen.calibration.save')}
      cancelText={t('screen.calibration.cancel')}
      onOk={() => onDone(width / lengthMm)}
      onCancel={onCancel}
    >
      <p>{t(isNarrow ? 'screen.calibration.howNarrow' : 'screen.calibration.how')}</p>
      <div className="screen-calibration__card" style={{ width, height: isNarrow ? 150 : Math.min(260, width * 0.63) }}>
        <span>{t('screen.calibration.card', { millimetres: isNarrow ? '54' : '85.6' })}</span>
        <div
          className="screen-calibration__grip"
          onPointerDown={(event) => {
            grip.current = { x: event.clientX, width };
            event.currentTarget.setPointerCapture(event.pointerId);
          }}
          onPointerMove={onMove}
          onPointerUp={() => (grip.current = null)}
          onPointerCancel={() => (grip.current = null)}
        />
      </div>
      <Slider
        min={smallest}
        max={room}
        value={width}
        onChange={setWidth}
        tooltip={{ open: false }}
        ariaLabelForHandle={t('screen.calibration.slider')}
      />
      <p className="screen-calibration__result">
        {t('screen.calibration.result', { pixels: (width / lengthMm).toFixed(2) })}
        <button type="button" className="screen-calibration__forget" onClick={() => onDone(null)}>
          {t('screen.calibration.forget', { pixels: cssPixelsPerMm.toFixed(2) })}
        </button>
      </p>
    </Modal>
  );
}
