import type { DataSet, Element } from 'dicom-parser';
import type { EcgGroup, EcgGroupLabel, EcgLead } from '../../../../shared/ecg/waveform.ts';
import { calibration, microvoltsPerUnit } from '../calibration.ts';
import { decodeLimits } from '../decode-limits.ts';
import type { SampleBudget, WarningList } from '../decode-limits.ts';
import { EcgDecodeError } from '../ecg-decode-error.ts';
import { leadNameFromCode, standardLeadFromLabel } from '../lead-names.ts';
import type { TextReader } from './decode-dicom-ecg.ts';

type SampleReader = (view: DataView, byteOffset: number, littleEndian: boolean) => number;

/** PS3.3 C.10.9.1.5: Waveform Sample Interpretation, for the linear encodings. */
const interpretations: ReadonlyMap<string, { bits: number; read: SampleReader }> = new Map([
  ['SB', { bits: 8, read: (view, at) => view.getInt8(at) }],
  ['UB', { bits: 8, read: (view, at) => view.getUint8(at) }],
  ['SS', { bits: 16, read: (view, at, little) => view.getInt16(at, little) }],
  ['US', { bits: 16, read: (view, at, little) => view.getUint16(at, little) }],
  ['SL', { bits: 32, read: (view, at, little) => view.getInt32(at, little) }],
  ['UL', { bits: 32, read: (view, at, little) => view.getUint32(at, little) }],
]);

function decimal(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text.split('\\')[0]?.trim() || 'NaN');
  return Number.isFinite(value) ? value : undefined;
}

function firstItem(dataSet: DataSet, tag: string): DataSet | undefined {
  return dataSet.elements[tag]?.items?.[0]?.dataSet;
}

/** PS3.3 C.10.9.1.4.1 and CID 3001: SCP-ECG lead numbers "5.6.3-9-n", 11073 numbers "2:n", else words. */
function leadName(channel: DataSet, number: number, text: TextReader): string {
  const source = firstItem(channel, 'x003a0208');
  const scheme = source && text(source, 'x00080102')?.toUpperCase();
  const code = source && text(source, 'x00080100');
  const meaning = source && text(source, 'x00080104');
  const label = text(channel, 'x003a0203');
  if (code !== undefined) {
    const match =
      scheme === 'SCPECG' ? /^5\.6\.3-9-(\d+)$/.exec(code) : scheme === 'MDC' ? /^2:(\d+)$/.exec(code) : null;
    const known = match ? leadNameFromCode(Number(match[1])) : undefined;
    const standard = known === undefined ? undefined : standardLeadFromLabel(known);
    if (standard !== undefined) return standard;
  }
  for (const words of [meaning, label]) {
    const standard = words === undefined ? undefined : standardLeadFromLabel(words);
    if (standard !== undefined) return standard;
  }
  return (meaning ?? label ?? code ?? `channel ${number}`).slice(0, 64);
}

function groupLabel(words: string, originality: string, seconds: number): EcgGroupLabel {
  if (/annot/i.test(words)) return 'annotated-beats';
  if (/median|represent|average|template|reference beat/i.test(words)) return 'median';
  if (/rhythm/i.test(words)) return 'rhythm';
  if (originality === 'DERIVED') return seconds <= 3 ? 'median' : 'other';
  return 'rhythm';
}

interface GroupLayout {
  where: string;
  channels: number;
  samples: number;
  bytesPerSample: number;
  read: SampleReader;
  view: DataView;
  littleEndian: boolean;
  padding: number | undefined;
}

/** Checks every count against the bytes that are really there before anything is allocated. */
function readLayout(
  item: DataSet,
  where: string,
  littleEndian: boolean,
  text: TextReader,
  warnings: WarningList,
): GroupLayout {
  const channels = item.uint16('x003a0005') ?? 0;
  if (channels === 0) throw new EcgDecodeError('malformed', `${where}: no number of channels (003A,0005)`);
  if (channels > decodeLimits.leadsPerGroup) {
    throw new EcgDecodeError(
      'too-large',
      `${where}: ${channels} channels, at most ${decodeLimits.leadsPerGroup} are read`,
    );
  }
  const kind = text(item, 'x54001006')?.toUpperCase() ?? 'SS';
  const interpretation = interpretations.get(kind);
  if (!interpretation) {
    throw new EcgDecodeError(
      'unsupported-format',
      `${where}: sample interpretation "${kind.slice(0, 16)}" is not read`,
    );
  }
  const bits = item.uint16('x54001004') ?? interpretation.bits;
  if (bits !== interpretation.bits) {
    throw new EcgDecodeError('malformed', `${where}: ${bits} bits allocated do not fit interpretation ${kind}`);
  }
  const element = item.elements['x54001010'];
  if (!element || element.length === 0) throw new EcgDecodeError('malformed', `${where}: no waveform data (5400,1010)`);
  const bytesPerSample = bits / 8;
  const held = Math.min(element.length, item.byteArray.length - element.dataOffset);
  const frames = Math.floor(held / (channels * bytesPerSample));
  let samples = item.uint32('x003a0010') ?? 0;
  if (samples === 0) {
    warnings.add(`${where}: no number of samples (003A,0010); taken from the data's length`);
    samples = frames;
  }
  if (samples > frames) {
    throw new EcgDecodeError(
      'truncated',
      `${where}: ${channels} channels of ${samples} samples declared, but the data hold only ${frames} samples each`,
    );
  }
  if (held - samples * channels * bytesPerSample > 1) {
    warnings.add(`${where}: the data hold more samples than the ${samples} declared; the rest was left out`);
  }
  const view = new DataView(item.byteArray.buffer, item.byteArray.byteOffset + element.dataOffset, held);
  const paddingElement = item.elements['x5400100a'];
  let padding: number | undefined;
  if (paddingElement && paddingElement.length >= bytesPerSample) {
    const paddingView = new DataView(
      item.byteArray.buffer,
      item.byteArray.byteOffset + paddingElement.dataOffset,
      bytesPerSample,
    );
    padding = interpretation.read(paddingView, 0, littleEndian);
  }
  return { where, channels, samples, bytesPerSample, read: interpretation.read, view, littleEndian, padding };
}

