import { Input } from 'antd';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { Shape } from '../../ui/shapes.tsx';
import { Segments } from '../../ui/Segments.tsx';
import { dateFromDigits } from './patient-form.ts';
import type { PatientForm } from './use-patient-draft.ts';
import { usePerson } from './use-person.ts';

/** Name, identity number with its check while it is typed, sex and birth date where the number doesn't give them, phone. */
export function PatientFields({ form }: { form: PatientForm }) {
  const { draft, reading, tried, change: onChange } = form;
  const { t } = useTranslation();
  const person = usePerson();
  const id = useId();
  const { identity } = reading;
  const stillTyping = identity !== null && !identity.valid && identity.fault === 'length' && !tried;
  const nameMissing = tried && draft.name.trim() === '';
  const dateWrong = !reading.birthDateValid && (tried || draft.birthDate.length === 10);
  return (
    <>
      <div className="field">
        <label htmlFor={`${id}-name`}>{t('patient.name')}</label>
        <Input
          id={`${id}-name`}
          data-testid="patient-name"
          maxLength={50}
          autoComplete="off"
          value={draft.name}
          aria-invalid={nameMissing}
          onChange={(event) => onChange({ ...draft, name: event.target.value })}
        />
        {nameMissing && (
          <p className="hint" data-tone="trouble" role="status">
            <Shape name="triangle" size={14} /> {t('patient.nameMissing')}
          </p>
        )}
      </div>
      <div className="field">
        <label htmlFor={`${id}-number`}>{t('patient.identityNumber')}</label>
        <Input
          id={`${id}-number`}
          data-testid="patient-identity-number"
          maxLength={18}
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          value={draft.identityNumber}
          aria-invalid={identity !== null && !identity.valid && !stillTyping}
          aria-describedby={`${id}-number-hint`}
          onChange={(event) =>
            onChange({ ...draft, identityNumber: event.target.value.replace(/\s/g, '').toUpperCase() })
          }
        />
        <p
          id={`${id}-number-hint`}
          className="hint"
          role="status"
          data-testid="identity-number-hint"
          data-tone={identity === null || stillTyping ? 'quiet' : identity.valid ? 'good' : 'trouble'}
        >
          {identity === null && t('identity.hint')}
          {stillTyping && t('identity.digits', { count: draft.identityNumber.length })}
          {identity?.valid && (
            <>
              <Shape name="check" size={14} /> {identity.facts.birthDate} · {person(identity.facts)}
            </>
          )}
          {identity !== null && !identity.valid && !stillTyping && (
            <>
              <Shape name="triangle" size={14} /> {t(`identity.fault.${identity.fault}`)}
            </>
          )}
        </p>
      </div>
      {!identity?.valid && (
        <div className="patient-fields-pair">
          <div className="field">
            <span className="label" id={`${id}-sex`}>
              {t('patient.sex')}
            </span>
            <Segments
              labelledBy={`${id}-sex`}
              segments={(['male', 'female', 'unknown'] as const).map((sex) => ({
                ...{ value: sex, text: t(`sex.${sex}`), testId: `patient-sex-${sex}` },
              }))}
              chosen={draft.sex}
              onChoose={(sex) => onChange({ ...draft, sex })}
            />
          </div>
          <div className="field">
            <label htmlFor={`${id}-born`}>{t('patient.birthDate')}</label>
            <Input
              id={`${id}-born`}
              data-testid="patient-birth-date"
              inputMode="numeric"
              maxLength={10}
              placeholder="1970-01-31"
              autoComplete="off"
              value={draft.birthDate}
              aria-invalid={dateWrong}
              onChange={(event) => onChange({ ...draft, birthDate: dateFromDigits(event.target.value) })}
            />
            {dateWrong && (
              <p className="hint" data-tone="trouble" role="status">
                <Shape name="triangle" size={14} /> {t('patient.birthDateInvalid')}
              </p>
            )}
          </div>
        </div>
      )}
      <div className="field">
        <label htmlFor={`${id}-phone`}>{t('patient.phone')}</label>
        <Input
          id={`${id}-phone`}
          data-testid="patient-phone"
          inputMode="tel"
          maxLength={13}
          autoComplete="off"
          value={draft.phone}
          aria-invalid={!reading.phoneValid}
          onChange={(event) => onChange({ ...draft, phone: event.target.value })}
        />
        {!reading.phoneValid && (
          <p className="hint" data-tone="trouble" role="status">
            <Shape name="triangle" size={14} /> {t('patient.phoneInvalid')}
          </p>
        )}
      </div>
    </>
  );
}
