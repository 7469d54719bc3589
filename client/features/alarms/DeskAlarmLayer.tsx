import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import type { AlarmView } from '../../../shared/contracts/alarms.ts';
import { useCommand, useConnection, useLineStatus, useSession } from '../../connection/wiring.tsx';
import { useToasts } from '../../ui/toasts.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import { AlarmBar } from './AlarmBar.tsx';
import { AlarmCard } from './AlarmCard.tsx';
import { AlarmEnd } from './AlarmEnd.tsx';
import { ringingAlarms, soundsAloud, unreadEnds } from './alarm-queue.ts';
import { useSoundState } from './sound-context.tsx';
import { useAlarmQueue } from './use-alarm-queue.ts';
import { useAlarmTitle, useRinging, useSystemNotification } from './use-alarm-signals.ts';
import './desk-alarms.css';

/** Over every screen of a chest-pain desk: rings, shows, and takes the answer. */
export function DeskAlarmLayer() {
  const { t } = useTranslation();
  const connection = useConnection();
  const { line } = useLineStatus();
  const session = useSession();
  const navigate = useNavigate();
  const toasts = useToasts();
  const errorText = useErrorText();
  const canSound = useSoundState() === 'ready';
  const [queue, tell] = useAlarmQueue(canSound);
  const [frontId, setFrontId] = useState<string | null>(null);
  const [smallIds, setSmallIds] = useState<readonly string[]>([]);
  const [acceptedHere, setAcceptedHere] = useState<readonly string[]>([]);

  const ringing = ringingAlarms(queue);
  const front =
    ringing.find(({ alarm }) => alarm.id === frontId) ??
    ringing.find(({ alarm }) => !smallIds.includes(alarm.id)) ??
    ringing[0];
  const isSmall = front !== undefined && ringing.every(({ alarm }) => smallIds.includes(alarm.id));
  const words = front ? t('alarm.titleWords', { clinic: front.alarm.fromOrganisationName }) : null;

  useRinging(soundsAloud(queue));
  useAlarmTitle(words);
  useSystemNotification(front?.alarm, words ?? '');

  // The clinic must know whether the desk can hear it: said at every connect and every change.
  useEffect(() => {
    if (line !== 'connected') return;
    connection.request('duty:report-window', { canSound }).catch(() => undefined);
  }, [connection, line, canSound]);

  const accept = useCommand('alarm:accept', {
    done: ({ alarm }) => {
      tell({ type: 'told', alarm });
      tell({ type: 'dismissed', alarmId: alarm.id });
      void navigate(`/consults/${alarm.consultId}`);
    },
  });
  const acceptAlarm = (alarm: AlarmView) => {
    setAcceptedHere([...acceptedHere, alarm.id]);
    accept.mutate(
      { alarmId: alarm.id },
      {
        onError: (refusal) => {
          setAcceptedHere((ids) => ids.filter((id) => id !== alarm.id));
          if (refusal.code !== 'alarm-already-accepted' && refusal.code !== 'alarm-withdrawn') {
            toasts.trouble(errorText(refusal));
          }
          // Somebody was quicker, or it was withdrawn: the alarm itself says by whom.
          connection.request('alarm:read', { consultId: alarm.consultId }).then(
            (reply) => tell({ type: 'told', alarm: reply.alarm }),
            () => undefined,
          );
        },
      },
    );
  };
  const isAccepting = accept.isPending && accept.variables.alarmId === front?.alarm.id;
  const ends = unreadEnds(queue).filter(({ id }) => !acceptedHere.includes(id));

  return (
    <>
      {front && !isSmall && (
        <AlarmCard
          key={front.alarm.id}
          front={front}
          others={ringing.filter(({ alarm }) => alarm.id !== front.alarm.id)}
          accepting={isAccepting}
          lineAway={line !== 'connected'}
          onAccept={() => acceptAlarm(front.alarm)}
          onSilence={() => {
            for (const { alarm } of ringing) tell({ type: 'silenced', alarmId: alarm.id });
          }}
          onMakeSmall={() => {
            setFrontId(null);
            setSmallIds(ringing.map(({ alarm }) => alarm.id));
          }}
          onShow={setFrontId}
        />
      )}
      {front && isSmall && (
        <AlarmBar
          front={front}
          count={ringing.length}
          accepting={isAccepting}
          onAccept={() => acceptAlarm(front.alarm)}
          onSilence={() => {
            for (const { alarm } of ringing) tell({ type: 'silenced', alarmId: alarm.id });
          }}
          onExpand={() => setSmallIds([])}
        />
      )}
      {ends.map((alarm) => (
        <AlarmEnd
          key={alarm.id}
          alarm={alarm}
          ownAccountId={session.accountId}
          onOpen={() => {
            tell({ type: 'dismissed', alarmId: alarm.id });
            void navigate(`/consults/${alarm.consultId}`);
          }}
          onDismiss={() => tell({ type: 'dismissed', alarmId: alarm.id })}
        />
      ))}
    </>
  );
}
