import { Button } from 'antd';
import { useEffect, useState, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import type { ReadingView } from '../../../shared/contracts/readings.ts';
import type { ReportTemplateView } from '../../../shared/contracts/reports.ts';
import type { EcgMeasurements } from '../../../shared/ecg/waveform.ts';
import type { EcgView } from '../../../shared/contracts/ecg.ts';
import { alsoOf } from '../../../shared/rules/imaging-clock.ts';
import { fillTemplate } from '../../../shared/rules/fill-template.ts';
import { useRequest } from '../../connection/wiring.tsx';
import { MessageBox, Shape } from '../../ui/shapes.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import { ReportFields, ReportSaved } from '../case/ReportFields.tsx';
import { reportParts, sameText, useReportDraft, type DraftStart, type ReportText } from '../case/use-report-draft.ts';
import { useShortcuts } from './use-shortcuts.ts';

const KEYS = 9;

type Lines = Record<keyof ReportText, [fewest: number, most: number]>;
/** An ECG's report is short, that of images describes more; both leave room for what stands beside them. */
const linesOf: Record<ReadingView['kind'], Lines> = {
  ecg: { findings: [1, 6], impression: [1, 6], advice: [1, 6] },
  imaging: { findings: [4, 12], impression: [2, 8], advice: [1, 6] },
};

/** The cardiograph's own values, and where it states none what the computer measured without doubt. */
function measuredValues({ measurements, detectedHeartRatePerMinute, preRead }: EcgView): EcgMeasurements {
  // What was measured in the first minutes of a day must not stand in the report as the day's.
  if (preRead?.shortened) return measurements;
  const computed = (name: string) =>
    preRead?.doubtful.includes(name) ? undefined : (preRead?.intervals[name] ?? undefined);
  const values: Record<string, number | undefined> = {
    heartRatePerMinute: detectedHeartRatePerMinute ?? undefined,
    prIntervalMs: computed('pr'),
    qrsDurationMs: computed('qrs'),
    qtcIntervalMs: preRead?.doubtful.includes('qt') ? undefined : computed('qtcBazett'),
    ...measurements,
  };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** Writes and signs a reading's report with few keys: a digit picks a template, Ctrl+Enter signs and goes on. */
export function ReadingEditor({
  reading,
  start,
  flushRef,
  onSigned,
}: {
  reading: ReadingView;
  start: DraftStart;
  flushRef: RefObject<() => Promise<void>>;
  onSigned: () => void;
}) {
  const { t, i18n } = useTranslation();
  const errorText = useErrorText();
  const offered = useRequest('report:list-templates', { kind: reading.kind }).data?.templates ?? [];
  const kinds = reading.kind === 'ecg' ? [null] : alsoOf(reading.study.examination);
  const templates = kinds.flatMap((kind) => offered.filter(({ examination }) => examination === kind)).slice(0, KEYS);
  const ofEcg = reading.kind === 'ecg';
  const ecg = useRequest('ecg:read', { ecgId: ofEcg ? reading.ecgId : '' }, { enabled: ofEcg }).data?.ecg;
  const draft = useReportDraft(start, onSigned);
  const [filled, setFilled] = useState(false);
  useEffect(() => {
    flushRef.current = draft.flush;
  });

  /** What a template has put there; anything else is the doctor's own words. */
  const [given, setGiven] = useState<ReportText | null>(null);
  const [asksFor, setAsksFor] = useState<{ key: string; over: ReportText } | null>(null);
  const isOwnText =
    reportParts.some((part) => draft.content[part].trim() !== '') &&
    (given === null || !sameText(given, draft.content));
  const pick = (template: ReportTemplateView) => {
    const isAsked = asksFor?.key === template.key && asksFor.over === draft.content;
    if (isOwnText && !isAsked) {
      setAsksFor({ key: template.key, over: draft.content });
      return;
    }
    const made = fillTemplate(template.content, ecg === undefined ? {} : measuredValues(ecg));
    draft.setContent(made.text);
    setGiven(made.text);
    setAsksFor(null);
    setFilled(made.filled.length > 0);
  };
  const asksToReplace = asksFor !== null && asksFor.over === draft.content;
  // Signing is one key; what the computer calls critical and nobody has told the clinic takes two.
  const told = useRequest('critical-value:list-of-consult', { consultId: reading.id }).data?.values ?? [];
  const critical = told.length > 0 ? [] : (ecg?.preRead?.results.filter(({ danger }) => danger === 1) ?? []);
  const [askedFor, setAskedFor] = useState<ReportText | null>(null);
  const asksAgain = critical.length > 0 && askedFor === draft.content;
  const sign = () => {
    if (!draft.canSign) return;
    if (critical.length > 0 && !asksAgain) setAskedFor(draft.content);
    else void draft.sign();
  };
  const digits = templates.flatMap((template, at) => {
    const act = () => pick(template);
    // Beside images a plain digit is a window of the viewer's, wherever the focus is.
    return [...(ofEcg ? [[`${at + 1}`, act] as const] : []), [`alt+${at + 1}`, act] as const];
  });
  useShortcuts({ ...Object.fromEntries(digits), 'ctrl+enter': sign });

  return (
    <div className="stack" data-testid="reading-editor">
      <div className="reading-templates" role="group" aria-label={t('reading.templates')}>
        {templates.map((template, at) => (
          <button
            key={template.key}
            type="button"
            className="reading-template"
            data-testid={`template-${at + 1}`}
            onClick={() => pick(template)}
          >
            <kbd className="keyboard-key">{ofEcg ? at + 1 : `Alt+${at + 1}`}</kbd>
            {i18n.language === 'en' ? template.nameEn : template.name}
          </button>
        ))}
      </div>
      <ReportFields draft={draft} lines={linesOf[reading.kind]} />
      {draft.error !== null && (
        <MessageBox tone="trouble" shape="triangle" live="assertive">
          <p>{errorText(draft.error)}</p>
        </MessageBox>
      )}
      <div className="row reading-actions">
        {asksAgain && (
          <p className="reading-filled" role="alert" data-testid="sign-asks-again">
            <Shape name="triangle" size={16} />{' '}
            {t('reading.signAsksAgain', {
              findings: critical
                .map(({ ruleId }) => t(`ecg.rule.${ruleId}`, { defaultValue: ruleId }))
                .join(t('list.comma')),
            })}
          </p>
        )}
        {asksToReplace && (
          <p className="reading-filled" role="alert" data-testid="asks-to-replace">
            {t('reading.asksToReplace')}
          </p>
        )}
        {filled && !asksAgain && (
          <p className="reading-filled" data-testid="values-filled">
            {t('reading.filled')}
          </p>
        )}
        {draft.blanks && <p className="secondary">{t('case.report.blanks')}</p>}
        <ReportSaved draft={draft} />
        <Button
          className="push"
          type="primary"
          data-testid="sign-and-next"
          loading={draft.signing}
          disabled={!draft.canSign}
          onClick={sign}
        >
          {t(asksAgain ? 'reading.signAllTheSame' : 'reading.signAndNext')}{' '}
          <kbd className="keyboard-key">Ctrl+Enter</kbd>
        </Button>
      </div>
    </div>
  );
}
