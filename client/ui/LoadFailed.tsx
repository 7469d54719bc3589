import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { MessageBox } from './shapes.tsx';
import { useErrorText } from './use-error-text.ts';

/** What could not be read, why, and one button to read it again. */
export function LoadFailed({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  return (
    <MessageBox tone="trouble" shape="triangle" live="polite" testId="load-failed">
      <div className="row">
        <span>{errorText(error)}</span>
        <Button onClick={onRetry}>{t('action.tryAgain')}</Button>
      </div>
    </MessageBox>
  );
}
