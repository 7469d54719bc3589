import { Button, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ReportView } from '../../../shared/contracts/reports.ts';
import { useCommand } from '../../connection/wiring.tsx';
import { MessageBox } from '../../ui/shapes.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import { useShortcuts } from './use-shortcuts.ts';

/** The second doctor: confirm and go on, or give it back with a reason. */
export function ReadingReview({ report, onDone }: { report: ReportView; onDone: () => void }) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const [reason, setReason] = useState<string | null>(null);
  const review = useCommand('report:review', { done: onDone });
  const giveBack = useCommand('report:return', { done: onDone });
  const error = review.error ?? giveBack.error;
  const step = { reportId: report.id, version: report.version };
  const busy = review.isPending || giveBack.isPending;
  const confirm = () => {
    if (!busy && reason === null) review.mutate(step);
  };
  useShortcuts({ 'ctrl+enter': confirm, r: () => setReason('') });
  return (
    <div className="stack" data-testid="reading-review">
      {error && (
        <MessageBox tone="trouble" shape="triangle" live="assertive">
          <p>{errorText(error)}</p>
        </MessageBox>
      )}
      {reason === null ? (
        <div className="row reading-actions">
          <Button data-testid="return-report" disabled={busy} onClick={() => setReason('')}>
            {t('case.report.return')} <kbd className="keyboard-key">R</kbd>
          </Button>
          <Button
            className="push"
            type="primary"
            data-testid="confirm-and-next"
            loading={review.isPending}
            onClick={confirm}
          >
            {t('reading.confirmAndNext')} <kbd className="keyboard-key">Ctrl+Enter</kbd>
          </Button>
        </div>
      ) : (
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            if (reason.trim() !== '' && !busy) giveBack.mutate({ ...step, reason: reason.trim() });
          }}
        >
          <Input
            autoFocus
            maxLength={500}
            data-testid="return-text"
            aria-label={t('case.report.returnReason')}
            placeholder={t('case.report.returnReason')}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
          <div className="row">
            <Button onClick={() => setReason(null)}>{t('action.cancel')}</Button>
            <Button
              className="push"
              htmlType="submit"
              type="primary"
              data-testid="confirm-return"
              loading={giveBack.isPending}
              disabled={reason.trim() === ''}
            >
              {t('reading.returnAndNext')}
            </Button>
          </div>
        </form>
      )}
    </div>
  );
}
