import { Input } from 'antd';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { State } from '../../ui/shapes.tsx';
import { reportParts, type ReportDraft } from './use-report-draft.ts';

const usualLines = { findings: [3, 10], impression: [2, 10], advice: [3, 10] } satisfies Record<
  string,
  [number, number]
>;

/** The three parts of a report, as a doctor writes them. */
export function ReportFields({
  draft,
  lines = usualLines,
}: {
  draft: ReportDraft;
  /** Of each part, how many lines stand when it is empty, and how many it grows to. */
  lines?: Record<(typeof reportParts)[number], [fewest: number, most: number]>;
}) {
  const { t } = useTranslation();
  const id = useId();
  return reportParts.map((part) => (
    <div key={part} className="field">
      <label htmlFor={`${id}-${part}`}>{t(`case.report.${part}`)}</label>
      <Input.TextArea
        id={`${id}-${part}`}
        data-testid={`report-${part}`}
        autoSize={{ minRows: lines[part][0], maxRows: lines[part][1] }}
        maxLength={part === 'findings' ? 4000 : 2000}
        value={draft.content[part]}
        onChange={(event) => draft.setContent({ ...draft.content, [part]: event.target.value })}
      />
    </div>
  ));
}

export function ReportSaved({ draft }: { draft: ReportDraft }) {
  const { t } = useTranslation();
  return (
    <span data-testid="report-saved" data-saved={!draft.unsaved}>
      <State shape={draft.unsaved ? 'ring' : 'check'} tone={draft.unsaved ? 'caution' : 'good'}>
        {t(draft.unsaved ? 'case.report.unsaved' : 'case.report.saved')}
      </State>
    </span>
  );
}
