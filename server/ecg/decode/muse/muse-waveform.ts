import { crc32 } from 'node:zlib';
import type { EcgGroup, EcgGroupLabel, EcgLead } from '../../../../shared/ecg/waveform.ts';
import { decodeBase64, littleEndian16 } from '../base64.ts';
import { calibration, toMicrovoltSamples } from '../calibration.ts';
import type { SampleBudget, WarningList } from '../decode-limits.ts';
import { decodeLimits } from '../decode-limits.ts';
import { decimal } from '../device-values.ts';
import { EcgDecodeError } from '../ecg-decode-error.ts';
import { standardLeadFromLabel } from '../lead-names.ts';
import { addDerivedLimbLeads, inStandardOrder, missingStandardLeads } from '../limb-leads.ts';

/** The texts of one `Waveform` element and of its `LeadData` elements, by element name. */
export interface MuseWaveform {
  fields: Map<string, string>;
  leads: Map<string, string>[];
}

const microvoltsPer: Readonly<Record<string, number>> = { MICROVOLTS: 1, MILLIVOLTS: 1000, NANOVOLTS: 0.001 };
const maximumRateHz = 1_000_000;

function labelOf(type: string): EcgGroupLabel {
  if (/^rhythm$/i.test(type)) return 'rhythm';
  return /^median$/i.test(type) ? 'median' : 'other';
}

/** SampleBase * 10^SampleExponent, in hertz. @throws EcgDecodeError */
function sampleRate(fields: ReadonlyMap<string, string>, where: string): number {
  const base = decimal(fields.get('SampleBase'));
  const exponent = decimal(fields.get('SampleExponent')) ?? 0;
  // Through a decimal text: 5000 * 10 ** -1 need not be exact.
  const rate = Number(`${base ?? 'x'}e${exponent}`);
  if (!(rate > 0 && rate <= maximumRateHz)) {
    throw new EcgDecodeError('malformed', `${where}: SampleBase and SampleExponent give no usable sampling rate`);
  }
  return rate;
}

function checkBytes(lead: ReadonlyMap<string, string>, bytes: Uint8Array, where: string, warnings: WarningList): void {
  const count = decimal(lead.get('LeadSampleCountTotal'));
  const held = bytes.length >> 1;
  if (count !== undefined && count !== held) {
    warnings.add(`${where}: LeadSampleCountTotal is ${count}, the file holds ${held} samples`);
  }
  if (bytes.length % 2 === 1) warnings.add(`${where}: an odd number of bytes; the last one is no sample`);
  const stated = lead.get('LeadDataCRC32') ?? lead.get('WaveFormDataCRC') ?? '';
  const expected = decimal(stated);
  // Writers differ in whether the sum has a sign.
  if (expected !== undefined && expected >>> 0 !== crc32(bytes)) {
    warnings.add(`${where}: the checksum is wrong, so the samples may be damaged`);
  }
}

interface ReadLead {
  lead: EcgLead;
  /** LeadTimeOffset: milliseconds after the waveform's start. */
  offsetMs: number;
}

function readLead(
  fields: ReadonlyMap<string, string>,
  rate: number,
  group: string,
  budget: SampleBudget,
  warnings: WarningList,
): ReadLead | undefined {
  const label = (fields.get('LeadID') ?? '').trim().slice(0, 64);
  const name = standardLeadFromLabel(label) ?? label;
  const where = `${group}, lead ${name === '' ? '(without a name)' : name}`;
  const data = fields.get('WaveFormData') ?? '';
  const size = decimal(fields.get('LeadSampleSize')) ?? 2;
  if (size !== 2) {
    warnings.add(`${where}: samples of ${size} bytes are not read; left out`);
    return undefined;
  }
  const perBit = decimal(fields.get('LeadAmplitudeUnitsPerBit'));
  const unit = microvoltsPer[(fields.get('LeadAmplitudeUnits') ?? '').trim().toUpperCase()];
  if (perBit === undefined || perBit === 0 || unit === undefined) {
    warnings.add(`${where}: no amplitude of a bit in volts, so it cannot be calibrated; left out`);
    return undefined;
  }
  budget.take(Math.floor((data.length * 3) / 8), where);
  const bytes = decodeBase64(data, where);
  if (bytes.length < 2) {
    warnings.add(`${where}: no samples; left out`);
    return undefined;
  }
  checkBytes(fields, bytes, where, warnings);
  const toMicrovolts = calibration(perBit * unit);
  const samples = toMicrovoltSamples(littleEndian16(bytes), toMicrovolts);
  if (/^true$/i.test((fields.get('LeadOff') ?? '').trim())) {
    warnings.add(`${where}: the device reports the lead off`);
  }
  const first = decimal(fields.get('LeadOffsetFirstSample')) ?? 0;
  if (first !== 0) warnings.add(`${where}: LeadOffsetFirstSample is ${first}; all its samples are shown all the same`);
  return {
    lead: { name, sampleRateHz: rate, unit: 'uV', samples },
    offsetMs: Math.max(0, decimal(fields.get('LeadTimeOffset')) ?? 0),
  };
}

