import { Button, ConfigProvider } from 'antd';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';
import type { PatientView } from '../../../shared/contracts/patients.ts';
import type { ReadingView } from '../../../shared/contracts/readings.ts';
import { hasFinalReport, isOpenReading, runningClaim } from '../../../shared/rules/reading-queue.ts';
import { offeredFindings } from '../../../shared/rules/imaging-critical-findings.ts';
import { finderRoles } from '../../../shared/rules/critical-value.ts';
import { useCommand, useRequest, useSession } from '../../connection/wiring.tsx';
import { Elapsed } from '../../ui/Elapsed.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { LoadFailed } from '../../ui/LoadFailed.tsx';
import { MessageBox, Shape } from '../../ui/shapes.tsx';
import { antTheme } from '../../ui/theme.ts';
import { useServerNow } from '../../ui/time.ts';
import { useToasts } from '../../ui/toasts.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import { useTitle } from '../../ui/use-title.ts';
import { CriticalValues } from '../critical-values/CriticalValues.tsx';
import { ReportCriticalValue } from '../critical-values/ReportCriticalValue.tsx';
import { EcgPanel } from '../ecg/EcgPanel.tsx';
import { PreReadSummary } from '../ecg/PreReadSummary.tsx';
import { usePerson } from '../patients/use-person.ts';
import { isReporter, isReviewer, isWorkFor, neighbour } from './queue-view.ts';
import { ReadingGrade } from './ReadingGrade.tsx';
import { ReadingReport } from './ReadingReport.tsx';
import { ReadingImages } from './ReadingImages.tsx';
import { ReadingStage } from './ReadingStage.tsx';
import { ReadingSubject } from './ReadingSubject.tsx';
import { TimeLeft } from './TimeLeft.tsx';
import { useClaim } from './use-claim.ts';
import { useShortcuts } from './use-shortcuts.ts';
import './readings.css';

/** One reading of the queue: trace or images, what is known of the patient, and the report on one screen. */
export default function ReadingPage() {
  const { readingId = '' } = useParams();
  const read = useRequest('reading:read', { readingId });
  if (read.error && !read.data) {
    return (
      <main className="page">
        <LoadFailed error={read.error} onRetry={() => void read.refetch()} />
      </main>
    );
  }
  if (!read.data) return <Loading />;
  return <Reading key={readingId} reading={read.data.reading} patient={read.data.patient} />;
}

