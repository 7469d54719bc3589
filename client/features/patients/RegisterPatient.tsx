import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { queryKeyOf } from '../../connection/notice-cache.ts';
import { useCommand, useLineStatus, useWiring } from '../../connection/wiring.tsx';
import { MessageBox } from '../../ui/shapes.tsx';
import { useToasts } from '../../ui/toasts.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import { emptyDraft } from './patient-form.ts';
import { PatientFields } from './PatientFields.tsx';
import type { PatientView } from '../../../shared/contracts/patients.ts';
import { usePatientDraft } from './use-patient-draft.ts';
import './patients.css';

/** Registers a patient, or an unknown one in one press, and opens the patient's page. */
export function RegisterPatient() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const toasts = useToasts();
  const errorText = useErrorText();
  const { cache } = useWiring();
  const { line } = useLineStatus();
  const form = usePatientDraft(emptyDraft);
  const open = (patient: PatientView) => {
    cache.setQueryData(queryKeyOf('patient:read', { patientId: patient.id }), { patient });
    void cache.invalidateQueries({ queryKey: ['patient:list'] });
    void navigate(`/patients/${patient.id}`);
  };
  const register = useCommand('patient:register', {
    done: ({ patient, existing }) => {
      if (existing) toasts.done(t('patient.existing', { name: patient.name }));
      open(patient);
    },
  });
  const registerUnknown = useCommand('patient:register-unknown', { done: ({ patient }) => open(patient) });
  const error = register.error ?? registerUnknown.error;
  const waits = (register.isPending || registerUnknown.isPending) && line !== 'connected';
  return (
    <section className="panel">
      <h2>{t('patient.register')}</h2>
      <form
        className="stack"
        data-testid="register-form"
        onSubmit={form.onSubmit((fields) => {
          if (!register.isPending) register.mutate(fields);
        })}
      >
        <PatientFields form={form} />
        {error && (
          <MessageBox tone="trouble" shape="triangle" live="assertive" testId="register-error">
            <p>{errorText(error)}</p>
          </MessageBox>
        )}
        {waits && <p role="status">{t('line.commandWaits')}</p>}
        <Button
          type="primary"
          htmlType="submit"
          size="large"
          block
          data-testid="register-patient"
          loading={register.isPending}
        >
          {t('patient.register')}
        </Button>
        <Button
          size="large"
          block
          data-testid="unknown-patient"
          loading={registerUnknown.isPending}
          onClick={() => registerUnknown.mutate({})}
        >
          {t('patient.registerUnknown')}
        </Button>
      </form>
    </section>
  );
}
