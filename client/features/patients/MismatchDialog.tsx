import { Button, Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import type { PatientMismatch } from '../../../shared/contracts/patients.ts';
import { Shape } from '../../ui/shapes.tsx';
import { MismatchTable } from './MismatchTable.tsx';

export interface MismatchDialogProps {
  fileName: string;
  mismatch: PatientMismatch;
  /** Further files of the same batch that wait for the same word. */
  alsoWaiting: number;
  onConfirm: () => void;
  onRefuse: () => void;
}

/** The file names somebody else: both persons side by side, and the sender's decision. */
export function MismatchDialog({ fileName, mismatch, alsoWaiting, onConfirm, onRefuse }: MismatchDialogProps) {
  const { t } = useTranslation();
  return (
    <Modal
      open
      width={680}
      footer={null}
      closable={false}
      mask={{ closable: false }}
      keyboard={false}
      title={
        <span className="mismatch-title">
          <Shape name="triangle" size={22} /> {t('mismatch.title')}
        </span>
      }
    >
      <div className="stack" data-testid="mismatch-dialog">
        <p>{t('mismatch.hint', { fileName })}</p>
        <MismatchTable mismatch={mismatch} />
        {alsoWaiting > 0 && <p>{t('mismatch.alsoWaiting', { count: alsoWaiting })}</p>}
        <p className="secondary">{t('mismatch.recorded')}</p>
        <div className="row">
          <Button className="push" onClick={onConfirm} data-testid="confirm-mismatch">
            {t('mismatch.confirm')}
          </Button>
          <Button type="primary" onClick={onRefuse} autoFocus data-testid="refuse-mismatch">
            {t('mismatch.refuse')}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
