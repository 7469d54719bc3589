import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { CriticalValueView } from '../../../shared/contracts/critical-values.ts';
import { useCommand } from '../../connection/wiring.tsx';
import { Elapsed } from '../../ui/Elapsed.tsx';
import { Shape } from '../../ui/shapes.tsx';
import { formatClock } from '../../ui/time.ts';
import { useToasts } from '../../ui/toasts.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import { usePatientWords } from '../patients/use-patient-words.ts';

/** One critical value at the clinic: received with one press, then read back with a second one or in own words. */
export function CriticalValueCard({ value }: { value: CriticalValueView }) {
  const { t } = useTranslation();
  const toasts = useToasts();
  const errorText = useErrorText();
  const patientWords = usePatientWords();
  const [text, setText] = useState(value.finding);
  const refused = (error: unknown) => toasts.trouble(errorText(error));
  const receive = useCommand('critical-value:receive', { refused });
  const readBack = useCommand('critical-value:read-back', { refused });
  const criticalValueId = value.id;
  const own = text.trim();
  const confirm = (event: FormEvent) => {
    event.preventDefault();
    if (own === '' || readBack.isPending) return;
    readBack.mutate({ criticalValueId, ...(own === value.finding ? {} : { text: own }) });
  };
  const to = value.consultKind === 'urgent' ? `/consults/${value.consultId}` : `/patients/${value.patientId}`;
  return (
    <section
      className="critical-value"
      data-testid="critical-value"
      data-state={value.state}
      data-repeats={value.repeats}
    >
      <Shape name="triangle" size={40} />
      <div className="critical-value-words">
        <p>
          <strong className="no-wrap">{t('criticalValue.title')}</strong>{' '}
          <Link to={to} className="critical-value-patient">
            {value.patientName} {patientWords(value.patientSex, value.patientAgeYears)}
          </Link>
        </p>
        <p className="critical-value-finding" data-testid="critical-value-finding">
          {value.finding}
        </p>
        <p>
          {t('criticalValue.reportedBy', { name: value.reportedByName, organisation: value.toOrganisationName })} ·{' '}
          <span className="figure no-wrap">
            {formatClock(value.foundAt)} · <Elapsed since={value.foundAt} />
          </span>
          {value.repeats > 0 && (
            <span className="no-wrap"> · {t('criticalValue.repeated', { count: value.repeats })}</span>
          )}
          {value.receivedByName !== null && (
            <span className="no-wrap"> · {t('criticalValue.receivedByOne', { name: value.receivedByName })}</span>
          )}
        </p>
      </div>
      <div className="critical-value-actions">
        {value.state === 'open' ? (
          <button
            type="button"
            data-testid="receive-critical-value"
            disabled={receive.isPending}
            onClick={() => receive.mutate({ criticalValueId })}
          >
            {t('criticalValue.receive')}
          </button>
        ) : (
          <form onSubmit={confirm}>
            <label htmlFor={`read-back-${value.id}`}>{t('criticalValue.readBackLabel')}</label>
            <textarea
              id={`read-back-${value.id}`}
              rows={3}
              maxLength={500}
              data-testid="read-back-text"
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
            <button type="submit" data-testid="read-back" disabled={own === '' || readBack.isPending}>
              {t('criticalValue.readBack')}
            </button>
          </form>
        )}
        {value.toTelephone !== null && (
          <a className="critical-value-telephone" href={`tel:${value.toTelephone.replace(/[^\d+]/g, '')}`}>
            <Shape name="phone" size={18} />
            {t('criticalValue.callLead')} <strong className="figure">{value.toTelephone}</strong>
          </a>
        )}
      </div>
    </section>
  );
}
