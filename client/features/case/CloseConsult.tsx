import { Button, Input, Modal, Radio } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { consultOutcomes, type ConsultView } from '../../../shared/contracts/consults.ts';
import { queryKeyOf } from '../../connection/notice-cache.ts';
import { useCommand, useWiring } from '../../connection/wiring.tsx';
import { MessageBox } from '../../ui/shapes.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';

type Outcome = (typeof consultOutcomes)[number];

/** Ends the consult with what was decided; it stays readable. */
export function CloseConsult({ consult, onClose }: { consult: ConsultView; onClose: () => void }) {
  const { t } = useTranslation();
  const { cache } = useWiring();
  const errorText = useErrorText();
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [note, setNote] = useState('');
  const close = useCommand('consult:close', {
    done: (reply) => {
      cache.setQueryData(queryKeyOf('consult:read', { consultId: consult.id }), reply);
      onClose();
    },
  });
  return (
    <Modal open title={t('case.close.title')} onCancel={onClose} footer={null} width={520} data-testid="close-dialog">
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (outcome !== null)
            close.mutate({ consultId: consult.id, outcome, ...(note.trim() === '' ? {} : { note: note.trim() }) });
        }}
      >
        <Radio.Group value={outcome} onChange={(event) => setOutcome(event.target.value as Outcome)}>
          <div className="case-outcomes">
            {consultOutcomes.map((one) => (
              <Radio key={one} value={one} data-testid={`outcome-${one}`}>
                {t(`consult.outcome.${one}`)}
              </Radio>
            ))}
          </div>
        </Radio.Group>
        <Input.TextArea
          aria-label={t('case.close.note')}
          placeholder={t('case.close.note')}
          autoSize={{ minRows: 2, maxRows: 6 }}
          maxLength={1000}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
        {close.error && (
          <MessageBox tone="trouble" shape="triangle" live="assertive">
            <p>{errorText(close.error)}</p>
          </MessageBox>
        )}
        <div className="row">
          <Button className="push" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button
            type="primary"
            htmlType="submit"
            data-testid="confirm-close"
            loading={close.isPending}
            disabled={outcome === null}
          >
            {t('case.close.confirm')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