/** Puts the leads on one time line: what a later lead lacks at the front is null, for the file holds nothing there. */
function align(
  read: readonly ReadLead[],
  rate: number,
  where: string,
  budget: SampleBudget,
  warnings: WarningList,
): { leads: EcgLead[]; startMs: number } {
  const startMs = Math.min(...read.map(({ offsetMs }) => offsetMs));
  const leads = read.map(({ lead, offsetMs }) => {
    const gap = Math.round(((offsetMs - startMs) * rate) / 1000);
    if (gap === 0) return lead;
    budget.takeDelay(gap, rate, `${where}, lead ${lead.name}`);
    warnings.add(`${where}, lead ${lead.name}: starts ${offsetMs - startMs} ms after the first lead`);
    return { ...lead, samples: [...new Array<null>(gap).fill(null), ...lead.samples] };
  });
  return { leads, startMs };
}

function warnOfOddLeads(waveform: MuseWaveform, leads: readonly EcgLead[], where: string, warnings: WarningList): void {
  const stated = decimal(waveform.fields.get('NumberofLeads'));
  if (stated !== undefined && stated !== waveform.leads.length) {
    warnings.add(`${where}: NumberofLeads is ${stated}, the file holds ${waveform.leads.length}`);
  }
  if (new Set(leads.map((lead) => lead.name)).size < leads.length) warnings.add(`${where}: a lead occurs twice`);
  if (leads.some((lead) => lead.samples.length !== leads[0]?.samples.length)) {
    warnings.add(`${where}: the leads are not of one length`);
  }
}

/**
 * Turns one `Waveform` element into a group: base64 of signed 16-bit numbers, low byte first, times
 * LeadAmplitudeUnitsPerBit; III, aVR, aVL and aVF, which MUSE leaves out, follow from I and II.
 * @throws EcgDecodeError `malformed` or `too-large`; undefined when no lead of it can be read.
 */
export function toGroup(waveform: MuseWaveform, budget: SampleBudget, warnings: WarningList): EcgGroup | undefined {
  const type = (waveform.fields.get('WaveformType') ?? '').trim().slice(0, 40);
  const where = `MUSE waveform ${type === '' ? '(of no type)' : type}`;
  if (waveform.leads.length === 0) {
    warnings.add(`${where}: no leads; left out`);
    return undefined;
  }
  if (waveform.leads.length > decodeLimits.leadsPerGroup) {
    throw new EcgDecodeError('too-large', `${where}: more than ${decodeLimits.leadsPerGroup} leads`);
  }
  const sampleType = (waveform.fields.get('SampleType') ?? '').trim();
  if (sampleType !== '' && sampleType.toUpperCase() !== 'CONTINUOUS_SAMPLES') {
    warnings.add(`${where}: samples of type "${sampleType.slice(0, 40)}" are not read; left out`);
    return undefined;
  }
  const rate = sampleRate(waveform.fields, where);
  const read = waveform.leads
    .map((fields) => readLead(fields, rate, where, budget, warnings))
    .filter((lead) => lead !== undefined);
  if (read.length === 0) return undefined;
  const { leads, startMs } = align(read, rate, where, budget, warnings);
  warnOfOddLeads(waveform, leads, where, warnings);
  const label = labelOf(type);
  const all = inStandardOrder(addDerivedLimbLeads(leads, budget, where));
  const missing = label === 'other' ? [] : missingStandardLeads(all);
  if (missing.length > 0) warnings.add(`${where}: without ${missing.join(', ')}`);
  return { label, leads: all, ...(startMs > 0 ? { startMs } : {}) };
}
