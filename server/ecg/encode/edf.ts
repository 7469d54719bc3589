import type { EcgDocument, EcgFilePatient } from '../../../shared/ecg/waveform.ts';
import { edfMonths } from '../decode/edf/edf-people.ts';
import { acquisitionParts, commonShape, exactResolutionNanovolts, toUnitsWithoutGaps } from './exact-resolution.ts';

const encoder = new TextEncoder();

/** A header field: the text, filled with spaces. @throws RangeError when it is longer than the field. */
function field(text: string, length: number): Uint8Array {
  const encoded = encoder.encode(text);
  if (encoded.length > length) throw new RangeError(`"${text}" is longer than the ${length} bytes that EDF has for it`);
  const bytes = new Uint8Array(length).fill(0x20);
  bytes.set(encoded);
  return bytes;
}

const subfield = (text: string | undefined) => (text ?? '').trim().replace(/\s+/g, '_') || 'X';

const edfDate = (iso: RegExpExecArray) => `${iso[3]}-${edfMonths[Number(iso[2]) - 1]}-${iso[1]}`;

/** Seconds of one data record such that it holds whole samples, and the recording whole records. */
function recordDuration(sampleRateHz: number, samples: number): number {
  const fits = (seconds: number) => {
    const count = seconds * sampleRateHz;
    return Number.isInteger(count) && samples % count === 0;
  };
  const seconds = [1, 2, 0.5, 0.25, 0.2, 0.1, 0.04, 0.02].find(fits) ?? samples / sampleRateHz;
  if (samples === 0 || String(seconds).length > 8) {
    throw new RangeError(`${samples} samples at ${sampleRateHz} Hz are no data records whose length EDF can state`);
  }
  return seconds;
}

/**
 * Writes the rhythm group as a continuous EDF+ recording, the statements as annotations at its start. Samples keep their
 * exact values; of the rest the format holds name, id, sex, birth date, model and the time to whole seconds.
 * @throws RangeError when a sample is missing, or a rate or text cannot be written in this format.
 */
export function writeEdf(document: EcgDocument, options: { patient?: EcgFilePatient } = {}): Uint8Array {
  const rhythm = document.groups.find((group) => group.label === 'rhythm');
  if (!rhythm) throw new RangeError('EDF needs a rhythm group');
  const { sampleRateHz, samples } = commonShape(rhythm);
  const { leads } = rhythm;
  const seconds = recordDuration(sampleRateHz, samples);
  const perRecord = Math.round(seconds * sampleRateHz);
  const records = samples / perRecord;
  const nanovolts = exactResolutionNanovolts(leads);
  const units = leads.map((lead) => toUnitsWithoutGaps(lead, nanovolts));
  const limit = String((32767 * nanovolts) / 1000);

  const notes = (document.statements ?? []).map((text) => `${text.replaceAll(/[\0\x14\x15]/g, ' ')}\x14`).join('');
  const lists = Array.from({ length: records }, (_, record) => {
    const start = `+${Math.round(record * seconds * 1e6) / 1e6}\x14\x14\0`;
    return encoder.encode(record === 0 && notes !== '' ? `${start}+0\x14${notes}\0` : start);
  });
  const noteNumbers = Math.ceil(Math.max(...lists.map((list) => list.length)) / 2);

  const signals = leads.length + 1;
  const parts: Uint8Array[] = [];
  const put = (text: string, length: number) => parts.push(field(text, length));
  const column = (length: number, ofLead: (index: number) => string, ofNotes: string) => {
    leads.forEach((_, index) => put(ofLead(index), length));
    put(ofNotes, length);
  };
  const patient = options.patient ?? document.patient ?? {};
  const birth = /^(\d{4})-(\d{2})-(\d{2})$/.exec(patient.birthDate ?? '');
  const sex = patient.sex === 'male' ? 'M' : patient.sex === 'female' ? 'F' : 'X';
  const { date, time } = acquisitionParts(document);
  const day = /^(\d{4})(\d{2})(\d{2})$/.exec(date);
  put('0', 8);
  put(`${subfield(patient.id)} ${sex} ${birth ? edfDate(birth) : 'X'} ${subfield(patient.name)}`, 80);
  put(`Startdate ${day ? edfDate(day) : 'X'} X X ${subfield(document.device?.model)}`, 80);
  put(`${date.slice(6)}.${date.slice(4, 6)}.${date.slice(2, 4)}`, 8);
  put(`${time.slice(0, 2)}.${time.slice(2, 4)}.${time.slice(4)}`, 8);
  put(String(256 * (1 + signals)), 8);
  put('EDF+C', 44);
  put(String(records), 8);
  put(String(seconds), 8);
  put(String(signals), 4);
  column(16, (index) => `ECG ${leads[index]?.name ?? ''}`, 'EDF Annotations');
  column(80, () => '', '');
  column(8, () => 'uV', '');
  column(8, () => `-${limit}`, '-1');
  column(8, () => limit, '1');
  column(8, () => '-32767', '-32768');
  column(8, () => '32767', '32767');
  column(80, () => '', '');
  column(8, () => String(perRecord), String(noteNumbers));
  column(32, () => '', '');

  for (let record = 0; record < records; record++) {
    const block = new Uint8Array(2 * (perRecord * leads.length + noteNumbers));
    const view = new DataView(block.buffer);
    units.forEach((values, lead) => {
      for (let index = 0; index < perRecord; index++) {
        view.setInt16(2 * (lead * perRecord + index), values[record * perRecord + index] ?? 0, true);
      }
    });
    block.set(lists[record] ?? new Uint8Array(), 2 * perRecord * leads.length);
    parts.push(block);
  }
  return Uint8Array.from(Buffer.concat(parts));
}
