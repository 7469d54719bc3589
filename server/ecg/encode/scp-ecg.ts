import type { EcgDocument, EcgFilePatient, EcgGroup, EcgMeasurements } from '../../../shared/ecg/waveform.ts';
import { leadCodeFromName } from '../decode/lead-names.ts';
import { acquisitionParts, commonShape, exactResolutionNanovolts, toUnitsWithoutGaps } from './exact-resolution.ts';
import { ByteWriter, defaultHuffmanBytes, scpRecord, secondDifferences } from './scp-sections.ts';
import type { ScpSectionContent } from './scp-sections.ts';

export interface ScpEcgOptions {
  /** Instead of the document's own patient. */
  patient?: EcgFilePatient;
}

function zeroEnded(text: string, limit = 64): Uint8Array {
  return new ByteWriter().raw(new TextEncoder().encode(text).subarray(0, limit)).u8(0).done();
}

/** Section 1 (EN 1064 5.4): text in UTF-8, language support code 07 (ISO 10646). */
function headerSection(document: EcgDocument, patient: EcgFilePatient): ScpSectionContent {
  const out = new ByteWriter();
  const tag = (number: number, value: Uint8Array): void => {
    out.u8(number).u16(value.length).raw(value);
  };
  const { date, time, zone } = acquisitionParts(document);
  if (patient.name !== undefined) tag(0, zeroEnded(patient.name));
  if (patient.id !== undefined) tag(2, zeroEnded(patient.id));
  if (patient.ageYears !== undefined) tag(4, new ByteWriter().u16(patient.ageYears).u8(1).done());
  const birth = /^(\d{4})-(\d{2})-(\d{2})$/.exec(patient.birthDate ?? '');
  if (birth) tag(5, new ByteWriter().u16(Number(birth[1])).u8(Number(birth[2]), Number(birth[3])).done());
  tag(8, Uint8Array.of(patient.sex === 'male' ? 1 : patient.sex === 'female' ? 2 : patient.sex === 'other' ? 9 : 0));
  const model = new Uint8Array(6);
  model.set(new TextEncoder().encode(document.device?.model ?? '').subarray(0, 5));
  const device = new ByteWriter()
    .u16(0, 0, 0)
    .u8(0, 255)
    .raw(model)
    .u8(20, 0xc0, 0x07, 0, 0)
    .raw(new Uint8Array(16))
    .u8(0);
  device.raw(zeroEnded(''));
  device.raw(zeroEnded(document.device?.serialNumber ?? ''));
  device.raw(zeroEnded(document.device?.softwareVersion ?? ''));
  device.raw(zeroEnded(''));
  device.raw(zeroEnded(document.device?.manufacturer ?? ''));
  tag(14, device.done());
  tag(
    25,
    new ByteWriter()
      .u16(Number(date.slice(0, 4)))
      .u8(Number(date.slice(4, 6)), Number(date.slice(6)))
      .done(),
  );
  tag(26, Uint8Array.from([time.slice(0, 2), time.slice(2, 4), time.slice(4)].map(Number)));
  if (zone !== '') {
    const minutes = (zone.startsWith('-') ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3)));
    tag(34, new ByteWriter().u16(minutes, 0).u8(0).done());
  }
  tag(255, new Uint8Array());
  return { id: 1, content: out.done() };
}

/** Sections 5 and 6 share this form: second differences, Huffman coded with the default table. */
function signalSection(id: 5 | 6, group: EcgGroup): ScpSectionContent {
  const { sampleRateHz } = commonShape(group);
  const interval = Math.round(1e6 / sampleRateHz);
  if (Math.abs(1e6 / interval - sampleRateHz) > 1e-9 * sampleRateHz || interval > 0xffff) {
    throw new RangeError(`A rate of ${sampleRateHz} Hz is no whole number of microseconds`);
  }
  const nanovoltsPerUnit = exactResolutionNanovolts(group.leads);
  const leads = group.leads.map((lead) =>
    defaultHuffmanBytes(secondDifferences(toUnitsWithoutGaps(lead, nanovoltsPerUnit))),
  );
  const out = new ByteWriter().u16(nanovoltsPerUnit, interval).u8(2, 0);
  for (const lead of leads) {
    if (lead.length > 0xffff) throw new RangeError('A lead is too long for SCP-ECG');
    out.u16(lead.length);
  }
  for (const lead of leads) out.raw(lead);
  return { id, content: out.done() };
}

