import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeEcg } from '../../../../server/ecg/decode/decode-ecg.ts';
import { EcgDecodeError } from '../../../../server/ecg/decode/ecg-decode-error.ts';
import { synthesizeEcg } from '../../../../shared/ecg/synthesize.ts';
import type { EcgDocument } from '../../../../shared/ecg/waveform.ts';
import { outcome } from '../../../support/ecg-files/decode-outcome.ts';
import {
  fingerprint,
  syntheticFile,
  testPatient,
  traceFormats,
  traceWriters,
} from '../../../support/ecg-files/synthetic-files.ts';

const { id, name, sex, birthDate } = testPatient;

describe.each(traceFormats)('%s (ISO 22077-1, EDF+ 2.1, Badilini 1998)', (format) => {
  test('every sample, lead and rate comes back exactly', () => {
    const { document } = synthesizeEcg({ rhythm: 'inferior-stemi', noiseMicrovolts: 12 });
    const half: EcgDocument = structuredClone(document);
    for (const lead of half.groups[0]!.leads) lead.samples = lead.samples.map((sample) => (sample ?? 0) + 0.5);
    for (const written of [document, half]) {
      const read = decodeEcg(traceWriters[format](written, { patient: testPatient }));
      expect(read.format).toBe(format);
      expect(fingerprint(read.groups)).toEqual(fingerprint(written.groups));
      expect(read.warnings).toEqual([]);
    }
  });

  test('patient, time to the second and model come back', () => {
    const { document } = synthesizeEcg({ acquiredAt: '2026-03-04T05:06:07+08:00', durationSeconds: 1 });
    const read = decodeEcg(traceWriters[format](document, { patient: testPatient }));
    expect(read.patient).toMatchObject({ id, name, sex, birthDate });
    expect(read.acquiredAt).toBe('2026-03-04T05:06:07');
    expect(read.device).toMatchObject({ model: 'Synth' });
  });

  test('a recording without a patient is read with a warning', () => {
    const read = decodeEcg(syntheticFile(format, { durationSeconds: 1 }, {}));
    expect(read.patient).toBeUndefined();
    expect(read.warnings).toEqual(['The file names no patient']);
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

  test('read from a view into a larger buffer it is the same', () => {
    const bytes = syntheticFile(format, { durationSeconds: 1 });
    const padded = new Uint8Array(bytes.length + 13).fill(0x5a);
    padded.set(bytes, 13);
    expect(decodeEcg(padded.subarray(13))).toEqual(decodeEcg(bytes));
  });

  test('what the format cannot hold is refused by the writer', () => {
    const { document } = synthesizeEcg({ durationSeconds: 1 });
    for (const sample of [40_000_000, 0.00001]) {
      const odd: EcgDocument = structuredClone(document);
      odd.groups[0]!.leads[0]!.samples[0] = sample;
      expect(() => traceWriters[format](odd)).toThrow(RangeError);
    }
    const untimed: EcgDocument = { ...document };
    delete untimed.acquiredAt;
    expect(() => traceWriters[format](untimed)).toThrow(RangeError);
    expect(() => traceWriters[format]({ ...document, groups: [] })).toThrow(RangeError);
  });
});

describe.each(traceFormats)('hostile %s', (format) => {
  const whole = syntheticFile(format, { durationSeconds: 2, sampleRateHz: 100 });
  const intact = decodeEcg(whole).groups[0]!.leads;

  test('cut at any place it is refused, or read up to the cut with a warning, and nothing is invented', () => {
    for (let cut = 0; cut < whole.length; cut += cut < 1100 ? 7 : 101) {
      let read: EcgDocument;
      try {
        read = decodeEcg(whole.subarray(0, cut));
      } catch (error) {
        expect(error).toBeInstanceOf(EcgDecodeError);
        continue;
      }
      const leads = read.groups[0]!.leads;
      expect(leads.map((lead) => lead.name)).toEqual(intact.map((lead) => lead.name));
      leads.forEach((lead, i) => {
        expect(lead.samples).toEqual(intact[i]!.samples.slice(0, lead.samples.length));
      });
      if (leads[0]!.samples.length < intact[0]!.samples.length) expect(read.warnings).not.toEqual([]);
    }
  });

  test('with bytes changed, moved, doubled or dropped it ends in a result or a refusal, soon', () => {
    const change = fc.record({ at: fc.nat(whole.length - 1), value: fc.integer({ min: 0, max: 255 }) });
    const header = fc.record({
      at: fc.nat(Math.min(whole.length, 1200) - 1),
      value: fc.constantFrom(0, 1, 0x20, 0x2d, 0x39, 0x7f, 0x80, 0xff),
    });
    const piece = fc.tuple(fc.nat(whole.length), fc.nat(2000), fc.nat(whole.length));
    fc.assert(
      fc.property(fc.array(fc.oneof(change, header), { maxLength: 12 }), piece, (changes, [from, length, to]) => {
        const bytes = Uint8Array.from(whole);
        for (const { at, value } of changes) bytes[at] = value;
        const start = process.cpuUsage();
        outcome(bytes);
        outcome(Buffer.concat([bytes.subarray(0, to), bytes.subarray(from, from + length), bytes.subarray(to)]));
        outcome(Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + length)]));
        expect(process.cpuUsage(start).user / 1e6).toBeLessThan(2);
      }),
      { numRuns: 300, seed: 20_261_122, interruptAfterTimeLimit: 40_000 },
    );
  });
});
