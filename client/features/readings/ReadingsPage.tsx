import { Button, ConfigProvider } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import type { ReadingView } from '../../../shared/contracts/readings.ts';
import { countReadings, gradeNames, hasFinalReport } from '../../../shared/rules/reading-queue.ts';
import type { ReportKind } from '../../../shared/rules/signing.ts';
import { useRequest, useSession } from '../../connection/wiring.tsx';
import { Elapsed } from '../../ui/Elapsed.tsx';
import { LoadFailed } from '../../ui/LoadFailed.tsx';
import { Segments } from '../../ui/Segments.tsx';
import { antTheme } from '../../ui/theme.ts';
import { useServerNow } from '../../ui/time.ts';
import { useTitle } from '../../ui/use-title.ts';
import { OpenCriticalValues } from '../critical-values/OpenCriticalValues.tsx';
import { usePatientWords } from '../patients/use-patient-words.ts';
import {
  filterReadings,
  firstFilter,
  isWorkFor,
  kindsReadBy,
  neighbour,
  readingFilters,
  titleOfKinds,
} from './queue-view.ts';
import { ReadingGrade, wordOfGrade } from './ReadingGrade.tsx';
import { ReadingStage } from './ReadingStage.tsx';
import { ReadingSubject } from './ReadingSubject.tsx';
import { TimeLeft } from './TimeLeft.tsx';
import { useShortcuts } from './use-shortcuts.ts';
import './readings.css';

/** The hospital's queue of what one reads: the most dangerous first, then whose time runs out. */
export default function ReadingsPage() {
  const { t } = useTranslation();
  const session = useSession();
  const navigate = useNavigate();
  const now = useServerNow();
  const rows = useRef<HTMLTableSectionElement>(null);
  const [filter, setFilter] = useState(() => firstFilter(session));
  const [grade, setGrade] = useState<number | null>(null);
  const [kind, setKind] = useState<ReportKind | null>(null);
  const kinds = kindsReadBy(session);
  const title = t(titleOfKinds(kinds));
  // An ECG is an ECG; of images it is told which.
  const showsSubject = kinds.includes('imaging');
  const offeredGrades = kinds.includes('ecg') ? gradeNames : gradeNames.filter((name) => name !== 'unremarkable');
  const list = useRequest('reading:list', { state: 'open' });
  const readings = list.data?.readings ?? [];
  const shown = filterReadings(readings, { filter, grade, kind }, session, now);
  const counts = countReadings(readings, now);
  const waiting = readings.filter((reading) => isWorkFor(reading, session, now)).length;
  const next = neighbour(shown, null, 1, session, now) ?? neighbour(readings, null, 1, session, now);
  useTitle(t('reading.titleWithCount', { count: waiting, title }));

  useEffect(() => {
    // Whoever opens the first one must not wait for the code of its screen.
    void import('./ReadingPage.tsx').catch(() => undefined);
  }, []);

  const move = (step: 1 | -1) => {
    const links = [...(rows.current?.querySelectorAll<HTMLElement>('a[data-row]') ?? [])];
    const at = links.indexOf(document.activeElement as HTMLElement);
    links[at < 0 ? (step === 1 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, at + step))]?.focus();
  };
  const open = (reading: ReadingView | null) => reading && void navigate(`/readings/${reading.id}`);
  useShortcuts({
    arrowdown: () => move(1),
    arrowup: () => move(-1),
    n: () => open(next),
    escape: () => void navigate('/'),
  });
  const countOf = {
    all: counts.open,
    mine: undefined,
    unclaimed: counts.unclaimed,
    review: counts.awaitingReview,
    overdue: counts.overdue,
  };

  return (
    <ConfigProvider theme={antTheme('dark')}>
      <main className="readings" data-theme="dark" data-testid="readings-page">
        <header className="row">
          <h1>{title}</h1>
          <Segments
            className="readings-segments"
            label={t('reading.filter.label')}
            segments={readingFilters.map((choice) => ({
              ...{ value: choice, text: t(`reading.filter.${choice}`), count: countOf[choice] },
              testId: `reading-filter-${choice}`,
            }))}
            chosen={filter}
            onChoose={setFilter}
          />
          <Segments
            className="readings-segments"
            label={t('reading.filter.grade')}
            segments={offeredGrades.map((name) => ({
              value: gradeNames.indexOf(name) + 1,
              text: t(`reading.grade.${wordOfGrade(name, kinds.includes('ecg') ? 'ecg' : 'imaging')}`),
              count: counts.byGrade[name],
              testId: `reading-grade-${gradeNames.indexOf(name) + 1}`,
            }))}
            chosen={grade}
            onChoose={(wanted) => setGrade(grade === wanted ? null : wanted)}
          />
          {kinds.length > 1 && (
            <Segments
              className="readings-segments"
              label={t('reading.filter.kind')}
              segments={kinds.map((one) => ({
                value: one,
                text: t(`reading.title.${one}`),
                count: readings.filter((reading) => reading.kind === one).length,
                testId: `reading-kind-${one}`,
              }))}
              chosen={kind}
              onChoose={(wanted) => setKind(kind === wanted ? null : wanted)}
            />
          )}
          <Button
            className="push"
            type="primary"
            data-testid="next-reading"
            disabled={next === null}
            onClick={() => open(next)}
          >
            {t('reading.openNext')} <kbd className="keyboard-key">N</kbd>
          </Button>
        </header>
        <OpenCriticalValues />
        {list.error && <LoadFailed error={list.error} onRetry={() => void list.refetch()} />}
        {list.isPending && <p role="status">{t('loading')}</p>}
        {list.data && shown.length === 0 && (
          <div className="panel empty" data-testid="readings-empty">
            <strong>{t(readings.length === 0 ? 'reading.none' : 'reading.noneShown')}</strong>
            {t(readings.length === 0 ? 'reading.noneHint' : 'reading.noneShownHint')}
          </div>
        )}
        {shown.length > 0 && (
          <div className="readings-scroll">
            <table className="readings-table">
              <thead>
                <tr>
                  <th scope="col">{t('reading.column.grade')}</th>
                  <th scope="col">{t('reading.column.left')}</th>
                  <th scope="col">{t('reading.column.patient')}</th>
                  {showsSubject && <th scope="col">{t('reading.column.study')}</th>}
                  <th scope="col">{t('reading.column.note')}</th>
                  <th scope="col">{t('reading.column.from')}</th>
                  <th scope="col">{t('reading.column.waiting')}</th>
                  <th scope="col">{t('reading.column.stage')}</th>
                </tr>
              </thead>
              <tbody ref={rows}>
                {shown.map((reading) => (
                  <ReadingRow key={reading.id} reading={reading} showsSubject={showsSubject} />
                ))}
              </tbody>
            </table>
          </div>
        )}
        <p className="secondary readings-foot">
          {t(`reading.gradeHint.${kinds.length === 1 ? kinds[0]! : 'both'}`)}{' '}
          <span className="readings-keys">{t('reading.listKeys')}</span>{' '}
          {kinds.includes('ecg') && (
            <Link to="/ecg-rules" className="no-wrap" data-testid="go-ecg-rules">
              {t('ecgRules.link')}
            </Link>
          )}{' '}
          <Link to="/reading-times" className="no-wrap" data-testid="go-reading-times">
            {t('readingTimes.link')}
          </Link>
        </p>
      </main>
    </ConfigProvider>
  );
}

