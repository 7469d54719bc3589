import type { EcgMeasurements } from '../../../shared/ecg/waveform.ts';

/** A decimal number; undefined for anything else, an empty text included. */
export function decimal(text: string | undefined): number | undefined {
  const trimmed = (text ?? '').trim();
  if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(trimmed) || trimmed.length > 40) return undefined;
  return Number(trimmed);
}

/**
 * The measurements of which the device wrote a value. Cardiographs write 0 or a word where they measured nothing, so
 * that only an axis may be zero or less.
 */
export function toMeasurements(
  texts: Partial<Record<keyof EcgMeasurements, string | number | undefined>>,
): EcgMeasurements | undefined {
  const measurements: EcgMeasurements = {};
  for (const [field, text] of Object.entries(texts) as [keyof EcgMeasurements, string | number | undefined][]) {
    const value = typeof text === 'number' ? text : decimal(text);
    if (value === undefined || !Number.isFinite(value)) continue;
    if (value > 0 || field.endsWith('Degrees')) measurements[field] = value;
  }
  return Object.keys(measurements).length > 0 ? measurements : undefined;
}
