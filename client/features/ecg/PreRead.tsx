import { useTranslation } from 'react-i18next';
import type { PreReadView } from '../../../shared/contracts/ecg.ts';
import { longestAnalysedSeconds } from '../../../shared/ecg/condition-leads.ts';
import { State } from '../../ui/shapes.tsx';
import { dangerLook } from './danger-look.ts';

type Result = PreReadView['results'][number];

/**
 * What the computer found: which rule, in which leads, with which figures, and where the rule comes from. It never
 * stands without its mark of being unconfirmed.
 */
export function PreRead({ preRead, theme }: { preRead: PreReadView; theme: 'light' | 'dark' }) {
  const { t } = useTranslation();
  const { danger, results, rhythm, ruleTable } = preRead;
  return (
    <section
      className={`pre-read pre-read--${theme}`}
      aria-label={t('ecg.preRead.title')}
      data-testid="pre-read"
      data-danger={danger ?? 'none'}
    >
      <div className="row">
        <h3>{t('ecg.preRead.title')}</h3>
        <span className="pre-read-mark">{t('ecg.preRead.unconfirmed')}</span>
        {danger !== null && <State {...dangerLook[danger as 1 | 2 | 3 | 4]}>{t(`ecg.danger.${danger}`)}</State>}
      </div>
      {rhythm.length > 0 && (
        <p>
          {rhythm
            .map(({ code, confidence }) =>
              confidence === 'low'
                ? t('ecg.preRead.doubtful', { words: t(`ecg.rhythm.${code}`) })
                : t(`ecg.rhythm.${code}`),
            )
            .join(t('list.comma'))}
        </p>
      )}
      {results.length === 0 ? (
        <p className="secondary">
          {t(danger === null && !preRead.shortened ? 'ecg.preRead.nothing' : 'ecg.preRead.noRule')}
        </p>
      ) : (
        <ul>
          {results.map((result) => (
            <ResultLine key={result.ruleId} result={result} />
          ))}
        </ul>
      )}
      {preRead.shortened && (
        <p className="secondary">{t('ecg.preRead.shortened', { minutes: longestAnalysedSeconds / 60 })}</p>
      )}
      <p className="secondary pre-read-foot">{t('ecg.preRead.foot', { edition: ruleTable.edition })}</p>
    </section>
  );
}

function ResultLine({ result }: { result: Result }) {
  const { t } = useTranslation();
  const { ruleId, leads, territories, values, citation, assumed } = result;
  const figures = values.map(({ quantity, lead, measured, comparison, limit }) =>
    t('ecg.preRead.figure', {
      lead: lead ?? '',
      quantity: t(`ecg.quantity.${quantity}`),
      measured,
      comparison: t(`ecg.comparison.${comparison}`),
      limit,
    }).trim(),
  );
  return (
    <li data-rule={ruleId}>
      <details>
        <summary>
          <State {...dangerLook[result.danger as 1 | 2 | 3 | 4]}>
            {t(`ecg.rule.${ruleId}`, { defaultValue: ruleId })}
          </State>{' '}
          {territories.length > 0 && territories.map((place) => t(`ecg.territory.${place}`)).join(t('list.comma'))}{' '}
          {leads.length > 0 && <span className="figure">{leads.join(' ')}</span>}
        </summary>
        {figures.map((figure, index) => (
          <p key={index} className="figure">
            {figure}
          </p>
        ))}
        {assumed.length > 0 && (
          <p>
            {t('ecg.preRead.assumed', {
              what: assumed.map((what) => t(`ecg.preRead.assumedOf.${what}`)).join(t('list.comma')),
            })}
          </p>
        )}
        <p className="secondary">{citation}</p>
      </details>
    </li>
  );
}
