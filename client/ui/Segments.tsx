export interface Segment<Value> {
  value: Value;
  text: string;
  /** The language of the text, where it is not that of the page. */
  lang?: string;
  /** How many there are of it. */
  count?: number | undefined;
  testId?: string;
}

/** A few choices side by side, one of them pressed; `label`, or the id of the element that is one. */
export function Segments<Value extends string | number | boolean>({
  label,
  labelledBy,
  segments,
  chosen,
  onChoose,
  className = '',
}: {
  label?: string;
  labelledBy?: string;
  segments: readonly Segment<Value>[];
  /** Null: none. */
  chosen: Value | null;
  onChoose: (value: Value) => void;
  className?: string;
}) {
  return (
    <div className={`segments ${className}`} role="group" aria-label={label} aria-labelledby={labelledBy}>
      {segments.map(({ value, text, lang, count, testId }) => (
        <button
          key={String(value)}
          type="button"
          lang={lang}
          aria-pressed={chosen === value}
          data-testid={testId}
          onClick={() => onChoose(value)}
        >
          {text}
          {count !== undefined && <span className="segment-count figure">{count}</span>}
        </button>
      ))}
    </div>
  );
}
