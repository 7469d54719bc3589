import { Button } from 'antd';
import { Component, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

interface ErrorBoundaryProps {
  /** Another value (the next screen) is a new try. */
  resetKey: string;
  children: ReactNode;
}

/** A screen that breaks, or whose code cannot be fetched, takes nothing else with it: alarms and the line go on. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true };
  }

  override componentDidUpdate(previous: ErrorBoundaryProps): void {
    if (this.state.broken && previous.resetKey !== this.props.resetKey) this.setState({ broken: false });
  }

  override render(): ReactNode {
    return this.state.broken ? <Broken /> : this.props.children;
  }
}

function Broken() {
  const { t } = useTranslation();
  return (
    <main className="full-page" role="alert" data-testid="screen-broken">
      <h1>{t('page.broken')}</h1>
      <p className="secondary">{t('page.brokenHint')}</p>
      <Button type="primary" size="large" onClick={() => window.location.reload()}>
        {t('page.reload')}
      </Button>
    </main>
  );
}
