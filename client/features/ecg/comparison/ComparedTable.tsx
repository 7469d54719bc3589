import { useTranslation } from 'react-i18next';
import type { EcgView } from '../../../../shared/contracts/ecg.ts';
import { longestAnalysedSeconds } from '../../../../shared/ecg/condition-leads.ts';
import { compareValues, type ComparedValue } from './compared-values.ts';

/** What changed between two recordings, in figures; the computer's own, and marked so. */
export function ComparedTable({ earlier, current }: { earlier: EcgView; current: EcgView }) {
  const { t } = useTranslation();
  const write = (value: number | null, unit: ComparedValue['unit']) =>
    value === null ? '—' : t(`ecg.compare.unit.${unit}`, { value: String(value).replace('-', '−') });
  const change = ({ change: by, unit }: ComparedValue) =>
    by !== null && by > 0 ? `+${write(by, unit)}` : write(by, unit);
  const rows = compareValues(earlier, current);
  return (
    <div className="ecg-comparison__values">
      <p className="ecg-comparison__mark">{t('ecg.preRead.unconfirmed')}</p>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('ecg.compare.value')}</th>
            {rows.map(({ key }) => (
              <th key={key} scope="col">
                {t(`ecg.compare.values.${key}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">{t('ecg.compare.other')}</th>
            {rows.map(({ key, unit, earlier: value }) => (
              <td key={key}>{write(value, unit)}</td>
            ))}
          </tr>
          <tr>
            <th scope="row">{t('ecg.compare.current')}</th>
            {rows.map(({ key, unit, current: value }) => (
              <td key={key}>{write(value, unit)}</td>
            ))}
          </tr>
          <tr>
            <th scope="row">{t('ecg.compare.change')}</th>
            {rows.map((row) => (
              <td key={row.key} data-change={row.key}>
                {change(row)}
              </td>
            ))}
          </tr>
        </tbody>
      </table>
      {[earlier, current].some(({ preRead }) => preRead?.shortened) && (
        <p>{t('ecg.compare.firstPart', { minutes: longestAnalysedSeconds / 60 })}</p>
      )}
    </div>
  );
}
