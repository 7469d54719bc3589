import { Button, Input, Modal, Select } from 'antd';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ReportView } from '../../../shared/contracts/reports.ts';
import { useCommand, useConnection, useRequest } from '../../connection/wiring.tsx';
import { MessageBox, State } from '../../ui/shapes.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';

const SAVE_AFTER_MS = 1200;
const parts = ['findings', 'impression', 'advice'] as const;
const sameText = (a: ReportView['content'], b: ReportView['content']) =>
  parts.every((part) => a[part].trim() === b[part].trim());

/** Writes a draft: saved by itself a moment after the last key, and always before it is signed. */
export function ReportEditor({ report, onChanged }: { report: ReportView; onChanged: () => void }) {
  const { t, i18n } = useTranslation();
  const connection = useConnection();
  const errorText = useErrorText();
  const [content, setContent] = useState(report.content);
  const [saved, setSaved] = useState({ content: report.content, version: report.version });
  const [saving, setSaving] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [confirming, setConfirming] = useState(false);
  const templates = useRequest('report:list-templates', { kind: report.kind });
  // One save after the other: each builds on the version that the one before made.
  const queue = useRef<Promise<number>>(Promise.resolve(report.version));
  const unsaved = !sameText(content, saved.content);

  const save = (text: ReportView['content']) => {
    queue.current = queue.current.then(async (version) => {
      setSaving(true);
      try {
        const reply = await connection.request('report:edit', { reportId: report.id, version, content: text });
        setSaved({ content: text, version: reply.report.version });
        setError(null);
        return reply.report.version;
      } catch (refusal) {
        setError(refusal);
        return version;
      } finally {
        setSaving(false);
      }
    });
    return queue.current;
  };
  // While a signature is under way nothing else is saved: it would make the version that is being signed an old one.
  const signing = useRef(false);
  const saveLater = useEffectEvent(() => {
    if (!signing.current) void save(content);
  });
  useEffect(() => {
    if (!unsaved) return;
    const timer = setTimeout(() => saveLater(), SAVE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [content, unsaved]);
  // A page that is closed with unsaved words asks first.
  useEffect(() => {
    if (!unsaved) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [unsaved]);

  const sign = useCommand('report:sign', { done: onChanged, refused: setError });
  const saveAndSign = async () => {
    setConfirming(false);
    signing.current = true;
    const version = unsaved ? await save(content) : await queue.current;
    sign.mutate({ reportId: report.id, version }, { onSettled: () => void (signing.current = false) });
  };
  const blanks = parts.some((part) => content[part].includes('__'));
  return (
    <div className="stack" data-testid="report-editor">
      <Select
        aria-label={t('case.report.template')}
        placeholder={t('case.report.template')}
        data-testid="report-template"
        value={null}
        onChange={(key: string) => {
          const template = templates.data?.templates.find((one) => one.key === key);
          if (template !== undefined) setContent(template.content);
        }}
        options={(templates.data?.templates ?? []).map((template) => ({
          value: template.key,
          label: i18n.language === 'en' ? template.nameEn : template.name,
        }))}
      />
      {parts.map((part) => (
        <div key={part} className="field">
          <label htmlFor={`report-${report.id}-${part}`}>{t(`case.report.${part}`)}</label>
          <Input.TextArea
            id={`report-${report.id}-${part}`}
            data-testid={`report-${part}`}
            autoSize={{ minRows: part === 'impression' ? 2 : 3, maxRows: 10 }}
            maxLength={part === 'findings' ? 4000 : 2000}
            value={content[part]}
            onChange={(event) => setContent({ ...content, [part]: event.target.value })}
          />
        </div>
      ))}
      {error !== null && (
        <MessageBox tone="trouble" shape="triangle" live="assertive">
          <p>{errorText(error)}</p>
        </MessageBox>
      )}
      <div className="row">
        <span data-testid="report-saved" data-saved={!unsaved && !saving}>
          <State shape={unsaved || saving ? 'ring' : 'check'} tone={unsaved || saving ? 'caution' : 'good'}>
            {t(unsaved || saving ? 'case.report.unsaved' : 'case.report.saved')}
          </State>
        </span>
        {blanks && <span className="secondary">{t('case.report.blanks')}</span>}
        <Button
          className="push"
          type="primary"
          data-testid="sign-report"
          loading={sign.isPending}
          disabled={content.impression.trim() === '' || blanks}
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
        onOk={() => void saveAndSign()}
        okButtonProps={{ id: 'confirm-sign' }}
      >
        <p>{t('case.report.signHint')}</p>
        <p className="case-impression">{content.impression}</p>
      </Modal>
    </div>
  );
}
