import { Button, Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import type { PatientView } from '../../../shared/contracts/patients.ts';
import { queryKeyOf } from '../../connection/notice-cache.ts';
import { useCommand, useWiring } from '../../connection/wiring.tsx';
import { MessageBox } from '../../ui/shapes.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import { PatientFields } from './PatientFields.tsx';
import { usePatientDraft } from './use-patient-draft.ts';
import './patients.css';

/** Gives an unknown patient a name and number, or corrects a known one's. */
export function IdentifyDialog({ patient, onClose }: { patient: PatientView; onClose: () => void }) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const { cache } = useWiring();
  const form = usePatientDraft({
    name: patient.unknown ? '' : patient.name,
    identityNumber: patient.identityNumber ?? '',
    sex: patient.sex,
    birthDate: patient.birthDate ?? '',
    phone: patient.phone ?? '',
  });
  const identify = useCommand('patient:identify', {
    done: (reply) => {
      cache.setQueryData(queryKeyOf('patient:read', { patientId: patient.id }), reply);
      onClose();
    },
  });
  return (
    <Modal open title={t('patient.identify')} onCancel={onClose} footer={null} width={460}>
      <form
        className="stack"
        data-testid="identify-dialog"
        onSubmit={form.onSubmit((fields) => {
          if (!identify.isPending) identify.mutate({ patientId: patient.id, version: patient.version, ...fields });
        })}
      >
        <PatientFields form={form} />
        {identify.error && (
          <MessageBox tone="trouble" shape="triangle" live="assertive">
            <p>{errorText(identify.error)}</p>
          </MessageBox>
        )}
        <div className="row">
          <Button className="push" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button type="primary" htmlType="submit" data-testid="confirm-identify" loading={identify.isPending}>
            {t('action.save')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
