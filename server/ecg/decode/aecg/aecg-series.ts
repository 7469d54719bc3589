import type { EcgGroup, EcgGroupLabel, EcgLead } from '../../../../shared/ecg/waveform.ts';
import { calibration, microvoltsPerUnit } from '../calibration.ts';
import type { SampleBudget, WarningList } from '../decode-limits.ts';
import { decodeLimits } from '../decode-limits.ts';
import { EcgDecodeError } from '../ecg-decode-error.ts';
import { standardLeadFromLabel } from '../lead-names.ts';

/** One number with its unit, as HL7's type PQ writes it in attributes. */
export interface Quantity {
  value: number;
  unit: string;
}

/** One `sequence` element while it is being read. */
export interface Sequence {
  code: string;
  type: string;
  increment?: Quantity;
  origin?: Quantity;
  scale?: Quantity;
  digits: (number | null)[];
}

/** One `sequenceSet`: a time sequence and the leads that share it. */
export interface SequenceSet {
  sequences: Sequence[];
}

/** A `series` or `derivedSeries` element while it is being read. */
export interface Series {
  derived: boolean;
  code: string;
  sets: SequenceSet[];
}

const secondsPerUnit: Readonly<Record<string, number>> = { s: 1, ms: 0.001, us: 0.000001 };

const space = (code: number): boolean => code === 0x20 || (code >= 0x09 && code <= 0x0d);

const found = { value: 0, end: 0 };

/**
 * The whole number of at most nine digits that stands alone at this place, as nearly every sample does; `end` is `at`
 * where none does. The one object is filled anew at each call: an ECG has sixty thousand of them.
 */
function wholeNumber(text: string, at: number): Readonly<typeof found> {
  found.end = at;
  const negative = text.charCodeAt(at) === 0x2d;
  const first = negative ? at + 1 : at;
  let value = 0;
  let end = first;
  for (let code = text.charCodeAt(end); code >= 0x30 && code <= 0x39; code = text.charCodeAt(end)) {
    value = value * 10 + code - 0x30;
    end++;
  }
  const alone = end === text.length || space(text.charCodeAt(end));
  // Minus zero is zero.
  if (alone && end > first && end - first <= 9) [found.value, found.end] = [negative ? 0 - value : value, end];
  return found;
}

/**
 * Reads the whitespace-separated numbers of a `digits` element (HL7 v3 SLIST). A word such as NaN is a missing sample.
 * @throws EcgDecodeError `malformed` for anything else, `too-large` beyond the cap.
 */
export function parseDigits(text: string, budget: SampleBudget, where: string): (number | null)[] {
  const digits: (number | null)[] = [];
  let at = 0;
  while (at < text.length) {
    while (at < text.length && space(text.charCodeAt(at))) at++;
    if (at === text.length) break;
    budget.take(1, where);
    const start = at;
    const whole = wholeNumber(text, at);
    if (whole.end > at) {
      digits.push(whole.value);
      at = whole.end;
      continue;
    }
    while (at < text.length && !space(text.charCodeAt(at))) at++;
    const word = text.slice(start, at);
    const value = Number(word);
    if (Math.abs(value) <= Number.MAX_SAFE_INTEGER && /^[-+.\d]/.test(word)) digits.push(value);
    else if (/^(nan|null|na|n\/a|-+|\?)$/i.test(word)) digits.push(null);
    else throw new EcgDecodeError('malformed', `${where}: "${word.slice(0, 20)}" is no sample`);
  }
  return digits;
}

function seriesLabel(series: Series): EcgGroupLabel {
  if (/annot/i.test(series.code)) return 'annotated-beats';
  if (/represent|median|average/i.test(series.code)) return 'median';
  if (/rhythm/i.test(series.code)) return 'rhythm';
  return series.derived ? 'other' : 'rhythm';
}

function sampleRate(set: SequenceSet, where: string): number {
  const time = set.sequences.find((sequence) => sequence.code.startsWith('TIME_'));
  if (!time) throw new EcgDecodeError('malformed', `${where}: no time sequence, so the sampling rate is unknown`);
  if (time.type !== 'GLIST_TS' && time.type !== 'GLIST_PQ') {
    throw new EcgDecodeError(
      'unsupported-format',
      `${where}: a time sequence of type "${time.type.slice(0, 20)}" is not read`,
    );
  }
  const perUnit = secondsPerUnit[time.increment?.unit ?? ''];
  const value = time.increment?.value ?? 0;
  if (perUnit === undefined || !(value > 0) || value * perUnit < 1e-6 || value * perUnit > 10) {
    throw new EcgDecodeError('malformed', `${where}: the time sequence has no usable increment`);
  }
  // 1000 / 2 ms is exact where 1 / (2 * 0.001) need not be.
  return Math.round(1 / perUnit) / value;
}

function toLead(sequence: Sequence, sampleRateHz: number, where: string, warnings: WarningList): EcgLead | undefined {
  const name = standardLeadFromLabel(sequence.code) ?? sequence.code.slice(0, 64);
  if (sequence.type !== 'SLIST_PQ') {
    warnings.add(`${where}, lead ${name}: values of type "${sequence.type.slice(0, 20)}" are not read; left out`);
    return undefined;
  }
  const scale = sequence.scale;
  const perScale = scale && microvoltsPerUnit(scale.unit);
  const perOrigin = sequence.origin ? microvoltsPerUnit(sequence.origin.unit || (scale?.unit ?? '')) : 1;
  if (
    !scale ||
    perScale === undefined ||
    perOrigin === undefined ||
    !Number.isFinite(scale.value) ||
    scale.value === 0
  ) {
    warnings.add(`${where}, lead ${name}: no scale in volts, so it cannot be calibrated; left out`);
    return undefined;
  }
  const origin = sequence.origin?.value ?? 0;
  const toMicrovolts = calibration(scale.value * perScale, Number.isFinite(origin) ? origin * perOrigin : 0);
  if (sequence.digits.length === 0) {
    warnings.add(`${where}, lead ${name}: no samples; left out`);
    return undefined;
  }
  const samples = sequence.digits.map((raw) => (raw === null ? null : toMicrovolts(raw)));
  if (samples.includes(null)) warnings.add(`${where}, lead ${name}: some samples are missing`);
  // Some cardiographs fill up a short beat with the largest 16-bit number; the file does not say that it is no sample.
  const last = sequence.digits.at(-1);
  if ((last === 32767 || last === -32768) && sequence.digits.at(-2) === last) {
    warnings.add(`${where}: the samples end in a run of ${last}, probably the device's filling`);
  }
  return { name, sampleRateHz, unit: 'uV', samples };
}

/** Turns what was read of a series into groups, one for each sequence set. */
export function seriesToGroups(series: Series, where: string, warnings: WarningList): EcgGroup[] {
  const groups: EcgGroup[] = [];
  for (const set of series.sets) {
    const leadSequences = set.sequences.filter((sequence) => !sequence.code.startsWith('TIME_'));
    if (leadSequences.length === 0) continue;
    if (leadSequences.length > decodeLimits.leadsPerGroup) {
      throw new EcgDecodeError('too-large', `${where}: more than ${decodeLimits.leadsPerGroup} leads`);
    }
    const rate = sampleRate(set, where);
    const leads = leadSequences
      .map((sequence) => toLead(sequence, rate, where, warnings))
      .filter((lead) => lead !== undefined);
    if (leads.length > 0) groups.push({ label: seriesLabel(series), leads });
  }
  return groups;
}
