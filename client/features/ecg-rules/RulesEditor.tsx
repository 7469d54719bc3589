import { Button, Input } from 'antd';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { EcgRulesView } from '../../../shared/contracts/ecg-rules.ts';
import { featureBounds, type HospitalRules } from '../../../shared/ecg/hospital-rule-table.ts';
import type { ReadingRule } from '../../../shared/ecg/reading-rules.ts';
import { changeCount, changesBetween } from '../../../shared/ecg/rule-changes.ts';
import { useConnection } from '../../connection/wiring.tsx';
import { NumberField } from '../../ui/NumberField.tsx';
import { Segments } from '../../ui/Segments.tsx';
import { MessageBox } from '../../ui/shapes.tsx';
import { useToasts } from '../../ui/toasts.tsx';
import { UnsavedTroubles } from '../../ui/UnsavedTroubles.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import { useLeaveWarning } from '../../ui/use-leave-warning.ts';
import { RuleRow } from './RuleRow.tsx';
import { RulesState } from './RulesState.tsx';
import { TryRules } from './TryRules.tsx';
import { deliveredRules, faultsIn, rulesInForce, rulesToEdit, withMissingRules, withRule } from './rule-editing.ts';

/** What is being edited, and on top of what. */
interface Work {
  basis: string;
  /** Another round shows every field anew, also those in which something wrong was typed. */
  round: number;
  start: HospitalRules;
  rules: HospitalRules;
  edition: string;
  note: string;
  compared: boolean;
  /** Numbers that are none at the moment. */
  wrong: ReadonlySet<string>;
}

const basisOf = ({ version, draft, inForce }: EcgRulesView) => `${version} ${draft !== null} ${inForce?.version ?? 0}`;

function startWork(view: EcgRulesView, round = 0): Work {
  const rules = rulesToEdit(view);
  const { edition, note } = view.draft ?? { edition: '', note: '' };
  return { basis: basisOf(view), round, start: rules, rules, edition, note, compared: false, wrong: new Set() };
}

const dangers = [1, 2, 3, 4] as const;

