import { Button, Input, Modal } from 'antd';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { EcgView } from '../../../shared/contracts/ecg.ts';
import { queryKeyOf } from '../../connection/notice-cache.ts';
import { useCommand, useWiring } from '../../connection/wiring.tsx';
import { MessageBox, Shape } from '../../ui/shapes.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';

/** Results of the pre-read that may be a critical value: danger 1 and 2, each rule once. */
function gravest(ecgs: readonly EcgView[]) {
  const results = ecgs.flatMap(({ preRead }) => preRead?.results ?? []).filter(({ danger }) => danger <= 2);
  return [...new Map(results.map((result) => [result.ruleId, result])).values()].sort((a, b) => a.danger - b.danger);
}

/** The button and its dialog: what was found, in own words or from the computer's, told to the clinic at once. */
export function ReportCriticalValue({
  consultId,
  ecgs = [],
  words = [],
}: {
  consultId: string;
  ecgs?: readonly EcgView[];
  /** Further findings to choose from, which no computer has found. */
  words?: readonly string[];
}) {
  const { t } = useTranslation();
  const { cache } = useWiring();
  const errorText = useErrorText();
  const [finding, setFinding] = useState<string | null>(null);
  const [ruleId, setRuleId] = useState<string | null>(null);
  const close = () => {
    setFinding(null);
    setRuleId(null);
  };
  const report = useCommand('critical-value:report', {
    done: () => {
      void cache.invalidateQueries({ queryKey: queryKeyOf('critical-value:list-of-consult', { consultId }) });
      close();
    },
  });
  const offered = gravest(ecgs);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const told = finding?.trim() ?? '';
    if (told !== '') report.mutate({ consultId, finding: told, ...(ruleId !== null && { ruleId }) });
  };
  return (
    <>
      <Button
        data-testid="report-critical-value"
        icon={<Shape name="bell" size={16} />}
        onClick={() => {
          report.reset();
          setFinding('');
        }}
      >
        {t('criticalValue.report')}
      </Button>
      <Modal
        open={finding !== null}
        title={t('criticalValue.report')}
        onCancel={close}
        footer={null}
        width={560}
        destroyOnHidden
      >
        <form className="stack" data-testid="critical-value-dialog" onSubmit={submit}>
          {words.length > 0 && (
            <div className="row">
              {words.map((one) => (
                <Button
                  key={one}
                  size="small"
                  data-testid="critical-value-word"
                  onClick={() => {
                    setFinding(one);
                    setRuleId(null);
                  }}
                >
                  {one}
                </Button>
              ))}
            </div>
          )}
          {offered.length > 0 && (
            <div className="stack">
              <p className="secondary">{t('criticalValue.fromPreRead')}</p>
              <div className="row">
                {offered.map((result) => {
                  const said = [t(`ecg.rule.${result.ruleId}`, { defaultValue: result.ruleId }), ...result.leads];
                  return (
                    <Button
                      key={result.ruleId}
                      size="small"
                      data-testid="critical-value-offer"
                      onClick={() => {
                        setFinding(said.join(' ').slice(0, 500));
                        setRuleId(result.ruleId);
                      }}
                    >
                      {said[0]}
                    </Button>
                  );
                })}
              </div>
            </div>
          )}
          <Input.TextArea
            autoFocus
            maxLength={500}
            autoSize={{ minRows: 3, maxRows: 8 }}
            data-testid="critical-value-text"
            aria-label={t('criticalValue.finding')}
            placeholder={t('criticalValue.finding')}
            value={finding ?? ''}
            onChange={(event) => setFinding(event.target.value)}
          />
          {report.error && (
            <MessageBox tone="trouble" shape="triangle" live="assertive">
              <p>{errorText(report.error)}</p>
            </MessageBox>
          )}
          <div className="row">
            <Button className="push" onClick={close}>
              {t('action.cancel')}
            </Button>
            <Button
              type="primary"
              htmlType="submit"
              data-testid="tell-critical-value"
              loading={report.isPending}
              disabled={(finding ?? '').trim() === ''}
            >
              {t('criticalValue.tell')}
            </Button>
          </div>
        </form>
      </Modal>
    </>
  );
}
