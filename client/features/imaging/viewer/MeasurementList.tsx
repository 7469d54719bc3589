import { useTranslation } from 'react-i18next';
import type { DisplayFrame } from '../../../../shared/dicom/pixels/display-frame.ts';
import type { Measurement } from './measurement.ts';
import { measurementWords } from './measurement-words.ts';
import { ViewerIcon } from './viewer-icons.tsx';

/** One measurement with the place it was drawn at. */
export interface ListedMeasurement {
  measurement: Measurement;
  /** 1-based place in its stack; 0 when this side's list does not have the image. */
  position: number;
  seriesLabel: string;
  /** Its picture, while that is in memory. */
  frame: DisplayFrame | undefined;
}

/** All measurements of the shared view; a press goes to the image. */
export function MeasurementList({
  listed,
  selectedId,
  locked,
  onGoTo,
  onRemove,
  onClose,
}: {
  listed: readonly ListedMeasurement[];
  selectedId: string | null;
  locked: boolean;
  onGoTo(measurement: Measurement): void;
  onRemove(measurement: Measurement): void;
  onClose(): void;
}) {
  const { t } = useTranslation();
  return (
    <aside className="iv-list" aria-label={t('imaging.viewer.measurements')} data-testid="measurement-list">
      <header>
        <strong>{t('imaging.viewer.measurementCount', { count: listed.length })}</strong>
        <button type="button" className="iv-plain" aria-label={t('imaging.viewer.close')} onClick={onClose}>
          <ViewerIcon name="close" />
        </button>
      </header>
      {listed.length === 0 && <p>{t('imaging.viewer.nothingMeasured')}</p>}
      <ol>
        {listed.map(({ measurement, position, seriesLabel, frame }) => (
          <li key={measurement.id} aria-current={measurement.id === selectedId ? 'true' : undefined}>
            <button
              type="button"
              className="iv-list-go"
              disabled={locked || position === 0}
              data-go-to={measurement.id}
              onClick={() => onGoTo(measurement)}
            >
              <ViewerIcon name={measurement.type} />
              <span>
                <span>{`${t(`imaging.viewer.tool.${measurement.type}`)} `}</span>
                <span className="iv-list-value">
                  {frame ? measurementWords(measurement, frame, t)[0] : measurement.text}
                </span>
                <span className="iv-list-place">
                  {position > 0 ? t('imaging.viewer.onImage', { position }) : t('imaging.viewer.imageElsewhere')}
                  {` ${seriesLabel}`}
                </span>
              </span>
            </button>
            <button
              type="button"
              className="iv-plain"
              aria-label={t('imaging.viewer.remove')}
              disabled={locked}
              onClick={() => onRemove(measurement)}
            >
              <ViewerIcon name="remove" />
            </button>
          </li>
        ))}
      </ol>
    </aside>
  );
}
