import { Button } from 'antd';
import { useEffect, useEffectEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { AlarmView } from '../../../shared/contracts/alarms.ts';
import { Shape } from '../../ui/shapes.tsx';
import { formatElapsed } from '../../ui/time.ts';

const shownMs = 60_000;

export interface AlarmEndProps {
  alarm: AlarmView;
  ownAccountId: string;
  onOpen: () => void;
  onDismiss: () => void;
}

/** How an alarm ended that rang here: who accepted it (oneself at another window, too), or who withdrew it and why. */
export function AlarmEnd({ alarm, ownAccountId, onOpen, onDismiss }: AlarmEndProps) {
  const { t } = useTranslation();
  const dismiss = useEffectEvent(onDismiss);
  useEffect(() => {
    const timer = setTimeout(() => dismiss(), shownMs);
    return () => clearTimeout(timer);
  }, []);
  const accepted = alarm.state === 'accepted';
  const endedAt = alarm.acceptedAt ?? alarm.withdrawnAt ?? alarm.raisedAt;
  const seconds = formatElapsed(Date.parse(endedAt) - Date.parse(alarm.raisedAt));
  const mine = alarm.acceptedByAccountId === ownAccountId;
  return (
    <section className="alarm-end" role="status" data-testid="alarm-end" data-alarm-id={alarm.id}>
      <Shape name={accepted ? 'check' : 'square'} size={28} />
      <div>
        <p className="alarm-end-words">
          {accepted
            ? t(mine ? 'alarm.acceptedByYouElsewhere' : 'alarm.acceptedBy', { name: alarm.acceptedByName })
            : t('alarm.withdrawnBy', { name: alarm.withdrawnByName })}
        </p>
        <p className="secondary">
          {alarm.fromOrganisationName} · {alarm.patientName} · {t('alarm.after', { elapsed: seconds })}
        </p>
        {!accepted && alarm.withdrawReason !== null && <p>{t('alarm.reasonIs', { reason: alarm.withdrawReason })}</p>}
      </div>
      <div className="row">
        {accepted && <Button onClick={onOpen}>{t('consult.open')}</Button>}
        <Button onClick={onDismiss} data-testid="dismiss-alarm-end">
          {t('action.understood')}
        </Button>
      </div>
    </section>
  );
}
