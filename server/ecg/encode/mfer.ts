import type { EcgDocument, EcgFilePatient, EcgGroup } from '../../../shared/ecg/waveform.ts';
import { leadCodeFromName } from '../decode/lead-names.ts';
import { mferTags } from '../decode/mfer/mfer-elements.ts';
import { acquisitionParts, commonShape, exactResolutionNanovolts, toUnits } from './exact-resolution.ts';

const encoder = new TextEncoder();
const missing = -32768;

/** A definition with its length in one byte, or in the long form. */
function definition(tag: number | readonly number[], value: Uint8Array): Uint8Array {
  const size = value.length;
  const length = size < 0x80 ? [size] : [0x84, size >>> 24, (size >>> 16) & 0xff, (size >>> 8) & 0xff, size & 0xff];
  return Buffer.concat([Uint8Array.from(typeof tag === 'number' ? [tag] : tag), Uint8Array.from(length), value]);
}

function frame(group: EcgGroup, littleEndian: boolean): Uint8Array[] {
  const { sampleRateHz, samples } = commonShape(group);
  const { leads } = group;
  // Hertz as a whole number of thousandths, whatever the rate.
  const millihertz = Math.round(sampleRateHz * 1000);
  if (Math.abs(millihertz / 1000 - sampleRateHz) > 1e-9 || leads.length > 127) {
    throw new RangeError(`${leads.length} leads at ${sampleRateHz} Hz cannot be written in MFER`);
  }
  const nanovolts = exactResolutionNanovolts(leads);
  const short = (value: number) => numbers(2, [value], littleEndian);
  const long = (value: number) => numbers(4, [value], littleEndian);
  const power = (exponent: number) => Uint8Array.of(0, exponent);
  const parts = [
    definition(mferTags.waveformType, short(group.label === 'median' ? 9 : 1)),
    definition(mferTags.channels, long(leads.length)),
    definition(mferTags.interval, Buffer.concat([power(-3), long(millihertz)])),
    definition(mferTags.resolution, Buffer.concat([power(-9), long(nanovolts)])),
    definition(mferTags.dataType, Uint8Array.of(0)),
    definition(mferTags.nullValue, short(missing)),
    definition(mferTags.blockLength, long(samples)),
    definition(mferTags.sequences, long(1)),
  ];
  leads.forEach((lead, index) => {
    const code = leadCodeFromName(lead.name);
    if (code === undefined) throw new RangeError(`Lead ${lead.name} has no number in MFER`);
    parts.push(definition([mferTags.channelAttribute, index], definition(mferTags.lead, short(code))));
  });
  const units = leads.flatMap((lead) => toUnits(lead, nanovolts).map((value) => value ?? missing));
  parts.push(definition(mferTags.waveform, numbers(2, units, littleEndian)));
  return parts;
}

function numbers(bytes: 2 | 4, values: readonly number[], littleEndian: boolean): Uint8Array {
  const out = new Uint8Array(bytes * values.length);
  const view = new DataView(out.buffer);
  values.forEach((value, i) => {
    if (bytes === 2) view.setInt16(2 * i, value, littleEndian);
    else view.setInt32(4 * i, value, littleEndian);
  });
  return out;
}

/**
 * Writes the rhythm group, and a median beat where there is one, as MFER (ISO 22077-1). Samples keep their exact values,
 * a missing one becomes 8000 hex; statements become comments; the time keeps whole seconds.
 * @throws RangeError when a lead, a rate or a text cannot be written in this format.
 */
export function writeMfer(
  document: EcgDocument,
  options: { patient?: EcgFilePatient; littleEndian?: boolean } = {},
): Uint8Array {
  const { littleEndian = true } = options;
  const groups = document.groups.filter(({ label }) => label === 'rhythm' || label === 'median');
  if (!groups.some(({ label }) => label === 'rhythm')) throw new RangeError('MFER needs a rhythm group');
  const patient = options.patient ?? document.patient ?? {};
  const { date, time } = acquisitionParts(document);
  const { manufacturer = '', model = '', softwareVersion = '', serialNumber = '' } = document.device ?? {};
  const birth = /^(\d{4})-(\d{2})-(\d{2})$/.exec(patient.birthDate ?? '');
  const text = (tag: number, words: string | undefined) => {
    if (words !== undefined && words !== '') parts.push(definition(tag, encoder.encode(words)));
  };
  const day = (year: string, month: string, ofMonth: string) =>
    Buffer.concat([numbers(2, [Number(year)], littleEndian), Uint8Array.of(Number(month), Number(ofMonth))]);
  const parts: Uint8Array[] = [
    definition(mferTags.preamble, encoder.encode('MFR Standard 12 leads ECG'.padEnd(32))),
    definition(mferTags.byteOrder, Uint8Array.of(littleEndian ? 1 : 0)),
    definition(mferTags.characterSet, encoder.encode('UTF-8')),
  ];
  text(mferTags.manufacturer, [manufacturer, model, softwareVersion, serialNumber].join('^'));
  text(mferTags.patientName, patient.name);
  text(mferTags.patientId, patient.id);
  if (birth || patient.ageYears !== undefined) {
    const age = Buffer.concat([Uint8Array.of(patient.ageYears ?? 0), numbers(2, [0], littleEndian)]);
    parts.push(
      definition(mferTags.age, Buffer.concat([age, day(birth?.[1] ?? '0', birth?.[2] ?? '0', birth?.[3] ?? '0')])),
    );
  }
  if (patient.sex === 'male' || patient.sex === 'female') {
    parts.push(definition(mferTags.sex, Uint8Array.of(patient.sex === 'male' ? 1 : 2)));
  }
  const clock = Uint8Array.from([time.slice(0, 2), time.slice(2, 4), time.slice(4)].map(Number));
  const start = day(date.slice(0, 4), date.slice(4, 6), date.slice(6));
  parts.push(definition(mferTags.time, Buffer.concat([start, clock, numbers(2, [0, 0], littleEndian)])));
  for (const statement of document.statements ?? []) text(mferTags.comment, statement);
  for (const group of groups) parts.push(...frame(group, littleEndian));
  parts.push(Uint8Array.of(mferTags.end, 0));
  return Uint8Array.from(Buffer.concat(parts));
}