function ReadingRow({ reading, showsSubject }: { reading: ReadingView; showsSubject: boolean }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const patientWords = usePatientWords();
  const to = `/readings/${reading.id}`;
  return (
    <tr
      data-testid="reading-row"
      data-reading-id={reading.id}
      data-stage={reading.stage}
      data-grade={reading.grade}
      onClick={() => void navigate(to)}
    >
      <td>
        <ReadingGrade grade={reading.grade} kind={reading.kind} />
      </td>
      <td className="readings-left">{!hasFinalReport(reading) && <TimeLeft dueAt={reading.dueAt} />}</td>
      <td className="readings-patient">
        <Link to={to} data-row>
          {reading.patientName}
        </Link>{' '}
        <span className="secondary no-wrap">{patientWords(reading.patientSex, reading.patientAgeYears)}</span>
      </td>
      {showsSubject && (
        <td className="readings-subject">
          <ReadingSubject reading={reading} />
        </td>
      )}
      <td className="readings-note">
        {reading.urgent && <strong className="no-wrap">{t('reading.hurry')} </strong>}
        {reading.note}
      </td>
      <td className="readings-from">{reading.fromOrganisationName}</td>
      <td className="readings-waiting" data-label={t('reading.column.waiting')}>
        <Elapsed since={reading.requestedAt} />
      </td>
      <td className="readings-stage">
        <ReadingStage reading={reading} />
        {reading.stage !== 'unread' && reading.reporterName !== null && (
          <span className="secondary no-wrap"> {reading.reporterName}</span>
        )}
        {reading.escalatedConsultId !== null && (
          <span className="readings-escalated no-wrap"> {t('reading.escalated')}</span>
        )}
      </td>
    </tr>
  );
}
