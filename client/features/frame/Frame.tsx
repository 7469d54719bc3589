import { lazy, Suspense, type ComponentType } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, Route, Routes } from 'react-router';
import { clinicalRoles, clinicRoles } from '../../../shared/rules/roles.ts';
import { useSession } from '../../connection/wiring.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ChestPainButton } from '../alarms/ChestPainButton.tsx';
import { RaiseBar } from '../alarms/RaiseBar.tsx';
import { useRaiseAlarm } from '../alarms/use-raise-alarm.ts';
import { Invitations } from '../consults/Invitations.tsx';
import { HomePage } from '../home/HomePage.tsx';
import { LineBanner } from './LineBanner.tsx';
import { TopBar } from './TopBar.tsx';
import './frame.css';

const PatientPage = lazy(() => import('../patients/PatientPage.tsx'));
const CasePage = lazy<ComponentType>(() => import('../case/CasePage.tsx'));
const DeskAlarmLayer = lazy(() =>
  import('../alarms/DeskAlarmLayer.tsx').then((module) => ({ default: module.DeskAlarmLayer })),
);
const SoundBar = lazy(() => import('../alarms/SoundBar.tsx').then((module) => ({ default: module.SoundBar })));

/** What stands around every screen of a signed-in person. */
export function Frame({ signOut }: { signOut: () => Promise<void> }) {
  const { roles } = useSession();
  const isClinic = clinicRoles.some((role) => roles.includes(role));
  const isDesk = roles.includes('chest-pain-on-call');
  const isClinical = clinicalRoles.some((role) => roles.includes(role));
  return (
    <div className="frame">
      {isDesk && (
        <Suspense>
          <SoundBar />
        </Suspense>
      )}
      {isClinic ? <ClinicHead signOut={signOut} /> : <TopBar signOut={signOut} />}
      <LineBanner />
      {isDesk && (
        <Suspense>
          <DeskAlarmLayer />
        </Suspense>
      )}
      {isClinical && <Invitations />}
      <Suspense fallback={<Loading />}>
        <Routes>
          <Route path="/" element={<HomePage />} />
          {isClinical && (
            <>
              <Route path="/patients/:patientId" element={<PatientPage />} />
              <Route path="/consults/:consultId" element={<CasePage />} />
            </>
          )}
          <Route path="*" element={<NoSuchPage />} />
        </Routes>
      </Suspense>
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
