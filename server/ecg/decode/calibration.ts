import { EcgDecodeError } from './ecg-decode-error.ts';

const { abs, round } = Math;

/** A megavolt: no amplifier's unit is larger, and with less no sample of 53 bits overflows. */
const largestMicrovolts = 1e12;

/** Microvolts in one of the unit, for the voltage units of UCUM; undefined for any other unit. */
export function microvoltsPerUnit(unit: string): number | undefined {
  switch (unit.trim()) {
    case 'uV':
    case 'µV':
    case 'μV':
      return 1;
    case 'mV':
      return 1000;
    case 'nV':
      return 0.001;
    case 'V':
      return 1_000_000;
    default:
      return undefined;
  }
}

/**
 * A function from stored numbers to microvolts: `raw * scale + offset`, both in microvolts. The result is rounded to a
 * picovolt, so that a scale without an exact binary form (4.88) leaves no tail of digits.
 * @throws EcgDecodeError `malformed` for a scale or an offset that is no number, or more than a megavolt
 */
export function calibration(scaleMicrovolts: number, offsetMicrovolts = 0): (raw: number) => number {
  if (!(abs(scaleMicrovolts) <= largestMicrovolts && abs(offsetMicrovolts) <= largestMicrovolts)) {
    const words = `${scaleMicrovolts} uV for each unit, with an offset of ${offsetMicrovolts} uV`;
    throw new EcgDecodeError('malformed', `A lead is calibrated to ${words}, which no amplifier gives`);
  }
  const scale = Number(scaleMicrovolts.toPrecision(12));
  const offset = Number(offsetMicrovolts.toPrecision(12));
  if (Number.isInteger(scale * 4) && Number.isInteger(offset * 4)) {
    // `+ 0` turns the negative zero of `0 * -1` into zero.
    return (raw) => raw * scale + offset + 0;
  }
  return (raw) => round((raw * scale + offset) * 1e6) / 1e6 + 0;
}

/** Stored numbers in microvolts. A plain loop: Array.from takes several times as long for typed arrays. */
export function toMicrovoltSamples(stored: Int16Array, toMicrovolts: (raw: number) => number): (number | null)[] {
  const samples: (number | null)[] = [];
  for (let i = 0; i < stored.length; i++) samples.push(toMicrovolts(stored[i] ?? 0));
  return samples;
}
