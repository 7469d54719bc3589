import { Button, Input } from 'antd';
import { Fragment, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ReadingRulesView } from '../../../shared/contracts/readings.ts';
import {
  examinationKinds,
  soonerThanUrgent,
  type ExaminationKind,
  type ImagingMinutes,
  type ImagingTimes,
} from '../../../shared/rules/imaging-clock.ts';
import {
  gradeNames,
  readingRuleBounds,
  soonerThanGraver,
  type GradeName,
} from '../../../shared/rules/reading-queue.ts';
import type { ReportKind } from '../../../shared/rules/signing.ts';
import { useConnection } from '../../connection/wiring.tsx';
import { NumberField } from '../../ui/NumberField.tsx';
import { useToasts } from '../../ui/toasts.tsx';
import { UnsavedTroubles } from '../../ui/UnsavedTroubles.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import { useLeaveWarning } from '../../ui/use-leave-warning.ts';
import { ReadingGrade } from '../readings/ReadingGrade.tsx';

type ImagingField = `${ExaminationKind} ${keyof ImagingMinutes}`;
type Field = GradeName | ImagingField | 'lease' | 'repeat';
type Numbers = Record<Field, number>;

const flatTimes = (times: ImagingTimes) =>
  Object.fromEntries(
    examinationKinds.flatMap((kind) => [
      [`${kind} urgent`, times[kind].urgent],
      [`${kind} routine`, times[kind].routine],
    ]),
  ) as Record<ImagingField, number>;

const timesOf = (numbers: Numbers) =>
  Object.fromEntries(
    examinationKinds.map((kind) => [
      kind,
      { urgent: numbers[`${kind} urgent`], routine: numbers[`${kind} routine`] } satisfies ImagingMinutes,
    ]),
  ) as ImagingTimes;

const gradeTimesOf = (numbers: Numbers) =>
  Object.fromEntries(gradeNames.map((name) => [name, numbers[name]])) as Record<GradeName, number>;

const numbersOf = (rules: ReadingRulesView): Numbers => ({
  ...rules.minutesByGrade,
  ...flatTimes(rules.imagingMinutes),
  lease: rules.leaseMinutes,
  repeat: rules.criticalValueRepeatMinutes,
});

const boundsOf = (field: Field) =>
  field === 'lease'
    ? readingRuleBounds.leaseMinutes
    : field === 'repeat'
      ? readingRuleBounds.repeatMinutes
      : readingRuleBounds.minutesByGrade;

/** What is being edited, and on top of which version. */
interface Work {
  version: number;
  /** Another round shows every field anew, also those in which something wrong was typed. */
  round: number;
  numbers: Numbers;
  edition: string;
  /** Fields that hold no number at the moment. */
  wrong: readonly Field[];
}

const startWork = (rules: ReadingRulesView, round = 0): Work => ({
  version: rules.version,
  round,
  numbers: numbersOf(rules),
  // The product's own sentence is no hospital's basis.
  edition: rules.version === 0 ? '' : rules.edition,
  wrong: [],
});

