import { useTranslation } from 'react-i18next';
import { useRequest } from '../../connection/wiring.tsx';
import { LoadFailed } from '../../ui/LoadFailed.tsx';
import { formatClock, formatElapsed } from '../../ui/time.ts';

/** Every node of the case with the hub's clock and the time since the press. */
export function CaseTimeline({ consultId, openedAt }: { consultId: string; openedAt: string }) {
  const { t } = useTranslation();
  const list = useRequest('timeline:read', { consultId });
  if (list.error) return <LoadFailed error={list.error} onRetry={() => void list.refetch()} />;
  return (
    <ol className="case-steps" data-testid="timeline" aria-label={t('case.timeline.title')}>
      {list.data?.nodes.map((node) => {
        const sinceMs = Date.parse(node.at) - Date.parse(openedAt);
        return (
          <li key={node.id} data-kind={node.kind}>
            <span className="figure">{formatClock(node.at)}</span> <strong>{t(`case.timeline.${node.kind}`)}</strong>{' '}
            <span className="secondary">
              {sinceMs >= 0 && <span className="figure">+{formatElapsed(sinceMs)}</span>}
              {node.byName !== null && ` · ${node.byName}`}
              {node.deviceTime !== null &&
                ` · ${t('case.timeline.deviceTime', { time: node.deviceTime.replace('T', ' ').slice(0, 19) })}`}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