function readChannel(layout: GroupLayout, index: number, toMicrovolts: (raw: number) => number): (number | null)[] {
  const { read, view, littleEndian, padding, bytesPerSample } = layout;
  const stride = layout.channels * bytesPerSample;
  const samples = new Array<number | null>(layout.samples);
  for (let i = 0, at = index * bytesPerSample; i < layout.samples; i++, at += stride) {
    const raw = read(view, at, littleEndian);
    samples[i] = raw === padding ? null : toMicrovolts(raw);
  }
  return samples;
}

/** PS3.3 C.10.9.1.4: sensitivity, its correction factor and baseline, in the units of the sensitivity. */
function channelCalibration(channel: DataSet, name: string, text: TextReader, warn: (line: string) => void) {
  const sensitivity = decimal(text(channel, 'x003a0210'));
  const units = firstItem(channel, 'x003a0211');
  const unit = units && (text(units, 'x00080100') ?? text(units, 'x00080104'));
  if (sensitivity === undefined || sensitivity === 0) {
    warn(`lead ${name} has no sensitivity (003A,0210) and cannot be calibrated; left out`);
    return undefined;
  }
  const factor = unit === undefined ? undefined : microvoltsPerUnit(unit);
  if (factor === undefined) {
    warn(`lead ${name} is in ${unit === undefined ? 'no unit' : `"${unit.slice(0, 16)}"`}, not in volts; left out`);
    return undefined;
  }
  const correction = decimal(text(channel, 'x003a0212')) ?? 1;
  const baseline = decimal(text(channel, 'x003a0213')) ?? 0;
  return calibration(sensitivity * correction * factor, baseline * factor);
}

function readGroup(
  item: DataSet,
  number: number,
  littleEndian: boolean,
  text: TextReader,
  warnings: WarningList,
  budget: SampleBudget,
): EcgGroup | undefined {
  const where = `DICOM multiplex group ${number}`;
  const sampleRateHz = decimal(text(item, 'x003a001a'));
  const layout = readLayout(item, where, littleEndian, text, warnings);
  if (sampleRateHz === undefined || sampleRateHz < 0.001 || sampleRateHz > 1e6) {
    throw new EcgDecodeError('malformed', `${where}: no usable sampling frequency (003A,001A)`);
  }
  const definitions = item.elements['x003a0200']?.items ?? [];
  if (definitions.length < layout.channels) {
    warnings.add(`${where}: ${layout.channels} channels but ${definitions.length} channel definitions (003A,0200)`);
  }
  const leads: EcgLead[] = [];
  for (let index = 0; index < Math.min(layout.channels, definitions.length); index++) {
    const channel = definitions[index]?.dataSet;
    if (!channel) continue;
    const name = leadName(channel, index + 1, text);
    const toMicrovolts = channelCalibration(channel, name, text, (line) => warnings.add(`${where}: ${line}`));
    if (!toMicrovolts) continue;
    const skew = decimal(text(channel, 'x003a0214')) || decimal(text(channel, 'x003a0215'));
    if (skew) warnings.add(`${where}: lead ${name} has a skew, which is not corrected`);
    budget.take(layout.samples, where);
    leads.push({ name, sampleRateHz, unit: 'uV', samples: readChannel(layout, index, toMicrovolts) });
  }
  if (leads.length === 0) return undefined;
  const words = text(item, 'x003a0020') ?? '';
  const originality = text(item, 'x003a0004')?.toUpperCase() ?? '';
  const offset = decimal(text(item, 'x00181068'));
  if (offset) warnings.add(`${where}: starts ${offset} ms after the acquisition time`);
  return {
    label: groupLabel(words, originality, layout.samples / sampleRateHz),
    leads,
    ...(offset ? { startMs: offset } : {}),
  };
}

/**
 * All multiplex groups of the Waveform Sequence (PS3.3 C.10.9), in the file's order.
 * @throws EcgDecodeError when a group is damaged, or no channel of any group is a calibrated voltage.
 */
export function readMultiplexGroups(
  items: readonly Element[],
  littleEndian: boolean,
  text: TextReader,
  warnings: WarningList,
  budget: SampleBudget,
): EcgGroup[] {
  if (items.length > decodeLimits.groups) {
    throw new EcgDecodeError(
      'too-large',
      `DICOM: ${items.length} multiplex groups, at most ${decodeLimits.groups} are read`,
    );
  }
  const groups: EcgGroup[] = [];
  for (const [index, item] of items.entries()) {
    if (!item.dataSet) continue;
    const group = readGroup(item.dataSet, index + 1, littleEndian, text, warnings, budget);
    if (group) groups.push(group);
  }
  if (groups.length === 0) {
    throw new EcgDecodeError(
      'malformed',
      'DICOM: no channel is a voltage with a sensitivity, so there is no trace to show',
    );
  }
  return groups;
}