export function ReadingTimesForm({
  rules,
  readOnly,
  sets,
  reload,
}: {
  rules: ReadingRulesView;
  readOnly: boolean;
  /** Whose times this person may change. */
  sets: readonly ReportKind[];
  reload: () => Promise<ReadingRulesView | undefined>;
}) {
  const { t } = useTranslation();
  const connection = useConnection();
  const toasts = useToasts();
  const errorText = useErrorText();
  const [work, setWork] = useState(() => startWork(rules));
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);

  const restart = (from: ReadingRulesView) => setWork((before) => startWork(from, before.round + 1));
  const inForce = numbersOf(rules);
  const fields = Object.keys(inForce) as Field[];
  const dirty =
    work.wrong.length > 0 ||
    work.edition !== startWork(rules).edition ||
    fields.some((field) => work.numbers[field] !== inForce[field]);
  const replaced = work.version !== rules.version;
  // Nothing of one's own is lost: the screen follows the hub.
  if (replaced && !dirty && !busy) restart(rules);
  const edition = work.edition.trim();
  const hindrance =
    work.wrong.length > 0
      ? 'wrong'
      : soonerThanGraver(work.numbers).length > 0
        ? 'order'
        : soonerThanUrgent(timesOf(work.numbers)).length > 0
          ? 'imagingOrder'
          : edition === ''
            ? 'editionWanted'
            : null;

  useLeaveWarning(dirty);

  const save = async () => {
    setBusy(true);
    setRefusal(null);
    const { numbers, version } = work;
    const wanted = {
      ...{ minutesByGrade: gradeTimesOf(numbers), imagingMinutes: timesOf(numbers) },
      ...{ leaseMinutes: numbers.lease, criticalValueRepeatMinutes: numbers.repeat, edition, version },
    };
    try {
      restart((await connection.request('reading:set-rules', wanted)).rules);
      toasts.done(t('readingTimes.saved'));
    } catch (error) {
      setRefusal(errorText(error));
    }
    await reload().catch(() => undefined);
    setBusy(false);
  };

  const isOwn = (field: Field) =>
    field === 'lease' ||
    field === 'repeat' ||
    sets.includes(gradeNames.some((name) => name === field) ? 'ecg' : 'imaging');

  const numberOf = (field: Field, label: ReactNode) => (
    <li data-testid={`reading-time-${field.replace(' ', '-')}`}>
      {readOnly || !isOwn(field) ? (
        <span className="number-field">
          <span className="number-field-label">{label}</span>
          <span className="figure">{t('readingTimes.minutes', { count: inForce[field] })}</span>
        </span>
      ) : (
        <NumberField
          key={`${work.round} ${field}`}
          label={label}
          unit={t('readingTimes.unit')}
          value={work.numbers[field]}
          was={inForce[field]}
          bounds={boundsOf(field)}
          whole
          onChange={(value) =>
            setWork((before) => {
              const wrong = before.wrong.filter((other) => other !== field);
              if (value === null) return { ...before, wrong: [...wrong, field] };
              return { ...before, wrong, numbers: { ...before.numbers, [field]: value } };
            })
          }
        />
      )}
    </li>
  );

  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (dirty && hindrance === null && !replaced && !busy) void save();
      }}
    >
      <div className="reading-times-numbers">
        <section className="panel" aria-labelledby="reading-times-grades">
          <h2 id="reading-times-grades">{t('readingTimes.grades')}</h2>
          <ul className="reading-times-list">
            {gradeNames.map((name, at) => (
              <Fragment key={name}>{numberOf(name, <ReadingGrade grade={at + 1} />)}</Fragment>
            ))}
          </ul>
          <p className="secondary">{t('readingTimes.gradesHint')}</p>
        </section>
        <section className="panel" aria-labelledby="reading-times-imaging">
          <h2 id="reading-times-imaging">{t('readingTimes.imaging')}</h2>
          <ul className="reading-times-list">
            {examinationKinds.map((kind) => (
              <Fragment key={kind}>
                {numberOf(`${kind} urgent`, t('readingTimes.urgentOf', { what: t(`reading.examination.${kind}`) }))}
                {numberOf(`${kind} routine`, t('readingTimes.routineOf', { what: t(`reading.examination.${kind}`) }))}
              </Fragment>
            ))}
          </ul>
          <p className="secondary">{t('readingTimes.imagingHint')}</p>
        </section>
        <section className="panel" aria-labelledby="reading-times-rest">
          <h2 id="reading-times-rest">{t('readingTimes.rest')}</h2>
          <ul className="reading-times-list">
            {numberOf('lease', t('readingTimes.lease'))}
            {numberOf('repeat', t('readingTimes.repeat'))}
          </ul>
        </section>
      </div>
      <section className="panel stack">
        {readOnly ? (
          <p>
            {t('readingTimes.edition')}: {rules.version === 0 ? t('readingTimes.deliveredBasis') : rules.edition}
          </p>
        ) : (
          <>
            <div className="field">
              <label htmlFor="reading-times-edition">{t('readingTimes.edition')}</label>
              <Input
                id="reading-times-edition"
                maxLength={200}
                value={work.edition}
                placeholder={t('readingTimes.editionHint')}
                onChange={({ target }) => setWork({ ...work, edition: target.value })}
              />
            </div>
            <UnsavedTroubles
              replaced={replaced && dirty && !busy}
              refusal={refusal}
              testId="reading-times"
              onLoad={() => restart(rules)}
            />
            <div className="row">
              <Button
                type="primary"
                htmlType="submit"
                data-testid="save-reading-times"
                loading={busy}
                disabled={!dirty || hindrance !== null || replaced}
              >
                {t('action.save')}
              </Button>
              {dirty && <Button onClick={() => restart(rules)}>{t('readingTimes.undo')}</Button>}
              <span className="secondary" role="status" data-testid="reading-times-hint">
                {t(`readingTimes.${dirty && hindrance !== null ? hindrance : 'openOnes'}`)}
              </span>
            </div>
          </>
        )}
      </section>
    </form>
  );
}
