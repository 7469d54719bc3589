import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeEcg } from '../../../../server/ecg/decode/decode-ecg.ts';
import { decodeLimits, SampleBudget } from '../../../../server/ecg/decode/decode-limits.ts';
import { outcome } from '../../../support/ecg-files/decode-outcome.ts';
import { makerFile } from '../../../support/ecg-files/maker-files.ts';
import { fingerprint, syntheticFile, writtenFormats } from '../../../support/ecg-files/synthetic-files.ts';

/** Beyond what the bytes themselves need, a refusal must not cost memory or processor time. */
function expectCheap(bytes: Uint8Array): string {
  const before = process.memoryUsage();
  const start = process.cpuUsage();
  const result = outcome(bytes);
  const { user } = process.cpuUsage(start);
  const after = process.memoryUsage();
  const grown =
    after.heapUsed + after.external + after.arrayBuffers - before.heapUsed - before.external - before.arrayBuffers;
  expect(grown / 2 ** 20).toBeLessThan(200);
  expect(user / 1e6).toBeLessThan(5);
  return result;
}

const small = { durationSeconds: 1, sampleRateHz: 250 };

describe.each(writtenFormats)('hostile %s', (format) => {
  const whole = syntheticFile(format, small);

  test('cut at any place it is refused, or read with nothing invented', () => {
    const intact = fingerprint(decodeEcg(whole).groups);
    const stride = Math.max(1, Math.floor(whole.length / 300));
    for (let cut = 0; cut < whole.length; cut += cut < 400 ? 7 : stride) {
      const part = whole.subarray(0, cut);
      if (outcome(part) === 'read') {
        // Only what stands behind the samples may be missing.
        expect(fingerprint(decodeEcg(part).groups)).toEqual(intact);
      }
    }
  });

  test('with changed bytes it ends in a result or a refusal', () => {
    const change = fc.record({ at: fc.nat(whole.length - 1), value: fc.integer({ min: 0, max: 255 }) });
    const header = fc.record({
      at: fc.nat(Math.min(whole.length, 1200) - 1),
      value: fc.constantFrom(0, 1, 0x7f, 0x80, 0xff),
    });
    fc.assert(
      fc.property(fc.array(fc.oneof(change, header), { minLength: 1, maxLength: 12 }), (changes) => {
        const bytes = Uint8Array.from(whole);
        for (const { at, value } of changes) bytes[at] = value;
        outcome(bytes);
      }),
      { numRuns: 300, seed: 20_260_105, interruptAfterTimeLimit: 30_000 },
    );
  });

  test('with pieces moved, doubled or dropped it ends in a result or a refusal', () => {
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

describe('hostile sizes', () => {
  test('random bytes of any length are refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4096 }), (bytes) => outcome(bytes) !== 'read'),
      { numRuns: 300, seed: 1 },
    );
  });

  test('every 32-bit field of an SCP pointer section set to its largest value costs nothing', () => {
    const whole = syntheticFile('scp-ecg', small);
    for (let at = 2; at + 4 <= 142; at += 4) {
      const bytes = Uint8Array.from(whole);
      new DataView(bytes.buffer).setUint32(at, 0xffffffff, true);
      expectCheap(bytes);
    }
  });

  test('an XML attribute, a comment and a text of megabytes cost no more than themselves', () => {
    const megabytes = 'x'.repeat(4 * 2 ** 20);
    const root = '<AnnotatedECG xmlns="urn:hl7-org:v3">';
    for (const body of [
      `<a b="${megabytes}"/>`,
      `<!--${megabytes}-->`,
      `<a>${megabytes}</a>`,
      '<a/>'.repeat(300_000),
    ]) {
      expect(expectCheap(Buffer.from(`${root}${body}</AnnotatedECG>`))).toBe('malformed');
    }
    const attributes = Array.from({ length: 50_000 }, (_, i) => `a${i}="1"`).join(' ');
    expect(expectCheap(Buffer.from(`${root}<a ${attributes}/></AnnotatedECG>`))).toBe('malformed');
  });

  test('a refusal is one short line, whatever the file puts into it', () => {
    const whole = Buffer.from(syntheticFile('dicom', small));
    const at = whole.indexOf('1.2.840.10008.5.1.4.1.1.9.1.1', 300, 'latin1');
    whole.write('1.2\n\x00\r\x1b[31m\x85', at, 'latin1');
    expect(outcome(whole)).toBe('not-an-ecg');
  });

  test('digits and scales beyond any amplifier are refused, so that no sample is infinite', () => {
    const text = Buffer.from(syntheticFile('hl7-aecg', small)).toString('utf8');
    for (const odd of [
      text.replace(/<digits>[^ ]+/, '<digits>1e308'),
      text.replace(/<scale value="[^"]+"/, '<scale value="1e307"'),
      text.replace(/<origin value="[^"]+"/, '<origin value="-1e307"'),
    ]) {
      expect(odd).not.toBe(text);
      expect(outcome(Buffer.from(odd))).toBe('malformed');
    }
  });

  test('a lead that is said to begin hours after the others costs nothing', () => {
    const whole = Uint8Array.from(syntheticFile('scp-ecg', small));
    const view = new DataView(whole.buffer);
    const section3 = view.getUint32(6 + 16 + 3 * 10 + 6, true) - 1;
    const lead = section3 + 16 + 2 + 9;
    const length = view.getUint32(lead + 4, true) - view.getUint32(lead, true);
    view.setUint32(lead, 5_000_000, true);
    view.setUint32(lead + 4, 5_000_000 + length, true);
    expect(expectCheap(whole)).toBe('too-large');
    const muse = Buffer.from(makerFile('muse-xml', small)).toString('latin1');
    const late = muse.replace(/<LeadTimeOffset>0</, '<LeadTimeOffset>9000000<');
    expect(late).not.toBe(muse);
    expect(expectCheap(Buffer.from(late, 'latin1'))).toBe('too-large');
  });

  test('samples are counted over the whole file', () => {
    const budget = new SampleBudget();
    budget.take(decodeLimits.totalSamples - 1, 'here');
    budget.take(1, 'here');
    expect(() => budget.take(1, 'here')).toThrow(expect.objectContaining({ code: 'too-large' }));
  });
});
