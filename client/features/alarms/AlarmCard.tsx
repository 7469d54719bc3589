import { useEffect, useRef, useState, type MouseEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Elapsed } from '../../ui/Elapsed.tsx';
import { Shape } from '../../ui/shapes.tsx';
import { formatClock } from '../../ui/time.ts';
import { usePatientWords } from '../patients/use-patient-words.ts';
import type { QueuedAlarm } from './alarm-queue.ts';
import { SoundBar } from './SoundBar.tsx';

export interface AlarmCardProps {
  front: QueuedAlarm;
  others: QueuedAlarm[];
  accepting: boolean;
  lineAway: boolean;
  onAccept: () => void;
  onSilence: () => void;
  onMakeSmall: () => void;
  onShow: (alarmId: string) => void;
}

/**
 * The card comes up under somebody's typing: a key that was meant for the text must not accept a patient. A press of
 * the pointer counts at once.
 */
const keysCountAfterMs = 500;
/** The made-up name of an unknown patient holds place and time. */
const longNameFrom = 10;

/** The ringing alarm over the whole window, readable from three metres. */
export function AlarmCard(props: AlarmCardProps) {
  const { front, others, accepting, lineAway } = props;
  const { alarm, silenced } = front;
  const { t } = useTranslation();
  const patientWords = usePatientWords();
  const dialog = useRef<HTMLDialogElement>(null);
  const acceptButton = useRef<HTMLButtonElement>(null);
  const [shownAt] = useState(() => performance.now());

  useEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    acceptButton.current?.focus();
    return () => shown?.close();
  }, []);

  const unlessMeantForText = (act: () => void) => (event: MouseEvent) => {
    const byKey = event.detail === 0;
    if (!byKey || performance.now() - shownAt > keysCountAfterMs) act();
  };

  return (
    <dialog
      ref={dialog}
      className="alarm-card"
      data-testid="alarm-card"
      data-alarm-id={alarm.id}
      data-others={others.length > 0}
      role="alertdialog"
      aria-labelledby="alarm-words"
      aria-describedby="alarm-facts"
      onCancel={(event) => event.preventDefault()}
    >
      <SoundBar />
      <div className="alarm-card-head">
        <Shape name="triangle" size={96} />
        <h1 id="alarm-words">{t('alarm.chestPain')}</h1>
        <p className="alarm-card-elapsed" aria-label={t('alarm.elapsed')}>
          <Elapsed since={alarm.raisedAt} />
        </p>
      </div>
      <div className="alarm-card-facts" id="alarm-facts">
        <p className="alarm-card-big">{alarm.fromOrganisationName}</p>
        <p className="alarm-card-big" data-long={alarm.patientName.length > longNameFrom}>
          <span>{alarm.patientName}</span>{' '}
          <span className="no-wrap">{patientWords(alarm.patientSex, alarm.patientAgeYears)}</span>
        </p>
        <p className="alarm-card-small">
          {t('alarm.raisedBy', { name: alarm.raisedByName, time: formatClock(alarm.raisedAt) })}
          {alarm.fromTelephone !== null && (
            <span className="no-wrap">
              {' '}
              · {t('telephone')} {alarm.fromTelephone}
            </span>
          )}
        </p>
        <Watchers alarm={alarm} />
      </div>
      <div className="alarm-card-actions">
        <button
          ref={acceptButton}
          type="button"
          className="alarm-card-accept"
          data-testid="accept-alarm"
          disabled={accepting}
          onClick={unlessMeantForText(props.onAccept)}
        >
          {accepting ? t(lineAway ? 'alarm.acceptingAway' : 'alarm.accepting') : t('alarm.accept')}
          {!accepting && <span className="keyboard-key">Enter</span>}
        </button>
        <button
          type="button"
          data-testid="silence-alarm"
          disabled={silenced}
          onClick={unlessMeantForText(props.onSilence)}
        >
          <Shape name={silenced ? 'silent' : 'sound'} size={22} />
          {t(silenced ? 'alarm.silenced' : 'alarm.silence')}
        </button>
        <button type="button" data-testid="shrink-alarm" onClick={unlessMeantForText(props.onMakeSmall)}>
          {t('alarm.makeSmall')}
        </button>
      </div>
      {others.length > 0 && (
        <div className="alarm-card-others" data-testid="alarm-queue">
          <h2>{t('alarm.others', { count: others.length })}</h2>
          <ul>
            {others.map(({ alarm: other }) => (
              <li key={other.id}>
                <button type="button" onClick={() => props.onShow(other.id)}>
                  <strong>{other.fromOrganisationName}</strong> {other.patientName} <Elapsed since={other.raisedAt} />
                </button>
              </li>
            ))}
          </ul>
        </div>
      )}
    </dialog>
  );
}

function Watchers({ alarm }: { alarm: QueuedAlarm['alarm'] }) {
  const { t } = useTranslation();
  const names = alarm.receipts.filter(({ seenAt }) => seenAt !== null).map(({ name }) => name);
  return (
    <p className="alarm-card-small">{names.length > 0 && t('alarm.seenBy', { names: names.join(t('list.comma')) })}</p>
  );
}
