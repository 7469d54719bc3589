import type { EcgGroup, EcgLead } from '../../../../shared/ecg/waveform.ts';
import { standardLeads } from '../../../../shared/ecg/waveform.ts';
import { decodeBase64, littleEndian16 } from '../base64.ts';
import { calibration, toMicrovoltSamples } from '../calibration.ts';
import type { SampleBudget, WarningList } from '../decode-limits.ts';
import { decodeLimits } from '../decode-limits.ts';
import { decimal } from '../device-values.ts';
import { EcgDecodeError } from '../ecg-decode-error.ts';
import { standardLeadFromLabel } from '../lead-names.ts';
import { missingStandardLeads } from '../limb-leads.ts';
import { attribute } from '../xml-stream.ts';
import type { XmlAttributes } from '../xml-stream.ts';
import { holdsDifferences, restoreLimbLeads, samplesIn, unpackXli } from './xli.ts';

/** The element parsedwaveforms. */
export interface ParsedWaveforms {
  attributes: XmlAttributes;
  text: string;
}

/** One representative beat; its waveform is an element of its own in 1.04, the text of `repbeat` in 1.03. */
export interface RepresentativeBeat {
  leadName: string;
  durationMs: number | undefined;
  text: string;
}

export interface RepresentativeBeats {
  attributes: XmlAttributes;
  beats: RepresentativeBeat[];
}

/** Texts of signalcharacteristics, which 1.03 needs where 1.04 has attributes. */
export type SignalCharacteristics = ReadonlyMap<string, string>;

const maximumRateHz = 100_000;

/** IEC calls the chest leads C1 to C9. */
function leadName(label: string): string {
  const name = label.slice(0, 64);
  return standardLeadFromLabel(/^C\d+R?$/i.test(name) ? name.replace(/^C/i, 'V') : name) ?? name;
}

function requirePositive(text: string | undefined, name: string, where: string, most: number): number {
  const value = decimal(text);
  if (value === undefined || !(value > 0 && value <= most)) {
    throw new EcgDecodeError('malformed', `${where}: "${(text ?? '').slice(0, 20)}" is no usable ${name}`);
  }
  return value;
}

const orUndefined = (text: string): string | undefined => (text === '' ? undefined : text);

interface Layout {
  names: string[];
  rateHz: number;
  microvoltsPerUnit: number;
  samplesPerLead: number;
}

function readLayout({ attributes }: ParsedWaveforms, signal: SignalCharacteristics, where: string): Layout {
  const rateText = orUndefined(attribute(attributes, 'samplespersecond')) ?? signal.get('samplingrate');
  const rateHz = requirePositive(rateText, 'sampling rate', where, maximumRateHz);
  const resolution =
    orUndefined(attribute(attributes, 'resolution')) ?? signal.get('resolution') ?? signal.get('signalresolution');
  const microvoltsPerUnit = requirePositive(resolution, 'resolution in microvolts', where, 1e6);
  const duration = attribute(attributes, 'durationperchannel');
  const durationMs = requirePositive(duration, 'durationperchannel in milliseconds', where, 1e9);
  const labels = attribute(attributes, 'leadlabels').split(/\s+/).filter(Boolean);
  const stated =
    orUndefined(attribute(attributes, 'numberofleads')) ??
    signal.get('numberchannelsvalid') ??
    signal.get('numberchannelsallocated') ??
    String(labels.length);
  const count = requirePositive(stated, 'number of leads', where, 1e9);
  if (count > decodeLimits.leadsPerGroup) {
    throw new EcgDecodeError('too-large', `${where}: more than ${decodeLimits.leadsPerGroup} leads`);
  }
  const known: readonly string[] = labels.length > 0 ? labels : standardLeads;
  const names = Array.from({ length: Math.floor(count) }, (_, i) => leadName(known[i] ?? `Channel ${i + 1}`));
  return { names, rateHz, microvoltsPerUnit, samplesPerLead: samplesIn(durationMs, rateHz) };
}

