import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { DisplayFrame } from '../../../../shared/dicom/pixels/display-frame.ts';
import type { ViewerSeries } from './series-frames.ts';
import { drawThumbnail } from './thumbnail.ts';
import { ViewerIcon } from './viewer-icons.tsx';

export interface SeriesStripProps {
  series: readonly ViewerSeries[];
  activeUid: string | undefined;
  /** The study that is read; its series are marked among those of others. */
  readUid: string | undefined;
  locked: boolean;
  images(series: ViewerSeries): number;
  /** How many of them are key images. */
  keyImages(series: ViewerSeries): number;
  /** Address of the hub's small picture of a series, once it is there. */
  thumbnailOf(series: ViewerSeries): string | undefined;
  /** What stands for a series that the hub has no small picture of, once it is there. */
  pictureOf(series: ViewerSeries): DisplayFrame | undefined;
  onSelect(series: ViewerSeries): void;
}

/** All series of the case; the one on the screen is marked. */
export function SeriesStrip({
  series,
  activeUid,
  readUid,
  locked,
  images,
  keyImages,
  thumbnailOf,
  pictureOf,
  onSelect,
}: SeriesStripProps) {
  const { t } = useTranslation();
  const marksRead = series.some(({ studyInstanceUid }) => studyInstanceUid !== readUid);
  return (
    <nav className="iv-strip" aria-label={t('imaging.viewer.seriesList')}>
      {series.map((one) => (
        <button
          key={one.seriesInstanceUid}
          type="button"
          className="iv-series"
          aria-current={one.seriesInstanceUid === activeUid ? 'true' : undefined}
          disabled={locked && one.seriesInstanceUid !== activeUid}
          data-series-button={one.seriesInstanceUid}
          onClick={() => onSelect(one)}
        >
          <Thumbnail url={thumbnailOf(one)} frame={pictureOf(one)} />
          <span className="iv-series-words">
            <strong>{one.modality}</strong>
            {marksRead && one.studyInstanceUid === readUid && (
              <span className="iv-series-read">{t('imaging.viewer.readStudy')}</span>
            )}
            <span className="iv-series-name">{one.description ?? t('imaging.viewer.unnamedSeries')}</span>
            {one.studyDate && <span>{one.studyDate}</span>}
            <span>{t('imaging.viewer.images', { count: images(one) })}</span>
            {keyImages(one) > 0 && (
              <span className="iv-series-keys" aria-label={t('marks.keyImagesHere', { count: keyImages(one) })}>
                <ViewerIcon name="key-image-marked" />
                {keyImages(one)}
              </span>
            )}
          </span>
        </button>
      ))}
    </nav>
  );
}

const THUMBNAIL_PX = 112;

function Thumbnail({ url, frame }: { url: string | undefined; frame: DisplayFrame | undefined }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current && frame) drawThumbnail(canvas.current, frame);
  }, [url, frame]);
  if (url) return <img className="iv-thumbnail" src={url} alt="" draggable={false} data-testid="series-thumbnail" />;
  return <canvas ref={canvas} className="iv-thumbnail" width={THUMBNAIL_PX} height={THUMBNAIL_PX} />;
}
