import { useTranslation } from 'react-i18next';
import type { ReadingView } from '../../../shared/contracts/readings.ts';
import type { ReportView } from '../../../shared/contracts/reports.ts';
import { MessageBox } from '../../ui/shapes.tsx';

/** Images that came after the first signature, of which the report says nothing. */
export function ImagesSince({ reading, report }: { reading: ReadingView; report: ReportView }) {
  const { t } = useTranslation();
  if (reading.kind === 'ecg' || report.imageCount === null) return null;
  const count = reading.study.imageCount - report.imageCount;
  if (count <= 0) return null;
  return (
    <MessageBox tone="caution" shape="triangle" live="polite" testId="images-since">
      <p>{t('reading.imagesSince', { count })}</p>
    </MessageBox>
  );
}
