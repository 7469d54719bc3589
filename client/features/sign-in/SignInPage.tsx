import { Button, Input, type InputRef } from 'antd';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { z } from 'zod';
import type { demonstrationView, SessionView } from '../../../shared/contracts/accounts.ts';
import type { Http } from '../../connection/http.ts';
import { LanguageSwitch } from '../../ui/LanguageSwitch.tsx';
import { MessageBox } from '../../ui/shapes.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import { DemonstrationAccounts } from './DemonstrationAccounts.tsx';
import './sign-in.css';

export type Demonstration = z.infer<typeof demonstrationView>;

export interface SignInPageProps {
  http: Http;
  /** The hub has ended an earlier session of this window (signed out elsewhere, expired). */
  afterEnd: boolean;
  onSignedIn: (session: SessionView) => void;
}

export function SignInPage({ http, afterEnd, onSignedIn }: SignInPageProps) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [pending, setPending] = useState<string | null>(null);
  const [demonstration, setDemonstration] = useState<Demonstration | null>(null);
  const usernameInput = useRef<InputRef>(null);
  const passwordInput = useRef<InputRef>(null);

  useEffect(() => {
    document.title = t('product.title');
  }, [t]);

  useEffect(() => {
    const leave = new AbortController();
    http.get<Demonstration>('/api/demonstration', leave.signal).then(setDemonstration, () => setDemonstration(null));
    return () => leave.abort();
  }, [http]);

  const signIn = async (as: { username: string; password: string }) => {
    setPending(as.username);
    setError(null);
    try {
      onSignedIn(await http.send<SessionView>('POST', '/api/session', as));
    } catch (refusal) {
      setError(refusal);
      setPending(null);
      passwordInput.current?.focus({ cursor: 'all' });
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (pending !== null) return;
    if (username.trim() === '') usernameInput.current?.focus();
    else if (password === '') passwordInput.current?.focus();
    else void signIn({ username: username.trim(), password });
  };

  return (
    <main className="sign-in">
      <header className="sign-in-head">
        <div>
          <h1>
            <span lang="zh-CN">联诊</span> <span className="sign-in-latin">Lianzhen</span>
          </h1>
          <p className="secondary">{t('product.line')}</p>
        </div>
        <LanguageSwitch />
      </header>
      <div className="sign-in-columns">
        <form className="panel stack sign-in-form" onSubmit={submit} aria-label={t('signIn.title')}>
          <h2>{t('signIn.title')}</h2>
          {afterEnd && error === null && (
            <MessageBox tone="info" shape="square" live="polite">
              <p>{t('session.ended')}</p>
            </MessageBox>
          )}
          {error !== null && (
            <MessageBox tone="trouble" shape="triangle" live="assertive" testId="sign-in-error">
              <p>{errorText(error)}</p>
            </MessageBox>
          )}
          <div className="field">
            <label htmlFor="username">{t('signIn.username')}</label>
            <Input
              id="username"
              ref={usernameInput}
              data-testid="username"
              autoComplete="username"
              autoCapitalize="none"
              spellCheck={false}
              autoFocus
              maxLength={64}
              value={username}
              onChange={(event) => setUsername(event.target.value)}
            />
          </div>
          <div className="field">
            <label htmlFor="password">{t('signIn.password')}</label>
            <Input
              id="password"
              ref={passwordInput}
              data-testid="password"
              type="password"
              autoComplete="current-password"
              maxLength={256}
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          </div>
          <Button type="primary" htmlType="submit" size="large" block data-testid="sign-in" loading={pending !== null}>
            {t('signIn.submit')}
          </Button>
        </form>
        {demonstration?.active && (
          <DemonstrationAccounts
            demonstration={demonstration}
            pending={pending}
            onPick={(picked) => {
              setUsername(picked);
              setPassword(demonstration.password ?? '');
              if (demonstration.password !== undefined)
                void signIn({ username: picked, password: demonstration.password });
            }}
          />
        )}
      </div>
    </main>
  );
}
