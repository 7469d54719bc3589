import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { MessageBox } from '../../ui/shapes.tsx';
import type { SortedMedia } from './media/sort-media.ts';

/** What was chosen and is no image, by name and reason. */
export function NotDicomList(props: { files: SortedMedia['notDicom']; noneTaken: boolean; onClose: () => void }) {
  const { files, noneTaken, onClose } = props;
  const { t } = useTranslation();
  if (files.length === 0 && !noneTaken) return null;
  return (
    <MessageBox
      tone={noneTaken ? 'trouble' : 'caution'}
      shape="triangle"
      live="polite"
      testId={noneTaken ? 'dicom-upload-none' : 'not-dicom'}
    >
      <div className="row">
        <span>{noneTaken ? t('media.noneTaken') : t('media.notDicom', { count: files.length })}</span>
        <Button className="push" size="small" onClick={onClose}>
          {t('action.close')}
        </Button>
      </div>
      {files.length > 0 && (
        <details>
          <summary>{t('media.each')}</summary>
          <ul className="not-dicom-list">
            {files.map(({ name, reason }, at) => (
              <li key={at}>
                {name} <span className="secondary">{t(`media.reason.${reason}`)}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </MessageBox>
  );
}
