import type { EcgMeasurements } from '../ecg/waveform.ts';

/** The blanks of a report template that a measured value may fill, by the words around them. */
const blanks: readonly [RegExp, keyof EcgMeasurements][] = [
  [/(心率|心室率)__(?=次\/分)/g, 'heartRatePerMinute'],
  [/(PR间期)__(?=ms)/g, 'prIntervalMs'],
  [/(QRS时限)__(?=ms)/g, 'qrsDurationMs'],
  [/(QTc ?)__(?=ms)/g, 'qtcIntervalMs'],
];

/**
 * Writes measured values into a template's blanks, rounded; a blank without a value stays and keeps the report from
 * being signed. The values are unconfirmed until the doctor signs them. Answers which were filled in.
 */
export function fillTemplate<Text extends Record<string, string>>(
  text: Text,
  values: EcgMeasurements,
): { text: Text; filled: (keyof EcgMeasurements)[] } {
  const filled = new Set<keyof EcgMeasurements>();
  const fill = (part: string) =>
    blanks.reduce((words, [blank, key]) => {
      const value = values[key];
      if (value === undefined || !Number.isFinite(value)) return words;
      return words.replace(blank, (_blank, before: string) => {
        filled.add(key);
        return `${before}${Math.round(value)}`;
      });
    }, part);
  const parts = Object.entries(text).map(([name, part]) => [name, fill(part)] as const);
  return { text: Object.fromEntries(parts) as Text, filled: [...filled] };
}
