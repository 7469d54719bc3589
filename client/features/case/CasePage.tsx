import { Button, Input } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { clinicRoles } from '../../../shared/rules/roles.ts';
import { queryKeyOf } from '../../connection/notice-cache.ts';
import { useCommand, useConnection, useRequest, useSession, useWiring } from '../../connection/wiring.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { LoadFailed } from '../../ui/LoadFailed.tsx';
import { formatClock } from '../../ui/time.ts';
import { useToasts } from '../../ui/toasts.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import { useTitle } from '../../ui/use-title.ts';
import { AlarmStatus } from '../alarms/AlarmStatus.tsx';
import { ConsultState } from '../consults/ConsultState.tsx';
import { EcgSection } from '../ecg/EcgSection.tsx';
import { PatientFacts } from '../patients/PatientFacts.tsx';

/** One consult: the patient, how far help has come, the ECGs, the messages. */
export default function CasePage() {
  const { consultId = '' } = useParams();
  const connection = useConnection();
  const session = useSession();
  const consult = useRequest('consult:read', { consultId });
  const alarm = useRequest('alarm:read', { consultId });
  useTitle(consult.data?.consult.patient.name);
  // The case's notices come to this window while it looks at it; after a cut it says so anew.
  useEffect(() => {
    const stop = connection.onConnected(
      () => void connection.request('viewing:open', { consultId }).catch(() => undefined),
    );
    return () => {
      stop();
      void connection.request('viewing:leave', { consultId }).catch(() => undefined);
    };
  }, [connection, consultId]);

  const error = consult.error ?? alarm.error;
  if (error) {
    const retry = () => {
      void consult.refetch();
      void alarm.refetch();
    };
    return (
      <main className="page">
        <LoadFailed error={error} onRetry={retry} />
      </main>
    );
  }
  if (!consult.data || !alarm.data) return <Loading />;
  const { patient, state, fromOrganisationId } = consult.data.consult;
  const isAskingSide =
    session.organisation.id === fromOrganisationId && clinicRoles.some((role) => session.roles.includes(role));
  return (
    <main className="page" data-testid="case-page" data-consult-id={consultId}>
      <div className="row">
        <PatientFacts patient={patient} />
        <span className="push">
          <ConsultState state={state} />
        </span>
      </div>
      <AlarmStatus alarm={alarm.data.alarm} canWithdraw={isAskingSide} />
      <EcgSection patientId={patient.id} consultId={consultId} canUpload={isAskingSide} />
      <Messages consultId={consultId} />
    </main>
  );
}

function Messages({ consultId }: { consultId: string }) {
  const { t } = useTranslation();
  const { cache } = useWiring();
  const toasts = useToasts();
  const errorText = useErrorText();
  const [text, setText] = useState('');
  const list = useRequest('consult:list-messages', { consultId });
  const send = useCommand('consult:send-message', {
    done: () => {
      setText('');
      void cache.invalidateQueries({ queryKey: queryKeyOf('consult:list-messages', { consultId }) });
    },
    refused: (error) => toasts.trouble(errorText(error)),
  });
  return (
    <section className="panel stack" aria-label={t('message.title')}>
      <h2>{t('message.title')}</h2>
      {list.error && <LoadFailed error={list.error} onRetry={() => void list.refetch()} />}
      <ul className="stack" data-testid="messages">
        {list.data?.messages.map((message) => (
          <li key={message.id}>
            <p className="secondary">
              {message.authorName} · {message.organisationName} ·{' '}
              <span className="figure">{formatClock(message.sentAt)}</span>
            </p>
            <p>{message.text}</p>
          </li>
        ))}
      </ul>
      <form
        className="row"
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() !== '') send.mutate({ consultId, text: text.trim() });
        }}
      >
        <Input
          style={{ flex: 1 }}
          aria-label={t('message.write')}
          placeholder={t('message.write')}
          maxLength={2000}
          data-testid="message-text"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <Button
          htmlType="submit"
          type="primary"
          data-testid="send-message"
          loading={send.isPending}
          disabled={text.trim() === ''}
        >
          {t('message.send')}
        </Button>
      </form>
    </section>
  );
}
