import { Button } from 'antd';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useConnection, useLineStatus, useSession, useWiring } from '../../connection/wiring.tsx';
import { LanguageSwitch } from '../../ui/LanguageSwitch.tsx';
import { Shape, State } from '../../ui/shapes.tsx';
import { useToasts } from '../../ui/toasts.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import { SignOutQuestion } from './SignOutQuestion.tsx';

/** Who is signed in, where, as what; the line; and at the right end the emergency key (children) of a clinic. */
export function TopBar({
  signOut,
  way,
  children,
}: {
  signOut: () => Promise<void>;
  /** A way to another screen, always in sight. */
  way?: ReactNode;
  children?: ReactNode;
}) {
  const { t } = useTranslation();
  const session = useSession();
  const connection = useConnection();
  const toasts = useToasts();
  const errorText = useErrorText();
  const [open, setOpen] = useState(false);
  const [asking, setAsking] = useState(false);
  const { ecgUploads, imagingUploads } = useWiring();
  const leave = () => signOut().catch((error: unknown) => toasts.trouble(errorText(error)));
  return (
    <header className="top-bar">
      <button
        type="button"
        className="top-bar-menu"
        aria-label={t('frame.menu')}
        aria-expanded={open}
        data-testid="menu"
        onClick={() => setOpen(!open)}
      >
        <Shape name="menu" size={22} />
      </button>
      <Link to="/" className="top-bar-brand" data-testid="go-home" lang="zh-CN" onClick={() => setOpen(false)}>
        联诊
      </Link>
      {way}
      <div className="top-bar-account" data-open={open}>
        <div className="top-bar-person" data-testid="signed-in-as">
          <strong>{session.name}</strong>
          <span className="secondary">
            {session.organisation.name} · {session.roles.map((role) => t(`role.${role}`)).join(t('list.comma'))}
          </span>
        </div>
        <LineState />
        <LanguageSwitch
          onSwitch={(language) => {
            // The choice follows the account to the next computer; here it has happened already.
            connection.request('account:set-language', { language }).catch(() => undefined);
          }}
        />
        <Button
          data-testid="sign-out"
          onClick={() => {
            if (ecgUploads.unsent.length + imagingUploads.unsent.length > 0) setAsking(true);
            else void leave();
          }}
        >
          {t('frame.signOut')}
        </Button>
        {asking && <SignOutQuestion onStay={() => setAsking(false)} onLeave={leave} />}
      </div>
      {children}
    </header>
  );
}

function LineState() {
  const { t } = useTranslation();
  const { line } = useLineStatus();
  return (
    <span data-testid="line-state" data-line={line}>
      {line === 'connected' ? (
        <State tone="quiet" shape="check">
          {t('line.connected')}
        </State>
      ) : (
        <State tone="caution" shape="ring">
          {t(line === 'connecting' ? 'line.connecting' : 'line.interrupted')}
        </State>
      )}
    </span>
  );
}
