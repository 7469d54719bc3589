import { useTranslation } from 'react-i18next';
import type { EcgRulesView } from '../../../shared/contracts/ecg-rules.ts';
import { changeCount, type RuleChanges } from '../../../shared/ecg/rule-changes.ts';
import { State } from '../../ui/shapes.tsx';
import { formatMoment, useServerNow } from '../../ui/time.ts';

/** Which table is in force since when and by whom, the draft beside it, and what was before. */
export function RulesState({ view, changes }: { view: EcgRulesView; changes: RuleChanges }) {
  const { t } = useTranslation();
  const now = useServerNow();
  const { inForce, draft, history } = view;
  const when = (iso: string | null) => (iso === null ? '' : formatMoment(iso, now));
  return (
    <section className="panel stack" aria-label={t('ecgRules.state')} data-testid="rules-state">
      <p className="row">
        <State tone="good" shape="check">
          {t('ecgRules.inForce')}
        </State>
        <span data-testid="in-force">
          {inForce === null
            ? t('ecgRules.deliveredInForce', { edition: view.deliveredEdition })
            : t('ecgRules.inForceSince', {
                edition: inForce.edition,
                version: inForce.version,
                editor: inForce.editedByName,
                approver: inForce.approvedByName,
                at: when(inForce.approvedAt),
              })}
        </span>
      </p>
      {draft !== null && (
        <p className="row">
          <State tone="caution" shape="half">
            {t('ecgRules.draft')}
          </State>
          <span data-testid="draft-state">
            {t('ecgRules.draftBy', {
              edition: draft.edition,
              version: draft.version,
              editor: draft.editedByName,
              at: when(draft.editedAt),
            })}{' '}
            {t('ecgRules.differences', { count: changeCount(changes) })}
          </span>
          {draft.note !== '' && <span className="secondary">{draft.note}</span>}
        </p>
      )}
      <p className="secondary">{t('ecgRules.unconfirmed')}</p>
      {history.length > 0 && (
        <details>
          <summary>{t('ecgRules.history')}</summary>
          <ul className="rules-history">
            {history.map((entry) => (
              <li key={entry.version} className="figure">
                {t('ecgRules.historyLine', {
                  version: entry.version,
                  edition: entry.edition,
                  state: t(`ecgRules.stateOf.${entry.state}`),
                  editor: entry.editedByName,
                  at: when(entry.editedAt),
                })}
                {entry.approvedByName !== null &&
                  ` · ${t('ecgRules.approvedBy', { approver: entry.approvedByName, at: when(entry.approvedAt) })}`}
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}
