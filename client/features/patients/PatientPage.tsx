import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { clinicRoles } from '../../../shared/rules/roles.ts';
import { useRequest, useSession } from '../../connection/wiring.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { LoadFailed } from '../../ui/LoadFailed.tsx';
import { State } from '../../ui/shapes.tsx';
import { useTitle } from '../../ui/use-title.ts';
import { EcgSection } from '../ecg/EcgSection.tsx';
import { ImagingSection } from '../imaging/ImagingSection.tsx';
import { IdentifyDialog } from './IdentifyDialog.tsx';
import { PatientFacts } from './PatientFacts.tsx';
import './patients.css';

/** One patient: who it is, the ECGs, the images, and the way into the open case. */
export default function PatientPage() {
  const { patientId = '' } = useParams();
  // Nothing that was chosen, opened or begun for one patient stays for the next.
  return <Patient key={patientId} patientId={patientId} />;
}

function Patient({ patientId }: { patientId: string }) {
  const { t } = useTranslation();
  const { roles } = useSession();
  const [identifying, setIdentifying] = useState(false);
  const read = useRequest('patient:read', { patientId });
  const patient = read.data?.patient;
  // The list says which case of the patient is open.
  const row = useRequest(
    'patient:list',
    { search: patient?.name ?? '', limit: 50 },
    { enabled: patient !== undefined },
  ).data?.patients.find(({ id }) => id === patientId);
  const openConsultId = row?.openConsultId ?? null;
  const treats = clinicRoles.some((role) => roles.includes(role));
  useTitle(patient?.name);
  if (read.error && !read.data) {
    return (
      <main className="page">
        <LoadFailed error={read.error} onRetry={() => void read.refetch()} />
        <Link to="/">{t('action.home')}</Link>
      </main>
    );
  }
  if (!patient) return <Loading />;
  return (
    <main className="page" data-testid="patient-page">
      <div className="row patient-head">
        <PatientFacts patient={patient} />
        <div className="row push">
          {openConsultId !== null && (
            <Link to={`/consults/${openConsultId}`} data-testid="open-case" className="row-badge">
              <State tone="caution" shape="half">
                {t('consult.openCase')}
              </State>
            </Link>
          )}
          {treats && (
            <Button onClick={() => setIdentifying(true)} data-testid="identify-patient">
              {t(patient.unknown ? 'patient.identify' : 'patient.correct')}
            </Button>
          )}
        </div>
      </div>
      <EcgSection
        patientId={patientId}
        canUpload={treats}
        {...(openConsultId === null ? {} : { consultId: openConsultId })}
      />
      <ImagingSection
        patient={patient}
        canUpload={treats}
        {...(openConsultId === null ? {} : { consultId: openConsultId })}
      />
      {identifying && <IdentifyDialog patient={patient} onClose={() => setIdentifying(false)} />}
    </main>
  );
}