function Reading({ reading, patient }: { reading: ReadingView; patient: PatientView }) {
  const { t, i18n } = useTranslation();
  const session = useSession();
  const navigate = useNavigate();
  const toasts = useToasts();
  const errorText = useErrorText();
  const person = usePerson();
  const now = useServerNow();
  const queue = useRequest('reading:list', { state: 'open' }).data?.readings ?? [];
  const ecgId = reading.kind === 'ecg' ? reading.ecgId : null;
  const ecg = useRequest('ecg:read', { ecgId: ecgId ?? '' }, { enabled: ecgId !== null }).data?.ecg;
  const tells =
    isOpenReading(reading) &&
    session.organisation.id === reading.toOrganisationId &&
    finderRoles.some((role) => session.roles.includes(role));
  const reads =
    session.organisation.id === reading.toOrganisationId &&
    (isReporter(session, reading.kind) || isReviewer(session, reading.kind));
  const flushRef = useRef<() => Promise<void>>(() => Promise.resolve());
  const { claim, retry } = useClaim(reading, () => flushRef.current());
  const waiting = queue.filter((one) => isWorkFor(one, session, now));
  const next = neighbour(queue, reading.id, 1, session, now);
  const previous = neighbour(queue, reading.id, -1, session, now);
  const givenBack = runningClaim(reading.claim, now) === null;
  const title = t(`reading.title.${reading.kind}`);
  useTitle(t('reading.patientWithCount', { count: waiting.length, name: patient.name, title }));

  const toList = () => void navigate('/readings');
  const open = (one: ReadingView | null) => one !== null && void navigate(`/readings/${one.id}`);
  /** Signed: on to whatever is most dangerous now. */
  const goOn = () => {
    const most = waiting.find(({ id }) => id !== reading.id);
    void navigate(most === undefined ? '/readings' : `/readings/${most.id}`);
  };
  const escalate = useCommand('reading:escalate', {
    done: ({ escalatedToConsultId }) => void navigate(`/consults/${escalatedToConsultId}`),
    refused: (error) => toasts.trouble(errorText(error)),
  });
  const [toNext, toPrevious] = [() => open(next), () => open(previous)];
  // Beside images plain letters are the viewer's.
  const modifier = reading.kind === 'imaging' ? 'Alt+' : '';
  const prefix = modifier.toLowerCase();
  useShortcuts({ [`${prefix}n`]: toNext, [`${prefix}p`]: toPrevious, escape: toList });

  return (
    <ConfigProvider theme={antTheme('dark')}>
      <main
        className="reading"
        data-theme="dark"
        data-testid="reading-page"
        data-reading-id={reading.id}
        data-stage={reading.stage}
        data-claim={claim.kind}
      >
        <header className="row reading-head">
          <Button data-testid="back-to-readings" onClick={toList}>
            {t('reading.back')} <kbd className="keyboard-key">Esc</kbd>
          </Button>
          <h1 data-testid="reading-patient">{patient.name}</h1>
          {person(patient) !== '' && <span className="no-wrap">{person(patient)}</span>}
          <span className="secondary">{reading.fromOrganisationName}</span>
          <ReadingGrade grade={reading.grade} kind={reading.kind} />
          <ReadingStage reading={reading} />
          {isOpenReading(reading) && !hasFinalReport(reading) && <TimeLeft dueAt={reading.dueAt} />}
          <span className="row push">
            {tells && (
              <ReportCriticalValue
                consultId={reading.id}
                ecgs={ecg === undefined ? [] : [ecg]}
                words={reading.kind === 'ecg' ? [] : offeredFindings(reading.study.examination, i18n.language)}
              />
            )}
            {reading.escalatedConsultId !== null ? (
              <Link to={`/consults/${reading.escalatedConsultId}`} className="row-badge">
                {t('reading.openCase')}
              </Link>
            ) : (
              isOpenReading(reading) &&
              reads && (
                <Button
                  data-testid="escalate-reading"
                  loading={escalate.isPending}
                  icon={<Shape name="bell" size={16} />}
                  onClick={() => escalate.mutate({ readingId: reading.id })}
                >
                  {t('reading.escalate')}
                </Button>
              )
            )}
            <Button data-testid="previous-in-queue" disabled={previous === null} onClick={() => open(previous)}>
              {t('reading.previous')} <kbd className="keyboard-key">{modifier}P</kbd>
            </Button>
            <Button data-testid="next-in-queue" disabled={next === null} onClick={() => open(next)}>
              {t('reading.next')} <kbd className="keyboard-key">{modifier}N</kbd>
            </Button>
          </span>
        </header>
        <div className="reading-body">
          <div className="reading-trace" data-kind={reading.kind}>
            {reading.kind === 'ecg' ? (
              <EcgPanel ecgId={reading.ecgId} theme="dark" />
            ) : (
              <ReadingImages reading={reading} patient={patient} />
            )}
          </div>
          <aside className="reading-side">
            <dl className="facts reading-facts">
              {reading.kind === 'imaging' && (
                <>
                  <dt>{t('reading.column.study')}</dt>
                  <dd>
                    <ReadingSubject reading={reading} />
                    {reading.study.studyDate !== null && (
                      <span className="secondary figure no-wrap"> {reading.study.studyDate}</span>
                    )}
                  </dd>
                </>
              )}
              <dt>{t('reading.column.note')}</dt>
              <dd data-testid="reading-note">
                {reading.urgent && <strong>{t('reading.hurry')} </strong>}
                {reading.note ?? (reading.urgent ? '' : t('reading.noNote'))}
              </dd>
              <dt>{t('reading.requested')}</dt>
              <dd>
                {reading.requestedByName}
                {isOpenReading(reading) && (
                  <span className="secondary">
                    {' '}
                    · {t('reading.column.waiting')} <Elapsed since={reading.requestedAt} />
                  </span>
                )}
              </dd>
            </dl>
            <CriticalValues consultId={reading.id} canTell={tells} />
            {ecgId !== null && <PreReadSummary ecgId={ecgId} />}
            {claim.kind === 'taken' && (
              <MessageBox tone="caution" shape="half" live="polite" testId="reading-taken">
                <p>{t(givenBack ? 'reading.givenBack' : 'reading.taken', { name: claim.name })}</p>
              </MessageBox>
            )}
            {claim.kind === 'failed' && (
              <MessageBox tone="trouble" shape="triangle" live="assertive">
                <p>{errorText(claim.error)}</p>
              </MessageBox>
            )}
            <ReadingReport reading={reading} claim={claim} flushRef={flushRef} onDone={goOn} />
            {claim.kind === 'taken' && (
              <div className="row">
                {givenBack && (
                  <Button data-testid="take-over" onClick={retry}>
                    {t('reading.takeOver')}
                  </Button>
                )}
                {next !== null && (
                  <Button className="push" type="primary" data-testid="skip-to-next" onClick={() => open(next)}>
                    {t('reading.openNext')}
                  </Button>
                )}
              </div>
            )}
          </aside>
        </div>
      </main>
    </ConfigProvider>
  );
}