/** Whole numbers between white space. @throws EcgDecodeError `malformed` */
function plainNumbers(text: string, where: string): Int16Array {
  const words = text.split(/\s+/).filter(Boolean);
  return Int16Array.from(words, (word) => {
    const value = decimal(word);
    if (value === undefined || !Number.isInteger(value) || Math.abs(value) > 32767) {
      throw new EcgDecodeError('malformed', `${where}: "${word.slice(0, 20)}" is no sample`);
    }
    return value;
  });
}

/** @throws EcgDecodeError */
function hexBytes(text: string, where: string): Uint8Array {
  const packed = text.replace(/\s+/g, '');
  if (packed.length % 2 === 1 || /[^\da-f]/i.test(packed)) {
    throw new EcgDecodeError('malformed', `${where}: the samples are not valid hexadecimal`);
  }
  return Buffer.from(packed, 'hex');
}

/** The bytes of an encoded text; undefined for the encoding Plain. @throws EcgDecodeError */
function encodedBytes(text: string, encoding: string, where: string): Uint8Array | undefined {
  switch (encoding.toLowerCase()) {
    case 'base64':
      return decodeBase64(text, where);
    case 'hex':
      return hexBytes(text, where);
    case 'plain':
      return undefined;
    default:
      throw new EcgDecodeError('unsupported-format', `${where}: data encoding "${encoding.slice(0, 20)}" is not read`);
  }
}

/** The leads of unpacked numbers, one after the other. */
function splitLeads(numbers: Int16Array, { names, samplesPerLead }: Layout): Int16Array[] {
  return names
    .map((_, i) => numbers.slice(i * samplesPerLead, (i + 1) * samplesPerLead))
    .filter((lead) => lead.length > 0);
}

/** `XLI`, or an empty text for numbers that are not packed. */
function packing(attributes: XmlAttributes): string {
  // 1.03 names the method even where compressflag says that it was not used.
  if (/^false$/i.test(attribute(attributes, 'compressflag'))) return '';
  const method = attribute(attributes, 'compression') || attribute(attributes, 'compressmethod');
  return /^(uncompressed|none)$/i.test(method) ? '' : method.toUpperCase();
}

function storedLeads(
  { attributes, text }: ParsedWaveforms,
  layout: Layout,
  where: string,
  warnings: WarningList,
): Int16Array[] {
  const method = packing(attributes);
  const bytes = encodedBytes(text, attribute(attributes, 'dataencoding') || 'Base64', where);
  const limbLeadsFirst = standardLeads.slice(0, 6).every((name, i) => layout.names[i] === name);
  if (method === 'XLI' && bytes) {
    const nameOf = (index: number) => `${where}, lead ${layout.names[index] ?? ''}`;
    const leads = unpackXli(bytes, layout.names.length, layout.samplesPerLead, nameOf);
    return limbLeadsFirst ? restoreLimbLeads(leads) : leads;
  }
  if (method !== '') {
    throw new EcgDecodeError('unsupported-format', `${where}: compression "${method.slice(0, 20)}" is not read`);
  }
  const bits = decimal(attribute(attributes, 'bitspersample') || attribute(attributes, 'nbitspersample')) ?? 16;
  if (bytes && bits !== 16) {
    throw new EcgDecodeError('unsupported-format', `${where}: samples of ${bits} bits are not read`);
  }
  if (bytes && /^false$/i.test(attribute(attributes, 'signalsigned'))) {
    throw new EcgDecodeError('unsupported-format', `${where}: unsigned samples are not read`);
  }
  const leads = splitLeads(bytes ? littleEndian16(bytes) : plainNumbers(text, where), layout);
  if (limbLeadsFirst && holdsDifferences(leads)) {
    warnings.add(`${where}: III, aVR, aVL and aVF are stored as differences, from which they were put together`);
    return restoreLimbLeads(leads);
  }
  return leads;
}

