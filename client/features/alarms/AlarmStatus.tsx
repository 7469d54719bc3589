import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AlarmView } from '../../../shared/contracts/alarms.ts';
import { useRequest } from '../../connection/wiring.tsx';
import { Elapsed } from '../../ui/Elapsed.tsx';
import { Shape, State } from '../../ui/shapes.tsx';
import { formatClock, formatElapsed, useServerNow } from '../../ui/time.ts';
import { alarmConcern, alarmSteps, type AlarmStep } from './alarm-steps.ts';
import { TelephoneLink } from './TelephoneLink.tsx';
import { WithdrawDialog } from './WithdrawDialog.tsx';
import './clinic-alarms.css';

export interface AlarmStatusProps {
  alarm: AlarmView;
  /** The asking side may withdraw while it rings. */
  canWithdraw: boolean;
}

/** Whether help is coming: each step of the alarm with who and its seconds, and what stands in the way. */
export function AlarmStatus({ alarm, canWithdraw }: AlarmStatusProps) {
  const { t } = useTranslation();
  const [withdrawing, setWithdrawing] = useState(false);
  const steps = alarmSteps(alarm);
  const waitingFor = alarm.state === 'ringing' ? steps.find(({ by }) => by.length === 0)?.key : undefined;
  return (
    <section
      className="alarm-status"
      data-testid="alarm-status"
      data-state={alarm.state}
      aria-label={t('alarm.status')}
    >
      <div className="row">
        <AlarmStateWord alarm={alarm} />
        <span className="figure">
          {formatClock(alarm.raisedAt)} ·{' '}
          <Elapsed since={alarm.raisedAt} until={alarm.acceptedAt ?? alarm.withdrawnAt} />
        </span>
        <span className="secondary">{t('alarm.toDesk', { desk: alarm.deskOrganisationName })}</span>
        {canWithdraw && alarm.state === 'ringing' && (
          <span className="push">
            <Button onClick={() => setWithdrawing(true)} data-testid="withdraw-alarm">
              {t('alarm.withdraw')}
            </Button>
          </span>
        )}
      </div>
      <Concern alarm={alarm} />
      {alarm.state === 'withdrawn' ? (
        <p data-testid="alarm-withdrawn">
          {t('alarm.withdrawnBy', { name: alarm.withdrawnByName })}
          {alarm.withdrawReason !== null && ` · ${t('alarm.reasonIs', { reason: alarm.withdrawReason })}`}
        </p>
      ) : (
        <ol className="alarm-steps">
          {steps.map((step) => (
            <Step key={step.key} step={step} waiting={step.key === waitingFor} raisedAt={alarm.raisedAt} />
          ))}
        </ol>
      )}
      {withdrawing && <WithdrawDialog alarm={alarm} onClose={() => setWithdrawing(false)} />}
    </section>
  );
}

function AlarmStateWord({ alarm }: { alarm: AlarmView }) {
  const { t } = useTranslation();
  if (alarm.state === 'ringing') {
    return (
      <State tone="alarm" shape="bell">
        {t('alarm.state.ringing')}
      </State>
    );
  }
  return alarm.state === 'accepted' ? (
    <State tone="good" shape="check">
      {t('alarm.state.accepted')}
    </State>
  ) : (
    <State tone="quiet" shape="square">
      {t('alarm.state.withdrawn')}
    </State>
  );
}

function Step({ step, waiting, raisedAt }: { step: AlarmStep; waiting: boolean; raisedAt: string }) {
  const { t } = useTranslation();
  const done = step.by.length > 0;
  return (
    <li data-testid={`alarm-step-${step.key}`} data-done={done} data-waiting={waiting}>
      <Shape name={done ? 'check' : waiting ? 'ring' : 'dot'} size={18} />
      <div>
        <p className="alarm-step-name">
          {t(done ? `alarm.step.${step.key}` : `alarm.stepOpen.${step.key}`)}
          {waiting && (
            <>
              {' '}
              <Elapsed since={raisedAt} />
            </>
          )}
        </p>
        {step.by.map(({ name, afterMs }) => (
          <p key={name} className="secondary">
            {name} <span className="figure">+{formatElapsed(afterMs)}</span>
          </p>
        ))}
      </div>
    </li>
  );
}

function Concern({ alarm }: { alarm: AlarmView }) {
  const { t } = useTranslation();
  const now = useServerNow();
  const desk = useRequest('duty:read', {}, { enabled: alarm.state === 'ringing' }).data?.desk ?? null;
  const soundingWindows =
    desk?.organisationId === alarm.deskOrganisationId
      ? desk.onDuty.reduce((sum, person) => sum + person.soundingWindows, 0)
      : null;
  const concern = alarmConcern(alarm, now, soundingWindows);
  if (concern === null) return null;
  return (
    <div className="alarm-concern" role="alert" data-testid={`alarm-concern-${concern}`}>
      <Shape name="triangle" size={32} />
      <div>
        <p className="alarm-concern-words">{t(`alarm.concern.${concern}`)}</p>
        <p>{t(`alarm.concernHint.${concern}`)}</p>
      </div>
      <TelephoneLink telephone={alarm.deskTelephone} />
    </div>
  );
}
