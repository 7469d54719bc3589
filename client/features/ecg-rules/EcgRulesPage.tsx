import { useTranslation } from 'react-i18next';
import { useRequest } from '../../connection/wiring.tsx';
import { LoadFailed } from '../../ui/LoadFailed.tsx';
import { useTitle } from '../../ui/use-title.ts';
import { RulesEditor } from './RulesEditor.tsx';
import './ecg-rules.css';

/** The rules by which the computer grades incoming ECGs: a hospital's own, edited by one and approved by another. */
export default function EcgRulesPage() {
  const { t } = useTranslation();
  useTitle(t('ecgRules.title'));
  const { data, error, isPending, refetch } = useRequest('ecg-rules:read', {});
  return (
    <main className="page ecg-rules" data-testid="ecg-rules-page">
      <h1>{t('ecgRules.title')}</h1>
      {error && <LoadFailed error={error} onRetry={() => void refetch()} />}
      {isPending && <p role="status">{t('loading')}</p>}
      {data && <RulesEditor view={data} reload={async () => (await refetch({ throwOnError: true })).data} />}
    </main>
  );
}