export function RulesEditor({ view, reload }: { view: EcgRulesView; reload: () => Promise<EcgRulesView | undefined> }) {
  const { t } = useTranslation();
  const connection = useConnection();
  const toasts = useToasts();
  const errorText = useErrorText();
  const [work, setWork] = useState(() => startWork(view));
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [onlyChanged, setOnlyChanged] = useState(false);

  const restart = (from: EcgRulesView) => setWork((before) => startWork(from, before.round + 1));
  const unsaved = changeCount(changesBetween(work.start, work.rules));
  const head = view.draft ?? { edition: '', note: '' };
  const dirty =
    unsaved > 0 ||
    work.compared ||
    work.wrong.size > 0 ||
    (view.draft !== null && (work.edition !== head.edition || work.note !== head.note));
  const replaced = work.basis !== basisOf(view);
  // Nothing of one's own is lost: the screen follows the hub.
  if (replaced && !dirty && !busy) restart(view);

  useLeaveWarning(dirty);

  const inForce = useMemo(() => rulesInForce(view), [view]);
  const inForceById = useMemo(() => new Map(inForce.rules.map((rule) => [rule.id, rule])), [inForce]);
  const deliveredById = useMemo(() => new Map(deliveredRules.rules.map((rule) => [rule.id, rule])), []);
  const faults = useMemo(() => faultsIn(work.rules), [work.rules]);
  const fromForce = useMemo(() => changesBetween(inForce, work.rules), [inForce, work.rules]);
  const differing = new Set([...fromForce.added, ...fromForce.changed]);

  const changeRule = useCallback((rule: ReadingRule) => {
    setWork((before) => ({ ...before, rules: withRule(before.rules, rule) }));
  }, []);
  const markWrong = useCallback((key: string, isWrong: boolean) => {
    setWork((before) => {
      if (before.wrong.has(key) === isWrong) return before;
      const wrong = new Set(before.wrong);
      if (isWrong) wrong.add(key);
      else wrong.delete(key);
      return { ...before, wrong };
    });
  }, []);

  const act = (command: () => Promise<unknown>, done: string) => {
    setBusy(true);
    setRefusal(null);
    command()
      .then(reload)
      .then((fresh) => {
        if (fresh !== undefined) restart(fresh);
        toasts.done(done);
      })
      .catch((error: unknown) => {
        setRefusal(errorText(error));
        void reload().catch(() => undefined);
      })
      .finally(() => setBusy(false));
  };
  const save = () =>
    act(
      () =>
        connection.request('ecg-rules:edit', {
          version: view.version,
          table: work.rules,
          edition: work.edition.trim(),
          note: work.note,
          ...(work.compared && { comparedWithDelivered: true }),
        }),
      t('ecgRules.saved'),
    );
  const approve = () =>
    act(() => connection.request('ecg-rules:approve', { version: view.version }), t('ecgRules.approved'));
  const discard = () =>
    act(() => connection.request('ecg-rules:discard', { version: view.version }), t('ecgRules.discarded'));

  const blocked = work.wrong.size > 0 || faults.ruleIds.length > 0 || faults.other;
  // By the grade that the rules started with: a row stays where it is while its grade is changed.
  const gradeOf = new Map(work.start.rules.map(({ id, danger }) => [id, danger]));
  return (
    <>
      <RulesState view={view} changes={fromForce} />
      {view.news !== null && !work.compared && (
        <MessageBox tone="info" shape="level" live="polite" testId="rules-news">
          <div className="row">
            <span>
              {view.news.missing.length > 0 && t('ecgRules.news.missing', { count: view.news.missing.length })}
              {view.news.comparedWith !== null &&
                t('ecgRules.news.edition', { edition: view.deliveredEdition, before: view.news.comparedWith })}
            </span>
            <Button
              onClick={() =>
                setWork({ ...work, compared: true, rules: withMissingRules(work.rules, view.news?.missing ?? []) })
              }
            >
              {t(view.news.missing.length > 0 ? 'ecgRules.news.take' : 'ecgRules.news.seen')}
            </Button>
          </div>
        </MessageBox>
      )}
      <UnsavedTroubles
        replaced={replaced && dirty && !busy}
        refusal={refusal}
        testId="rules"
        onLoad={() => restart(view)}
      />
      <section className="panel rules-sign" aria-label={t('ecgRules.draft')}>
        <div className="field">
          <label htmlFor="rules-edition">{t('ecgRules.edition')}</label>
          <Input
            id="rules-edition"
            maxLength={64}
            value={work.edition}
            placeholder={t('ecgRules.editionHint')}
            onChange={({ target }) => setWork({ ...work, edition: target.value })}
          />
        </div>
        <div className="field">
          <label htmlFor="rules-note">{t('ecgRules.note')}</label>
          <Input
            id="rules-note"
            maxLength={500}
            value={work.note}
            placeholder={t('ecgRules.noteHint')}
            onChange={({ target }) => setWork({ ...work, note: target.value })}
          />
        </div>
        <div className="row rules-actions">
          {dirty && (
            <span className="secondary" role="status" data-testid="rules-unsaved">
              {t('ecgRules.unsaved', { count: unsaved + work.wrong.size })}
            </span>
          )}
          {dirty && <Button onClick={() => restart(view)}>{t('ecgRules.undo')}</Button>}
          {(dirty || view.draft === null) && (
            <Button
              type="primary"
              data-testid="save-draft"
              loading={busy}
              disabled={!dirty || blocked || replaced || work.edition.trim() === ''}
              onClick={save}
            >
              {t('ecgRules.save')}
            </Button>
          )}
          {view.draft !== null && !dirty && (
            <>
              <Button data-testid="discard-draft" disabled={busy} onClick={discard}>
                {t('ecgRules.discard')}
              </Button>
              <Button
                type="primary"
                data-testid="approve-draft"
                loading={busy}
                disabled={view.hindrance !== null}
                onClick={approve}
              >
                {t('ecgRules.approve')}
              </Button>
            </>
          )}
        </div>
        <p className="secondary rules-sign-hint">
          {dirty && work.edition.trim() === ''
            ? t('ecgRules.editionWanted')
            : blocked
              ? t('ecgRules.blocked')
              : t(view.hindrance === null ? 'ecgRules.twoSign' : `ecgRules.hindrance.${view.hindrance}`)}
        </p>
      </section>
      <TryRules inForce={inForce} draft={work.rules} />
      <div className="row">
        <Segments
          label={t('ecgRules.show')}
          segments={[
            { value: false, text: t('ecgRules.showAll', { count: work.rules.rules.length }) },
            { value: true, text: t('ecgRules.showChanged', { count: changeCount(fromForce) }), testId: 'only-changed' },
          ]}
          chosen={onlyChanged}
          onChoose={setOnlyChanged}
        />
      </div>
      {onlyChanged && changeCount(fromForce) === 0 && (
        <div className="panel empty">
          <strong>{t('ecgRules.noneChanged')}</strong>
        </div>
      )}
      {dangers.map((danger) => {
        const shown = work.rules.rules.filter(
          ({ id, danger: own }) => (gradeOf.get(id) ?? own) === danger && (!onlyChanged || differing.has(id)),
        );
        if (shown.length === 0) return null;
        return (
          <section key={danger} className="panel" aria-labelledby={`rules-of-${danger}`}>
            <h2 id={`rules-of-${danger}`}>
              {danger} {t(`ecg.danger.${danger}`)} <span className="secondary figure">{shown.length}</span>
            </h2>
            <ul className="rule-list">
              {shown.map((rule) => (
                <RuleRow
                  key={`${work.round} ${rule.id}`}
                  rule={rule}
                  inForce={inForceById.get(rule.id)}
                  delivered={deliveredById.get(rule.id)}
                  faulty={faults.ruleIds.includes(rule.id)}
                  onChange={changeRule}
                  onNumberWrong={markWrong}
                />
              ))}
            </ul>
          </section>
        );
      })}
      {(!onlyChanged || fromForce.features) && (
        <section className="panel" aria-labelledby="rules-features" data-testid="rule-features">
          <h2 id="rules-features">{t('ecgRules.features')}</h2>
          <p className="secondary">{t('ecgRules.featuresHint')}</p>
          <p className="rule-line" key={work.round}>
            {(Object.keys(featureBounds) as (keyof typeof featureBounds)[]).map((name) => (
              <NumberField
                key={name}
                label={t(`ecgRules.featureLimit.${name}`)}
                value={work.rules.features[name]}
                was={inForce.features[name]}
                bounds={featureBounds[name]}
                onChange={(value) => {
                  markWrong(`features ${name}`, value === null);
                  if (value === null) return;
                  setWork((before) => ({
                    ...before,
                    rules: { ...before.rules, features: { ...before.rules.features, [name]: value } },
                  }));
                }}
              />
            ))}
          </p>
          <p className="secondary">{work.rules.features.citation}</p>
        </section>
      )}
    </>
  );
}
