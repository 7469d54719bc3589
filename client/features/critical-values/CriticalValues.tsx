import { Button, Input } from 'antd';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { CriticalValueView } from '../../../shared/contracts/critical-values.ts';
import { isOpenCriticalValue } from '../../../shared/rules/critical-value.ts';
import { useCommand, useRequest } from '../../connection/wiring.tsx';
import { Elapsed } from '../../ui/Elapsed.tsx';
import { LoadFailed } from '../../ui/LoadFailed.tsx';
import { State, type ShapeName, type Tone } from '../../ui/shapes.tsx';
import { formatClock } from '../../ui/time.ts';
import { useToasts } from '../../ui/toasts.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import './critical-values.css';

const looks: Record<CriticalValueView['state'], { shape: ShapeName; tone: Tone }> = {
  open: { shape: 'bell', tone: 'alarm' },
  received: { shape: 'half', tone: 'caution' },
  'read-back': { shape: 'check', tone: 'good' },
  withdrawn: { shape: 'cross', tone: 'quiet' },
};

export function CriticalValueState({ value }: { value: CriticalValueView }) {
  const { t } = useTranslation();
  return <State {...looks[value.state]}>{t(`criticalValue.state.${value.state}`)}</State>;
}

/** All critical values of a reading or a case with their six fields; nothing where there are none. */
export function CriticalValues({ consultId, canTell }: { consultId: string; canTell: boolean }) {
  const { t } = useTranslation();
  const list = useRequest('critical-value:list-of-consult', { consultId });
  if (list.error && !list.data) return <LoadFailed error={list.error} onRetry={() => void list.refetch()} />;
  if (!list.data || list.data.values.length === 0) return null;
  return (
    <section className="stack critical-value-records" aria-label={t('criticalValue.title')}>
      {list.data.values.map((value) => (
        <CriticalValueRecord key={value.id} value={value} canTell={canTell} />
      ))}
    </section>
  );
}

function CriticalValueRecord({ value, canTell }: { value: CriticalValueView; canTell: boolean }) {
  const { t } = useTranslation();
  const [doing, setDoing] = useState<'telephone' | 'withdraw' | null>(null);
  const open = isOpenCriticalValue(value);
  const { readBack, withdrawn } = value;
  return (
    <article className="critical-value-record" data-testid="critical-value-record" data-state={value.state}>
      <div className="row">
        <strong>{t('criticalValue.title')}</strong>
        <CriticalValueState value={value} />
        {open && <Elapsed since={value.foundAt} />}
        {value.repeats > 0 && (
          <span className="secondary">{t('criticalValue.repeated', { count: value.repeats })}</span>
        )}
      </div>
      <dl className="critical-value-fields">
        <dt>{t('criticalValue.field.finding')}</dt>
        <dd>{value.finding}</dd>
        <dt>{t('criticalValue.field.foundAt')}</dt>
        <dd className="figure">{formatClock(value.foundAt)}</dd>
        <dt>{t('criticalValue.field.reportedBy')}</dt>
        <dd>{value.reportedByName}</dd>
        <dt>{t('criticalValue.field.means')}</dt>
        <dd>{t(`criticalValue.means.${value.means}`)}</dd>
        {value.receivedAt !== null && (
          <>
            <dt>{t('criticalValue.field.receivedBy')}</dt>
            <dd data-testid="cv-received-by">{value.receivedByName}</dd>
            <dt>{t('criticalValue.field.receivedAt')}</dt>
            <dd className="figure">
              {formatClock(value.receivedAt)} (+
              <Elapsed since={value.foundAt} until={value.receivedAt} />)
            </dd>
          </>
        )}
        {readBack !== null && (
          <>
            <dt>{t('criticalValue.field.readBack')}</dt>
            <dd data-testid="cv-read-back">
              {readBack.text}{' '}
              <span className="secondary">
                {readBack.byName} <span className="figure">{formatClock(readBack.at)}</span> (+
                <Elapsed since={value.foundAt} until={readBack.at} />){' '}
                {t(`criticalValue.way.${readBack.way}`, { name: readBack.recordedByName })}
              </span>
              {!readBack.same && (
                <State tone="caution" shape="triangle">
                  {t('criticalValue.differs')}
                </State>
              )}
            </dd>
          </>
        )}
      </dl>
      {withdrawn !== null && (
        <p className="secondary">
          {t('criticalValue.withdrawnBy', { name: withdrawn.byName, reason: withdrawn.reason })}
        </p>
      )}
      {open && canTell && doing === null && (
        <div className="row">
          {value.fromTelephone !== null && <strong className="figure no-wrap">{value.fromTelephone}</strong>}
          <Button size="small" data-testid="cv-by-telephone" onClick={() => setDoing('telephone')}>
            {t('criticalValue.telephone')}
          </Button>
          <Button size="small" data-testid="cv-withdraw" onClick={() => setDoing('withdraw')}>
            {t('criticalValue.withdraw')}
          </Button>
        </div>
      )}
      {open && canTell && doing !== null && <EndForm value={value} how={doing} onClose={() => setDoing(null)} />}
    </article>
  );
}

/** How the reporter's side ends it: the telephone, or taking it back. */
function EndForm({
  value,
  how,
  onClose,
}: {
  value: CriticalValueView;
  how: 'telephone' | 'withdraw';
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const toasts = useToasts();
  const errorText = useErrorText();
  const [name, setName] = useState('');
  const [text, setText] = useState('');
  const on = { done: onClose, refused: (error: unknown) => toasts.trouble(errorText(error)) };
  const record = useCommand('critical-value:record-by-telephone', on);
  const withdraw = useCommand('critical-value:withdraw', on);
  const telephone = how === 'telephone';
  const ready = text.trim() !== '' && (!telephone || name.trim() !== '');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const criticalValueId = value.id;
    if (!ready) return;
    if (telephone) record.mutate({ criticalValueId, receiverName: name.trim(), readBackText: text.trim() });
    else withdraw.mutate({ criticalValueId, reason: text.trim() });
  };
  const label = t(telephone ? 'criticalValue.readBackText' : 'criticalValue.withdrawReason');
  return (
    <form className="stack" onSubmit={submit}>
      {telephone && (
        <Input
          autoFocus
          maxLength={60}
          data-testid="cv-receiver-name"
          aria-label={t('criticalValue.receiverName')}
          placeholder={t('criticalValue.receiverName')}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      )}
      <Input
        autoFocus={!telephone}
        maxLength={500}
        data-testid="cv-end-text"
        aria-label={label}
        placeholder={label}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <div className="row">
        <Button onClick={onClose}>{t('action.cancel')}</Button>
        <Button
          className="push"
          htmlType="submit"
          data-testid="cv-end"
          disabled={!ready}
          loading={record.isPending || withdraw.isPending}
        >
          {t(telephone ? 'criticalValue.record' : 'criticalValue.withdraw')}
        </Button>
      </div>
    </form>
  );
}
