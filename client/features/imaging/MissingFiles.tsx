import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { MessageBox } from '../../ui/shapes.tsx';

/** Nobody reads on after so many; their number stands above. */
const mostListed = 200;

/** What the disc's own index names and what was not chosen with it: the doctor must know that images are missing. */
export function MissingFiles({ files, onClose }: { files: readonly string[]; onClose: () => void }) {
  const { t } = useTranslation();
  if (files.length === 0) return null;
  return (
    <MessageBox tone="caution" shape="triangle" live="polite" testId="missing-files">
      <div className="row">
        <span>{t('media.missing', { count: files.length })}</span>
        <Button className="push" size="small" onClick={onClose}>
          {t('action.close')}
        </Button>
      </div>
      <details>
        <summary>{t('media.each')}</summary>
        <ul className="not-dicom-list">
          {files.slice(0, mostListed).map((name) => (
            <li key={name}>{name}</li>
          ))}
          {files.length > mostListed && (
            <li className="secondary">{t('media.missingMore', { count: files.length - mostListed })}</li>
          )}
        </ul>
      </details>
    </MessageBox>
  );
}
