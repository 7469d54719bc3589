import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { reportKinds } from '../../../shared/contracts/reports.ts';
import { useRequest, useSession } from '../../connection/wiring.tsx';
import { LoadFailed } from '../../ui/LoadFailed.tsx';
import { formatMoment, useServerNow } from '../../ui/time.ts';
import { useTitle } from '../../ui/use-title.ts';
import { ReadingTimesForm } from './ReadingTimesForm.tsx';
import './reading-times.css';

/** How soon a hospital's ECGs and images are read, how long one is held, and how often a critical value is told again. */
export default function ReadingTimesPage() {
  const { t } = useTranslation();
  const { roles } = useSession();
  const now = useServerNow();
  useTitle(t('readingTimes.title'));
  const { data, error, isPending, refetch } = useRequest('reading:read-rules', {});
  const rules = data?.rules;
  const sets = reportKinds.filter((kind) => roles.includes(`${kind}-reviewer`));
  const maySet = sets.length > 0;
  return (
    <main className="page reading-times" data-testid="reading-times-page">
      <h1>{t('readingTimes.title')}</h1>
      {error && <LoadFailed error={error} onRetry={() => void refetch()} />}
      {isPending && <p role="status">{t('loading')}</p>}
      {rules && (
        <>
          <p className="secondary" data-testid="reading-times-state">
            {rules.setAt === null
              ? t('readingTimes.delivered')
              : t('readingTimes.setBy', {
                  name: rules.setByName,
                  at: formatMoment(rules.setAt, now),
                  version: rules.version,
                })}{' '}
            {!maySet && t('readingTimes.whoSets')}
          </p>
          <ReadingTimesForm
            rules={rules}
            readOnly={!maySet}
            sets={sets}
            reload={async () => (await refetch({ throwOnError: true })).data?.rules}
          />
        </>
      )}
      <p>
        <Link to="/readings">{t('readingTimes.back')}</Link>
      </p>
    </main>
  );
}