function leadSection(group: EcgGroup): ScpSectionContent {
  const { samples } = commonShape(group);
  // Flags: all leads simultaneous (bit 2), their number in bits 3 to 7 (EN 1064 5.6.3).
  const out = new ByteWriter().u8(group.leads.length, 4 | (Math.min(group.leads.length, 31) << 3));
  for (const lead of group.leads) {
    const code = leadCodeFromName(lead.name);
    if (code === undefined) throw new RangeError(`Lead ${lead.name} has no number in SCP-ECG`);
    out.u32(1, samples).u8(code);
  }
  return { id: 3, content: out.done() };
}

/** Sections 4 and 5 for a median beat of the same leads; no beat was subtracted. */
function medianSections(median: EcgGroup, rhythm: EcgGroup): ScpSectionContent[] {
  const { sampleRateHz, samples } = commonShape(median);
  const names = (group: EcgGroup): string => group.leads.map((lead) => lead.name).join();
  const lengthMs = Math.ceil((samples * 1000) / sampleRateHz);
  const interval = Math.round(1e6 / sampleRateHz);
  if (names(median) !== names(rhythm) || Math.floor((lengthMs * 1000) / interval) !== samples) {
    throw new RangeError('The median beat cannot be written: other leads, or a length that is no whole milliseconds');
  }
  return [{ id: 4, content: new ByteWriter().u16(lengthMs, 0, 0).done() }, signalSection(5, median)];
}

const notComputed = 29999;

/** Section 7 (EN 1064 5.10): one block with the QRS onset at 500 ms, so that all other borders are positive. */
function measurementSection(measurements: EcgMeasurements): ScpSectionContent {
  const onset = 500;
  const { pDurationMs, prIntervalMs, qrsDurationMs, qtIntervalMs } = measurements;
  const pOnset = prIntervalMs === undefined ? notComputed : onset - prIntervalMs;
  const axis = (value: number | undefined): number => value ?? 999;
  const out = new ByteWriter()
    .u8(1, 0)
    .u16(measurements.rrIntervalMs ?? notComputed, notComputed)
    .u16(pOnset, pDurationMs === undefined || pOnset === notComputed ? notComputed : pOnset + pDurationMs)
    .u16(onset, qrsDurationMs === undefined ? notComputed : onset + qrsDurationMs)
    .u16(qtIntervalMs === undefined ? notComputed : onset + qtIntervalMs)
    .u16(axis(measurements.pAxisDegrees), axis(measurements.qrsAxisDegrees), axis(measurements.tAxisDegrees))
    .u16(0)
    .u16(measurements.heartRatePerMinute ?? notComputed, notComputed, measurements.qtcIntervalMs ?? notComputed)
    .u8(0)
    .u16(0);
  return { id: 7, content: out.done() };
}

/** Section 8 (EN 1064 5.11): original, unconfirmed text. */
function statementSection(document: EcgDocument, statements: readonly string[]): ScpSectionContent {
  const { date, time } = acquisitionParts(document);
  const out = new ByteWriter()
    .u8(0)
    .u16(Number(date.slice(0, 4)))
    .u8(Number(date.slice(4, 6)), Number(date.slice(6)))
    .u8(...[time.slice(0, 2), time.slice(2, 4), time.slice(4)].map(Number))
    .u8(statements.length);
  statements.forEach((words, i) => {
    const bytes = zeroEnded(words, 255);
    out
      .u8(i + 1)
      .u16(bytes.length)
      .raw(bytes);
  });
  return { id: 8, content: out.done() };
}

/**
 * Writes an SCP-ECG record (EN 1064) of the document's rhythm group and, where there is one, its median beat. Samples
 * keep their exact values; the acquisition time keeps whole seconds.
 * @throws RangeError when a lead, a rate or a missing sample cannot be written in this format.
 */
export function writeScpEcg(document: EcgDocument, options: ScpEcgOptions = {}): Uint8Array {
  const rhythm = document.groups.find((group) => group.label === 'rhythm');
  if (!rhythm) throw new RangeError('SCP-ECG needs a rhythm group');
  const median = document.groups.find((group) => group.label === 'median');
  const patient = options.patient ?? document.patient ?? {};
  const sections: ScpSectionContent[] = [
    headerSection(document, patient),
    { id: 2, content: new ByteWriter().u16(19999).done() },
    leadSection(rhythm),
    ...(median ? medianSections(median, rhythm) : []),
    signalSection(6, rhythm),
  ];
  if (document.measurements) sections.push(measurementSection(document.measurements));
  if (document.statements && document.statements.length > 0) {
    sections.push(statementSection(document, document.statements.slice(0, 255)));
  }
  return scpRecord(sections);
}
