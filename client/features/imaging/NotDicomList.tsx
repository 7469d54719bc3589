import { useTranslation } from 'react-i18next';
import type { SortedMedia } from './media/sort-media.ts';
import { ToldFiles } from './ToldFiles.tsx';

/** What was chosen and is no image, by name and reason. */
export function NotDicomList(props: { files: SortedMedia['notDicom']; noneTaken: boolean; onClose: () => void }) {
  const { files, noneTaken, onClose } = props;
  const { t } = useTranslation();
  if (files.length === 0 && !noneTaken) return null;
  return (
    <ToldFiles
      tone={noneTaken ? 'trouble' : 'caution'}
      testId={noneTaken ? 'dicom-upload-none' : 'not-dicom'}
      text={noneTaken ? t('media.noneTaken') : t('media.notDicom', { count: files.length })}
      onClose={onClose}
    >
      {files.length > 0 &&
        files.map(({ name, reason }, at) => (
          <li key={at}>
            {name} <span className="secondary">{t(`media.reason.${reason}`)}</span>
          </li>
        ))}
    </ToldFiles>
  );
}
