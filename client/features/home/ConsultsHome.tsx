import { useTranslation } from 'react-i18next';
import { ConsultList } from '../consults/ConsultList.tsx';
import { OpenCriticalValues } from '../critical-values/OpenCriticalValues.tsx';
import { ReaderQueue } from '../readings/ReaderQueue.tsx';

/** Reporters, reviewers and specialists: what waits to be read, and the cases that they are part of. */
export default function ConsultsHome() {
  const { t } = useTranslation();
  return (
    <main className="page" data-testid="consults-home">
      <h1 className="visually-hidden">{t('home.consults')}</h1>
      <OpenCriticalValues />
      <ReaderQueue />
      <ConsultList title={t('consult.all')} emptyHint={t('consult.noneHint.invited')} />
    </main>
  );
}
