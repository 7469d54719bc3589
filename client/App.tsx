import { ConfigProvider } from 'antd';
import { Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { BrowserRouter, Route, Routes } from 'react-router';
import type { SessionView } from '../shared/contracts/accounts.ts';
import { Http } from './connection/http.ts';
import { lazyScreen } from './connection/load-code.ts';
import { Refusal } from './connection/refusal.ts';
import { retryDelayMs } from './connection/retry-delay.ts';
import { ReplacedPage } from './features/sign-in/ReplacedPage.tsx';
import { SignInPage } from './features/sign-in/SignInPage.tsx';
import { ErrorBoundary } from './ui/ErrorBoundary.tsx';
import { Loading } from './ui/Loading.tsx';
import { antTheme } from './ui/theme.ts';

const SignedIn = lazyScreen(() => import('./SignedIn.tsx'));
const VerificationPage = lazyScreen(() => import('./features/verification/VerificationPage.tsx'));

/** Before sign-in nothing is named; the same for a page of somebody else's sign-in. */
const openHttp = new Http();

type Gate =
  | { kind: 'asking'; attempts: number }
  | { kind: 'signed-out'; afterEnd: boolean }
  | { kind: 'signed-in'; session: SessionView }
  | { kind: 'replaced' };

export function App() {
  return (
    <ConfigProvider theme={antTheme('light')} button={{ autoInsertSpace: false }}>
      <BrowserRouter>
        <ErrorBoundary resetKey="">
          <Suspense fallback={<Loading />}>
            <Routes>
              <Route path="/verify/:code" element={<VerificationPage />} />
              <Route path="*" element={<SessionGate />} />
            </Routes>
          </Suspense>
        </ErrorBoundary>
      </BrowserRouter>
    </ConfigProvider>
  );
}

/** Signed in or not: asks the hub once, and again until it answers. */
function SessionGate() {
  const { t } = useTranslation();
  const [gate, setGate] = useState<Gate>({ kind: 'asking', attempts: 0 });

  useEffect(() => {
    if (gate.kind !== 'asking') return undefined;
    const leave = new AbortController();
    let again: ReturnType<typeof setTimeout> | undefined;
    openHttp.get<SessionView>('/api/session', leave.signal).then(
      (session) => setGate({ kind: 'signed-in', session }),
      (error: unknown) => {
        if (leave.signal.aborted) return;
        if (error instanceof Refusal && error.code === 'unauthenticated') {
          setGate({ kind: 'signed-out', afterEnd: false });
          return;
        }
        const attempts = gate.attempts + 1;
        again = setTimeout(() => setGate({ kind: 'asking', attempts }), retryDelayMs(attempts));
      },
    );
    return () => {
      leave.abort();
      clearTimeout(again);
    };
  }, [gate]);

  switch (gate.kind) {
    case 'asking':
      return <Loading text={gate.attempts === 0 ? t('loading') : t('line.unreachable')} />;
    case 'signed-out':
      return (
        <SignInPage
          http={openHttp}
          afterEnd={gate.afterEnd}
          onSignedIn={(session) => setGate({ kind: 'signed-in', session })}
        />
      );
    case 'replaced':
      return <ReplacedPage http={openHttp} />;
    case 'signed-in':
      return (
        <SignedIn
          key={gate.session.accountId}
          session={gate.session}
          onEnd={(reason) =>
            setGate(reason === 'replaced' ? { kind: 'replaced' } : { kind: 'signed-out', afterEnd: reason === 'ended' })
          }
        />
      );
  }
}
