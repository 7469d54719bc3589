import { Button, ConfigProvider, Tabs } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import type { ConsultView } from '../../../shared/contracts/consults.ts';
import { finderRoles, isOpenCriticalValue } from '../../../shared/rules/critical-value.ts';
import { clinicRoles } from '../../../shared/rules/roles.ts';
import type { Call } from '../../call/call.ts';
import { useRequest, useSession } from '../../connection/wiring.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { LoadFailed } from '../../ui/LoadFailed.tsx';
import { antTheme } from '../../ui/theme.ts';
import { useTitle } from '../../ui/use-title.ts';
import { AlarmStatus } from '../alarms/AlarmStatus.tsx';
import { ConsultState } from '../consults/ConsultState.tsx';
import { CriticalValues, CriticalValueState } from '../critical-values/CriticalValues.tsx';
import { ReportCriticalValue } from '../critical-values/ReportCriticalValue.tsx';
import { prefetchEcgViewer } from '../ecg/EcgPanel.tsx';
import { IdentifyDialog } from '../patients/IdentifyDialog.tsx';
import { PatientFacts } from '../patients/PatientFacts.tsx';
import { CaseCall } from './CaseCall.tsx';
import { CaseEcg } from './CaseEcg.tsx';
import { CaseImaging } from './CaseImaging.tsx';
import { CaseMessages } from './CaseMessages.tsx';
import { CasePeople } from './CasePeople.tsx';
import { CaseReferral } from './CaseReferral.tsx';
import { CaseReports } from './CaseReports.tsx';
import { CaseTimeline } from './CaseTimeline.tsx';
import { CloseConsult } from './CloseConsult.tsx';
import { LeadBar } from './LeadBar.tsx';
import { useSharedViewing } from './use-shared-viewing.ts';
import './case.css';

/** One consult: the patient and how far help has come, what both sides look at, the room, the words, the report. */
export default function CasePage() {
  const { consultId = '' } = useParams();
  const consult = useRequest('consult:read', { consultId });
  // What stands above the room decides where its key is: the page comes with it, not before.
  const alarm = useRequest('alarm:read', { consultId });
  useTitle(consult.data?.consult.patient.name);
  // What was read once stays, and the room with it: a later read may fail on a weak line and is made again.
  if (consult.error && !consult.data) {
    return (
      <main className="page">
        <LoadFailed error={consult.error} onRetry={() => void consult.refetch()} />
      </main>
    );
  }
  if (!consult.data || alarm.isPending) return <Loading />;
  return <Case key={consultId} consult={consult.data.consult} />;
}

type MainTab = 'ecg' | 'imaging' | 'reports';

