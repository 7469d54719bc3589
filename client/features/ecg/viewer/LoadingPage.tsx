import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import type { LongRecording } from './long-recording.ts';
import { ReadingControls } from './ReadingControls.tsx';

/** Says of a page of a long recording that its samples are on their way, or did not come. */
export function LoadingPage(props: Pick<LongRecording, 'state' | 'onRetry'> & { theme: 'light' | 'dark' }) {
  const { state, onRetry, theme } = props;
  const { t } = useTranslation();
  if (state === 'here') return null;
  return (
    <p className="ecg-loading-page" role="status" data-testid="ecg-page-state" data-state={state}>
      {t(`ecg.viewer.long.${state}`)}
      {state === 'failed' && (
        <ReadingControls theme={theme}>
          <Button size="small" onClick={onRetry}>
            {t('ecg.viewer.long.retry')}
          </Button>
        </ReadingControls>
      )}
    </p>
  );
}
