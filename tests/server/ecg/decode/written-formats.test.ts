import { describe, expect, test } from '@jest/globals';
import { decodeEcg } from '../../../../server/ecg/decode/decode-ecg.ts';
import { writeDicomEcg } from '../../../../server/ecg/encode/dicom-ecg.ts';
import { writeHl7Aecg } from '../../../../server/ecg/encode/hl7-aecg.ts';
import { writeScpEcg } from '../../../../server/ecg/encode/scp-ecg.ts';
import { synthesizeEcg } from '../../../../shared/ecg/synthesize.ts';
import type { EcgDocument } from '../../../../shared/ecg/waveform.ts';
import {
  fingerprint,
  syntheticFile,
  testPatient,
  writers,
  writtenFormats,
} from '../../../support/ecg-files/synthetic-files.ts';

/** Half microvolts need a finer step than whole ones; the median beat becomes its own group. */
function withMedian(document: EcgDocument): EcgDocument {
  const leads = document.groups[0]!.leads;
  const median = leads.map((lead) => ({ ...lead, samples: lead.samples.slice(100, 400).map((v) => (v ?? 0) + 0.5) }));
  return { ...document, groups: [...document.groups, { label: 'median', leads: median }] };
}

describe.each(writtenFormats)('%s (PS3.3 A.34.3, EN 1064, HL7 PORT_MT020001)', (format) => {
  test('every sample, lead, rate and group comes back exactly', () => {
    const document = withMedian(synthesizeEcg({ rhythm: 'inferior-stemi', noiseMicrovolts: 12 }).document);
    const read = decodeEcg(writers[format](document, { patient: testPatient }));
    expect(read.format).toBe(format);
    expect(fingerprint(read.groups)).toEqual(fingerprint(document.groups));
    expect(read.warnings).toEqual([]);
  });

  test('patient, time, device, measurements and statements come back', () => {
    const { document } = synthesizeEcg({ acquiredAt: '2026-03-04T05:06:07-03:30' });
    const read = decodeEcg(writers[format](document, { patient: testPatient }));
    expect(read.patient).toEqual(testPatient);
    expect(read.acquiredAt).toBe('2026-03-04T05:06:07-03:30');
    expect(read.device).toEqual({ manufacturer: 'Lianzhen', model: 'Synth' });
    expect(read.measurements).toEqual(document.measurements);
    expect(read.statements).toEqual(document.statements);
  });

  test('a recording without a patient is read with a warning', () => {
    const read = decodeEcg(syntheticFile(format, {}, {}));
    expect(read.patient).toBeUndefined();
    expect(read.warnings).toContain('The file names no patient');
  });

  test.each([125, 250, 1000])('a rate of %d Hz is kept', (sampleRateHz) => {
    const read = decodeEcg(syntheticFile(format, { sampleRateHz, durationSeconds: 2 }));
    expect(read.groups[0]!.leads[0]!.sampleRateHz).toBe(sampleRateHz);
    expect(read.groups[0]!.leads[0]!.samples).toHaveLength(2 * sampleRateHz);
  });

  test('names with markup, a middle dot and rare characters survive', () => {
    const name = '买买提·𠮷"<&>';
    expect(decodeEcg(syntheticFile(format, { durationSeconds: 1 }, { name })).patient).toEqual({ name });
  });
});

describe('what a format cannot hold', () => {
  const document = synthesizeEcg({ durationSeconds: 1 }).document;
  const gapped: EcgDocument = structuredClone(document);
  gapped.groups[0]!.leads[2]!.samples[7] = null;

  test('DICOM marks a missing sample by the padding value (PS3.3 C.10.9.1.7)', () => {
    expect(fingerprint(decodeEcg(writeDicomEcg(gapped)).groups)).toEqual(fingerprint(gapped.groups));
  });

  test('SCP-ECG and aECG refuse to write a missing sample rather than invent one', () => {
    expect(() => writeScpEcg(gapped)).toThrow(RangeError);
    expect(() => writeHl7Aecg(gapped)).toThrow(RangeError);
  });

  test.each([
    ['a sample beyond 16 bits', 40_000_000],
    ['a sample finer than a nanovolt', 0.00001],
  ])('%s is refused by every writer', (_, sample) => {
    const odd: EcgDocument = structuredClone(document);
    odd.groups[0]!.leads[0]!.samples[0] = sample;
    for (const write of Object.values(writers)) expect(() => write(odd)).toThrow(RangeError);
  });

  test('an unstated time of acquisition is refused, for the formats require one', () => {
    const untimed: EcgDocument = { ...document };
    delete untimed.acquiredAt;
    for (const write of Object.values(writers)) expect(() => write(untimed)).toThrow(RangeError);
  });
});