/**
 * The group of `parsedwaveforms`.
 * @throws EcgDecodeError
 */
export function toRhythm(
  parsed: ParsedWaveforms,
  signal: SignalCharacteristics,
  budget: SampleBudget,
  warnings: WarningList,
): EcgGroup {
  const where = 'Philips parsedwaveforms';
  const layout = readLayout(parsed, signal, where);
  budget.take(layout.samplesPerLead * layout.names.length, where);
  const stored = storedLeads(parsed, layout, where, warnings);
  const offset = decimal(attribute(parsed.attributes, 'signaloffset')) ?? 0;
  if (offset !== 0) warnings.add(`${where}: signaloffset is ${offset}; the samples are shown as they are stored`);
  const toMicrovolts = calibration(layout.microvoltsPerUnit);
  const leads = stored.map((samples, i): EcgLead => ({
    name: layout.names[i] ?? '',
    sampleRateHz: layout.rateHz,
    unit: 'uV',
    samples: toMicrovoltSamples(samples, toMicrovolts),
  }));
  if (leads.length === 0) throw new EcgDecodeError('malformed', `${where}: no samples`);
  if (leads.length < layout.names.length) {
    warnings.add(`${where}: ${layout.names.length} leads are stated, the file holds ${leads.length}`);
  }
  for (const { name, samples } of leads) {
    if (samples.length !== layout.samplesPerLead) {
      warnings.add(
        `${where}, lead ${name}: ${layout.samplesPerLead} samples are stated, the file holds ${samples.length}`,
      );
    }
  }
  const missing = missingStandardLeads(leads);
  if (missing.length > 0) warnings.add(`${where}: without ${missing.join(', ')}`);
  return { label: 'rhythm', leads };
}

/**
 * The group of `repbeats`: plain numbers of 16 bits for each lead, never packed; undefined when none can be read.
 * @throws EcgDecodeError
 */
export function toMedian(
  { attributes, beats }: RepresentativeBeats,
  signal: SignalCharacteristics,
  budget: SampleBudget,
  warnings: WarningList,
): EcgGroup | undefined {
  const where = 'Philips repbeats';
  if (beats.length > decodeLimits.leadsPerGroup) {
    throw new EcgDecodeError('too-large', `${where}: more than ${decodeLimits.leadsPerGroup} leads`);
  }
  const rateText = orUndefined(attribute(attributes, 'samplespersec')) ?? signal.get('samplingrate');
  const rateHz = requirePositive(rateText, 'sampling rate', where, maximumRateHz);
  const resolution =
    orUndefined(attribute(attributes, 'resolution')) ?? signal.get('resolution') ?? signal.get('signalresolution');
  const toMicrovolts = calibration(requirePositive(resolution, 'resolution in microvolts', where, 1e6));
  const encoding = attribute(attributes, 'dataencoding') || 'Base64';
  const leads: EcgLead[] = [];
  for (const beat of beats) {
    const name = leadName(beat.leadName);
    const inLead = `${where}, lead ${name}`;
    // No encoding holds a sample in less than two characters.
    budget.take(Math.floor(beat.text.length / 2), inLead);
    const bytes = encodedBytes(beat.text, encoding, inLead);
    const numbers = bytes ? littleEndian16(bytes) : plainNumbers(beat.text, inLead);
    if (numbers.length === 0) {
      warnings.add(`${inLead}: no samples; left out`);
      continue;
    }
    if (beat.durationMs !== undefined && samplesIn(beat.durationMs, rateHz) !== numbers.length) {
      warnings.add(`${inLead}: ${beat.durationMs} ms are stated, the file holds ${numbers.length} samples`);
    }
    leads.push({ name, sampleRateHz: rateHz, unit: 'uV', samples: toMicrovoltSamples(numbers, toMicrovolts) });
  }
  return leads.length > 0 ? { label: 'median', leads } : undefined;
}
