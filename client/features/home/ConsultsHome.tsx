import { useTranslation } from 'react-i18next';
import { ConsultList } from '../consults/ConsultList.tsx';
import { OpenCriticalValues } from '../critical-values/OpenCriticalValues.tsx';

/** Reporters, reviewers and specialists: the cases that they are part of. */
export default function ConsultsHome() {
  const { t } = useTranslation();
  return (
    <main className="page" data-testid="consults-home">
      <h1 className="visually-hidden">{t('home.consults')}</h1>
      <OpenCriticalValues />
      <ConsultList title={t('consult.all')} emptyHint={t('consult.noneHint.invited')} />
    </main>
  );
}
