import type { EcgDocument, EcgFilePatient } from '../../../shared/ecg/waveform.ts';
import { crcCcitt } from '../decode/crc-ccitt.ts';
import { ishneLeadCode } from '../decode/ishne/decode-ishne.ts';
import { acquisitionParts, commonShape, exactResolutionNanovolts, toUnits } from './exact-resolution.ts';

const headerEnd = 522;
const absent = -9;

/**
 * Writes the rhythm group as an ISHNE Holter recording, version 1.0 (Badilini 1998). Samples keep their exact values, a
 * missing one becomes -32768; of the rest the format holds name, id, sex, birth date and the time to whole seconds.
 * @throws RangeError when the leads, their rate or a text cannot be written in this format.
 */
export function writeIshne(document: EcgDocument, options: { patient?: EcgFilePatient } = {}): Uint8Array {
  const rhythm = document.groups.find((group) => group.label === 'rhythm');
  if (!rhythm) throw new RangeError('ISHNE needs a rhythm group');
  const { sampleRateHz, samples } = commonShape(rhythm);
  const { leads } = rhythm;
  if (leads.length > 12) throw new RangeError('ISHNE holds 12 leads at most');
  if (!Number.isInteger(sampleRateHz) || sampleRateHz > 32767) {
    throw new RangeError(`A rate of ${sampleRateHz} Hz cannot be written in ISHNE`);
  }
  const nanovolts = exactResolutionNanovolts(leads);
  const units = leads.map((lead) => toUnits(lead, nanovolts));
  const bytes = new Uint8Array(headerEnd + 2 * samples * leads.length);
  const view = new DataView(bytes.buffer);
  const short = (at: number, ...values: number[]) => {
    values.forEach((value, i) => view.setInt16(at + 2 * i, value, true));
  };
  const text = (at: number, length: number, value: string) => {
    const encoded = new TextEncoder().encode(value);
    if (encoded.length > length) throw new RangeError(`"${value}" is longer than the ${length} bytes that ISHNE has`);
    bytes.set(encoded, at);
  };
  const date = (at: number, year: string, month: string, day: string) => {
    short(at, Number(day), Number(month), Number(year));
  };
  text(0, 8, 'ISHNE1.0');
  view.setInt32(14, samples, true);
  view.setInt32(18, headerEnd, true);
  view.setInt32(22, headerEnd, true);
  short(26, 1);
  const patient = options.patient ?? document.patient ?? {};
  text(68, 40, patient.name ?? '');
  text(108, 20, patient.id ?? '');
  short(128, patient.sex === 'male' ? 1 : patient.sex === 'female' ? 2 : 0);
  const birth = /^(\d{4})-(\d{2})-(\d{2})$/.exec(patient.birthDate ?? '');
  if (birth) date(132, birth[1] ?? '', birth[2] ?? '', birth[3] ?? '');
  const { date: day, time } = acquisitionParts(document);
  date(138, day.slice(0, 4), day.slice(4, 6), day.slice(6));
  date(144, day.slice(0, 4), day.slice(4, 6), day.slice(6));
  short(150, Number(time.slice(0, 2)), Number(time.slice(2, 4)), Number(time.slice(4)));
  short(156, leads.length);
  for (let number = 0; number < 12; number++) {
    const lead = leads[number];
    const code = lead && ishneLeadCode(lead.name);
    if (lead && code === undefined) throw new RangeError(`Lead ${lead.name} has no number in ISHNE`);
    short(158 + 2 * number, code ?? absent);
    short(182 + 2 * number, lead ? 1 : absent);
    short(206 + 2 * number, lead ? nanovolts : absent);
  }
  text(232, 40, document.device?.model ?? '');
  short(272, sampleRateHz);
  let at = headerEnd;
  for (let index = 0; index < samples; index++) {
    for (const lead of units) {
      view.setInt16(at, lead[index] ?? -32768, true);
      at += 2;
    }
  }
  view.setUint16(8, crcCcitt(bytes.subarray(10, headerEnd)), true);
  return bytes;
}
