import { Suspense, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, Route, Routes, useLocation } from 'react-router';
import { clinicalRoles, clinicRoles } from '../../../shared/rules/roles.ts';
import { lazyScreen } from '../../connection/load-code.ts';
import { useSession } from '../../connection/wiring.tsx';
import { ErrorBoundary } from '../../ui/ErrorBoundary.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ChestPainButton } from '../alarms/ChestPainButton.tsx';
import { DeskAlarmLayer } from '../alarms/DeskAlarmLayer.tsx';
import { RaiseBar } from '../alarms/RaiseBar.tsx';
import { SoundBar } from '../alarms/SoundBar.tsx';
import { useRaiseAlarm } from '../alarms/use-raise-alarm.ts';
import { Invitations } from '../consults/Invitations.tsx';
import { CriticalValueLayer } from '../critical-values/CriticalValueLayer.tsx';
import { HomePage } from '../home/HomePage.tsx';
import { kindsReadBy } from '../readings/queue-view.ts';
import { ReadingResultToasts } from '../readings/ReadingResultToasts.tsx';
import { ReadingsLink } from '../readings/ReadingsLink.tsx';
import { LineBanner } from './LineBanner.tsx';
import { TopBar } from './TopBar.tsx';
import { UploadsBar } from './UploadsBar.tsx';
import './frame.css';

const PatientPage = lazyScreen(() => import('../patients/PatientPage.tsx'));
const loadCasePage = () => import('../case/CasePage.tsx');
const CasePage = lazyScreen(loadCasePage);

const ReadingsPage = lazyScreen(() => import('../readings/ReadingsPage.tsx'));
const ReadingPage = lazyScreen(() => import('../readings/ReadingPage.tsx'));
const ReadingTimesPage = lazyScreen(() => import('../reading-times/ReadingTimesPage.tsx'));
const EcgRulesPage = lazyScreen(() => import('../ecg-rules/EcgRulesPage.tsx'));

const prefetchAfterMs = 1500;

/** What stands around every screen of a signed-in person. */
export function Frame({ signOut }: { signOut: () => Promise<void> }) {
  const { roles } = useSession();
  const { pathname } = useLocation();
  const isClinic = clinicRoles.some((role) => roles.includes(role));
  const isDesk = roles.includes('chest-pain-on-call');
  const reads = kindsReadBy({ roles }).length > 0;
  const isClinical = clinicalRoles.some((role) => roles.includes(role));
  useEffect(() => {
    // Whoever presses or accepts must not wait on a weak line for the case's code.
    const prefetch = () =>
      void loadCasePage()
        .then(() => import('../ecg/EcgPanel.tsx'))
        .then(({ prefetchEcgViewer }) => prefetchEcgViewer())
        .catch(() => undefined);
    const timer = setTimeout(() => isClinical && prefetch(), prefetchAfterMs);
    return () => clearTimeout(timer);
  }, [isClinical]);
  return (
    <div className="frame">
      {isDesk && <SoundBar />}
      {isClinic ? (
        <ClinicHead signOut={signOut} />
      ) : (
        <TopBar signOut={signOut} way={reads ? <ReadingsLink /> : undefined} />
      )}
      <LineBanner />
      <UploadsBar />
      {/* Not lazy: an alarm must not depend on code that is still to be fetched. */}
      {isDesk && <DeskAlarmLayer />}
      {isClinic && <CriticalValueLayer />}
      {isClinical && <Invitations />}
      {isClinic && <ReadingResultToasts />}
      <ErrorBoundary resetKey={pathname}>
        <Suspense fallback={<Loading />}>
          <Routes>
            <Route path="/" element={<HomePage />} />
            {isClinical && (
              <>
                <Route path="/patients/:patientId" element={<PatientPage />} />
                <Route path="/consults/:consultId" element={<CasePage />} />
              </>
            )}
            {reads && (
              <>
                <Route path="/readings" element={<ReadingsPage />} />
                <Route path="/readings/:readingId" element={<ReadingPage />} />
                <Route path="/reading-times" element={<ReadingTimesPage />} />
                <Route path="/ecg-rules" element={<EcgRulesPage />} />
              </>
            )}
            <Route path="*" element={<NoSuchPage />} />
          </Routes>
        </Suspense>
      </ErrorBoundary>
    </div>
  );
}

/** The top bar of a clinic carries the emergency key, and right under it what became of a press. */
function ClinicHead({ signOut }: { signOut: () => Promise<void> }) {
  const { state, raise, clear } = useRaiseAlarm();
  return (
    <>
      <TopBar signOut={signOut}>
        <ChestPainButton raising={state.kind === 'raising'} onPress={() => raise()} />
      </TopBar>
      <RaiseBar
        state={state}
        onAnotherPatient={() => raise(true)}
        onRetry={() => raise(state.kind === 'refused' && state.anotherPatient)}
        onClose={clear}
      />
    </>
  );
}

function NoSuchPage() {
  const { t } = useTranslation();
  return (
    <main className="page">
      <div className="panel empty">
        <strong>{t('page.none')}</strong>
        <Link to="/">{t('action.home')}</Link>
      </div>
    </main>
  );
}
