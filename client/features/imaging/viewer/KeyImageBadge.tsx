import { useTranslation } from 'react-i18next';
import { ViewerIcon } from './viewer-icons.tsx';

/** Says on the picture that it is a key image. */
export function KeyImageBadge() {
  const { t } = useTranslation();
  return (
    <div className="iv-key-image" data-testid="key-image-badge">
      <ViewerIcon name="key-image-marked" />
      <span>{t('marks.keyImage')}</span>
    </div>
  );
}
