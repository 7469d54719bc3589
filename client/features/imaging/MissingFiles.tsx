import { useTranslation } from 'react-i18next';
import { ToldFiles } from './ToldFiles.tsx';

/** Nobody reads on after so many; their number stands above. */
const mostListed = 200;

/** What the disc's own index names and what was not chosen with it: the doctor must know that images are missing. */
export function MissingFiles({ files, onClose }: { files: readonly string[]; onClose: () => void }) {
  const { t } = useTranslation();
  if (files.length === 0) return null;
  return (
    <ToldFiles
      tone="caution"
      testId="missing-files"
      text={t('media.missing', { count: files.length })}
      onClose={onClose}
    >
      {files.slice(0, mostListed).map((name) => (
        <li key={name}>{name}</li>
      ))}
      {files.length > mostListed && (
        <li className="secondary">{t('media.missingMore', { count: files.length - mostListed })}</li>
      )}
    </ToldFiles>
  );
}
