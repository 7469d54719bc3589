import { memo, useState } from 'react';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import type { ReadingRule } from '../../../shared/ecg/reading-rules.ts';
import { sameRule } from '../../../shared/ecg/rule-changes.ts';
import { NumberField } from '../../ui/NumberField.tsx';
import { Shape } from '../../ui/shapes.tsx';
import { linesOf, numberAt, withNumber, type RuleLine, type RuleNumber } from './rule-editing.ts';

export interface RuleRowProps {
  rule: ReadingRule;
  /** As it is in force now; undefined for one that is new. */
  inForce: ReadingRule | undefined;
  delivered: ReadingRule | undefined;
  /** It cannot be saved as it is. */
  faulty: boolean;
  onChange: (rule: ReadingRule) => void;
  /** A number of the rule is none at the moment (`key` says which). */
  onNumberWrong: (key: string, wrong: boolean) => void;
}

const dangers = [1, 2, 3, 4] as const;

/** One rule: on or off, how dangerous, its numbers with leads and persons, and where they come from. */
export const RuleRow = memo(function RuleRow({
  rule,
  inForce,
  delivered,
  faulty,
  onChange,
  onNumberWrong,
}: RuleRowProps) {
  const { t } = useTranslation();
  const name = t(`ecg.rule.${rule.id}`, { defaultValue: rule.id });
  const changed = inForce === undefined || !sameRule(rule, inForce);
  // Another round shows every field anew, also those in which something wrong was typed.
  const [round, setRound] = useState(0);
  const reset = (to: ReadingRule) => {
    for (const { numbers } of linesOf(rule))
      for (const { path } of numbers) onNumberWrong(`${rule.id} ${path.join(' ')}`, false);
    setRound(round + 1);
    onChange(to);
  };
  const change = (path: RuleNumber['path'], value: number | null) => {
    onNumberWrong(`${rule.id} ${path.join(' ')}`, value === null);
    if (value !== null) onChange(withNumber(rule, path, value));
  };
  return (
    <li className="rule-row" data-testid="ecg-rule" data-rule={rule.id} data-changed={changed} data-off={!rule.enabled}>
      <div className="rule-head">
        <label className="rule-switch">
          <input
            type="checkbox"
            role="switch"
            checked={rule.enabled}
            onChange={({ target }) => onChange({ ...rule, enabled: target.checked })}
          />
          <span>{name}</span>
        </label>
        {changed && (
          <span className="rule-changed" data-testid="rule-changed">
            <Shape name="triangle" size={14} />
            {t(inForce === undefined ? 'ecgRules.new' : 'ecgRules.changed')}
            {inForce !== undefined &&
              inForce.enabled !== rule.enabled &&
              ` · ${t(inForce.enabled ? 'ecgRules.wasOn' : 'ecgRules.wasOff')}`}
            {inForce !== undefined &&
              inForce.danger !== rule.danger &&
              ` · ${t('number.was', { was: t(`ecg.danger.${inForce.danger}`) })}`}
          </span>
        )}
      </div>
      <label className="rule-danger">
        <span className="visually-hidden">{t('ecgRules.dangerOf', { name })}</span>
        <select
          value={rule.danger}
          onChange={({ target }) =>
            onChange({ ...rule, danger: dangers.find((one) => String(one) === target.value) ?? rule.danger })
          }
        >
          {dangers.map((danger) => (
            <option key={danger} value={danger}>
              {danger} {t(`ecg.danger.${danger}`)}
            </option>
          ))}
        </select>
      </label>
      <div className="rule-lines">
        <Needs rule={rule} />
        {linesOf(rule).map((line, at) => (
          <Line key={`${round} ${at}`} line={line} inForce={inForce} onChange={change} />
        ))}
        {faulty && (
          <p className="rule-fault" role="status">
            <Shape name="triangle" size={14} /> {t('ecgRules.faulty')}
          </p>
        )}
      </div>
      <details className="rule-source">
        <summary>{t('ecgRules.source', { edition: rule.edition })}</summary>
        <textarea
          key={round}
          rows={3}
          maxLength={400}
          aria-label={t('ecgRules.citationOf', { name })}
          defaultValue={rule.citation}
          onChange={({ target }) => target.value.trim() !== '' && onChange({ ...rule, citation: target.value.trim() })}
        />
      </details>
      <div className="rule-reset">
        {delivered !== undefined && !sameRule(rule, delivered) && (
          <Button
            size="small"
            aria-label={t('ecgRules.resetOf', { name })}
            data-testid="reset-rule"
            onClick={() => reset(delivered)}
          >
            {t('ecgRules.reset')}
          </Button>
        )}
      </div>
    </li>
  );
});

/** What must be there, or must not, beside the numbers; these are part of the rule and not edited here. */
function Needs({ rule }: { rule: ReadingRule }) {
  const { t } = useTranslation();
  const words = [
    ...(rule.rhythmAny ?? []).map((code) => t(`ecg.rhythm.${code}`)),
    ...(rule.featuresAny ?? []).map((feature) => t(`ecgRules.feature.${feature}`)),
    ...(rule.symptomatic === true ? [t('ecgRules.symptoms')] : []),
  ];
  const not = [
    ...(rule.rhythmNone ?? []).map((code) => t(`ecg.rhythm.${code}`)),
    ...(rule.featuresNone ?? []).map((feature) => t(`ecgRules.feature.${feature}`)),
  ];
  const comma = t('list.comma');
  return (
    <>
      {words.length > 0 && <p>{t('ecgRules.needs', { what: words.join(comma) })}</p>}
      {not.length > 0 && <p className="secondary">{t('ecgRules.needsNot', { what: not.join(comma) })}</p>}
    </>
  );
}

function Line({
  line,
  inForce,
  onChange,
}: {
  line: RuleLine;
  inForce: ReadingRule | undefined;
  onChange: (path: RuleNumber['path'], value: number | null) => void;
}) {
  const { t } = useTranslation();
  const labelOf = ({ meaning }: RuleNumber): string => {
    if (meaning.kind !== 'limit') return t(`ecgRules.number.${meaning.kind}`);
    return `${t(`ecg.quantity.${meaning.quantity}`)} ${t(`ecg.comparison.${meaning.comparison}`)}`;
  };
  return (
    <p className="rule-line">
      {line.leads.length > 0 && <span className="rule-leads">{line.leads.join(' ')}</span>}
      {line.sex !== null && <span>{t(`ecgRules.sex.${line.sex}`)}</span>}
      {line.numbers.map((number) => (
        <NumberField
          key={number.path.join(' ')}
          label={labelOf(number)}
          value={number.value}
          was={numberAt(inForce, number.path)}
          bounds={number.bounds}
          whole={number.meaning.kind !== 'limit'}
          onChange={(value) => onChange(number.path, value)}
        />
      ))}
    </p>
  );
}
