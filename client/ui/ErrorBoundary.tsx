import { Button } from 'antd';
import { Component, useEffect, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { CodeReplaced } from '../connection/load-code.ts';

interface ErrorBoundaryProps {
  /** Another value (the next screen) is a new try. */
  resetKey: string;
  children: ReactNode;
}

interface ErrorBoundaryState {
  error: unknown;
}

/** A screen that breaks, or whose code cannot be fetched, takes nothing else with it: alarms and the line go on. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, ErrorBoundaryState> {
  override state: ErrorBoundaryState = { error: null };

  static getDerivedStateFromError(error: unknown): ErrorBoundaryState {
    return { error };
  }

  override componentDidUpdate(previous: ErrorBoundaryProps): void {
    if (this.state.error !== null && previous.resetKey !== this.props.resetKey) this.setState({ error: null });
  }

  override render(): ReactNode {
    const { error } = this.state;
    return error === null ? this.props.children : <Broken updated={error instanceof CodeReplaced} />;
  }
}

const reloadedKey = 'lianzhen.reloaded-at';
const reloadAtMostEveryMs = 60_000;

function Broken({ updated }: { updated: boolean }) {
  const { t } = useTranslation();
  useEffect(() => {
    // The program was updated: the new one has this screen. Not more than once a minute, should it lack it as well.
    const last = Number(sessionStorage.getItem(reloadedKey) ?? 0);
    if (!updated || Date.now() - last < reloadAtMostEveryMs) return;
    sessionStorage.setItem(reloadedKey, String(Date.now()));
    window.location.reload();
  }, [updated]);
  return (
    <main className="full-page" role="alert" data-testid="screen-broken">
      <h1>{t(updated ? 'page.updated' : 'page.broken')}</h1>
      <p className="secondary">{t('page.brokenHint')}</p>
      <Button type="primary" size="large" onClick={() => window.location.reload()}>
        {t('page.reload')}
      </Button>
    </main>
  );
}
