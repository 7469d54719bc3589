import { Button } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { HospitalRules } from '../../../shared/ecg/hospital-rule-table.ts';
import type { MeasuredEcg } from '../../../shared/ecg/judge-by-rules.ts';
import { gradeExample, measureExample, ruleExamples, type ExampleGrade } from '../../../shared/ecg/rule-examples.ts';
import { Shape, State } from '../../ui/shapes.tsx';
import { dangerLook } from '../ecg/danger-look.ts';

/** Generated ECGs don't change: each is measured once while the page is open. */
const measured = new Map<string, MeasuredEcg>();

/** Generated ECGs under the table in force and under the draft, so that a slip in a limit is seen before it counts. */
export function TryRules({ inForce, draft }: { inForce: HospitalRules; draft: HospitalRules }) {
  const { t } = useTranslation();
  const [done, setDone] = useState(measured.size);
  const [running, setRunning] = useState(false);
  const alive = useRef(true);
  useEffect(() => {
    alive.current = true;
    return () => {
      alive.current = false;
    };
  }, []);
  const run = () => {
    setRunning(true);
    const next = () => {
      const example = ruleExamples.find(({ id }) => !measured.has(id));
      if (!alive.current) return;
      if (example === undefined) {
        setRunning(false);
        return;
      }
      measured.set(example.id, measureExample(example));
      setDone(measured.size);
      // One at a time, so that the page stays usable on an old PC.
      setTimeout(next, 0);
    };
    setTimeout(next, 0);
  };
  const rows = ruleExamples.flatMap((example) => {
    const known = measured.get(example.id);
    if (known === undefined) return [];
    const before = gradeExample(example, known, inForce);
    const after = gradeExample(example, known, draft);
    return [{ example, before, after, differs: before.danger !== after.danger }];
  });
  const differing = rows.filter(({ differs }) => differs).length;
  const complete = done >= ruleExamples.length;
  return (
    <section className="panel try-rules" aria-labelledby="try-rules" data-testid="try-rules">
      <div className="row">
        <h2 id="try-rules">{t('ecgRules.try.title')}</h2>
        {!complete && (
          <Button data-testid="run-try" loading={running} onClick={run}>
            {running
              ? t('ecgRules.try.running', { done, of: ruleExamples.length })
              : t('ecgRules.try.run', { count: ruleExamples.length })}
          </Button>
        )}
        {complete && (
          <span role="status" data-testid="try-result" data-differing={differing}>
            {t(differing === 0 ? 'ecgRules.try.same' : 'ecgRules.try.differ', { count: differing })}
          </span>
        )}
      </div>
      <p className="secondary">{t('ecgRules.try.hint')}</p>
      {rows.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">{t('ecgRules.try.example')}</th>
              <th scope="col">{t('ecgRules.try.inForce')}</th>
              <th scope="col">{t('ecgRules.try.draft')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ example, before, after, differs }) => (
              <tr key={example.id} data-differs={differs} data-example={example.id}>
                <th scope="row">
                  {t(`ecgRules.example.${example.id}`)}
                  <span className="secondary">
                    {' '}
                    {t(`ecgRules.sex.${example.person.sex ?? 'male'}`)} {example.person.ageYears}
                  </span>
                </th>
                <td>
                  <Grade grade={before} />
                </td>
                <td>
                  {differs && <Shape name="triangle" size={14} />} <Grade grade={after} />
                  {differs && <span className="visually-hidden">{t('ecgRules.try.differs')}</span>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Grade({ grade: { danger, ruleIds } }: { grade: ExampleGrade }) {
  const { t } = useTranslation();
  const shown = ruleIds.slice(0, 3).map((id) => t(`ecg.rule.${id}`, { defaultValue: id }));
  return (
    <>
      {danger === null ? t('ecg.preRead.nothing') : <State {...dangerLook[danger]}>{t(`ecg.danger.${danger}`)}</State>}{' '}
      <span className="secondary">{shown.join(t('list.comma'))}</span>
    </>
  );
}
