import { useTranslation } from 'react-i18next';
import type { PatientMismatch } from '../../../shared/contracts/patients.ts';
import { Shape } from '../../ui/shapes.tsx';
import './patients.css';

const fields = ['identityNumber', 'name', 'sex', 'birthDate'] as const;

/** File and patient side by side; what differs is marked in shape and word. */
export function MismatchTable({ mismatch }: { mismatch: PatientMismatch }) {
  const { t } = useTranslation();
  const shown = (field: (typeof fields)[number], value: string | null) => {
    if (value === null || value === '') return <span className="secondary">{t('mismatch.notGiven')}</span>;
    return field === 'sex' && ['male', 'female', 'other', 'unknown'].includes(value) ? t(`sex.${value}`) : value;
  };
  return (
    <table className="mismatch-table">
      <thead>
        <tr>
          <td />
          <th scope="col">{t('mismatch.file')}</th>
          <th scope="col">{t('mismatch.patient')}</th>
          <th scope="col">{t('mismatch.compared')}</th>
        </tr>
      </thead>
      <tbody>
        {fields.map((field) => {
          const differs = mismatch.fields.includes(field);
          const compared = mismatch.file[field] !== null && mismatch.patient[field] !== null;
          return (
            <tr key={field} data-differs={differs} data-testid={`mismatch-${field}`}>
              <th scope="row">{t(`patient.${field}`)}</th>
              <td>{shown(field, mismatch.file[field])}</td>
              <td>{shown(field, mismatch.patient[field])}</td>
              <td className="mismatch-mark">
                {differs ? (
                  <>
                    <Shape name="cross" size={14} /> {t('mismatch.differs')}
                  </>
                ) : compared ? (
                  <>
                    <Shape name="check" size={14} /> {t('mismatch.same')}
                  </>
                ) : (
                  t('mismatch.notCompared')
                )}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
