import { useId, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { parseNumber, type Bounds } from './parse-number.ts';
import './number-field.css';

/**
 * A number that keeps what was typed until it is one: what cannot be is marked, said, and told to the parent as null.
 * `was`: the number in force, shown beside one that differs. `unit` stands behind the number.
 */
export function NumberField({
  label,
  unit,
  value,
  was,
  bounds,
  whole = false,
  onChange,
}: {
  label: ReactNode;
  unit?: string;
  value: number;
  was: number | undefined;
  bounds: Bounds;
  whole?: boolean;
  onChange: (value: number | null) => void;
}) {
  const { t } = useTranslation();
  const hintId = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? String(value);
  const wrong = parseNumber(text, bounds, whole) === null;
  return (
    <span className="number-field" data-changed={was !== undefined && was !== value}>
      <label>
        <span className="number-field-label">{label}</span>
        <input
          inputMode="decimal"
          autoComplete="off"
          size={5}
          maxLength={9}
          value={text}
          aria-invalid={wrong}
          aria-describedby={wrong ? hintId : undefined}
          onChange={({ target }) => {
            setTyped(target.value);
            onChange(parseNumber(target.value, bounds, whole));
          }}
          onBlur={() => !wrong && setTyped(null)}
        />
        {unit}
      </label>
      {was !== undefined && was !== value && <span className="secondary figure">{t('number.was', { was })}</span>}
      {wrong && (
        <span id={hintId} className="number-field-hint" role="status">
          {t('number.bounds', { lowest: bounds[0], highest: bounds[1] })}
        </span>
      )}
    </span>
  );
}
