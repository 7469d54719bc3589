import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { ReadingView } from '../../../shared/contracts/readings.ts';
import { hasFinalReport } from '../../../shared/rules/reading-queue.ts';
import { useRequest } from '../../connection/wiring.tsx';
import { Elapsed } from '../../ui/Elapsed.tsx';
import { LoadFailed } from '../../ui/LoadFailed.tsx';
import { formatMoment, useServerNow } from '../../ui/time.ts';
import { usePatientWords } from '../patients/use-patient-words.ts';
import { titleOfKinds } from './queue-view.ts';
import { ReadingStage } from './ReadingStage.tsx';
import { ReadingSubject } from './ReadingSubject.tsx';
import './asked-readings.css';

const MOST_DONE = 10;

/** What the clinic asked to be read: what waits, and the newest results. Nothing where it never asked. */
export function ClinicReadings() {
  const { t } = useTranslation();
  const open = useRequest('reading:list', { state: 'open' });
  const done = useRequest('reading:list', { state: 'done' });
  const error = open.error ?? done.error;
  const readings = [...(open.data?.readings ?? []), ...(done.data?.readings.slice(0, MOST_DONE) ?? [])];
  if (!error && readings.length === 0) return null;
  const title = t(titleOfKinds([...new Set(readings.map(({ kind }) => kind))]));
  return (
    <section className="panel" aria-label={title}>
      <h2>{title}</h2>
      {error && (
        <LoadFailed
          error={error}
          onRetry={() => {
            void open.refetch();
            void done.refetch();
          }}
        />
      )}
      <ul className="rows" data-testid="clinic-readings">
        {readings.map((reading) => (
          <ClinicReadingRow key={reading.id} reading={reading} />
        ))}
      </ul>
    </section>
  );
}

function ClinicReadingRow({ reading }: { reading: ReadingView }) {
  const { t } = useTranslation();
  const now = useServerNow();
  const patientWords = usePatientWords();
  return (
    <li data-testid="clinic-reading" data-reading-id={reading.id} data-stage={reading.stage}>
      <Link to={`/patients/${reading.patientId}`} className="asked-reading-row">
        <ReadingStage reading={reading} />
        <span>
          <strong>{reading.patientName}</strong>{' '}
          <span className="secondary">{patientWords(reading.patientSex, reading.patientAgeYears)}</span>
        </span>
        <span className="secondary asked-reading-row-note">
          <ReadingSubject reading={reading} /> {reading.note ?? reading.withdrawnReason}
        </span>
        <span className="figure asked-reading-row-time">
          {formatMoment(reading.requestedAt, now)}
          {reading.closedAt === null && (
            <>
              {' · '}
              <Elapsed since={reading.requestedAt} />
            </>
          )}
        </span>
      </Link>
      <span className="row-badge">
        {hasFinalReport(reading) && (
          <a href={`/api/reports/${reading.reportId}/pdf`} target="_blank" rel="noreferrer">
            {t('case.report.openPdf')}
          </a>
        )}
      </span>
    </li>
  );
}
