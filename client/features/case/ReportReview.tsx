import { Button, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ReportView } from '../../../shared/contracts/reports.ts';
import { useCommand } from '../../connection/wiring.tsx';
import { MessageBox } from '../../ui/shapes.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';

/** The second doctor's choice: sign as 审核医师, or return it with a reason. */
export function ReportReview({ report, onChanged }: { report: ReportView; onChanged: () => void }) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const [reason, setReason] = useState<string | null>(null);
  const [confirming, setConfirming] = useState(false);
  const done = () => {
    setReason(null);
    setConfirming(false);
    onChanged();
  };
  const review = useCommand('report:review', { done });
  const giveBack = useCommand('report:return', { done });
  const error = review.error ?? giveBack.error;
  const step = { reportId: report.id, version: report.version };
  return (
    <div className="stack" data-testid="report-review">
      {error && (
        <MessageBox tone="trouble" shape="triangle" live="assertive">
          <p>{errorText(error)}</p>
        </MessageBox>
      )}
      {reason === null ? (
        <div className="row">
          <Button data-testid="return-report" onClick={() => setReason('')}>
            {t('case.report.return')}
          </Button>
          <Button className="push" type="primary" data-testid="review-report" onClick={() => setConfirming(true)}>
            {t('case.report.review')}
          </Button>
        </div>
      ) : (
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            if (reason.trim() !== '') giveBack.mutate({ ...step, reason: reason.trim() });
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
            <Button className="push" onClick={() => setReason(null)}>
              {t('action.cancel')}
            </Button>
            <Button
              htmlType="submit"
              data-testid="confirm-return"
              loading={giveBack.isPending}
              disabled={reason.trim() === ''}
            >
              {t('case.report.return')}
            </Button>
          </div>
        </form>
      )}
      <Modal
        open={confirming}
        title={t('case.report.reviewTitle')}
        okText={t('case.report.review')}
        cancelText={t('action.cancel')}
        onCancel={() => setConfirming(false)}
        confirmLoading={review.isPending}
        onOk={() => review.mutate(step)}
        okButtonProps={{ id: 'confirm-review' }}
      >
        <p>{t('case.report.reviewHint')}</p>
        <p className="case-impression">{report.content.impression}</p>
      </Modal>
    </div>
  );
}
