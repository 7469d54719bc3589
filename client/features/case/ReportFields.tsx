import { Input } from 'antd';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { State } from '../../ui/shapes.tsx';
import { reportParts, type ReportDraft } from './use-report-draft.ts';

/** The three parts of a report, as a doctor writes them. */
export function ReportFields({ draft, dense }: { draft: ReportDraft; dense?: boolean }) {
  const { t } = useTranslation();
  const id = useId();
  return reportParts.map((part) => (
    <div key={part} className="field">
      <label htmlFor={`${id}-${part}`}>{t(`case.report.${part}`)}</label>
      <Input.TextArea
        id={`${id}-${part}`}
        data-testid={`report-${part}`}
        autoSize={{ minRows: dense ? 1 : part === 'impression' ? 2 : 3, maxRows: dense ? 6 : 10 }}
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
