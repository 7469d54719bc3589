import { Button, Input } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { queryKeyOf } from '../../connection/notice-cache.ts';
import { useCommand, useRequest, useSession, useWiring } from '../../connection/wiring.tsx';
import { LoadFailed } from '../../ui/LoadFailed.tsx';
import { formatClock } from '../../ui/time.ts';
import { useToasts } from '../../ui/toasts.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';

/** What people write to each other in the case; kept with it. */
export function CaseMessages({ consultId, canWrite }: { consultId: string; canWrite: boolean }) {
  const { t } = useTranslation();
  const { cache } = useWiring();
  const { accountId } = useSession();
  const toasts = useToasts();
  const errorText = useErrorText();
  const [text, setText] = useState('');
  const end = useRef<HTMLLIElement>(null);
  const list = useRequest('consult:list-messages', { consultId });
  const send = useCommand('consult:send-message', {
    done: () => {
      setText('');
      void cache.invalidateQueries({ queryKey: queryKeyOf('consult:list-messages', { consultId }) });
    },
    refused: (error) => toasts.trouble(errorText(error)),
  });
  const messages = list.data?.messages ?? [];
  useEffect(() => {
    // Newer browsers return a promise here, and React takes what an effect returns for its clean-up.
    end.current?.scrollIntoView({ block: 'nearest' });
  }, [messages.length]);
  return (
    <section className="case-messages" aria-label={t('message.title')}>
      {list.error && <LoadFailed error={list.error} onRetry={() => void list.refetch()} />}
      <ul data-testid="messages">
        {list.data && messages.length === 0 && <li className="secondary">{t('case.noMessages')}</li>}
        {messages.map((message) => (
          <li key={message.id} data-own={message.authorAccountId === accountId}>
            <span className="secondary">
              {message.authorName} · {message.organisationName} ·{' '}
              <span className="figure">{formatClock(message.sentAt)}</span>
            </span>
            <p>{message.text}</p>
          </li>
        ))}
        <li ref={end} aria-hidden="true" />
      </ul>
      {canWrite && (
        <form
          className="case-message-form"
          onSubmit={(event) => {
            event.preventDefault();
            if (text.trim() !== '') send.mutate({ consultId, text: text.trim() });
          }}
        >
          <Input
            aria-label={t('message.write')}
            placeholder={t('message.write')}
            maxLength={2000}
            data-testid="message-text"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          <Button htmlType="submit" data-testid="send-message" loading={send.isPending} disabled={text.trim() === ''}>
            {t('message.send')}
          </Button>
        </form>
      )}
    </section>
  );
}
