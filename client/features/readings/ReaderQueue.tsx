import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { waitsForReporter } from '../../../shared/rules/reading-queue.ts';
import { useRequest, useSession } from '../../connection/wiring.tsx';
import { LoadFailed } from '../../ui/LoadFailed.tsx';
import './readings-link.css';
import { kindsReadBy, titleOfKinds } from './queue-view.ts';

/** On a reader's first screen: how much waits, and the way there. Nothing for those who read nothing. */
export function ReaderQueue() {
  const kinds = kindsReadBy(useSession());
  return kinds.length === 0 ? null : <Waiting title={titleOfKinds(kinds)} />;
}

function Waiting({ title }: { title: ReturnType<typeof titleOfKinds> }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const list = useRequest('reading:list', { state: 'open' });
  const counts = list.data?.counts;
  return (
    <section className="panel row reader-queue" aria-label={t(title)} data-testid="reader-queue">
      <h2>{t(title)}</h2>
      {list.error && !counts && <LoadFailed error={list.error} onRetry={() => void list.refetch()} />}
      {counts && (
        <span className="figure">
          {counts.open === 0
            ? t('reading.none')
            : t('reading.counts', {
                unread: list.data?.readings.filter(waitsForReporter).length ?? 0,
                review: counts.awaitingReview,
                overdue: counts.overdue,
              })}
        </span>
      )}
      <Button className="push" type="primary" data-testid="open-queue" onClick={() => void navigate('/readings')}>
        {t('reading.toQueue')}
      </Button>
    </section>
  );
}
