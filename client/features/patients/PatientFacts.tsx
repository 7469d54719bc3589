import { useTranslation } from 'react-i18next';
import type { PatientView } from '../../../shared/contracts/patients.ts';
import { State } from '../../ui/shapes.tsx';
import { usePerson } from './use-person.ts';

/** Who the patient is, on one line: name first. */
export function PatientFacts({ patient }: { patient: PatientView }) {
  const { t } = useTranslation();
  const person = usePerson();
  return (
    <div className="row patient-facts" data-testid="patient-facts">
      <h1>{patient.name}</h1>
      {patient.unknown && (
        <State tone="caution" shape="triangle">
          {t('patient.unknown')}
        </State>
      )}
      {person(patient) !== '' && <span className="no-wrap">{person(patient)}</span>}
      {patient.birthDate !== null && <span className="figure secondary">{patient.birthDate}</span>}
      {patient.identityNumber !== null && (
        <span className="figure secondary">
          {t('patient.identityNumberShort')} {patient.identityNumber}
        </span>
      )}
      {patient.phone !== null && (
        <span className="figure secondary">
          {t('telephone')} {patient.phone}
        </span>
      )}
      <span className="secondary">{patient.organisationName}</span>
    </div>
  );
}
