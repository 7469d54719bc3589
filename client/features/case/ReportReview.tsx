import { Button, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ReportView } from '../../../shared/contracts/reports.ts';
import { useCommand } from '../../connection/wiring.tsx';
import { MessageBox } from '../../ui/shapes.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import { ReturnForm } from './ReturnForm.tsx';

/** The second doctor's choice: sign as 审核医师, or return it with a reason. */
export function ReportReview({ report, onChanged }: { report: ReportView; onChanged: () => void }) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const [returning, setReturning] = useState(false);
  const [confirming, setConfirming] = useState(false);
  const done = () => {
    setReturning(false);
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
      {!returning ? (
        <div className="row">
          <Button data-testid="return-report" onClick={() => setReturning(true)}>
            {t('case.report.return')}
          </Button>
          <Button className="push" type="primary" data-testid="review-report" onClick={() => setConfirming(true)}>
            {t('case.report.review')}
          </Button>
        </div>
      ) : (
        <ReturnForm
          pending={giveBack.isPending}
          submitText={t('case.report.return')}
          onReturn={(reason) => giveBack.mutate({ ...step, reason })}
          onCancel={() => setReturning(false)}
        />
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
