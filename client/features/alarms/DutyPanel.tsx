import { Button, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DeskView } from '../../../shared/contracts/alarms.ts';
import { queryKeyOf } from '../../connection/notice-cache.ts';
import { useCommand, useLineStatus, useRequest, useSession, useWiring } from '../../connection/wiring.tsx';
import { Elapsed } from '../../ui/Elapsed.tsx';
import { LoadFailed } from '../../ui/LoadFailed.tsx';
import { Shape, State } from '../../ui/shapes.tsx';
import { formatClock } from '../../ui/time.ts';
import { useToasts } from '../../ui/toasts.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import { useRing, useSoundState } from './sound-context.tsx';
import './duty.css';

/** On and off duty with one press; who else is on, and whether their windows can be heard. */
export function DutyPanel() {
  const { t } = useTranslation();
  const ring = useRing();
  const sound = useSoundState();
  const { cache } = useWiring();
  const { accountId } = useSession();
  const { line } = useLineStatus();
  const toasts = useToasts();
  const errorText = useErrorText();
  const [leaving, setLeaving] = useState(false);
  const duty = useRequest('duty:read', {});
  const keep = ({ desk }: { desk: DeskView }) => {
    const onDuty = desk.onDuty.some((person) => person.accountId === accountId);
    cache.setQueryData(queryKeyOf('duty:read', {}), { desk, onDuty });
  };
  const refused = (error: unknown) => toasts.trouble(errorText(error));
  const start = useCommand('duty:start', { done: keep, refused });
  const end = useCommand('duty:end', { done: keep, refused });

  if (duty.error) return <LoadFailed error={duty.error} onRetry={() => void duty.refetch()} />;
  const { desk, onDuty } = duty.data ?? { desk: null, onDuty: false };
  const startDuty = () => {
    // The ring is heard now, so that nobody finds out in the night that the loudspeaker is off.
    void ring.test();
    if (typeof Notification === 'function' && Notification.permission === 'default') {
      void Notification.requestPermission();
    }
    start.mutate({});
  };
  const endDuty = () => {
    setLeaving(false);
    end.mutate({});
  };
  const isLast = desk !== null && desk.onDuty.every((person) => person.accountId === accountId);
  return (
    <section className="panel duty" data-testid="duty-panel" data-on-duty={onDuty}>
      <div className="row">
        <h2>{t('duty.title')}</h2>
        {duty.data &&
          (onDuty ? (
            <State tone="good" shape="check">
              {t('duty.on')}
            </State>
          ) : (
            <State tone="caution" shape="triangle">
              {t('duty.off')}
            </State>
          ))}
        {sound === 'ready' && (
          <State tone="quiet" shape="sound">
            {t('sound.ready')}
          </State>
        )}
        <span className="row push">
          {sound !== 'muted' && (
            <Button onClick={() => ring.setMuted(true)} data-testid="mute-window">
              {t('sound.mute')}
            </Button>
          )}
          <Button onClick={() => void ring.test()} data-testid="test-ring" disabled={sound === 'muted'}>
            {t('sound.test')}
          </Button>
          {onDuty ? (
            <Button
              data-testid="end-duty"
              loading={end.isPending}
              onClick={() => (isLast ? setLeaving(true) : endDuty())}
            >
              {t('duty.end')}
            </Button>
          ) : (
            <Button type="primary" size="large" data-testid="start-duty" loading={start.isPending} onClick={startDuty}>
              {t('duty.start')}
            </Button>
          )}
        </span>
      </div>
      {(start.isPending || end.isPending) && line !== 'connected' && <p role="status">{t('line.commandWaits')}</p>}
      {desk !== null && desk.onDuty.length === 0 && <p className="secondary">{t('duty.nobody')}</p>}
      <ul className="duty-people">
        {desk?.onDuty.map((person) => (
          <li key={person.accountId} className="row">
            <strong>{person.name}</strong>
            <span className="secondary">
              {t('duty.since', { time: formatClock(person.since, false) })} · <Elapsed since={person.since} />
            </span>
            {person.soundingWindows > 0 ? (
              <State tone="good" shape="sound">
                {t('duty.sounding', { count: person.soundingWindows })}
              </State>
            ) : (
              <State tone="trouble" shape="silent">
                {t(person.windows === 0 ? 'duty.noWindow' : 'duty.noSound')}
              </State>
            )}
          </li>
        ))}
      </ul>
      {desk?.telephone && (
        <p className="secondary">
          <Shape name="phone" size={14} /> {t('duty.telephone', { telephone: desk.telephone })}
        </p>
      )}
      {leaving && (
        <Modal open title={t('duty.leaveTitle')} onCancel={() => setLeaving(false)} footer={null} width={440}>
          <div className="stack">
            <p>{t('duty.leaveHint')}</p>
            <div className="row">
              <Button className="push" onClick={() => setLeaving(false)} autoFocus>
                {t('duty.stay')}
              </Button>
              <Button onClick={endDuty} data-testid="confirm-end-duty">
                {t('duty.end')}
              </Button>
            </div>
          </div>
        </Modal>
      )}
    </section>
  );
}
