import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ReportView } from '../../../shared/contracts/reports.ts';
import { useCommand } from '../../connection/wiring.tsx';
import { MessageBox } from '../../ui/shapes.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import { ReturnForm } from '../case/ReturnForm.tsx';
import { useShortcuts } from './use-shortcuts.ts';

/** The second doctor: confirm and go on, or give it back with a reason. */
export function ReadingReview({ report, onDone }: { report: ReportView; onDone: () => void }) {
  // Beside images plain letters are the viewer's.
  const modifier = report.kind === 'imaging' ? 'Alt+' : '';
  const { t } = useTranslation();
  const errorText = useErrorText();
  const [returning, setReturning] = useState(false);
  const review = useCommand('report:review', { done: onDone });
  const giveBack = useCommand('report:return', { done: onDone });
  const error = review.error ?? giveBack.error;
  const step = { reportId: report.id, version: report.version };
  const busy = review.isPending || giveBack.isPending;
  const confirm = () => {
    if (!busy && !returning) review.mutate(step);
  };
  useShortcuts({ 'ctrl+enter': confirm, [`${modifier.toLowerCase()}r`]: () => setReturning(true) });
  return (
    <div className="stack" data-testid="reading-review">
      {error && (
        <MessageBox tone="trouble" shape="triangle" live="assertive">
          <p>{errorText(error)}</p>
        </MessageBox>
      )}
      {!returning ? (
        <div className="row reading-actions">
          <Button data-testid="return-report" disabled={busy} onClick={() => setReturning(true)}>
            {t('case.report.return')} <kbd className="keyboard-key">{modifier}R</kbd>
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
        <ReturnForm
          pending={giveBack.isPending}
          submitText={t('reading.returnAndNext')}
          onReturn={(reason) => giveBack.mutate({ ...step, reason })}
          onCancel={() => setReturning(false)}
        />
      )}
    </div>
  );
}
