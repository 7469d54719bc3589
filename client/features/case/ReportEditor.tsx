import { Button, Modal, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ReportView } from '../../../shared/contracts/reports.ts';
import { useRequest } from '../../connection/wiring.tsx';
import { MessageBox } from '../../ui/shapes.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import { ReportFields, ReportSaved } from './ReportFields.tsx';
import { useReportDraft } from './use-report-draft.ts';

/** Writes a draft from a template or freely, and signs it after a look at the impression. */
export function ReportEditor({ report, onChanged }: { report: ReportView; onChanged: () => void }) {
  const { t, i18n } = useTranslation();
  const errorText = useErrorText();
  const [confirming, setConfirming] = useState(false);
  const templates = useRequest('report:list-templates', { kind: report.kind });
  const draft = useReportDraft({ report }, onChanged);
  return (
    <div className="stack" data-testid="report-editor">
      <Select
        aria-label={t('case.report.template')}
        placeholder={t('case.report.template')}
        data-testid="report-template"
        value={null}
        onChange={(key: string) => {
          const template = templates.data?.templates.find((one) => one.key === key);
          if (template !== undefined) draft.setContent(template.content);
        }}
        options={(templates.data?.templates ?? []).map((template) => ({
          value: template.key,
          label: i18n.language === 'en' ? template.nameEn : template.name,
        }))}
      />
      <ReportFields draft={draft} />
      {draft.error !== null && (
        <MessageBox tone="trouble" shape="triangle" live="assertive">
          <p>{errorText(draft.error)}</p>
        </MessageBox>
      )}
      <div className="row">
        <ReportSaved draft={draft} />
        {draft.blanks && <span className="secondary">{t('case.report.blanks')}</span>}
        <Button
          className="push"
          type="primary"
          data-testid="sign-report"
          loading={draft.signing}
          disabled={!draft.canSign}
          onClick={() => setConfirming(true)}
        >
          {t('case.report.sign')}
        </Button>
      </div>
      <Modal
        open={confirming}
        title={t('case.report.signTitle')}
        okText={t('case.report.sign')}
        cancelText={t('action.cancel')}
        onCancel={() => setConfirming(false)}
        onOk={() => {
          setConfirming(false);
          void draft.sign();
        }}
        okButtonProps={{ id: 'confirm-sign' }}
      >
        <p>{t('case.report.signHint')}</p>
        <p className="case-impression">{draft.content.impression}</p>
      </Modal>
    </div>
  );
}
