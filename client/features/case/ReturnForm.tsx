import { Button, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

/** Why a report goes back to its author; without a reason it does not. */
export function ReturnForm(props: {
  pending: boolean;
  submitText: string;
  onReturn: (reason: string) => void;
  onCancel: () => void;
}) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const reason = text.trim();
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (reason !== '' && !props.pending) props.onReturn(reason);
      }}
    >
      <Input
        autoFocus
        maxLength={500}
        data-testid="return-text"
        aria-label={t('case.report.returnReason')}
        placeholder={t('case.report.returnReason')}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <div className="row">
        <Button className="push" onClick={props.onCancel}>
          {t('action.cancel')}
        </Button>
        <Button
          type="primary"
          htmlType="submit"
          data-testid="confirm-return"
          loading={props.pending}
          disabled={reason === ''}
        >
          {props.submitText}
        </Button>
      </div>
    </form>
  );
}
