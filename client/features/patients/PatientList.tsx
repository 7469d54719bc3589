import { Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useRequest } from '../../connection/wiring.tsx';
import { LoadFailed } from '../../ui/LoadFailed.tsx';
import { State } from '../../ui/shapes.tsx';
import { formatMoment, useServerNow } from '../../ui/time.ts';
import { useDelayed } from '../../ui/use-delayed.ts';
import { usePerson } from './use-person.ts';

/** The clinic's patients, newest first, with a search. */
export function PatientList() {
  const { t } = useTranslation();
  const person = usePerson();
  const now = useServerNow();
  const [typed, setTyped] = useState('');
  const search = useDelayed(typed.trim(), 250);
  const list = useRequest('patient:list', { ...(search === '' ? {} : { search }), limit: 50 }, { keepPrevious: true });
  return (
    <section className="panel" aria-label={t('patient.list')}>
      <div className="row list-head">
        <h2>{t('patient.list')}</h2>
        <Input
          className="push list-search"
          allowClear
          maxLength={50}
          aria-label={t('patient.search')}
          placeholder={t('patient.search')}
          data-testid="patient-search"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </div>
      {list.error && <LoadFailed error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <p role="status">{t('loading')}</p>}
      {list.data?.patients.length === 0 && (
        <div className="empty">
          <strong>{t(search === '' ? 'patient.none' : 'patient.noneFound')}</strong>
          {t(search === '' ? 'patient.noneHint' : 'patient.noneFoundHint')}
        </div>
      )}
      <ul className="rows" data-testid="patient-list">
        {list.data?.patients.map((patient) => (
          <li key={patient.id}>
            <Link to={`/patients/${patient.id}`} className="row-link">
              <strong>{patient.name}</strong>
              <span className="secondary">{person(patient)}</span>
              <span className="secondary">{patient.ecgCount > 0 && t('ecg.count', { count: patient.ecgCount })}</span>
              <span className="figure secondary">{formatMoment(patient.createdAt, now)}</span>
            </Link>
            {patient.openConsultId === null ? (
              <span className="row-badge" />
            ) : (
              <Link to={`/consults/${patient.openConsultId}`} className="row-badge">
                <State tone="caution" shape="half">
                  {t('consult.openCase')}
                </State>
              </Link>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
