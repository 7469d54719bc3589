import { Button, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AlarmView } from '../../../shared/contracts/alarms.ts';
import { queryKeyOf } from '../../connection/notice-cache.ts';
import { useCommand, useWiring } from '../../connection/wiring.tsx';
import { MessageBox } from '../../ui/shapes.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';

const usualReasons = ['pressed-by-mistake', 'not-chest-pain', 'patient-left'] as const;

/** Takes an alarm back; the desk reads the reason. */
export function WithdrawDialog({ alarm, onClose }: { alarm: AlarmView; onClose: () => void }) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const { cache } = useWiring();
  const [reason, setReason] = useState('');
  const withdraw = useCommand('alarm:withdraw', {
    done: (reply) => {
      cache.setQueryData(queryKeyOf('alarm:read', { consultId: alarm.consultId }), reply);
      onClose();
    },
  });
  return (
    <Modal open title={t('alarm.withdrawTitle')} onCancel={onClose} footer={null} width={480}>
      <form
        className="stack"
        data-testid="withdraw-dialog"
        onSubmit={(event) => {
          event.preventDefault();
          if (reason.trim() !== '') withdraw.mutate({ alarmId: alarm.id, reason: reason.trim() });
        }}
      >
        <p>{t('alarm.withdrawHint')}</p>
        <div className="row">
          {usualReasons.map((usual) => (
            <Button key={usual} onClick={() => setReason(t(`alarm.withdrawReason.${usual}`))}>
              {t(`alarm.withdrawReason.${usual}`)}
            </Button>
          ))}
        </div>
        <div className="field">
          <label htmlFor="withdraw-reason">{t('alarm.reason')}</label>
          <Input
            id="withdraw-reason"
            data-testid="withdraw-reason"
            autoFocus
            maxLength={200}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        </div>
        {withdraw.error && (
          <MessageBox tone="trouble" shape="triangle" live="assertive">
            <p>{errorText(withdraw.error)}</p>
          </MessageBox>
        )}
        <div className="row">
          <Button className="push" onClick={onClose}>
            {t('alarm.keepRinging')}
          </Button>
          <Button
            type="primary"
            htmlType="submit"
            data-testid="confirm-withdraw"
            loading={withdraw.isPending}
            disabled={reason.trim() === ''}
          >
            {t('alarm.withdraw')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
