import { useTranslation } from 'react-i18next';
import type { ReadingView } from '../../../shared/contracts/readings.ts';

/** What is read, in a few words: an ECG, or the examination with what its study calls itself. */
export function ReadingSubject({ reading }: { reading: ReadingView }) {
  const { t } = useTranslation();
  if (reading.kind === 'ecg') return <span className="no-wrap">{t('reading.ecg')}</span>;
  const { examination, modalities, description, imageCount } = reading.study;
  const isOther = examination === 'other' && modalities.length > 0;
  return (
    <span className="reading-subject" data-testid="reading-subject" data-examination={examination}>
      <strong className="no-wrap">{isOther ? modalities.join('/') : t(`reading.examination.${examination}`)}</strong>{' '}
      {description} <span className="figure no-wrap">{t('reading.images', { count: imageCount })}</span>
    </span>
  );
}
