import { useTranslation } from 'react-i18next';
import { ViewerIcon } from '../viewer-icons.tsx';
import type { VolumeStatus } from './reformat-engine.ts';
import { LEAST_SLICES } from './volume-geometry.ts';

/** How far the block is while the slices are still shown one by one, or why there will be none. */
export function ReformatMessage({
  status,
  locked,
  onClose,
}: {
  status: VolumeStatus;
  locked: boolean;
  onClose(): void;
}) {
  const { t } = useTranslation();
  if (status.kind === 'ready') return null;
  if (status.kind === 'loading') {
    const { ready, total } = status;
    return (
      <div className="iv-reformat-note" role="status" data-testid="reformat-loading">
        <span className="iv-spinner" />
        <span>{t('imaging.viewer.reformat.gathering', { ready, total })}</span>
        {!locked && (
          <button type="button" className="iv-plain" aria-label={t('imaging.viewer.reformat.close')} onClick={onClose}>
            <ViewerIcon name="close" />
          </button>
        )}
      </div>
    );
  }
  return (
    <div className="iv-reformat-refused" role="alert" data-testid="reformat-refused" data-reason={status.reason}>
      <strong>{t('imaging.viewer.reformat.cannot')}</strong>
      <span>
        {t(`imaging.viewer.reformat.refused.${status.reason}`, { count: status.images, least: LEAST_SLICES })}
      </span>
      {!locked && (
        <button type="button" className="iv-button" onClick={onClose}>
          {t('imaging.viewer.reformat.backToSlices')}
        </button>
      )}
    </div>
  );
}
