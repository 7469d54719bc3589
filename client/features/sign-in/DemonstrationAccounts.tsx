import { useTranslation } from 'react-i18next';
import type { Demonstration } from './SignInPage.tsx';

export interface DemonstrationAccountsProps {
  demonstration: Demonstration;
  /** The account that is being signed in. */
  pending: string | null;
  onPick: (username: string) => void;
}

/** The people of the demonstration county, by organisation; one press signs in. */
export function DemonstrationAccounts({ demonstration, pending, onPick }: DemonstrationAccountsProps) {
  const { t } = useTranslation();
  const organisations = [...new Set(demonstration.accounts.map(({ organisation }) => organisation))];
  return (
    <section className="panel stack" aria-label={t('demonstration.title')} data-testid="demonstration-accounts">
      <div>
        <h2>{t('demonstration.title')}</h2>
        <p className="secondary">
          {t('demonstration.passwordOfAll')} <code className="sign-in-code">{demonstration.password}</code>
        </p>
      </div>
      <p>{t('demonstration.profiles')}</p>
      <div className="sign-in-organisations">
        {organisations.map((organisation) => (
          <div key={organisation} className="sign-in-organisation">
            <h3>{organisation}</h3>
            <ul>
              {demonstration.accounts
                .filter((account) => account.organisation === organisation)
                .map((account) => (
                  <li key={account.username}>
                    <button
                      type="button"
                      className="sign-in-account"
                      data-testid={`demo-${account.username}`}
                      disabled={pending !== null}
                      onClick={() => onPick(account.username)}
                    >
                      <span className="sign-in-person">{account.name}</span>
                      <code>{account.username}</code>
                      <span className="secondary">
                        {account.roles.map((role) => t(`role.${role}`)).join(t('list.comma'))}
                      </span>
                    </button>
                  </li>
                ))}
            </ul>
          </div>
        ))}
      </div>
    </section>
  );
}
