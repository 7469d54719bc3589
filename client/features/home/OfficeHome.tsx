import { useTranslation } from 'react-i18next';
import { useSession } from '../../connection/wiring.tsx';
import './home.css';

/** The office and the administrator see no patient; what there is for them today, in plain words. */
export default function OfficeHome() {
  const { t } = useTranslation();
  const { name, organisation, roles, username } = useSession();
  const administers = roles.includes('administrator');
  return (
    <main className="page" data-testid="office-home">
      <h1>{t('home.office', { name })}</h1>
      <section className="panel stack">
        <dl className="facts">
          <dt>{t('home.account')}</dt>
          <dd>{username}</dd>
          <dt>{t('home.organisation')}</dt>
          <dd>{organisation.name}</dd>
          <dt>{t('home.roles')}</dt>
          <dd>{roles.map((role) => t(`role.${role}`)).join(t('list.comma'))}</dd>
        </dl>
        <p>{t('home.noPatients')}</p>
        <p>{t(administers ? 'home.administratorNow' : 'home.managerNow')}</p>
        {administers && <pre className="office-commands">npm run hub -- --help</pre>}
      </section>
    </main>
  );
}
