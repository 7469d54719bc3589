import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeEcg } from '../../../../server/ecg/decode/decode-ecg.ts';
import { synthesizeEcg } from '../../../../shared/ecg/synthesize.ts';
import type { EcgDocument } from '../../../../shared/ecg/waveform.ts';
import { outcome, timedOutcome } from '../../../support/ecg-files/decode-outcome.ts';
import { makerFile, makerFormats, makerWriters, withMedian } from '../../../support/ecg-files/maker-files.ts';
import { fingerprint, testPatient } from '../../../support/ecg-files/synthetic-files.ts';

describe.each(makerFormats)('%s (restecg.dtd, SierraECGSchema 1.03 and 1.04)', (format) => {
  const write = makerWriters[format];

  test('every sample, lead, rate and group comes back exactly', () => {
    const document = withMedian(synthesizeEcg({ rhythm: 'inferior-stemi', noiseMicrovolts: 12 }).document);
    const read = decodeEcg(write(document, { patient: testPatient }));
    expect(read.format).toBe(format);
    expect(fingerprint(read.groups)).toEqual(fingerprint(document.groups));
    expect(read.warnings).toEqual([]);
  });

  test('patient, time, device, measurements and statements come back', () => {
    const { document } = synthesizeEcg({ acquiredAt: '2026-03-04T05:06:07+08:00' });
    const full: EcgDocument = {
      ...document,
      device: { model: 'Synth', serialNumber: 'S-7', softwareVersion: '1.2' },
      measurements: {
        ...document.measurements,
        pDurationMs: 104,
        pAxisDegrees: 51,
        qrsAxisDegrees: -12,
        tAxisDegrees: 0,
      },
    };
    const read = decodeEcg(write(full, { patient: testPatient }));
    expect(read.patient).toEqual(testPatient);
    expect(read.acquiredAt).toBe('2026-03-04T05:06:07');
    expect(read.device).toMatchObject({ model: 'Synth', serialNumber: 'S-7', softwareVersion: '1.2' });
    expect(read.measurements).toEqual(full.measurements);
    expect(read.statements).toEqual(full.statements);
  });

  test('a recording without a patient is read with a warning', () => {
    const read = decodeEcg(makerFile(format, {}, {}));
    expect(read.patient).toBeUndefined();
    expect(read.warnings).toContain('The file names no patient');
  });

  test.each([125, 250, 1000])('a rate of %d Hz is kept', (sampleRateHz) => {
    const [lead] = decodeEcg(makerFile(format, { sampleRateHz, durationSeconds: 2 })).groups[0]!.leads;
    expect(lead!.sampleRateHz).toBe(sampleRateHz);
    expect(lead!.samples).toHaveLength(2 * sampleRateHz);
  });

  test('names with markup, a middle dot and rare characters survive', () => {
    const name = '买买提·𠮷"<&>';
    expect(decodeEcg(makerFile(format, { durationSeconds: 1 }, { name })).patient).toEqual({ name });
  });

  test('what it cannot hold is refused by the writer', () => {
    const { document } = synthesizeEcg({ durationSeconds: 1 });
    const changed = (sample: number | null): EcgDocument => {
      const odd = structuredClone(document);
      odd.groups[0]!.leads[0]!.samples[0] = sample;
      return odd;
    };
    for (const sample of [null, 40_000_000, 0.00001]) expect(() => write(changed(sample))).toThrow(RangeError);
    expect(() => write({ ...document, groups: [] })).toThrow(RangeError);
  });
});

describe.each(makerFormats)('hostile %s', (format) => {
  const whole = makerFile(format, { durationSeconds: 1, sampleRateHz: 250 });

  test('cut at any place it is refused', () => {
    const intact = fingerprint(decodeEcg(whole).groups);
    const stride = Math.max(1, Math.floor(whole.length / 300));
    for (let cut = 0; cut < whole.length; cut += cut < 400 ? 7 : stride) {
      const part = whole.subarray(0, cut);
      // Behind the last element only white space may be missing.
      if (outcome(part) === 'read') {
        expect(fingerprint(decodeEcg(part).groups)).toEqual(intact);
      }
    }
  });

  test('with changed bytes it ends in a result or a refusal, quickly', () => {
    const change = fc.record({ at: fc.nat(whole.length - 1), value: fc.integer({ min: 0, max: 255 }) });
    const digit = fc.record({ at: fc.nat(Math.min(whole.length, 6000) - 1), value: fc.integer({ min: 48, max: 57 }) });
    fc.assert(
      fc.property(fc.array(fc.oneof(change, digit), { minLength: 1, maxLength: 12 }), (changes) => {
        const bytes = Uint8Array.from(whole);
        for (const { at, value } of changes) bytes[at] = value;
        expect(timedOutcome(bytes).milliseconds).toBeLessThan(3000);
      }),
      { numRuns: 300, seed: 20_261_122, interruptAfterTimeLimit: 30_000 },
    );
  });

  test('with pieces doubled or dropped it ends in a result or a refusal', () => {
    const piece = fc.tuple(fc.nat(whole.length), fc.nat(2000), fc.nat(whole.length));
    fc.assert(
      fc.property(piece, ([from, length, to]) => {
        const moved = whole.subarray(from, from + length);
        outcome(Buffer.concat([whole.subarray(0, to), moved, whole.subarray(to)]));
        outcome(Buffer.concat([whole.subarray(0, from), whole.subarray(from + length)]));
      }),
      { numRuns: 100, seed: 7, interruptAfterTimeLimit: 30_000 },
    );
  });
});
