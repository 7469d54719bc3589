import { useTranslation } from 'react-i18next';
import { DeskHint } from '../alarms/DeskHint.tsx';
import { ConsultList } from '../consults/ConsultList.tsx';
import { OpenCriticalValues } from '../critical-values/OpenCriticalValues.tsx';
import { PatientList } from '../patients/PatientList.tsx';
import { RegisterPatient } from '../patients/RegisterPatient.tsx';
import { ClinicReadings } from '../readings/ClinicReadings.tsx';
import './home.css';

/** Township and village: open cases, the next patient, the earlier ones. */
export default function ClinicHome() {
  const { t } = useTranslation();
  return (
    <main className="page" data-testid="clinic-home">
      <h1 className="visually-hidden">{t('home.clinic')}</h1>
      <DeskHint />
      <OpenCriticalValues />
      <ConsultList title={t('consult.openCases')} emptyHint="" onlyOpen />
      <div className="clinic-columns">
        <RegisterPatient />
        <div className="clinic-lists">
          <PatientList />
          <ClinicReadings />
        </div>
      </div>
      <ConsultList title={t('consult.all')} emptyHint={t('consult.noneHint.clinic')} />
    </main>
  );
}
