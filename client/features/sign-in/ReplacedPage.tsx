import { Button } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SessionView } from '../../../shared/contracts/accounts.ts';
import type { Http } from '../../connection/http.ts';
import { retryDelayMs } from '../../connection/retry-delay.ts';
import { Shape } from '../../ui/shapes.tsx';

const asksForNewSession = 6;

/** Somebody else has signed in within this browser: the window says so and does nothing under the new name. */
export function ReplacedPage({ http }: { http: Http }) {
  const { t } = useTranslation();
  const [now, setNow] = useState<SessionView | null>(null);
  useEffect(() => {
    const leave = new AbortController();
    let again: ReturnType<typeof setTimeout> | undefined;
    const ask = (attempt: number) => {
      http.get<SessionView>('/api/session', leave.signal).then(setNow, () => {
        // The hub cuts this window before the other one has its reply, and with it the new cookie.
        if (attempt < asksForNewSession) again = setTimeout(() => ask(attempt + 1), retryDelayMs(attempt));
      });
    };
    ask(1);
    return () => {
      leave.abort();
      clearTimeout(again);
    };
  }, [http]);
  return (
    <main className="full-page" data-testid="session-replaced">
      <Shape name="square" size={44} />
      <h1>
        {now ? t('session.replacedBy', { name: now.name, organisation: now.organisation.name }) : t('session.replaced')}
      </h1>
      <p className="secondary">{t('session.replacedHint')}</p>
      <Button type="primary" size="large" data-testid="go-to-session" onClick={() => window.location.assign('/')}>
        {now ? t('session.continueAs', { name: now.name }) : t('session.goToSignIn')}
      </Button>
    </main>
  );
}
