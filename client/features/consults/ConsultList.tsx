import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { ConsultRow } from '../../../shared/contracts/consults.ts';
import { useRequest } from '../../connection/wiring.tsx';
import { Elapsed } from '../../ui/Elapsed.tsx';
import { LoadFailed } from '../../ui/LoadFailed.tsx';
import { Segments } from '../../ui/Segments.tsx';
import { formatMoment, useServerNow } from '../../ui/time.ts';
import { usePatientWords } from '../patients/use-patient-words.ts';
import { consultFilters, isOpen, orderConsults, type ConsultFilter } from './consult-order.ts';
import { ConsultState } from './ConsultState.tsx';
import './consults.css';

export interface ConsultListProps {
  title: string;
  emptyHint: string;
  /** Only open cases, and nothing at all where there are none (the top of a clinic's home). */
  onlyOpen?: boolean;
}

/** The consults that this person may open. */
export function ConsultList({ title, emptyHint, onlyOpen }: ConsultListProps) {
  const { t } = useTranslation();
  const [filter, setFilter] = useState<ConsultFilter>(onlyOpen ? 'open' : 'all');
  const list = useRequest('consult:list', { state: 'all' });
  const consults = orderConsults(list.data?.consults ?? [], filter);
  if (onlyOpen && list.data && consults.length === 0) return null;
  return (
    <section className="panel" aria-label={title}>
      <div className="row list-head">
        <h2>{title}</h2>
        {!onlyOpen && (
          <Segments
            className="push"
            label={t('consult.filter.label')}
            segments={consultFilters.map((choice) => ({
              ...{ value: choice, text: t(`consult.filter.${choice}`), testId: `consult-filter-${choice}` },
            }))}
            chosen={filter}
            onChoose={setFilter}
          />
        )}
      </div>
      {list.error && <LoadFailed error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <p role="status">{t('loading')}</p>}
      {list.data && consults.length === 0 && (
        <div className="empty">
          <strong>{t('consult.none')}</strong>
          {emptyHint}
        </div>
      )}
      <ul className="rows" data-testid="consult-list">
        {consults.map((consult) => (
          <ConsultListRow key={consult.id} consult={consult} />
        ))}
      </ul>
    </section>
  );
}

function ConsultListRow({ consult }: { consult: ConsultRow }) {
  const { t } = useTranslation();
  const now = useServerNow();
  const patientWords = usePatientWords();
  return (
    <li data-testid="consult-row" data-consult-id={consult.id} data-state={consult.state}>
      <Link to={`/consults/${consult.id}`} className="consult-row">
        <ConsultState state={consult.state} />
        <span className="consult-row-patient">
          <strong>{consult.patientName}</strong>{' '}
          <span className="secondary">{patientWords(consult.patientSex, consult.patientAgeYears)}</span>
        </span>
        <span className="consult-row-way">
          {consult.fromOrganisationName} <span aria-hidden="true">→</span> {consult.toOrganisationName}
        </span>
        <span className="secondary">
          {consult.acceptedByName !== null && t('consult.acceptedBy', { name: consult.acceptedByName })}
          {consult.outcome !== null && ` · ${t(`consult.outcome.${consult.outcome}`)}`}
        </span>
        <span className="figure consult-row-time">
          {formatMoment(consult.openedAt, now)}
          {isOpen(consult) && (
            <>
              {' · '}
              <Elapsed since={consult.openedAt} />
            </>
          )}
        </span>
      </Link>
    </li>
  );
}
