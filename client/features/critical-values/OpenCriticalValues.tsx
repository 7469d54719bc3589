import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useRequest, useSession } from '../../connection/wiring.tsx';
import { Elapsed } from '../../ui/Elapsed.tsx';
import { CriticalValueState } from './CriticalValues.tsx';
import './critical-values.css';

/** What this organisation has told or been told, and nobody has read back; nothing where there is nothing. */
export function OpenCriticalValues() {
  const { t } = useTranslation();
  const { organisation } = useSession();
  const values = useRequest('critical-value:list', {}).data?.values ?? [];
  if (values.length === 0) return null;
  return (
    <section className="panel" aria-label={t('criticalValue.openTitle')} data-testid="open-critical-values">
      <h2>
        {t('criticalValue.openTitle')} <span className="figure">{values.length}</span>
      </h2>
      <ul className="rows">
        {values.map((value) => {
          const asked = value.fromOrganisationId === organisation.id;
          const ofReading = asked ? `/patients/${value.patientId}` : `/readings/${value.consultId}`;
          return (
            <li key={value.id}>
              <Link
                className="critical-value-row"
                to={value.consultKind === 'urgent' ? `/consults/${value.consultId}` : ofReading}
              >
                <CriticalValueState value={value} />
                <strong>{value.patientName}</strong>
                <span>{value.finding}</span>
                <span className="secondary">
                  {asked ? value.toOrganisationName : value.fromOrganisationName}{' '}
                  <strong className="figure no-wrap">{(asked ? value.toTelephone : value.fromTelephone) ?? ''}</strong>
                </span>
                <Elapsed since={value.foundAt} />
              </Link>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
