import { useTranslation } from 'react-i18next';
import { Elapsed } from '../../ui/Elapsed.tsx';
import { Shape } from '../../ui/shapes.tsx';
import type { QueuedAlarm } from './alarm-queue.ts';

export interface AlarmBarProps {
  front: QueuedAlarm;
  count: number;
  accepting: boolean;
  onAccept: () => void;
  onSilence: () => void;
  onExpand: () => void;
}

/** A ringing alarm that the person has put aside, for somebody who is speaking with another patient's clinic. */
export function AlarmBar({
  front: { alarm, silenced },
  count,
  accepting,
  onAccept,
  onSilence,
  onExpand,
}: AlarmBarProps) {
  const { t } = useTranslation();
  return (
    <section className="alarm-bar" role="alert" data-testid="alarm-bar">
      <Shape name="triangle" size={28} />
      <p>
        <strong>{t('alarm.chestPain')}</strong> {alarm.fromOrganisationName} · {alarm.patientName} ·{' '}
        <Elapsed since={alarm.raisedAt} />
        {count > 1 && <span className="no-wrap"> {t('alarm.inAll', { count })}</span>}
      </p>
      <div className="row">
        <button type="button" data-testid="accept-alarm" disabled={accepting} onClick={onAccept}>
          {t(accepting ? 'alarm.accepting' : 'alarm.accept')}
        </button>
        {!silenced && (
          <button type="button" data-testid="silence-alarm" onClick={onSilence}>
            {t('alarm.silence')}
          </button>
        )}
        <button type="button" data-testid="expand-alarm" onClick={onExpand}>
          {t('alarm.expand')}
        </button>
      </div>
    </section>
  );
}