function Case({ consult }: { consult: ConsultView }) {
  const { t } = useTranslation();
  const session = useSession();
  const alarm = useRequest('alarm:read', { consultId: consult.id });
  const ecgs = useRequest('ecg:list', { patientId: consult.patient.id });
  const studies = useRequest('imaging:list', { patientId: consult.patient.id });
  const viewing = useSharedViewing(consult.id);
  useEffect(prefetchEcgViewer, []);
  const [tab, setTab] = useState<MainTab>('ecg');
  const [call, setCall] = useState<Call | null>(null);
  const [closing, setClosing] = useState(false);
  const [identifying, setIdentifying] = useState(false);
  const isAskingSide =
    session.organisation.id === consult.fromOrganisationId && clinicRoles.some((role) => session.roles.includes(role));
  const isDesk = session.organisation.id === consult.toOrganisationId && session.roles.includes('chest-pain-on-call');
  const open = consult.state === 'waiting' || consult.state === 'active';
  const tells =
    open &&
    session.organisation.id === consult.toOrganisationId &&
    finderRoles.some((role) => session.roles.includes(role));
  const criticalValues = useRequest('critical-value:list-of-consult', { consultId: consult.id }).data?.values ?? [];
  const reading = !isAskingSide;
  // In full until help is there; afterwards the times stand in the side's list, and the pictures get the room.
  const showsAlarm =
    consult.state === 'withdrawn' ||
    (open && (alarm.data?.alarm.state === 'ringing' || (isAskingSide && alarm.data?.alarm.enteredRoomAt === null)));

  // A follower's window turns to what the leader shows.
  const shownKind = viewing.following ? viewing.shown?.kind : undefined;
  const turnedTo = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (shownKind === undefined || shownKind === turnedTo.current) return;
    turnedTo.current = shownKind;
    setTab(shownKind === 'imaging' ? 'imaging' : 'ecg');
  }, [shownKind]);
  useEffect(() => {
    if (!viewing.following) turnedTo.current = undefined;
  }, [viewing.following]);

  const sorted = [...(ecgs.data?.ecgs ?? [])].sort((a, b) => b.receivedAt.localeCompare(a.receivedAt));
  const mainTabs = [
    {
      key: 'ecg',
      label: t('case.tab.ecg', { count: sorted.length }),
      children:
        ecgs.error && !ecgs.data ? (
          <LoadFailed error={ecgs.error} onRetry={() => void ecgs.refetch()} />
        ) : ecgs.data ? (
          <CaseEcg
            ecgs={sorted}
            patientId={consult.patient.id}
            consultId={consult.id}
            viewing={viewing}
            theme={reading ? 'dark' : 'light'}
            canUpload={isAskingSide}
          />
        ) : (
          <Loading />
        ),
    },
    {
      key: 'imaging',
      label: t('case.tab.imaging', { count: studies.data?.studies.length ?? 0 }),
      children:
        studies.error && !studies.data ? (
          <LoadFailed error={studies.error} onRetry={() => void studies.refetch()} />
        ) : studies.data ? (
          <CaseImaging
            studies={studies.data.studies}
            patient={consult.patient}
            consultId={consult.id}
            viewing={viewing}
            canUpload={isAskingSide}
          />
        ) : (
          <Loading />
        ),
    },
    {
      key: 'reports',
      label: t('case.tab.reports'),
      children: <CaseReports consult={consult} ecgs={sorted} studies={studies.data?.studies ?? []} />,
    },
  ];
  const sideTabs = [
    {
      key: 'messages',
      label: t('case.tab.messages'),
      children: <CaseMessages consultId={consult.id} canWrite={open} />,
    },
    {
      key: 'progress',
      label: t('case.tab.progress'),
      children: (
        <div className="stack">
          <CriticalValues consultId={consult.id} canTell={tells} />
          <CaseReferral consultId={consult.id} canDecide={isDesk} />
          <h3>{t('case.timeline.title')}</h3>
          <CaseTimeline consultId={consult.id} openedAt={consult.openedAt} />
        </div>
      ),
    },
    {
      key: 'people',
      label: t('case.tab.people'),
      children: (
        <CasePeople
          consult={consult}
          canInvite={open && (isAskingSide || session.organisation.id === consult.toOrganisationId)}
        />
      ),
    },
  ];
  return (
    <ConfigProvider theme={antTheme(reading ? 'dark' : 'light')}>
      <main
        className="case"
        data-theme={reading ? 'dark' : 'light'}
        data-testid="case-page"
        data-consult-id={consult.id}
        data-state={consult.state}
      >
        <header className="case-head">
          <PatientFacts patient={consult.patient} />
          {isAskingSide && consult.patient.unknown && (
            <Button data-testid="identify-patient" onClick={() => setIdentifying(true)}>
              {t('case.identify')}
            </Button>
          )}
          <span className="push row">
            {criticalValues.filter(isOpenCriticalValue).map((value) => (
              <span key={value.id} className="no-wrap">
                {t('criticalValue.title')} <CriticalValueState value={value} />
              </span>
            ))}
            {tells && <ReportCriticalValue consultId={consult.id} ecgs={ecgs.data?.ecgs ?? []} />}
            <ConsultState state={consult.state} />
            {isDesk && consult.state === 'active' && (
              <Button data-testid="close-consult" onClick={() => setClosing(true)}>
                {t('case.close.open')}
              </Button>
            )}
          </span>
        </header>
        {consult.state === 'closed' && (
          <p className="case-closed" data-testid="consult-closed">
            {t('case.closedBy', { name: consult.closedByName })} ·{' '}
            <strong>{t(`consult.outcome.${consult.outcome ?? 'other'}`)}</strong>
            {consult.outcomeNote !== null && consult.outcomeNote !== '' && ` · ${consult.outcomeNote}`}
          </p>
        )}
        {alarm.data && showsAlarm && <AlarmStatus alarm={alarm.data.alarm} canWithdraw={isAskingSide} />}
        <div className="case-body">
          <div className="case-main">
            {tab !== 'reports' && <LeadBar viewing={viewing} />}
            <Tabs activeKey={tab} onChange={(key) => setTab(key as MainTab)} items={mainTabs} destroyOnHidden />
          </div>
          <aside className="case-side">
            {open && <CaseCall consultId={consult.id} call={call} onCall={setCall} />}
            <Tabs items={sideTabs} />
          </aside>
        </div>
        {closing && <CloseConsult consult={consult} onClose={() => setClosing(false)} />}
        {identifying && <IdentifyDialog patient={consult.patient} onClose={() => setIdentifying(false)} />}
      </main>
    </ConfigProvider>
  );
}
