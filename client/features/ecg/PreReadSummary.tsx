import { useTranslation } from 'react-i18next';
import { useRequest } from '../../connection/wiring.tsx';
import { State } from '../../ui/shapes.tsx';
import { dangerLook } from './danger-look.ts';

/** What of the pre-read a reader must not overlook while writing: the critical and urgent rules, and bad leads. */
export function PreReadSummary({ ecgId }: { ecgId: string }) {
  const { t } = useTranslation();
  const preRead = useRequest('ecg:read', { ecgId }).data?.ecg.preRead;
  if (!preRead) return null;
  const grave = preRead.results.filter(({ danger }) => danger <= 2);
  const repeat = preRead.quality.filter(({ severity }) => severity === 'repeat');
  if (grave.length === 0 && repeat.length === 0) return null;
  return (
    <div className="pre-read-summary" data-testid="pre-read-summary">
      <span className="secondary">
        {t('ecg.preRead.title')} · {t('ecg.preRead.unconfirmed')}
      </span>
      {grave.map(({ ruleId, danger, leads }) => (
        <span key={ruleId}>
          <State {...dangerLook[danger as 1 | 2]}>{t(`ecg.rule.${ruleId}`, { defaultValue: ruleId })}</State>{' '}
          <span className="figure">{leads.join(' ')}</span>
        </span>
      ))}
      {repeat.map(({ code, leads }) => (
        <span key={code}>
          <State shape="triangle" tone="caution">
            {t(`ecg.quality.code.${code}`, { leads: leads.join(t('list.comma')) })}
          </State>
        </span>
      ))}
    </div>
  );
}
