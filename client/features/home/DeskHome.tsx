import { useTranslation } from 'react-i18next';
import { DutyPanel } from '../alarms/DutyPanel.tsx';
import { ConsultList } from '../consults/ConsultList.tsx';
import { OpenCriticalValues } from '../critical-values/OpenCriticalValues.tsx';

/** The chest-pain desk: duty, and the desk's cases. */
export default function DeskHome() {
  const { t } = useTranslation();
  return (
    <main className="page" data-testid="desk-home">
      <h1 className="visually-hidden">{t('home.desk')}</h1>
      <DutyPanel />
      <OpenCriticalValues />
      <ConsultList title={t('consult.all')} emptyHint={t('consult.noneHint.desk')} />
    </main>
  );
}
